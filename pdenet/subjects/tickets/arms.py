"""What is trained, seed by seed: twins with a mask of some origin from some start, and small dense ones."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

import torch

from pdenet.checks.numbers import whole
from pdenet.models.conv_blocks import CONVOLUTIONS
from pdenet.models.measures.masks import chance_overlap, overlap, shuffled, uniform
from pdenet.models.twin_net import CLASSES, MEANS, TwinNet
from pdenet.ops.seeding import as_seeds, generator
from pdenet.runs.arm import Arm, Context
from pdenet.runs.learned import learned_records
from pdenet.runs.loop import learn
from pdenet.runs.pixels import pixel_scale, scaled
from pdenet.runs.schedule import OneCycle, ScheduledTask
from pdenet.runs.shown import Images
from pdenet.runs.training import describe_images
from pdenet.subjects.tickets.search import (
    BLOCKS,
    FRESH,
    RATE,
    Beginning,
    Kind,
    Search,
    Trained,
    prunable,
    searched,
    twin,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pdenet.data import ImageData
    from pdenet.models.measures.masks import Masks
    from pdenet.runs.record import Record

DIGITS = Images(5000, 5000)
PROTOCOL = OneCycle(epochs=3, batch_size=64)
KINDS: tuple[Kind, ...] = get_args(Kind)
CHANNELS = 16
SHUFFLE, UNIFORM = 60, 61  # streams
CPU = torch.device("cpu")
UNTRAINED = 2000  # test images on which networks before training are tried
Mask = Literal["own", "twin's", "own, shuffled", "twin's, shuffled", "uniform", "of another start"]


class Origin(NamedTuple):
    """Where a mask comes from.

    Parameters
    ----------
    of_twin
        Whether it was found on the twin of the network that wears it.
    beginning
        From where the network that it was found on started.
    arrangement
        ``"found"``: as it is; ``"shuffled"``: in each layer; ``"uniform"``: of its number of weights alone.
    """

    of_twin: bool = False
    beginning: Beginning = "own"
    arrangement: Literal["found", "shuffled", "uniform"] = "found"


MASKS: dict[Mask, Origin] = {
    "own": Origin(),
    "twin's": Origin(of_twin=True),
    "own, shuffled": Origin(arrangement="shuffled"),
    "twin's, shuffled": Origin(of_twin=True, arrangement="shuffled"),
    "uniform": Origin(arrangement="uniform"),
    "of another start": Origin(beginning="fresh"),
}


@dataclass(frozen=True, kw_only=True)
class SparseArm(Arm):
    """Twins of one kind with a mask, trained.

    Parameters
    ----------
    kind
        Of the networks that wear the mask.
    rounds
        Of pruning, after which the mask was taken; 0 is the dense network.
    mask
        Whose it is and what was done to it, a key of `MASKS`.
    start
        Where the training starts.
    times
        How many times as many epochs as a round of the search has it has.
    protocol
        How each round of the search is trained.

    Raises
    ------
    TypeError, ValueError
        If `rounds` or `times` is no number, or out of range.
    """

    kind: Kind
    rounds: int
    mask: Mask = "own"
    start: Beginning = "own"
    times: int = 1
    protocol: OneCycle = field(default_factory=lambda: PROTOCOL)
    shown: Images = DIGITS
    beside: int | None = 2  # two groups of channels are quickest

    def __post_init__(self) -> None:
        object.__setattr__(self, "rounds", whole("rounds", self.rounds, least=0))
        object.__setattr__(self, "times", whole("times", self.times, least=1))

    @property
    def name(self) -> str:
        """The kind, the round, the mask and the start."""
        return sparse(self.kind, self.rounds, self.mask, self.start, self.times)

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the network, of its mask, and of whose that was."""
        origin = MASKS[self.mask]
        other = {"fresh": FRESH} if "fresh" in (origin.beginning, self.start) else {}
        return {
            "name": "sparse TwinNet",
            "net": TwinNet.description(BLOCKS, skip=self.kind == "residual"),
            "rounds": self.rounds,
            "rate": RATE,
            "mask": {"found on": self.wearer(origin), **origin._asdict()},
            "start": self.start,
            **other,
            **({"times": self.times} if self.times > 1 else {}),
        }

    def build(self, seeds: int | Iterable[int] = 1) -> TwinNet:
        """The networks before training, unmasked, from their own start."""
        return twin(self.kind, as_seeds(seeds))

    def wearer(self, origin: Origin) -> Kind:
        """The kind of network that a mask of this origin was found on."""
        plain, residual = KINDS
        other = residual if self.kind == plain else plain
        return other if origin.of_twin else self.kind

    def masks(self, seeds: tuple[int, ...], data: ImageData) -> Masks:
        """The masks of these seeds."""
        origin = MASKS[self.mask]
        found = self._search(seeds, data, self.wearer(origin), origin.beginning).masks(self.rounds)
        if origin.arrangement == "shuffled":
            return shuffled(found, [generator(seed, SHUFFLE) for seed in seeds])
        if origin.arrangement == "uniform":
            return uniform(found, None, [generator(seed, UNIFORM) for seed in seeds])
        return found

    def trained(self, seeds: tuple[int, ...], data: ImageData) -> Trained:
        """The networks after training; the search has them already where it is its own mask and start."""
        own = self._search(seeds, data, self.kind, self.start)
        if MASKS[self.mask] == Origin(beginning=self.start) and self.times == 1:
            return own.trained(self.rounds)
        longer = replace(self.protocol, epochs=self.times * self.protocol.epochs)
        return Trained(own.start(), self.masks(seeds, data), data, longer)

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        """Train these seeds side by side, and compare their masks with those of the networks' own."""
        data = context.part(self.shown)
        masks, trained = self.masks(seeds, data), self.trained(seeds, data)
        numbers = trained.net.parameter_count() - sum(masks.sizes.values()) * (1 - masks.density)
        measured = {
            "density": masks.density,
            "numbers": numbers,
            "largest masked weight": trained.leak,
            "untrained": self._untrained(seeds, data, masks),
            **{f"kept in {name}": found for name, found in masks.density_by_layer.items()},
        }
        if self.rounds and self.times == 1:  # longer ones wear a mask whose overlaps are recorded
            for word, kind in (("own", self.kind), ("twin's", self.wearer(Origin(of_twin=True)))):
                theirs = self._search(seeds, data, kind, "own").masks(self.rounds)
                measured[f"overlap with {word}"] = overlap(masks, theirs)
                measured[f"chance of {word}"] = chance_overlap(masks, theirs)
                measured[f"beyond chance, {word}"] = overlap(masks, theirs) - chance_overlap(masks, theirs)
        return learned_records(self, seeds, trained.course, CPU, describe_images(data), measured)

    def _search(self, seeds: tuple[int, ...], data: ImageData, kind: Kind, beginning: Beginning) -> Search:
        return searched(kind, beginning, seeds, data, self.protocol)

    @torch.no_grad()
    def _untrained(self, seeds: tuple[int, ...], data: ImageData, masks: Masks) -> torch.Tensor:
        """Per cent of test images that are named right before the first step, (S,); each batch is its own."""
        net = self._search(seeds, data, self.kind, self.start).start()
        parameters = prunable(net)
        for name, mask in masks.moved(parameters).items():
            parameters[name].mul_(mask)
        images = scaled(data.test_images[:UNTRAINED], pixel_scale(data, self.protocol.pixels))
        right = net.train()(images).argmax(-1) == data.test_labels[:UNTRAINED]
        share: torch.Tensor = 100 * right.double().mean(1)
        return share


