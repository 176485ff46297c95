"""What is run seed by seed: a network, trained or as drawn, and what its loss is as a potential."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional

from pdenet.runs.arm import Arm, Context
from pdenet.runs.learned import learned_records
from pdenet.runs.loop import learn
from pdenet.runs.measured_arm import measured_record
from pdenet.runs.pixels import scaled
from pdenet.runs.schedule import OneCycle, ScheduledTask
from pdenet.runs.shown import Images
from pdenet.runs.training import describe_images
from pdenet.subjects.adversarial_work.fields import BY_PIXEL, ON_THE_WAY, TRUE
from pdenet.subjects.adversarial_work.measures import (
    PANELS,
    RADII,
    Setting,
    attacks,
    circulation,
    climbed,
    order,
    quadrature_errors,
    setting,
    split_errors,
    typical,
    way,
)
from pdenet.subjects.adversarial_work.networks import BentNet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torch import Tensor

    from pdenet.data import ImageData
    from pdenet.runs.loop import Course
    from pdenet.runs.record import Record

DIGITS = Images(6000, 2000)
TRAINING = OneCycle(epochs=8, learning_rate=5e-3)
TANH, SOFTPLUS, RELU, AFFINE = "tanh", "softplus", "ReLU", "affine"
UNTRAINED = "as drawn"
COARSE, FINE = (4, 8, 16), (8, 16, 32)
"""Panels between which an order is read off: of what is smooth everywhere, and of ReLUs."""
SPLIT = (8, 16, 32)
ROUNDS = {TRUE: (100, 400), **dict.fromkeys((*BY_PIXEL, *ON_THE_WAY), (200,))}
"""Panels of the loops, by field."""
NEAR = 0.01
"""A radius at which the loss has not begun to bend."""
CPU = torch.device("cpu")


@dataclass(frozen=True, kw_only=True)
class PotentialArm(Arm):
    """Networks of one kind, the work along paths of theirs, attacks and loops.

    Parameters
    ----------
    title
        Its name, unique in the experiment.
    bend, widths
        As in `BentNet`.
    protocol
        How it is trained; None: it is left as drawn.
    watched
        Test images that are looked at, the first ones.
    """

    title: str
    bend: str = "tanh"
    widths: tuple[int, ...] = (64, 64)
    shown: Images = DIGITS
    watched: int = 40
    beside: int | None = 1

    @property
    def name(self) -> str:
        """Its title."""
        return self.title

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the network and of what is looked at."""
        described = BentNet.description(self.bend, widths=self.widths)
        return {**described, "watched": self.watched, "measured": "work along paths"}

    def build(self, seeds: int | Iterable[int] = 1) -> BentNet:
        """The networks before training."""
        return BentNet(self.bend, seeds, widths=self.widths)

    def ready(self, seeds: tuple[int, ...], context: Context) -> tuple[BentNet, Course | None]:
        """Networks in evaluation mode, with the course of their training if there was one."""
        net, course = self.build(seeds), None
        if self.protocol is not None:
            task = ScheduledTask(net, context.part(self.shown), self.protocol, CPU, last_only=True)
            course = learn(task, checkpoint=context.checkpoint, resume=True, progress=context.progress)
        return net.eval().requires_grad_(False), course

    def look(self, one: Setting) -> dict[str, Tensor]:
        """What is measured, (S,) by name."""
        return potential(one)

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        """Train these seeds if they are to be trained, and measure."""
        data = context.part(self.shown)
        net, course = self.ready(seeds, context)
        one = setting(net, *small_digits(data, self.watched))
        measured = self.look(one)
        if course is not None:
            return learned_records(self, seeds, course, CPU, describe_images(data), measured)
        described = describe_images(data)
        by_seed = [
            {name: float(values[row]) for name, values in measured.items()} for row in range(len(seeds))
        ]
        return [
            measured_record(self, seed, found, 0.0, described)
            for seed, found in zip(seeds, by_seed, strict=True)
        ]


