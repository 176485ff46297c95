"""Networks of one shape, trained; and what blocks cost in operations and in seconds."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

import torch

from pdenet.runs.answers import accuracy
from pdenet.runs.arm import Arm, Context
from pdenet.runs.learned import learned_records
from pdenet.runs.loop import learn
from pdenet.runs.pixels import pixel_scale
from pdenet.runs.schedule import ScheduledTask
from pdenet.runs.shown import Images
from pdenet.runs.training import describe_images
from pdenet.subjects.scaling.networks import ScaledNet
from pdenet.subjects.scaling.system import BASE, SHARES, Shape, grid, growth, scaled, shares_of
from pdenet.subjects.scaling.training import CanvasTraining, sets

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pdenet.runs.record import Record

SHOWN = Images(5000, 3000)
VALIDATION, UNTRAINED, SECONDS = "validation accuracy", "untrained accuracy", "cpu seconds"
TOGETHER = 4
"""Networks that are trained side by side: more are hardly faster."""


@dataclass(frozen=True, kw_only=True)
class ShapeArm(Arm):
    """Networks of one shape, trained.

    Parameters
    ----------
    shape
        The shape.
    protocol
        What they are shown, and how they are trained.
    """

    shape: Shape
    protocol: CanvasTraining = field(default_factory=CanvasTraining)
    shown: Images = SHOWN
    beside: int | None = TOGETHER

    @property
    def name(self) -> str:
        """The shape, and the epochs if they are others than usual."""
        return arm_name(self.shape, self.protocol.epochs)

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the network."""
        return ScaledNet.description(self.shape)

    @property
    def weight(self) -> float:
        """Its operations, in all epochs."""
        return float(self.shape.flops * self.protocol.epochs)

    def build(self, seeds: int | Iterable[int] = 1) -> ScaledNet:
        """The networks before training."""
        return ScaledNet(self.shape, seeds)

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        """Train these seeds side by side; what was held back is labelled once, behind the last epoch."""
        part, cpu = context.part(self.shown), torch.device("cpu")
        data, images, labels = sets(part, self.protocol, self.shape.side)
        scale = pixel_scale(data, self.protocol.pixels)
        net = self.build(seeds).eval()
        before = accuracy(cast("Any", net), data.test_images, data.test_labels, scale)
        task = ScheduledTask(net, data, self.protocol, cpu)
        course = learn(task, checkpoint=context.checkpoint, resume=True, progress=context.progress)
        measured = {
            UNTRAINED: 100 * before,
            VALIDATION: 100 * accuracy(cast("Any", net.eval()), images, labels, scale),
        }
        alike = {SECONDS: course.cpu_seconds / len(seeds)}
        return learned_records(self, seeds, course, cpu, describe_images(part), measured, alike)


def arm_name(shape: Shape, epochs: int = CanvasTraining.epochs) -> str:
    """The name of the arm with this shape that is trained so long."""
    words = [str(shape)]
    words += [shape.block] * (shape.block != "standard")
    words += [f"dilation {shape.dilation}"] * (shape.dilation != 1)
    words += [f"{epochs} epochs"] * (epochs != CanvasTraining.epochs)
    return ", ".join(words)


DOUBLE = {strategy: scaled(BASE, 2, shares) for strategy, shares in SHARES.items()}
"""Shapes with twice the base's operations, by strategy."""
QUADRUPLE = {strategy: scaled(BASE, 4, shares) for strategy, shares in SHARES.items()}
"""Shapes with four times its operations."""
SEARCHED = grid(BASE, 2)
"""All shapes with twice its operations: what the search looks at."""
CHOSEN = replace(BASE, channels=12, side=14)
"""The one of them that is best on images for validation, recorded before anything larger was run."""
EXTRAPOLATED = scaled(BASE, 4, shares_of(*growth(CHOSEN, BASE)))
"""Its shares, for four times the operations."""
BOTH = replace(DOUBLE["depth"], side=DOUBLE["resolution"].side)
"""Twice the blocks and twice the pixels."""
DILATED = replace(QUADRUPLE["resolution"], dilation=2)
"""Four times the pixels, seen through a field twice as wide."""
APART = replace(BASE, dilation=2)
"""The base through such a field: what it is worth where pixels are few."""
LONG = CanvasTraining(epochs=36)
