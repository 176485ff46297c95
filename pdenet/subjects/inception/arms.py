"""What is run, seed by seed: networks of one budget on canvases and on maps, refused where budgets differ."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import torch

from pdenet.models.measures.flops import Cost, cost, matched
from pdenet.runs.arm import Arm, Context
from pdenet.runs.learned import learned_records
from pdenet.runs.loop import learn
from pdenet.runs.shown import ALL, Drawn, Images
from pdenet.runs.training import describe_images
from pdenet.subjects.inception.networks import Design, FamilyNet, Head
from pdenet.subjects.inception.system import SIDE
from pdenet.subjects.inception.training import SIZES, CanvasTask, CanvasTraining, MapTask, MapTraining

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from torch import Tensor

    from pdenet.runs.record import Record

FOUR = (1, 3, 5, 7)
RESIDUAL, INCEPTION, ONE_SIZE, BARE = "residual", "inception", "one size", "no block"
UNSKIPPED, SKIPPED = "residual without its skip", "inception with a skip"
FAMILIES = {
    RESIDUAL: Design(blocks=3, widths=(12,)),
    INCEPTION: Design(blocks=3, widths=(5, 5, 5, 5), kernels=FOUR, skip=False),
    ONE_SIZE: Design(blocks=3, widths=(5, 5, 5, 6), kernels=(1, 5, 5, 5), skip=False),
    UNSKIPPED: Design(blocks=3, widths=(12,), skip=False),
    SKIPPED: Design(blocks=3, widths=(5, 5, 5, 5), kernels=FOUR),
}
"""On canvases: the two families; Inception's block with kernels of one size in its branches; both with the
skip exchanged."""
MAP_NETS = {
    "residual, 6 blocks": Design(blocks=6, widths=(12,)),
    "residual, 2 blocks": Design(blocks=2, widths=(21,)),
    "residual, 1 block": Design(blocks=1, widths=(29,)),
    "inception, 6 blocks": Design(blocks=6, widths=(7, 5, 5, 5), kernels=FOUR, skip=False),
    "inception, 3 blocks": Design(blocks=3, widths=(10, 7, 7, 7), kernels=FOUR, skip=False),
    "inception, 1 block": Design(blocks=1, widths=(13, 13, 12, 12), kernels=FOUR, skip=False),
    "residual, 1 block, 11x11": Design(blocks=1, widths=(8,), kernels=(11,), stem=5),
}
"""On maps; the last sees as far as the deepest residual one, in few stages."""
DEEP, WIDE, FAR = "residual, 6 blocks", "inception, 3 blocks", "residual, 1 block, 11x11"
FIXED, SMALL, VARIED = (0.6, 0.6), (0.35, 0.35), (SIZES[0], SIZES[-1])
"""Smallest and largest scale of digits."""
STEPS = (6, 12)
"""k, for which the networks on maps are trained."""
LONG = 12
"""Epochs of the longer trainings; the others have `CanvasTraining.epochs`, or those of `MapTraining`."""
RATES = (0.005, 0.02)
"""Half and twice the usual rate."""
NO_BLOCK = Design(blocks=0, widths=(12,))
Budget = tuple[tuple[str, Design], ...]


@dataclass(frozen=True, kw_only=True)
class BudgetArm(Arm):
    """Networks of a family, which must cost as much as those they are compared with.

    Parameters
    ----------
    design, title
        The network, and what it is called.
    budget
        Those it is compared with; none for a baseline without a block.
    """

    design: Design
    title: str
    budget: Budget = ()
    beside: int | None = 2  # where two at a time are the fastest on a CPU

    @property
    @abstractmethod
    def head(self) -> Head:
        """Of the network."""

    @property
    def inputs(self) -> int:
        """Channels of an image."""
        return 1

    @property
    @abstractmethod
    def image(self) -> tuple[int, ...]:
        """Shape of what one network is shown at once, for one image."""

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the network."""
        return FamilyNet.description(self.design, self.head, inputs=self.inputs)

    @property
    def weight(self) -> float:
        """Its kernels' cells: many small ones take longer than few large ones."""
        return float(1 + self.design.blocks * len(self.design.widths)) * float(self.protocol.epochs)

    def build(self, seeds: int | Iterable[int] = 1) -> FamilyNet:
        """The networks before training."""
        return FamilyNet(self.design, self.head, seeds, inputs=self.inputs)

    def costs(self) -> Mapping[str, Cost]:
        """Of this network and of those it is compared with, by name.

        Raises
        ------
        ValueError
            If two differ by more than 5 per cent; it names both with their counts.
        """
        designs = {**dict(self.budget), self.title: self.design}
        return matched({title: self._cost(design) for title, design in designs.items()})

    def _cost(self, design: Design) -> Cost:
        return cost(replace(self, design=design).build(), self.image)

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        """Check the budget, then train these seeds side by side.

        Raises
        ------
        ValueError
            If the network costs more or less than those it is compared with; nothing is trained then.
        """
        own = self.costs()[self.title]
        return self.train(seeds, context, {"operations": own.flops, "parameters": own.parameters})

    @abstractmethod
    def train(self, seeds: tuple[int, ...], context: Context, alike: Mapping[str, float]) -> list[Record]:
        """Records of these seeds, each with what is alike."""


