"""Rotation: what a symmetry is worth that is built in, shown, or hoped for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdenet.runs.experiment import Experiment
from pdenet.subjects.rotation.arms import SymmetryArm, arms
from pdenet.subjects.rotation.claims import CLAIMS

if TYPE_CHECKING:
    from pdenet.runs.experiment import Mode


def _arms(mode: Mode) -> tuple[SymmetryArm, ...]:
    return arms() if mode == "full" else arms(steps=300, examples=100, most=2)


ROTATION = Experiment(
    "rotation",
    "Rotation: a symmetry that is built in, shown, or hoped for",
    _arms,
    CLAIMS,
    seeds=16,
    page="rotation",
    digits=3,
)
