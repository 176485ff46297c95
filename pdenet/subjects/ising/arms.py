"""Glasses that are drawn, seen, and learned: each seed has couplings and states of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pdenet.runs.measured_arm import MeasuredArm
from pdenet.runs.shown import Drawn
from pdenet.subjects.ising.measures import SIZES, measured, measured_penalised

SPINS = 10
BETAS = (0.5, 1.0, 1.5, 2.0, 3.0)
LARGER = 16
"""Spins of the larger glass."""


@dataclass(frozen=True, kw_only=True)
class GlassArm(MeasuredArm):
    """A glass at a temperature, by the number of states that are seen of it.

    Parameters
    ----------
    beta
        Inverse temperature.
    spins
        How many.
    sizes
        States that are seen.
    """

    beta: float
    spins: int = SPINS
    sizes: tuple[int, ...] = SIZES
    shown: Drawn = field(default_factory=lambda: Drawn("states of a spin glass"))
    beside: int | None = 5

    @property
    def name(self) -> str:
        """Spins and temperature."""
        return arm_name(self.beta, self.spins)

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the glass."""
        return {"kind": "spin glass", "spins": self.spins, "beta": self.beta, "sizes": [*self.sizes]}

    @property
    def weight(self) -> float:
        """About the number of states."""
        return float(2**self.spins)

    def measure(self, seed: int) -> dict[str, Any]:
        """Limits and errors."""
        return measured(self.spins, self.beta, self.sizes, seed, first_order=self.spins == SPINS)


@dataclass(frozen=True, kw_only=True)
class PenalisedArm(MeasuredArm):
    """The same glasses and few states of them, fitted with a penalty on the couplings.

    Parameters
    ----------
    beta
        Inverse temperature.
    spins
        How many.
    size
        States that are seen.
    """

    beta: float
    spins: int = SPINS
    size: int = SIZES[0]
    shown: Drawn = field(default_factory=lambda: Drawn("states of a spin glass"))
    beside: int | None = 20

    @property
    def name(self) -> str:
        """That of the glass, and that it is penalised."""
        return f"{arm_name(self.beta, self.spins)}, penalised"

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the glass."""
        return {
            "kind": "spin glass",
            "spins": self.spins,
            "beta": self.beta,
            "sizes": [self.size],
            "penalised": True,
        }

    @property
    def weight(self) -> float:
        """About the number of states."""
        return float(2**self.spins) / 10

    def measure(self, seed: int) -> dict[str, Any]:
        """Errors with a penalty."""
        return measured_penalised(self.spins, self.beta, self.size, seed)


def arm_name(beta: float, spins: int = SPINS) -> str:
    """The name of a glass of so many spins at this inverse temperature."""
    return f"{spins} spins, beta {beta:g}"


GLASSES = tuple(GlassArm(beta=beta, most=None if beta == 1 else 100) for beta in BETAS)
LARGE = GlassArm(beta=1.0, spins=LARGER, sizes=SIZES[1:], most=50)
PENALISED = tuple(PenalisedArm(beta=beta, most=100) for beta in (2.0, 3.0))
