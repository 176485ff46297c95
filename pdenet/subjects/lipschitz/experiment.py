"""The bound 1 + K of a residual block, and networks whose K is capped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdenet.runs.experiment import Experiment
from pdenet.runs.shown import Images
from pdenet.subjects.lipschitz.arms import ARMS, CappedArm
from pdenet.subjects.lipschitz.claims import CLAIMS
from pdenet.subjects.lipschitz.training import PenaltyCycle

if TYPE_CHECKING:
    from pdenet.runs.arm import Arm
    from pdenet.runs.experiment import Mode

BOOK_CAPS: tuple[float | None, ...] = (0.02, 1.0, None)
BOOK = PenaltyCycle(epochs=6)
BOOK_SHOWN = Images(2000, 500)


def _arms(mode: Mode) -> tuple[Arm, ...]:
    if mode == "full":
        return ARMS
    return tuple(
        CappedArm(kind="residual", cap=cap, protocol=BOOK, shown=BOOK_SHOWN, most=2) for cap in BOOK_CAPS
    )


LIPSCHITZ = Experiment(
    "lipschitz",
    "The bound 1 + K of a residual block: what a cap on K buys and costs",
    _arms,
    CLAIMS,
    seeds=10,
    page="lipschitz",
    digits=2,
)