@dataclass(frozen=True, kw_only=True)
class SmallArm(Arm):
    """Dense networks of few numbers, trained.

    Parameters
    ----------
    kind, blocks, channels
        The networks; without a block the kind does not count.
    protocol
        How.
    """

    kind: Kind
    blocks: int
    channels: int
    protocol: OneCycle = field(default_factory=lambda: PROTOCOL)
    shown: Images = DIGITS
    beside: int | None = 2

    @property
    def name(self) -> str:
        """The kind, the blocks and the channels."""
        return small(self.kind, self.blocks, self.channels)

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the network."""
        return TwinNet.description(self.blocks, skip=self.kind == "residual", channels=self.channels)

    def build(self, seeds: int | Iterable[int] = 1) -> TwinNet:
        """The networks before training."""
        return TwinNet(self.blocks, seeds, skip=self.kind == "residual", channels=self.channels)

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        """Train these seeds side by side."""
        data = context.part(self.shown)
        net = self.build(seeds)
        course = learn(ScheduledTask(net, data, self.protocol, CPU, last_only=True))
        alike = {"numbers": float(net.parameter_count())}
        return learned_records(self, seeds, course, CPU, describe_images(data), {}, alike)


def sparse(kind: Kind, rounds: int, mask: Mask = "own", start: Beginning = "own", times: int = 1) -> str:
    """The name of the arm with this mask and start."""
    longer = f", {times} times as long" if times > 1 else ""
    return f"{kind}, round {rounds}, mask {mask}, start {start}{longer}"


def small(kind: Kind, blocks: int, channels: int) -> str:
    """The name of the arm of these dense networks."""
    return f"{f'{kind}, {blocks} blocks' if blocks else 'no block'}, {channels} channels"


def numbers_of(blocks: int, channels: int) -> tuple[int, int]:
    """Weights that may be pruned, and biases and normalisations, of a `TwinNet`, without building it."""
    weights = 9 * channels + blocks * CONVOLUTIONS * 9 * channels**2 + MEANS**2 * channels * CLASSES
    return weights, 2 * channels * (blocks * CONVOLUTIONS + 1) + CLASSES


def numbers_kept(rounds: int) -> int:
    """What a network trains after so many rounds: the weights kept, biases, and normalisations."""
    left, others = numbers_of(BLOCKS, CHANNELS)
    for _ in range(whole("rounds", rounds, least=0)):
        left -= round(RATE * left)
    return left + others


def least_channels(blocks: int, numbers: int) -> int:
    """The fewest channels with which a dense network of so many blocks trains as many numbers, or more."""
    channels = 1
    while sum(numbers_of(blocks, channels)) < numbers:
        channels += 1
    return channels


ROUNDS = 6
COMPARED = (4, 6)
"""Rounds after which other masks and starts are tried."""
VARIANTS: tuple[tuple[Mask, Beginning], ...] = (
    ("own", "fresh"),
    ("own, shuffled", "fresh"),
    ("uniform", "fresh"),
    ("twin's", "fresh"),
    ("twin's, shuffled", "fresh"),
    ("twin's", "own"),
)


def tickets(rounds: Iterable[int] = range(ROUNDS + 1), **options: Any) -> tuple[SparseArm, ...]:
    """Tickets of both kinds after these rounds; the first of them, after none, are dense."""
    return tuple(SparseArm(kind=kind, rounds=n, **options) for n in rounds for kind in KINDS)


def variants(compared: Iterable[int] = COMPARED, **options: Any) -> tuple[SparseArm, ...]:
    """What tickets are compared with: other masks, other starts."""
    return tuple(
        SparseArm(kind=kind, rounds=n, mask=mask, start=start, **options)
        for n in compared
        for kind in KINDS
        for mask, start in VARIANTS
    )


EARLIER = tuple(SparseArm(kind="residual", rounds=2, mask=mask, start=start) for mask, start in VARIANTS[:3])
"""Other masks where most weights are still there."""
ELSEWHERE = tuple(
    SparseArm(kind="residual", rounds=n, mask="of another start", start="fresh") for n in (2, *COMPARED)
)
"""Tickets of the networks of another start, in the same order of images."""
TIMES = 4
LONGER = (
    SparseArm(kind="residual", rounds=0, times=TIMES),
    SparseArm(kind="residual", rounds=4, times=TIMES),
    SparseArm(kind="residual", rounds=4, start="fresh", times=TIMES),
)
"""Whether what a ticket is ahead by, or behind, is a matter of time."""


def matched(kind: Kind, blocks: int, rounds: int) -> str:
    """The name of the dense networks with as many numbers as the tickets after so many rounds, or more."""
    return small(kind, blocks, least_channels(blocks, numbers_kept(rounds)))


def small_arms() -> tuple[SmallArm, ...]:
    """Dense networks with as many numbers as tickets, or more; residual ones of one block and of none too."""
    shapes: tuple[tuple[Kind, int], ...] = (
        ("residual", BLOCKS),
        ("residual", 1),
        ("residual", 0),
        ("plain", BLOCKS),
    )
    return tuple(
        SmallArm(kind=kind, blocks=blocks, channels=least_channels(blocks, numbers_kept(rounds)))
        for rounds in COMPARED
        for kind, blocks in shapes
    )
