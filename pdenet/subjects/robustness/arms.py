"""What is run seed by seed: twins, trained and attacked, attacks that carry over, stronger attacks."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import torch

from pdenet.models.measures.attack import pgd
from pdenet.models.twin_net import TwinNet
from pdenet.runs.arm import Arm, Context
from pdenet.runs.learned import learned_records
from pdenet.runs.loop import learn
from pdenet.runs.pixels import scaled
from pdenet.runs.schedule import OneCycle, ScheduledTask
from pdenet.runs.shown import Images
from pdenet.runs.training import describe_images
from pdenet.subjects.robustness.measures import (
    BISECTED,
    DEVIATION,
    RADII,
    SMALLEST,
    carried_over,
    deviations,
    typical_radius,
    under_attack,
)
from pdenet.subjects.robustness.training import AttackedTask, UnderAttack

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torch import Tensor

    from pdenet.data import ImageData
    from pdenet.runs.loop import Course
    from pdenet.runs.record import Record

DIGITS, MORE_DIGITS = Images(6000, 3000), Images(20_000, 3000)
PLAIN, RESIDUAL, UNSTACKED = "plain", "residual", "no block"
ROOT, TENTH = "residual, step 1/√L", "residual, step 0.1"
"""L counts blocks here, two convolutions each."""
BARE, MORE, ATTACKED, HALF = "no normalisation", "20 000 images", "trained under attack", "half as long"
CARRY = "attacks that carry over"
GAINED = "gained by a stronger attack"
HARM, WITHSTOOD = "harm of residual sources on top", "withstood by residual targets on top"
CPU = torch.device("cpu")


@dataclass(frozen=True, kw_only=True)
class Twin:
    """A network before it is drawn.

    Parameters
    ----------
    blocks, skip, scale, normalised
        As in `pdenet.models.twin_net.TwinNet`.
    """

    blocks: int
    skip: bool = False
    scale: float = 1.0
    normalised: bool = True

    def build(self, seeds: int | Iterable[int] = 1) -> TwinNet:
        """The networks, one a seed."""
        return TwinNet(seeds=seeds, **asdict(self))

    def describe(self) -> dict[str, Any]:
        """It as plain data."""
        return TwinNet.description(**asdict(self))


@dataclass(frozen=True, kw_only=True)
class AttackArm(Arm):
    """Networks that are trained and attacked.

    Parameters
    ----------
    twin, title
        The network and its name, unique in the experiment.
    protocol
        How it is trained; under attack if it says so.
    attacked
        Test images that are attacked, the first ones.
    steps
        Of each attack.
    """

    twin: Twin
    title: str
    protocol: OneCycle = field(default_factory=lambda: OneCycle(epochs=4, learning_rate=3e-3))
    shown: Images = DIGITS
    attacked: int = 1000
    steps: int = 20
    beside: int | None = 2

    @property
    def name(self) -> str:
        """Its title."""
        return self.title

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the network and of what is done to it."""
        return {**self.twin.describe(), "attacked": self.attacked, "steps": self.steps}

    @property
    def weight(self) -> float:
        """About how long a run takes, next to the others."""
        share = 2.0 if self.shown == MORE_DIGITS or isinstance(self.protocol, UnderAttack) else 1.0
        return share * (1 + self.twin.blocks)

    def build(self, seeds: int | Iterable[int] = 1) -> TwinNet:
        """The networks before training."""
        return self.twin.build(seeds)

    def trained(self, seeds: tuple[int, ...], context: Context) -> tuple[TwinNet, Course]:
        """Networks that are trained, in evaluation mode, with the course of their training."""
        return _trained(self.build(seeds), context.part(self.shown), self.protocol, context)

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        """Train these seeds side by side, then attack them."""
        data = context.part(self.shown)
        net, course = self.trained(seeds, context)
        images, labels = first_digits(data, self.attacked)
        measured = under_attack(net, images, labels, steps=self.steps)
        measured[SMALLEST] = typical_radius(net, images[:BISECTED], labels[:BISECTED], steps=self.steps)
        if self.twin.blocks:
            measured[DEVIATION] = deviations(net, images).mean(1)
        alike = {"parameters": net.parameter_count()}
        return learned_records(self, seeds, course, CPU, describe_images(data), measured, alike)


