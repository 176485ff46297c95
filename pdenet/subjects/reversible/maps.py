"""How far stacks come back, by gain and depth: what is run for each activation and precision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from pdenet.checks.sequences import wholes
from pdenet.checks.words import one_of
from pdenet.runs.measured_arm import MeasuredArm
from pdenet.runs.shown import Drawn
from pdenet.subjects.reversible.measures import GAINS, MAP_DEPTHS, WayBack, way_back_map
from pdenet.subjects.reversible.system import ACTIVATIONS

if TYPE_CHECKING:
    from pdenet.runs.results import Results

DTYPES = {"float32": torch.float32, "float64": torch.float64}
NOISE = Drawn("noise of deviation one")


@dataclass(frozen=True)
class MapProtocol:
    """Which gains and depths are looked at.

    Raises
    ------
    TypeError, ValueError
        If a depth is no whole number of at least 1.
    """

    gains: tuple[float, ...] = GAINS
    depths: tuple[int, ...] = MAP_DEPTHS

    def __post_init__(self) -> None:
        object.__setattr__(self, "gains", tuple(map(float, self.gains)))
        object.__setattr__(self, "depths", wholes("depths", self.depths, least=1))


@dataclass(frozen=True, kw_only=True)
class MapArm(MeasuredArm):
    """Stacks with one activation in one precision, by gain and depth; nothing is trained.

    Parameters
    ----------
    activation
        ``"tanh"`` or ``"relu"``.
    precision
        ``"float32"`` or ``"float64"``.
    protocol
        Which gains and depths.
    """

    activation: str
    precision: str
    protocol: MapProtocol = MapProtocol()
    shown: Drawn = NOISE
    most: int | None = 6

    def __post_init__(self) -> None:
        one_of("activation", self.activation, tuple(ACTIVATIONS))
        one_of("precision", self.precision, tuple(DTYPES))

    @property
    def name(self) -> str:
        """Activation and precision."""
        return f"{self.activation}, {self.precision}"

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the stacks."""
        return {"kind": "way back", "activation": self.activation, "precision": self.precision}

    def measure(self, seed: int) -> dict[str, Any]:
        """`WayBack` of each seed's stacks, by a `place`."""
        found = way_back_map(
            self.activation, DTYPES[self.precision], self.protocol.gains, self.protocol.depths, seed=seed
        )
        return {
            place(gain, depth, what): value if abs(value) < float("inf") else None  # JSON has no infinity
            for (gain, depth), one in found.items()
            for what, value in one._asdict().items()
        }


def place(gain: float, depth: int, what: str) -> str:
    """The name under which a record has what was measured at this gain and depth."""
    return f"{what}, gain {gain:g}, {depth} blocks"


def recorded_map(results: Results, arm: str) -> dict[tuple[float, int], WayBack]:
    """Geometric means over the recorded seeds, by gain and depth; infinite where a seed ran away."""
    records = results.records(arm)
    found = {}
    for gain in GAINS:
        for depth in MAP_DEPTHS:
            means = []
            for what in WayBack._fields:
                values = [record.measured[place(gain, depth, what)] for record in records]
                lost = any(value is None for value in values)
                with np.errstate(divide="ignore"):  # in float64 the plain gradient is its own measure
                    means.append(np.inf if lost else float(np.exp(np.log(np.array(values, float)).mean())))
            found[gain, depth] = WayBack(*means)
    return found
