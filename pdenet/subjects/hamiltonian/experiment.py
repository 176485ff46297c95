"""A conservation law by construction: fields of a pendulum, learned with an energy and without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdenet.runs.experiment import Experiment
from pdenet.subjects.hamiltonian.arms import LEARNED, NOT_LEARNED, FieldArm, RivalArm
from pdenet.subjects.hamiltonian.claims import CLAIMS
from pdenet.subjects.hamiltonian.system import Observed
from pdenet.subjects.hamiltonian.training import RateTraining

if TYPE_CHECKING:
    from pdenet.runs.arm import Arm
    from pdenet.runs.experiment import Mode

BOOK = RateTraining(steps=300)


def _arms(mode: Mode) -> tuple[Arm, ...]:
    if mode == "full":
        return (*LEARNED, *NOT_LEARNED)
    few = Observed(stretches=10)
    learned = (FieldArm(law=law, observed=few, protocol=BOOK, width=32, most=2) for law in ("none", "energy"))
    return (*learned, RivalArm(rival="linear", observed=few, most=2))


HAMILTONIAN = Experiment(
    "hamiltonian",
    "A conservation law by construction: learned fields of a pendulum",
    _arms,
    CLAIMS,
    seeds=40,
    page="hamiltonian",
    digits=2,
)
