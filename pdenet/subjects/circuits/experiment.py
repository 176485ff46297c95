"""Circuits: rules for their gradients, with and without shots, and slopes by qubits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdenet.runs.experiment import Experiment
from pdenet.subjects.circuits.arms import PLATEAU, RULES, PlateauArm, RuleArm
from pdenet.subjects.circuits.claims import CLAIMS

if TYPE_CHECKING:
    from pdenet.runs.arm import Arm
    from pdenet.runs.experiment import Mode


def _arms(mode: Mode) -> tuple[Arm, ...]:
    if mode == "full":
        return RULES, PLATEAU
    return RuleArm(qubits=2, layers=3, most=3), PlateauArm(qubits=(2, 4), most=2)


CIRCUITS = Experiment(
    "circuits",
    "Circuits: rules for their gradients, with and without shots, and slopes by qubits",
    _arms,
    CLAIMS,
    seeds=20,
    page="circuits",
    digits=2,
)
