"""Orbitals as features: energies and forces of H3+, by what a network is shown and by how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdenet.runs.experiment import Experiment
from pdenet.subjects.orbitals.arms import AVERAGE, COORDINATES, FEW, ORBITALS, arms, longer_arms
from pdenet.subjects.orbitals.claims import CLAIMS

if TYPE_CHECKING:
    from pdenet.runs.arm import Arm
    from pdenet.runs.experiment import Mode


def _arms(mode: Mode) -> tuple[Arm, ...]:
    if mode == "full":
        return *arms(), *longer_arms()
    return arms(steps=200, run=[(title, FEW) for title in (ORBITALS, AVERAGE, COORDINATES)], most=2)


ORBITALS_OF_H3 = Experiment(
    "orbitals",
    "Orbitals as features: energies and forces of H3+, by what a network is shown and by how much",
    _arms,
    CLAIMS,
    seeds=10,
    page="orbitals",
    digits=2,
)
