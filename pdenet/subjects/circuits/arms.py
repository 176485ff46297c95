"""What is measured on circuits, each seed with circuits of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pdenet.runs.measured_arm import MeasuredArm
from pdenet.runs.shown import Drawn
from pdenet.subjects.circuits.measures import QUBITS, SHIFTS, errors, example, halvings, noise, slope_variance


@dataclass(frozen=True, kw_only=True)
class RuleArm(MeasuredArm):
    """Shifts against central differences, in exact arithmetic and with shots.

    Parameters
    ----------
    qubits, layers
        Of the circuits, two qubits at least.
    """

    qubits: int = 4
    layers: int = 4
    shown: Drawn = field(default_factory=lambda: Drawn("circuits of four qubits"))

    @property
    def name(self) -> str:
        """What is compared."""
        return "rules"

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the circuits."""
        return {"kind": "random circuit", "measured": "rules", "qubits": self.qubits, "layers": self.layers}

    def measure(self, seed: int) -> dict[str, Any]:
        """Errors without shots; with shots, by shift, the spread and how far the mean is off."""
        shifted, differences = errors(example(seed, self.qubits, self.layers))
        found: dict[str, Any] = {"shift error": shifted, "best difference": min(differences)}
        found["differences"] = differences
        for shift in SHIFTS:
            seen = noise(seed, shift, self.qubits, self.layers)
            found[f"deviation at {shift:.3g}"] = seen.deviation
            found[f"rule at {shift:.3g}"] = seen.mean / seen.slope
            found[f"difference at {shift:.3g}"] = seen.difference / seen.slope
        return found


@dataclass(frozen=True, kw_only=True)
class PlateauArm(MeasuredArm):
    """How the slopes of random circuits shrink with the qubits.

    Parameters
    ----------
    qubits
        Of the circuits, two at least.
    """

    qubits: tuple[int, ...] = QUBITS
    shown: Drawn = field(default_factory=lambda: Drawn("random circuits"))

    @property
    def name(self) -> str:
        """What is measured."""
        return "slopes by qubits"

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the circuits."""
        return {"kind": "random circuit", "measured": "variance of a slope", "qubits": [*self.qubits]}

    def measure(self, seed: int) -> dict[str, Any]:
        """The variance by qubits, and how often it halves with one more."""
        variances = {count: slope_variance(count, seed) for count in self.qubits}
        found: dict[str, Any] = {f"variance at {count}": value for count, value in variances.items()}
        return found | {"halvings": halvings([*variances.values()], self.qubits)}


RULES, PLATEAU = RuleArm(), PlateauArm()
