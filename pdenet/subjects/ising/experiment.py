"""The glass: what is learned of its couplings, by temperature and by the number of states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdenet.runs.experiment import Experiment
from pdenet.subjects.ising.arms import BETAS, GLASSES, LARGE, PENALISED, GlassArm, PenalisedArm
from pdenet.subjects.ising.claims import CLAIMS

if TYPE_CHECKING:
    from pdenet.runs.arm import Arm
    from pdenet.runs.experiment import Mode


def _arms(mode: Mode) -> tuple[Arm, ...]:
    if mode == "full":
        return *GLASSES, LARGE, *PENALISED
    small = tuple(GlassArm(beta=beta, spins=6, sizes=(1_000,), most=2) for beta in BETAS)
    return *small, *(PenalisedArm(beta=arm.beta, spins=6, most=2) for arm in PENALISED)


ISING = Experiment(
    "ising",
    "A spin glass: what is learned of its couplings, by temperature and by the number of states",
    _arms,
    CLAIMS,
    seeds=200,
    page="ising",
    digits=3,
)
