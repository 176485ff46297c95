"""Cellular automata: which rules come back from what is seen of their histories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdenet.runs.experiment import Experiment
from pdenet.subjects.cellular_automata.arms import (
    DEEP,
    HISTORY,
    LONGER,
    MANY,
    NETWORKS,
    SKIPPED,
    WIDE,
    FramesArm,
    HistoryArm,
    NoiseArm,
    UnitsArm,
)
from pdenet.subjects.cellular_automata.claims import CLAIMS

if TYPE_CHECKING:
    from pdenet.runs.arm import Arm
    from pdenet.runs.experiment import Mode


def _arms(mode: Mode) -> tuple[Arm, ...]:
    if mode == "full":
        return HISTORY, *NETWORKS, *SKIPPED, *LONGER, WIDE, DEEP, MANY
    return (
        HistoryArm(cells=32, most=2),
        UnitsArm(units=2, steps=200, most=2),
        FramesArm(k=2, steps=100, most=2),
        NoiseArm(starts=8, steps=1, most=2),
    )


AUTOMATA = Experiment(
    "cellular-automata",
    "Cellular automata: which rules come back from what is seen of their histories",
    _arms,
    CLAIMS,
    seeds=20,
    page="cellular-automata",
    digits=1,
)
