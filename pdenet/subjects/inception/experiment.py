"""Two families at one budget: sizes fixed or varied, and maps that need many steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdenet.runs.experiment import Experiment
from pdenet.subjects.inception.arms import (
    BARE,
    DEEP,
    FAR,
    INCEPTION,
    LONG,
    ONE_SIZE,
    RATES,
    RESIDUAL,
    SKIPPED,
    SMALL,
    STEPS,
    UNSKIPPED,
    VARIED,
    WIDE,
    canvas_arms,
    map_arms,
)
from pdenet.subjects.inception.claims import CLAIMS

if TYPE_CHECKING:
    from pdenet.runs.arm import Arm
    from pdenet.runs.experiment import Mode


def _arms(mode: Mode) -> tuple[Arm, ...]:
    if mode == "full":
        return (
            *canvas_arms((RESIDUAL, INCEPTION)),
            *canvas_arms((ONE_SIZE,)),
            *canvas_arms((BARE,), most=10),
            *map_arms(STEPS, most=5),
            *canvas_arms((RESIDUAL, INCEPTION), epochs=LONG, most=10),
            *canvas_arms((UNSKIPPED, SKIPPED), [VARIED]),
            *canvas_arms((RESIDUAL, INCEPTION), [SMALL], most=10),
            *canvas_arms((RESIDUAL, INCEPTION), [VARIED], learning_rate=RATES[0], most=5),
            *canvas_arms((RESIDUAL, INCEPTION), [VARIED], learning_rate=RATES[1], most=5),
            *map_arms(STEPS[1:], (DEEP, WIDE, FAR), epochs=LONG, most=5),
        )
    return map_arms(STEPS[:1], (DEEP, FAR), train=1000, test=300, epochs=2, most=2)


INCEPTION_OR_DEPTH = Experiment(
    "inception",
    "Inception or depth: two families at one budget",
    _arms,
    CLAIMS,
    seeds=22,
    page="inception",
)
