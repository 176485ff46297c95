"""What is trained and measured, seed by seed: on the exact loss, on samples, and on fields that are drawn."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Literal

from pdenet.runs.measured_arm import MeasuredArm
from pdenet.runs.shown import Drawn
from pdenet.subjects.free_field.measures import (
    CUT_SHELL,
    LATENTS,
    NOISES,
    SIZES,
    cut_off,
    cut_shell,
    of_drawn,
    of_sample,
    predicted_square,
    trained,
)
from pdenet.subjects.free_field.sampled import Protocol, fit_drawn, look
from pdenet.subjects.free_field.system import Field, free_field, staggered, two_fields

Kind = Literal["free", "staggered", "two"]
FIELDS = {"free": free_field, "staggered": staggered, "two": two_fields}


@dataclass(frozen=True, kw_only=True)
class FieldArm(MeasuredArm):
    """What is measured on a kind of field.

    Parameters
    ----------
    kind
        A key of `FIELDS`.
    side
        Of the lattice, in sites.
    """

    kind: Kind = "free"
    side: int = 16
    shown: Drawn = dataclasses.field(default_factory=lambda: Drawn("Gaussian fields"))

    @property
    def field(self) -> Field:
        """The field."""
        return FIELDS[self.kind](side=self.side)

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the field, and of what is measured."""
        own = {"kind": "Gaussian field", "field": self.kind, "side": self.side, "measured": self.name}
        return own | self.details

    @property
    def details(self) -> dict[str, Any]:
        """What else a record says, of arms that have settings of their own."""
        return {}


@dataclass(frozen=True, kw_only=True)
class ExactArm(FieldArm):
    """Training on the loss without noise of sampling."""

    most: int | None = 10

    @property
    def name(self) -> str:
        """Loss and field."""
        return f"exact loss, {self.kind}"

    def measure(self, seed: int) -> dict[str, Any]:
        """Where it ends."""
        return trained(self.field, seed)


@dataclass(frozen=True, kw_only=True)
class ShellArm(FieldArm):
    """Training with latents too few for a shell, twice."""

    most: int | None = 10

    @property
    def name(self) -> str:
        """How many."""
        return f"exact loss, {CUT_SHELL} latents"

    def measure(self, seed: int) -> dict[str, Any]:
        """How far apart two ends are."""
        return cut_shell(self.field, seed)


@dataclass(frozen=True, kw_only=True)
class NoiseArm(FieldArm):
    """Training with a noise of the decoder that is given.

    Parameters
    ----------
    noises
        Its variances.
    """

    noises: tuple[float, ...] = NOISES
    most: int | None = 10

    @property
    def name(self) -> str:
        """What is given."""
        return "noise given"

    @property
    def details(self) -> dict[str, Any]:
        """The noises."""
        return {"noises": [*self.noises]}

    def measure(self, seed: int) -> dict[str, Any]:
        """Columns used, by noise, and whether all are as many as modes above the noise."""
        counts = {noise: cut_off(self.field, noise, seed) for noise in self.noises}
        found: dict[str, Any] = {f"used at {noise:g}": count for noise, (count, _) in counts.items()}
        return found | {"as predicted": float(all(count == modes for count, modes in counts.values()))}


@dataclass(frozen=True, kw_only=True)
class SampleArm(FieldArm):
    """The closed form of samples.

    Parameters
    ----------
    sizes
        Fields that are seen.
    """

    sizes: tuple[int, ...] = SIZES

    @property
    def name(self) -> str:
        """What is given."""
        return "samples"

    @property
    def details(self) -> dict[str, Any]:
        """The sizes."""
        return {"sizes": [*self.sizes]}

    def measure(self, seed: int) -> dict[str, Any]:
        """Angles by size, and the squared sines in units of what is predicted."""
        found: dict[str, Any] = {}
        for size in self.sizes:
            of = of_sample(self.field, size, seed)
            found |= {f"{what} at {size}": value for what, value in of.items()}
            found[f"ratio at {size}"] = size * of["square"] / predicted_square(self.field)
        return found


@dataclass(frozen=True, kw_only=True)
class DrawnArm(FieldArm):
    """Training on drawn fields with drawn latents."""

    protocol: Protocol = field(default_factory=Protocol)
    most: int | None = 8

    @property
    def name(self) -> str:
        """Shape and field, and the steps where they are more than usual."""
        return drawn_name(self.kind, self.protocol.hidden, self.protocol.steps)

    def measure(self, seed: int) -> dict[str, Any]:
        """What is kept."""
        network = fit_drawn(self.field, self.protocol, seed)
        return of_drawn(look(network, self.field, seed), self.field)


def drawn_name(kind: Kind, hidden: int, steps: int = Protocol.steps) -> str:
    """The name of an arm that trains on drawn fields."""
    name = f"{'hidden layers' if hidden else 'linear'}, drawn, {kind}"
    return name if steps == Protocol.steps else f"{name}, {steps:,} steps"


HIDDEN, MANY_STEPS = 128, 10_000
EXACT = tuple(ExactArm(kind=kind) for kind in ("free", "staggered", "two"))
SHELL, NOISE, SAMPLE = ShellArm(), NoiseArm(), SampleArm()
DRAWN = tuple(
    DrawnArm(kind=kind, protocol=Protocol(latents=LATENTS, hidden=hidden))
    for kind in ("free", "two")
    for hidden in (0, HIDDEN)
)
LONG = tuple(
    DrawnArm(protocol=Protocol(latents=LATENTS, hidden=hidden, steps=MANY_STEPS), most=6)
    for hidden in (0, HIDDEN)
)
"""Trained five times as long, on the free field."""