@dataclass(frozen=True, kw_only=True)
class NearArm(PotentialArm):
    """The same networks, attacked at the radius `NEAR` alone."""

    @property
    def name(self) -> str:
        """Its title, and that it is looked at near the images."""
        return near(self.title)

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the network and of what is looked at."""
        return {**super().model, "measured": f"an attack at radius {NEAR:g}"}

    def look(self, one: Setting) -> dict[str, Tensor]:
        """Rises of the loss."""
        return {at(name, NEAR): rise.mean(1) for name, rise in attacks(one, NEAR).items()}


def near(title: str) -> str:
    """The name of an arm that is looked at near the images."""
    return f"{title}, near"


def small_digits(data: ImageData, count: int) -> tuple[Tensor, Tensor]:
    """The first test images as 14x14 pixels between 0 and 1, 64 bits, and their labels."""
    images = scaled(data.test_images[:count], (0.0, 1 / 255)).double()
    return functional.avg_pool2d(images, 2), data.test_labels[:count]


def potential(one: Setting) -> dict[str, Tensor]:
    """All that a record says, (S,) by name: means over images, but for errors and loops."""
    relu = getattr(one.net, "bend", "") == "relu" and bool(getattr(one.net, "widths", ()))
    end = climbed(one, RADII[-1])[-1]
    found = _errors(one, end, relu)
    for radius in RADII:
        found |= {at(name, radius): rise.mean(1) for name, rise in attacks(one, radius).items()}
        corners = climbed(one, radius)
        climb, chord = way(one, corners), way(one, torch.stack([corners[0], corners[-1]]), 80)
        found |= {
            at("first order", radius): climb.first_order.mean(1),
            at("tangent of the logits", radius): climb.logits_linear.mean(1),
            at("sum of the steps", radius): climb.riemann.mean(1),
            at("directness", radius): climb.directness.mean(1),
            at("cosine, climb", radius): climb.along.mean(1),
            at("cosine, straight", radius): chord.along.mean(1),
        }
    for kind in (TRUE, *BY_PIXEL, *(ON_THE_WAY if relu else ())):
        for panels in ROUNDS[kind]:
            found[f"loop of {kind}, {panels} panels"] = typical(circulation(one, kind, panels))
    return found


def _errors(one: Setting, end: Tensor, relu: bool) -> dict[str, Tensor]:
    """Errors of the quadrature, typical ones of images and paths, and the powers with which they fall."""
    errors = torch.cat([*quadrature_errors(one, end).values()], -1)  # (panels, S, paths B)
    found = {error_of(k): typical(errors[n]) for n, k in enumerate(PANELS)}
    found["largest error, 64 panels"] = errors[-1].amax(-1)
    chosen = FINE if relu else COARSE
    found["order"] = _orders(chosen, errors[[PANELS.index(k) for k in chosen]])
    if relu:
        split = torch.cat([*split_errors(one, end, SPLIT).values()], -1)
        found |= {error_of(k, split=True): typical(split[n]) for n, k in enumerate(SPLIT)}
        found["order, split"] = _orders(SPLIT, split)
    return found


def _orders(panels: tuple[int, ...], errors: Tensor) -> Tensor:
    return torch.tensor([order(panels, errors[:, row]) for row in range(errors.shape[1])])


def at(name: str, radius: float) -> str:
    """What is measured at a radius."""
    return f"{name}, radius {radius:g}"


def error_of(panels: int, *, split: bool = False) -> str:
    """What the error with so many panels is called."""
    return f"error, {panels} panels" + (" and the kinks" if split else "")


KINDS = {TANH: "tanh", SOFTPLUS: "softplus", RELU: "relu", AFFINE: "relu"}


def arms(*, shown: Images = DIGITS, watched: int = 40, epochs: int = 8) -> tuple[PotentialArm, ...]:
    """Networks of each kind, trained, and three of them as drawn; two of both near the images as well."""
    protocol = OneCycle(epochs=epochs, learning_rate=TRAINING.learning_rate)
    found: list[PotentialArm] = []
    for title, bend in KINDS.items():
        widths = () if title == AFFINE else (64, 64)
        for training in (protocol, None):
            if title == SOFTPLUS and training is None:
                continue
            name = title if training else f"{title}, {UNTRAINED}"
            kinds = (PotentialArm, NearArm) if title in (TANH, RELU) else (PotentialArm,)
            found += [
                kind(title=name, bend=bend, widths=widths, protocol=training, shown=shown, watched=watched)
                for kind in kinds
            ]
    return tuple(found)
