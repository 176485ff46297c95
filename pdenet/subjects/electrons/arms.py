"""What is long: finer grids, and runs of small steps over the whole time. Nothing is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pdenet.checks.numbers import real
from pdenet.checks.words import one_of
from pdenet.runs.measured_arm import MeasuredArm
from pdenet.runs.shown import Drawn
from pdenet.subjects.electrons.measures import TWICE, line, norm_after, predicted_runaway, spread
from pdenet.subjects.electrons.pair import exact_lines
from pdenet.subjects.electrons.propagators import METHODS, VISSCHER, evolve, moments
from pdenet.subjects.electrons.system import Helium, density_of, ground_state, kicked

SPACINGS = (0.2, 0.1, 0.05)
CN_STEP = 0.05
EULER_STEPS = (1e-4, 4e-5)
VISSCHER_SHARE = 0.75
"""Visscher's step as a share of spacing^2: 1 is where it stops to be stable."""


@dataclass(frozen=True)
class Kick:
    """How long a run is, and the momentum that each electron is given at its start.

    Raises
    ------
    TypeError, ValueError
        If a number is none, or not positive.
    """

    time: float = 400.0
    momentum: float = 0.01

    def __post_init__(self) -> None:
        for name in ("time", "momentum"):
            object.__setattr__(self, name, real(name, getattr(self, name), above=0))


@dataclass(frozen=True, kw_only=True)
class _Computed(MeasuredArm):
    """What is computed once, and comes out the same: its one seed draws nothing."""

    protocol: Kick = field(default_factory=Kick)
    shown: Drawn = field(default_factory=lambda: Drawn("helium on a line"))
    most: int | None = 1


@dataclass(frozen=True, kw_only=True)
class GridArm(_Computed):
    """Ground states and first lines on a grid of this spacing, by two kinds of exchange and exactly."""

    spacing: float

    @property
    def name(self) -> str:
        """Its spacing."""
        return grid_name(self.spacing)

    @property
    def model(self) -> dict[str, Any]:
        """The grid."""
        return {"kind": "helium on a grid", "spacing": self.spacing}

    @property
    def weight(self) -> float:
        """The points of the square, roughly."""
        return self.spacing**-2 / 25

    def measure(self, seed: int) -> dict[str, Any]:
        """Energies in hartree; of each run the frequency of the first line and how far the norm was off."""
        found: dict[str, Any] = {}
        exact = exact_lines(self.spacing, many=3)
        found |= {"exact energy": exact.energy, "exact line": float(exact.frequencies[0])}
        ion = ground_state(Helium("none", self.spacing))
        found["ion level"] = ion.level
        for exchange in ("exact", "local"):
            atom = Helium(exchange, self.spacing)
            ground = ground_state(atom)
            found |= {
                f"{exchange} exchange energy": ground.energy,
                f"{exchange} exchange level": ground.level,
            }
        atom = Helium("exact", self.spacing)
        start = kicked(atom, ground_state(atom).psi, self.protocol.momentum)
        for method, dt in (
            ("Crank-Nicolson", CN_STEP),
            (VISSCHER, VISSCHER_SHARE * self.spacing**2),
        ):
            course = evolve(atom, start, dt, round(self.protocol.time / dt), method)
            found[f"{method} line"] = line(course, self.protocol.momentum)
            found[f"{method} norm off"] = float(np.abs(course.norm - 1).max())
        return found


@dataclass(frozen=True, kw_only=True)
class RunArm(_Computed):
    """A run over the whole time, and what the theorem says of it.

    Raises
    ------
    ValueError
        If the method is not one of `METHODS`.
    """

    method: str
    dt: float

    def __post_init__(self) -> None:
        one_of("method", self.method, tuple(METHODS))

    @property
    def name(self) -> str:
        """The method and its step."""
        return run_name(self.method, self.dt)

    @property
    def model(self) -> dict[str, Any]:
        """The method and its step."""
        return {"kind": "run of helium", "method": self.method, "dt": self.dt, "spacing": SPACINGS[0]}

    @property
    def weight(self) -> float:
        """Its steps, next to a grid's."""
        return 1e-5 / self.dt * 100

    def measure(self, seed: int) -> dict[str, Any]:
        """The norm at the end less one, and by the theorem; where it passed `TWICE`, the times of that."""
        atom = Helium(spacing=SPACINGS[0])
        ground = ground_state(atom)
        psi = kicked(atom, ground.psi, self.protocol.momentum)
        energies, shares = spread(atom, ground, psi)
        steps = round(self.protocol.time / self.dt)
        found: dict[str, Any] = {"steps": steps}
        foreseen = predicted_runaway(energies, shares, self.dt, self.method)
        if foreseen < self.protocol.time:
            found["foreseen runaway"] = foreseen
        else:
            found["foreseen growth"] = norm_after(self.method, energies, shares, self.dt, steps) - 1
        for number, moment in enumerate(moments(atom, psi, self.dt, self.method)):
            if number % 64 and number < steps:  # the norm is looked at now and then
                continue
            norm = float(np.sqrt(atom.sum(density_of(moment.psi) / 2)))
            if not norm < TWICE:
                return found | {"runaway": number * self.dt}
            if number >= steps:
                return found | {"growth": norm - 1}
        message = "a run has no end of its own"
        raise AssertionError(message)


def grid_name(spacing: float) -> str:
    """The name of the grid of this spacing."""
    return f"spacing {spacing:g}"


def run_name(method: str, dt: float) -> str:
    """The name of the run by this method in this step."""
    return f"{method}, dt {dt:g}"
