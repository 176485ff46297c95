"""What is measured seed by seed: escapes of committees, exclusive or, what rounding does on this machine."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pdenet.checks.numbers import whole
from pdenet.checks.sequences import wholes
from pdenet.checks.words import one_of
from pdenet.runs.measured_arm import MeasuredArm
from pdenet.runs.shown import Drawn
from pdenet.subjects.symmetry_breaking import exclusive_or, rounding
from pdenet.subjects.symmetry_breaking.measures import escape
from pdenet.subjects.symmetry_breaking.system import check_units

XOR_SIZES = (0.0, 1e-12, 1e-8, 1e-4, 1e-2)
MARKS = (300, 3000, 30_000)
"""Steps at which the growth of a difference is read."""


@dataclass(frozen=True, kw_only=True)
class EscapeArm(MeasuredArm):
    """Equal units of a committee, their saddle, and how long they stay.

    Parameters
    ----------
    units
        How many, two at least; the teacher has as many.
    """

    units: int = 2
    shown: Drawn = field(default_factory=lambda: Drawn("answers of a committee"))

    def __post_init__(self) -> None:
        object.__setattr__(self, "units", check_units(self.units))

    @property
    def name(self) -> str:
        """How many units."""
        return f"{self.units} units"

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the committee."""
        return {"kind": "committee", "units": self.units}

    def measure(self, seed: int) -> dict[str, Any]:
        """Eigenvalues, times, losses; what never happened is left out."""
        return {name: value for name, value in escape(seed, self.units).items() if not math.isnan(value)}


@dataclass(frozen=True, kw_only=True)
class XorArm(MeasuredArm):
    """Two equal units on exclusive or, pushed apart, and two that are drawn one by one.

    Parameters
    ----------
    marks
        Steps at which the growth of a difference is read, rising.
    """

    marks: tuple[int, ...] = MARKS
    shown: Drawn = field(default_factory=lambda: Drawn("exclusive or"))

    def __post_init__(self) -> None:
        object.__setattr__(self, "marks", exclusive_or.rising(self.marks))

    @property
    def name(self) -> str:
        """What is learned."""
        return "exclusive or"

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the networks."""
        return {"kind": "exclusive or", "units": 2, "marks": [*self.marks]}

    def measure(self, seed: int) -> dict[str, Any]:
        """Errors after the training by size of the push; the growth of a small difference without end."""
        starts = np.concatenate([exclusive_or.equal_start(seed, XOR_SIZES), exclusive_or.usual_start(seed)])
        errors = exclusive_or.descend(starts, exclusive_or.STEPS).errors[-1]
        found = {f"error at {size:.0e}": float(e) for size, e in zip(XOR_SIZES, errors[:-1], strict=True)}
        grown = exclusive_or.amplification(seed, self.marks)
        found |= {f"growth at {mark}": float(g) for mark, g in zip(self.marks, grown, strict=True)}
        return found | {"error usual": float(errors[-1])}


@dataclass(frozen=True, kw_only=True)
class RoundingArm(MeasuredArm):
    """When the bits of equal units first differ, by width; of this machine, and claimed of none.

    Parameters
    ----------
    precision, batch, threads, way
        How the network is computed.
    widths
        Hidden units.
    """

    precision: str = "float32"
    batch: int = 64
    threads: int = 1
    way: str = "products"
    widths: tuple[int, ...] = rounding.WIDTHS
    shown: Drawn = field(default_factory=lambda: Drawn("digits of scikit-learn"))

    def __post_init__(self) -> None:
        one_of("precision", self.precision, tuple(rounding.PRECISIONS))
        one_of("way", self.way, rounding.WAYS)
        whole("batch", self.batch, least=1)
        whole("threads", self.threads, least=1)
        wholes("widths", self.widths, least=2)

    @property
    def name(self) -> str:
        """How it is computed."""
        return f"{self.precision}, {self.batch}, {self.threads}, {self.way}"

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the network."""
        return {
            "kind": "equal units",
            "precision": self.precision,
            "batch": self.batch,
            "threads": self.threads,
            "way": self.way,
            "widths": [*self.widths],
        }

    def measure(self, seed: int) -> dict[str, Any]:
        """The first step with different bits (-1: none) and the largest difference at the end, by width."""
        found: dict[str, Any] = {"library": rounding.library()}
        with rounding.threads(self.threads):
            for width in self.widths:
                seen = rounding.parting(width, self.precision, self.batch, way=self.way, seed=seed)
                found |= {f"first at {width}": seen.first, f"spread at {width}": seen.spread}
        return found


@dataclass(frozen=True, kw_only=True)
class LearnedArm(MeasuredArm):
    """What a network with equal units learns, if nothing but rounding parts them.

    Parameters
    ----------
    width, precision, way
        Of the network.
    steps
        Of the training.
    """

    width: int = 16
    precision: str = "float32"
    way: str = "products"
    steps: int = 3000
    shown: Drawn = field(default_factory=lambda: Drawn("digits of scikit-learn"))

    def __post_init__(self) -> None:
        one_of("precision", self.precision, tuple(rounding.PRECISIONS))
        one_of("way", self.way, rounding.WAYS)
        whole("width", self.width, least=2)
        whole("steps", self.steps, least=1)

    @property
    def name(self) -> str:
        """Which network."""
        return f"{self.width}, {self.precision}, {self.way}"

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the network."""
        return {
            "kind": "equal units, trained",
            "width": self.width,
            "precision": self.precision,
            "way": self.way,
            "steps": self.steps,
        }

    def measure(self, seed: int) -> dict[str, Any]:
        """Accuracy on test images in per cent, and how far apart the units are, at the end."""
        with rounding.threads(1):
            seen = rounding.learned(self.width, self.precision, self.way, steps=self.steps, seed=seed)
        return {"accuracy": 100 * seen.accuracy, "spread": seen.spread}


ESCAPES = tuple(EscapeArm(units=units) for units in (2, 3, 4))
XOR = XorArm()
ROUNDINGS = (
    *(RoundingArm(precision=p, batch=b, most=5) for p in rounding.PRECISIONS for b in rounding.BATCHES),
    *(RoundingArm(precision=p, threads=2, most=2) for p in rounding.PRECISIONS),
    *(RoundingArm(precision=p, way="stored by unit", most=5) for p in rounding.PRECISIONS),
    *(RoundingArm(precision=p, way="one by one", most=2, widths=(5, 16, 17)) for p in rounding.PRECISIONS),
)
LEARNED = tuple(
    LearnedArm(width=width, precision=precision, way=way, most=10)
    for width, precision, way in (
        (5, "float32", "products"),
        (5, "float64", "products"),
        (5, "float32", "one by one"),
        (5, "float32", "as one unit"),
        (5, "float32", "usual start"),
        (16, "float32", "products"),
        (16, "float64", "products"),
        (16, "float32", "as one unit"),
        (16, "float32", "usual start"),
    )
)
