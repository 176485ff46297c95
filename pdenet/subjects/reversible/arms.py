"""Networks that are trained and then stepped back, and the time that ways to a gradient take."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor
from torch.nn import functional

from pdenet.ops.reversible import undone
from pdenet.runs.answers import accuracy
from pdenet.runs.arm import Arm, Context
from pdenet.runs.learned import learned_records
from pdenet.runs.loop import learn
from pdenet.runs.pixels import pixel_scale, scaled
from pdenet.runs.schedule import FallingRate, ScheduledTask
from pdenet.runs.shown import Images
from pdenet.runs.training import describe_images
from pdenet.subjects.reversible.networks import Kind, StackNet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pdenet.runs.record import Record

SHOWN = Images(10_000, 10_000)
REBUILT, GAP, UNTRAINED = "rebuilding error", "gradient gap", "untrained accuracy"
PROBED = 100  # training images on which a trained network is stepped back


@dataclass(frozen=True, kw_only=True)
class StackArm(Arm):
    """Networks of one kind, trained.

    Parameters
    ----------
    kind
        As in `StackNet`.
    protocol
        How it is trained.
    """

    kind: Kind
    protocol: FallingRate = field(default_factory=FallingRate)
    shown: Images = SHOWN
    beside: int | None = 2

    @property
    def name(self) -> str:
        """Its kind."""
        return self.kind

    @property
    def model(self) -> dict[str, Any]:
        """What the network says of itself."""
        return StackNet.description(self.kind)

    @property
    def weight(self) -> float:
        """About how long a run takes, next to the others."""
        return {"in turn": 5.0, "at once": 4.0, "usual": 2.0, "none": 0.1}[self.kind]

    def build(self, seeds: int | Iterable[int] = 1) -> StackNet:
        """The networks before training."""
        return StackNet(self.kind, seeds)

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        """Train these seeds side by side; of reversible ones, measure how far they come back."""
        data, cpu = context.part(self.shown), torch.device("cpu")
        net = self.build(seeds)
        scale = pixel_scale(data, self.protocol.pixels)
        before = accuracy(cast("Any", net), data.test_images, data.test_labels, scale)
        task = ScheduledTask(net, data, self.protocol, cpu, last_only=True)
        course = learn(task, checkpoint=context.checkpoint, resume=True, progress=context.progress)
        measured = {UNTRAINED: 100 * before}
        if self.kind == "in turn":
            measured |= stepped_back(
                net, scaled(data.train_images[:PROBED], scale), data.train_labels[:PROBED]
            )
        alike = {"parameters": net.parameter_count(), "cpu_seconds": course.cpu_seconds / len(seeds)}
        return learned_records(self, seeds, course, cpu, describe_images(data), measured, alike)


def stepped_back(net: StackNet, images: Tensor, labels: Tensor) -> dict[str, Tensor]:
    """How far networks of blocks in turn come back, and how far their gradients are off for it, (S,) each.

    Returns
    -------
    dict
        `REBUILT`: relative error of the states before the blocks, made again from those behind. `GAP`:
        relative difference of the gradients of all branches to those with every state kept.
    """
    seeds = len(net.seeds)
    with torch.no_grad():
        start = net.start(images)
        back = undone(net.pairs, *net.behind(*start))
        sizes = [
            sum(part.unflatten(1, (seeds, -1)).square().sum((0, 2, 3, 4)) for part in parts)
            for parts in ([a - b for a, b in zip(back, start, strict=True)], start)
        ]
        rebuilt = (sizes[0] / sizes[1]).sqrt()
    own = list(net.blocks.parameters())
    found = []
    for plainly in (False, True):
        logits = net(images, plainly=plainly)
        loss = functional.cross_entropy(logits.flatten(0, 1), labels.repeat(seeds), reduction="sum")
        parts = torch.autograd.grad(loss, own)
        found.append(torch.cat([part.flatten(1) for part in parts], 1))
    gap = (found[0] - found[1]).norm(dim=1) / found[1].norm(dim=1)
    return {REBUILT: rebuilt, GAP: gap}
