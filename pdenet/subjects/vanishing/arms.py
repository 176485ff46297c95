"""What is run, seed by seed: stacks as they are drawn, and networks of digits that are trained."""

from __future__ import annotations

import time
from abc import abstractmethod
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import torch

from pdenet.runs.arm import Arm, Context
from pdenet.runs.learned import learned_records
from pdenet.runs.loop import learn
from pdenet.runs.measured_arm import measured_record
from pdenet.runs.pixels import pixel_scale, scaled
from pdenet.runs.schedule import OneCycle, ScheduledTask
from pdenet.runs.shown import Drawn, Images
from pdenet.runs.training import describe_images
from pdenet.subjects.vanishing.measures import (
    DEPTHS,
    LAYERS,
    WIDTH,
    components,
    gradient_growth,
    information,
    path_shares,
)
from pdenet.subjects.vanishing.networks import LIBRARY_GAIN, DigitNet, Start, first_to_last

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from pdenet.runs.record import Record

DIGITS = Images(6000, 3000)
PATHS = 32  # blocks of the stacks whose paths are counted
BATCH = 500  # test images on which gradients are compared


@dataclass(frozen=True, kw_only=True)
class UntrainedArm(Arm):
    """Stacks as they are drawn; nothing is trained.

    Parameters
    ----------
    start
        The stacks.
    title
        What they are called.
    """

    start: Start
    title: str

    @property
    def name(self) -> str:
        """What is measured, and on which stacks."""
        return f"{self.what}: {self.title}"

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the stacks."""
        return {
            "kind": "untrained stack",
            "measured": self.what,
            "width": WIDTH,
            "start": self.start.describe(),
        }

    @property
    @abstractmethod
    def what(self) -> str:
        """What is measured."""

    @abstractmethod
    def measure(self, seeds: tuple[int, ...], context: Context) -> dict[str, NDArray[np.float64]]:
        """What each seed measures, (S,) by name."""

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        """Draw these seeds and measure them."""
        started = time.perf_counter()
        measured = self.measure(seeds, context)
        seconds = (time.perf_counter() - started) / len(seeds)
        images = describe_images(context.part(self.shown)) if isinstance(self.shown, Images) else None
        data = self.shown.describe() if isinstance(self.shown, Drawn) else images
        return [
            measured_record(
                self,
                seed,
                {name: float(values[row]) for name, values in measured.items()},
                seconds,
                data or {},
            )
            for row, seed in enumerate(seeds)
        ]


@dataclass(frozen=True, kw_only=True)
class GradientArm(UntrainedArm):
    """How a gradient grows on its way to the input, by depth."""

    shown: Drawn = field(default_factory=lambda: Drawn("normal states"))
    what: str = field(default="gradient", init=False)

    def measure(self, seeds: tuple[int, ...], context: Context) -> dict[str, NDArray[np.float64]]:
        """Decimal logarithms of the growth over each depth, their slope per block, the mean path length."""
        growth = np.array([gradient_growth(self.start, depth, seeds) for depth in DEPTHS])
        found = {f"growth over {depth}": row for depth, row in zip(DEPTHS, growth, strict=True)}
        found["slope"] = np.polyfit(DEPTHS, growth, 1)[0]
        if self.start.kind != "plain":
            found["path length"] = path_shares(self.start, PATHS, seeds) @ np.arange(PATHS + 1)
        return found


@dataclass(frozen=True, kw_only=True)
class InformationArm(UntrainedArm):
    """What can be read of images behind each layer."""

    shown: Images = DIGITS
    what: str = field(default="information", init=False)

    def measure(self, seeds: tuple[int, ...], context: Context) -> dict[str, NDArray[np.float64]]:
        """Shares of the input that are read back, and of digits labelled right, by layer."""
        read, right = information(self.start, components(context.part(self.shown)), seeds)
        return {f"input behind {layer}": read[:, n] for n, layer in enumerate(LAYERS)} | {
            f"digits behind {layer}": right[:, n] for n, layer in enumerate(LAYERS)
        }


@dataclass(frozen=True, kw_only=True)
class TrainedArm(Arm):
    """Networks of digits, trained.

    Parameters
    ----------
    start, title, depth
        The stack, what it is called, its blocks.
    protocol
        How.
    """

    start: Start
    title: str
    depth: int
    protocol: OneCycle = field(default_factory=OneCycle)
    shown: Images = DIGITS

    @property
    def name(self) -> str:
        """The stack, its depth and the rate."""
        return trained(self.title, self.depth, self.protocol.learning_rate)

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the network."""
        return DigitNet.description(self.start, self.depth)

    @property
    def weight(self) -> float:
        """Its blocks."""
        return float(self.depth)

    def build(self, seeds: int | Iterable[int] = 1) -> DigitNet:
        """The networks before training."""
        return DigitNet(self.start, self.depth, seeds)

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        """Train these seeds side by side; ``first to last`` is a ratio of gradients before the first step."""
        data, cpu = context.part(self.shown), torch.device("cpu")
        net = self.build(seeds)
        images = scaled(data.test_images[:BATCH], pixel_scale(data, self.protocol.pixels))
        ratio = first_to_last(net, images, data.test_labels[:BATCH]) if self.depth else None
        task = ScheduledTask(net, data, self.protocol, cpu)
        course = learn(task, checkpoint=context.checkpoint, resume=True, progress=context.progress)
        measured = {} if ratio is None else {"first to last": ratio}
        return learned_records(self, seeds, course, cpu, describe_images(data), measured)


