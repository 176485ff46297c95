"""Compound scaling: shapes at equal operations, and blocks by operations and by seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdenet.runs.experiment import Experiment
from pdenet.runs.shown import Images
from pdenet.subjects.scaling.arms import (
    APART,
    BOTH,
    DILATED,
    DOUBLE,
    EXTRAPOLATED,
    LONG,
    QUADRUPLE,
    SEARCHED,
    ShapeArm,
)
from pdenet.subjects.scaling.claims import CLAIMS, LONGER, SEEN
from pdenet.subjects.scaling.costs import CostArm, CostProtocol
from pdenet.subjects.scaling.system import BARE, BASE, CHEAP
from pdenet.subjects.scaling.training import CanvasTraining

if TYPE_CHECKING:
    from pdenet.runs.arm import Arm
    from pdenet.runs.experiment import Mode

SEARCH = 4
"""Networks of each shape that the search compares; of shapes that are claimed of there are more."""
EIGHT = 8
"""Networks of each shape that is claimed of; twice as many where eight left a claim open (SC5 to SC8)."""
OPEN = (BASE, CHEAP, DOUBLE["depth"], DOUBLE["resolution"], BOTH, QUADRUPLE["resolution"], DILATED)

LATE = {
    **dict.fromkeys((BASE, *QUADRUPLE.values()), LONGER),
    **{QUADRUPLE[strategy]: LONGER + EIGHT for strategy in ("resolution", "compound")},
    DILATED: SEEN + LONGER,
    **dict.fromkeys((DOUBLE["depth"], DOUBLE["resolution"], BOTH), LONGER),
}
"""Networks that are trained three times as long: eight fresh ones of two shapes, six of a third."""


def _arms(mode: Mode) -> tuple[Arm, ...]:
    if mode == "full":
        decided = (
            shape
            for shape in (BARE, *DOUBLE.values(), *QUADRUPLE.values(), EXTRAPOLATED)
            if shape not in OPEN
        )
        between = (shape for shape in SEARCHED if shape not in DOUBLE.values())
        return (
            *(ShapeArm(shape=shape) for shape in OPEN),
            *(ShapeArm(shape=shape, most=EIGHT) for shape in decided),
            *(ShapeArm(shape=shape, most=SEARCH) for shape in between),
            ShapeArm(shape=APART),
            *(ShapeArm(shape=shape, protocol=LONG, most=most) for shape, most in LATE.items()),
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
    seeds=2 * EIGHT,
    page="scaling",
    digits=2,
)