@dataclass(frozen=True, kw_only=True)
class CanvasArm(BudgetArm):
    """Networks of digits whose sizes are fixed or vary; accuracies by size beside.

    Parameters
    ----------
    protocol
        Which digits, and how they are learned.
    """

    protocol: CanvasTraining = field(default_factory=CanvasTraining)
    shown: Images = ALL

    @property
    def name(self) -> str:
        """The family, the sizes, the epochs, and a rate that is not the usual one."""
        sizes = self.protocol.smallest, self.protocol.largest
        return canvas_name(self.title, sizes, epochs=self.protocol.epochs, rate=self.protocol.learning_rate)

    @property
    def head(self) -> Head:
        """Ten classes."""
        return "classes"

    @property
    def image(self) -> tuple[int, ...]:
        """A canvas."""
        return self.protocol.side, self.protocol.side

    def train(self, seeds: tuple[int, ...], context: Context, alike: Mapping[str, float]) -> list[Record]:
        """Each seed draws digits, places and sizes of its own."""
        images = context.part(self.shown)
        data = [self.protocol.canvases(images, seed) for seed in seeds]
        task = CanvasTask(self.build(seeds), data, self.protocol)
        course = learn(task, checkpoint=context.checkpoint, resume=True, progress=context.progress)
        measured = {}
        if self.protocol.smallest < self.protocol.largest:
            scales = torch.stack([own.test_scales for own in data])
            measured = by_size(task.answers(), scales)
        return learned_records(
            self, seeds, course, torch.device("cpu"), describe_images(images), measured, alike
        )


@dataclass(frozen=True, kw_only=True)
class MapArm(BudgetArm):
    """Networks that call cells of maps reached or not; the accuracy is the balanced one.

    Parameters
    ----------
    protocol
        How many steps, and how they are learned.
    """

    protocol: MapTraining = field(default_factory=MapTraining)
    shown: Drawn = field(default_factory=lambda: Drawn("percolation maps", MapTraining.train))

    @property
    def name(self) -> str:
        """The network, the steps, and epochs that are not the usual ones."""
        return map_name(self.title, self.protocol.steps, epochs=self.protocol.epochs)

    @property
    def head(self) -> Head:
        """A logit for each cell."""
        return "cells"

    @property
    def inputs(self) -> int:
        """The open cells, and the middle."""
        return 2

    @property
    def image(self) -> tuple[int, ...]:
        """A map, (B = 1, 2, side, side)."""
        return 1, 2, SIDE, SIDE

    def train(self, seeds: tuple[int, ...], context: Context, alike: Mapping[str, float]) -> list[Record]:
        """Each seed draws maps of its own."""
        task = MapTask(self.build(seeds), self.protocol)
        course = learn(task, checkpoint=context.checkpoint, resume=True, progress=context.progress)
        data = {**self.shown.describe(), "train": self.protocol.train, "test": self.protocol.test}
        return learned_records(self, seeds, course, torch.device("cpu"), data, {}, alike)


def by_size(right: Tensor, scales: Tensor) -> dict[str, Tensor]:
    """Shares of the images that are labelled right by bin of their size, (S,) each, by the bin's name.

    Parameters
    ----------
    right, scales
        (S, N).
    """
    found = {}
    for name, (low, high) in zip(size_names(), pairwise(SIZES), strict=True):
        inside = (scales >= low) & (scales < high)
        found[name] = 100 * (right & inside).sum(1) / inside.sum(1)
    return found


def size_names() -> tuple[str, ...]:
    """What the bins are called in records."""
    return tuple(f"scale {low:g} to {high:g}" for low, high in pairwise(SIZES))


def canvas_name(
    title: str,
    sizes: tuple[float, float],
    *,
    epochs: int = CanvasTraining.epochs,
    rate: float = CanvasTraining.learning_rate,
) -> str:
    """The name of the arm of a family that is trained so."""
    word = {FIXED: "fixed", SMALL: "fixed and small", VARIED: "varied"}[sizes]
    other = "" if rate == CanvasTraining.learning_rate else f", rate {rate:g}"
    return f"{title}, sizes {word}, {epochs} epochs{other}"


def map_name(title: str, steps: int, *, epochs: int = MapTraining.epochs) -> str:
    """The name of the arm of a network that is asked for so many steps."""
    other = "" if epochs == MapTraining.epochs else f", {epochs} epochs"
    return f"{title}, {steps} steps{other}"


def canvas_arms(
    titles: Iterable[str],
    sizes: Iterable[tuple[float, float]] = (FIXED, VARIED),
    *,
    most: int | None = None,
    **options: Any,
) -> tuple[CanvasArm, ...]:
    """An arm for each family of these names and each range of sizes.

    Parameters
    ----------
    titles
        Keys of `FAMILIES`, which are of one budget, or the network without a block.
    sizes
        Smallest and largest scale.
    most
        Seeds of an arm.
    **options
        Of `CanvasTraining`.
    """
    return tuple(
        CanvasArm(
            design=FAMILIES.get(title, NO_BLOCK),
            title=title,
            budget=() if title == BARE else tuple(FAMILIES.items()),
            protocol=CanvasTraining(smallest=smallest, largest=largest, **options),
            most=most,
        )
        for smallest, largest in sizes
        for title in titles
    )


def map_arms(
    steps: Iterable[int], titles: Iterable[str] = (*MAP_NETS, BARE), **options: Any
) -> tuple[MapArm, ...]:
    """An arm for each number of steps and each network of these names.

    Parameters
    ----------
    steps
        k.
    titles
        Keys of `MAP_NETS`, or the one without a block.
    **options
        Of `MapTraining`, and ``most`` of the arm.
    """
    most = options.pop("most", None)
    return tuple(
        MapArm(
            design=MAP_NETS.get(title, NO_BLOCK),
            title=title,
            budget=() if title == BARE else tuple(MAP_NETS.items()),
            protocol=MapTraining(steps=k, **options),
            shown=Drawn("percolation maps", options.get("train", MapTraining.train)),
            most=most,
        )
        for k in steps
        for title in titles
    )