@dataclass(frozen=True, kw_only=True)
class CarryArm(AttackArm):
    """What was made against one family, shown to both: networks of other seeds know nothing of each other."""

    other: int = 100
    """The seed of what is attacked, on top of the seed of who is shown the images."""

    @property
    def model(self) -> dict[str, Any]:
        """What a record says: a plain and a residual network, attacked by way of others."""
        return {**super().model, "kind": "attacks that carry over", "sources": f"seed + {self.other}"}

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        """Train a plain and a residual network of each seed and of its source, and attack the sources."""
        data, nets = context.part(self.shown), {}
        away = replace(context, checkpoint=None)  # four trainings in one run: a break starts it anew
        for family, skip in ((PLAIN, False), (RESIDUAL, True)):
            twin = replace(self.twin, skip=skip)
            for role, first in (("source", self.other), ("target", 0)):
                chosen = tuple(first + seed for seed in seeds)
                nets[role, family], course = _trained(twin.build(chosen), data, self.protocol, away)
        images, labels = first_digits(data, self.attacked)
        measured: dict[str, Tensor] = {}
        for source in (PLAIN, RESIDUAL):
            targets = [nets["target", family] for family in (PLAIN, RESIDUAL)]
            shares = carried_over(nets["source", source], targets, images, labels)
            for family, share in zip((PLAIN, RESIDUAL), shares, strict=True):
                measured[carried(source, family)] = share
        by_source = [
            measured[carried(source, PLAIN)] + measured[carried(source, RESIDUAL)]
            for source in (PLAIN, RESIDUAL)
        ]
        measured[HARM] = (by_source[0] - by_source[1]) / 2
        measured[WITHSTOOD] = measured[carried(PLAIN, RESIDUAL)] - measured[carried(PLAIN, PLAIN)]
        return learned_records(self, seeds, course, CPU, describe_images(data), measured)


@dataclass(frozen=True, kw_only=True)
class StrongArm(AttackArm):
    """How much a far stronger attack finds on top.

    Parameters
    ----------
    more, restarts
        Steps and starts of the stronger attack.
    """

    more: int = 100
    restarts: int = 5

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the network and both attacks."""
        return {**super().model, "more steps": self.more, "restarts": self.restarts}

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        """Train, and attack twice, at the largest radius."""
        data = context.part(self.shown)
        net, course = self.trained(seeds, context)
        images, labels = first_digits(data, self.attacked)
        radius = RADII["linf"][-1]
        usual, strong = (
            100 * pgd(net, images, labels, radius, steps=steps, restarts=starts).right.double().mean(1)
            for steps, starts in ((self.steps, 1), (self.more, self.restarts))
        )
        measured = {"usual": usual, "strong": strong, GAINED: usual - strong}
        return learned_records(self, seeds, course, CPU, describe_images(data), measured)


def titled(kind: str, layers: int, suffix: str = "") -> str:
    """The name of the arm of this kind with so many convolutions in its blocks."""
    return ", ".join([kind, f"{layers} convolutions", *([suffix] if suffix else [])])


def strong(kind: str) -> str:
    """The name of the arm that attacks this kind once more."""
    return titled(kind, 6, "attacked longer")


def carried(source: str, target: str) -> str:
    """What the share is called that a target labels right of images made against a source."""
    return f"{source} to {target}"


def first_digits(data: ImageData, count: int) -> tuple[Tensor, Tensor]:
    """The first test images, pixels between 0 and 1, and their labels."""
    return scaled(data.test_images[:count], (0.0, 1 / 255)), data.test_labels[:count]


def _trained(net: TwinNet, data: ImageData, config: OneCycle, context: Context) -> tuple[TwinNet, Course]:
    kind = AttackedTask if isinstance(config, UnderAttack) else ScheduledTask
    task = kind(net, data, config, CPU, last_only=True)
    course = learn(task, checkpoint=context.checkpoint, resume=True, progress=context.progress)
    return net.eval().requires_grad_(False), course
