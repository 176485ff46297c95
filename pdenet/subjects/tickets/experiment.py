"""Lottery tickets: their search, their transfer between twins, and small dense networks beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pdenet.runs.experiment import Experiment
from pdenet.runs.schedule import OneCycle
from pdenet.runs.shown import Images
from pdenet.subjects.tickets.arms import (
    EARLIER,
    ELSEWHERE,
    LONGER,
    SparseArm,
    small_arms,
    tickets,
    variants,
)
from pdenet.subjects.tickets.claims import CLAIMS

if TYPE_CHECKING:
    from pdenet.runs.arm import Arm
    from pdenet.runs.experiment import Mode


def _arms(mode: Mode) -> tuple[Arm, ...]:
    if mode == "full":
        return (*tickets(), *variants(), *small_arms(), *ELSEWHERE, *EARLIER, *LONGER)
    less: dict[str, Any] = {
        "kind": "residual",
        "shown": Images(1200, 1000),
        "protocol": OneCycle(epochs=2, batch_size=50, learning_rate=0.01),
        "most": 2,
    }
    return (
        SparseArm(rounds=0, **less),
        SparseArm(rounds=3, **less),
        SparseArm(rounds=3, start="fresh", **less),
        SparseArm(rounds=3, mask="own, shuffled", start="fresh", **less),
        SparseArm(rounds=3, mask="twin's", **less),
    )


TICKETS = Experiment(
    "tickets",
    "Lottery tickets: sparse parts of plain and residual twins, and what of them carries over",
    _arms,
    CLAIMS,
    seeds=10,
    page="tickets",
    digits=2,
)
