"""What is run seed by seed: a network that learns from a part of the disc, or from lists in one order."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from pdenet.runs.arm import Arm, Context
from pdenet.runs.learned import learned_records
from pdenet.runs.loop import learn
from pdenet.runs.shown import Drawn
from pdenet.subjects.rotation.measures import list_errors, point_errors
from pdenet.subjects.rotation.networks import ListNet, PointNet
from pdenet.subjects.rotation.particles import LISTS, PARTICLES, draw_lists, energy
from pdenet.subjects.rotation.system import ANGLES, RADIUS, Region, draw, region, rings, target
from pdenet.subjects.rotation.training import ExampleTask, SymmetryTraining

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torch import Tensor

    from pdenet.runs.record import Record

SECTORS = (15, 30, 90, 180)
"""Half angles, degrees, of what is seen."""
SECTOR = 30
BREAKINGS = (0.05, 0.1, 0.2, 0.4)
TURNS = 6
"""Over which a network is averaged in training: as few as carry a sector of 60 degrees all around."""
MORE = 1000
"""Points, where there are more of them."""
LONGER = 5
"""Times as many steps."""
POOLED_RATE = 0.01
"""Of the pooled network, which learns slowly: chosen among 0.001, 0.005, 0.01 and 0.02 on other seeds."""
PATIENT = f"pooled, {LONGER} times the steps"
AUGMENTED, RELU, TURNED, CROWDED = (
    "augmented",
    "plain, ReLU",
    f"plain, {TURNS} turns",
    f"plain, {MORE} points",
)
CPU = torch.device("cpu")


@dataclass(frozen=True, kw_only=True)
class SymmetryArm(Arm):
    """Networks of one kind, trained on what they are shown, and their errors.

    Parameters
    ----------
    title
        What the network is called.
    reads
        As in `PointNet` or `ListNet`.
    protocol
        How it is trained.
    """

    title: str
    reads: str
    protocol: SymmetryTraining = field(default_factory=SymmetryTraining)
    shown: Drawn = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shown", Drawn(self.source, train=self.protocol.examples))

    @property
    @abstractmethod
    def source(self) -> str:
        """What names the examples."""

    @abstractmethod
    def build(self, seeds: int | Iterable[int] = 1) -> PointNet | ListNet:
        """The networks before training."""

    @abstractmethod
    def examples(self, seeds: tuple[int, ...]) -> tuple[Tensor, Tensor]:
        """What they learn from, (S, n, inputs), and its values (S, n), float64."""

    @abstractmethod
    def measure(self, net: Any) -> dict[str, Tensor]:
        """Errors, (S,) by name."""

    @property
    @abstractmethod
    def tests(self) -> int:
        """Examples to test on."""

    def task(self, seeds: tuple[int, ...]) -> ExampleTask:
        """Networks and what they learn."""
        return ExampleTask(self.build(seeds), *self.examples(seeds), self.protocol, self.shown.describe())

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        """Train these seeds side by side, and measure."""
        task = self.task(seeds)
        course = learn(task, checkpoint=context.checkpoint, resume=True, progress=context.progress)
        data = {**self.shown.describe(), "train": self.protocol.examples, "test": self.tests}
        return learned_records(self, seeds, course, CPU, data, self.measure(task.net))


@dataclass(frozen=True, kw_only=True)
class PointArm(SymmetryArm):
    """Networks of points in the plane.

    Parameters
    ----------
    title, reads, protocol
        As in `SymmetryArm`.
    seen
        What part of the disc is shown.
    breaking
        How strongly the target breaks the symmetry.
    bend, turns
        As in `PointNet`.

    Raises
    ------
    ValueError
        If points of a target that turns change are turned in training: each would keep a value that is not
        its own.
    """

    seen: Region = field(default_factory=region)
    breaking: float = 0.0
    bend: str = "tanh"
    turns: int = 1

    def __post_init__(self) -> None:
        region(*self.seen)
        if self.protocol.augmented and self.breaking:
            message = (
                f"augmentation assumes an invariant target; got breaking {self.breaking:g}: "
                "turned points would keep values that are not theirs; take breaking 0, or augmented=False"
            )
            raise ValueError(message)
        super().__post_init__()

    @property
    def name(self) -> str:
        """Network, sector, reach, and what breaks the symmetry."""
        return point_name(self.title, *self.seen, self.breaking)

    @property
    def source(self) -> str:
        """The part of the disc."""
        half, reach = self.seen
        return f"disc, half angle {half:g}, up to {reach:g}, broken by {self.breaking:g}"

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the network and of what it is shown."""
        told = PointNet.description(self.reads, bend=self.bend, turns=self.turns)
        return {**told, **self.seen._asdict(), "breaking": self.breaking}

    @property
    def weight(self) -> float:
        """About the copies of points that a step goes through."""
        return float(self.turns * self.protocol.examples * self.protocol.steps)

    @property
    def tests(self) -> int:
        """Points of the grid."""
        return len(rings()[0]) * ANGLES

    def build(self, seeds: int | Iterable[int] = 1) -> PointNet:
        """The networks before training."""
        return PointNet(self.reads, seeds, bend=self.bend, turns=self.turns)

    def examples(self, seeds: tuple[int, ...]) -> tuple[Tensor, Tensor]:
        """Points of the region, and the target there."""
        points = draw(seeds, self.protocol.examples, self.seen)
        return points, target(points, self.breaking)

    def measure(self, net: PointNet) -> dict[str, Tensor]:
        """Errors inside and outside of the region."""
        return point_errors(net, self.seen, self.breaking)


@dataclass(frozen=True, kw_only=True)
class ListArm(SymmetryArm):
    """Networks of lists of particles.

    Parameters
    ----------
    title, reads, protocol
        As in `SymmetryArm`.
    ordered
        Whether lists are shown from left to right alone.
    """

    ordered: bool = True

    @property
    def name(self) -> str:
        """Network and orders."""
        return list_name(self.title, ordered=self.ordered)

    @property
    def source(self) -> str:
        """The lists."""
        return f"{PARTICLES} particles, {'from left to right' if self.ordered else 'in any order'}"

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the network and of what it is shown."""
        return {**ListNet.description(self.reads), "ordered": self.ordered}

    @property
    def weight(self) -> float:
        """About the lists that training goes through."""
        return float(self.protocol.examples * self.protocol.steps)

    @property
    def tests(self) -> int:
        """Lists, each in all orders."""
        return LISTS

    def build(self, seeds: int | Iterable[int] = 1) -> ListNet:
        """The networks before training."""
        return ListNet(self.reads, seeds)

    def examples(self, seeds: tuple[int, ...]) -> tuple[Tensor, Tensor]:
        """Lists and their energies."""
        lists = draw_lists(seeds, self.protocol.examples, ordered=self.ordered)
        return lists, energy(lists)

    def measure(self, net: ListNet) -> dict[str, Tensor]:
        """Errors in the order seen and in the others."""
        constant = self.examples(net.seeds)[1].mean(1)
        return list_errors(net, ordered=self.ordered, constant=constant)


def point_name(title: str, half_angle: float = 180, reach: float = RADIUS, breaking: float = 0.0) -> str:
    """The name of an arm of points."""
    rest = f", up to {reach:g}" if reach != RADIUS else ""
    return f"{title}, {half_angle:g} degrees{rest}" + (f", broken by {breaking:g}" if breaking else "")


def list_name(title: str, *, ordered: bool = True) -> str:
    """The name of an arm of lists."""
    return f"lists, {title}, {'from left to right' if ordered else 'in any order'}"