def trained(title: str, depth: int, rate: float) -> str:
    """The name of the arm that is trained so."""
    return f"{title}, {depth} blocks, rate {rate:g}"


def _arms(kind: type[UntrainedArm], starts: Iterable[tuple[str, Start]]) -> tuple[UntrainedArm, ...]:
    return tuple(kind(start=start, title=title) for title, start in starts)


KINDS: dict[str, Literal["plain", "residual", "scaled"]] = {
    "plain": "plain",
    "h = 1": "residual",
    "h = 1/L": "scaled",
}
GAINS = (0.5, 1.0, 2.0)
GRADIENTS = _arms(
    GradientArm,
    [
        *(
            (f"{word}, gain {gain:g}", Start(kind=kind, gain=gain))
            for word, kind in KINDS.items()
            for gain in GAINS
        ),
        ("plain, orthogonal, gain 1", Start(law="orthogonal")),
    ],
)
BIAS = 0.1  # of every unit: without one a state of nothing would be a fixed point, and rounding never felt
INFORMATION = _arms(
    InformationArm,
    [
        *((f"plain, gain {gain:g}", Start(gain=gain, bias=BIAS)) for gain in (0.5, 1.0, 1.5)),
        *(
            (f"plain, orthogonal, gain {gain:g}", Start(law="orthogonal", gain=gain, bias=BIAS))
            for gain in (0.5, 1.0)
        ),
        *(
            (f"h = 1, gain {gain:g}", Start(kind="residual", gain=gain, bias=BIAS))
            for gain in (0.5, 1.0, 1.5)
        ),
        ("h = 1/L, gain 1", Start(kind="scaled", bias=BIAS)),
    ],
)
RATES = (0.005, 0.002)
DEPTHS_TRAINED = (2, 8, 32)
DEEPEST = 128, 0.002
"""Blocks that are tried at one rate alone."""
TRAINED = {
    "plain, as a library draws it": Start(gain=LIBRARY_GAIN, bias=BIAS),
    "plain, gain 1": Start(),
    "plain, orthogonal, gain 1": Start(law="orthogonal"),
    "plain, orthogonal, gain 1.2": Start(law="orthogonal", gain=1.2),
    "h = 1": Start(kind="residual", gain=LIBRARY_GAIN, bias=BIAS),
    "h = 1/L": Start(kind="scaled", gain=LIBRARY_GAIN, bias=BIAS),
}
"""By name. The residual ones start from the very tensors of the first."""


TUNED_DEEP = "plain, orthogonal, gain 1.1"
UNSTACKED = "no block"
STARTS = TRAINED | {TUNED_DEEP: Start(law="orthogonal", gain=1.1), UNSTACKED: Start()}
"""Those, what was added after the networks of 128 blocks were seen, and the two affine maps alone."""
SETTINGS = (*product(DEPTHS_TRAINED, RATES), DEEPEST)
"""Blocks and rates."""


def trained_arms(
    titles: Iterable[str] = tuple(TRAINED),
    settings: Iterable[tuple[int, float]] = SETTINGS,
    **options: Any,
) -> tuple[TrainedArm, ...]:
    """An arm for each network of these names and each depth and rate.

    Parameters
    ----------
    titles
        Keys of `STARTS`.
    settings
        Depths and rates.
    **options
        Of `TrainedArm`, and ``epochs`` of its protocol.
    """
    epochs = options.pop("epochs", OneCycle.epochs)
    return tuple(
        TrainedArm(
            start=STARTS[title],
            title=title,
            depth=depth,
            protocol=OneCycle(epochs=epochs, learning_rate=rate),
            **options,
        )
        for depth, rate in settings
        for title in titles
    )


SLOW = 0.0005
AFTERWARDS = trained_arms((TUNED_DEEP, "h = 1", "h = 1/L"), [(DEEPEST[0], SLOW)])
"""At 128 blocks all plain networks failed at the rate 0.002, so that they were tried at a smaller one."""
BASELINE = trained_arms((UNSTACKED,), [(0, rate) for rate in (*RATES, SLOW)])
"""What the two affine maps do without a stack between them; recorded last, and nothing is claimed of it."""
