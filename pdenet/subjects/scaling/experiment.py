"""Compound scaling: shapes at equal operations, and blocks by operations and by seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdenet.runs.experiment import Experiment
from pdenet.runs.shown import Images
from pdenet.subjects.scaling.arms import (
    BOTH,
    DILATED,
    DOUBLE,
    EXTRAPOLATED,
    LONG,
    QUADRUPLE,
    SEARCHED,
    ShapeArm,
)
from pdenet.subjects.scaling.claims import CLAIMS
from pdenet.subjects.scaling.costs import CostArm, CostProtocol
from pdenet.subjects.scaling.system import BARE, BASE, CHEAP
from pdenet.subjects.scaling.training import CanvasTraining

if TYPE_CHECKING:
    from pdenet.runs.arm import Arm
    from pdenet.runs.experiment import Mode

SEARCH = 4
"""Networks of each shape that the search compares; of shapes that are claimed of there are more."""
LONGER = 6
"""Networks that are trained three times as long."""


def _arms(mode: Mode) -> tuple[Arm, ...]:
    if mode == "full":
        claimed = (BASE, BARE, CHEAP, *DOUBLE.values(), *QUADRUPLE.values(), EXTRAPOLATED, BOTH, DILATED)
        between = (shape for shape in SEARCHED if shape not in DOUBLE.values())
        return (
            *(ShapeArm(shape=shape) for shape in claimed),
            *(ShapeArm(shape=shape, most=SEARCH) for shape in between),
            *(ShapeArm(shape=shape, protocol=LONG, most=LONGER) for shape in (BASE, *QUADRUPLE.values())),
            CostArm(),
        )
    short, few = CanvasTraining(epochs=8), Images(2000, 1000)
    return (
        *(
            ShapeArm(shape=shape, protocol=short, shown=few, most=2)
            for shape in (BARE, BASE, DOUBLE["compound"])
        ),
        CostArm(protocol=CostProtocol(rounds=5)),
    )


SCALING = Experiment(
    "scaling",
    "Compound scaling: deeper, wider, finer or all at once, and cheaper blocks",
    _arms,
    CLAIMS,
    seeds=8,
    page="scaling",
    digits=2,
)
