"""Electrons after a kick: finer grids, and Euler's steps over the whole time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdenet.runs.experiment import Experiment
from pdenet.subjects.electrons.arms import EULER_STEPS, SPACINGS, GridArm, Kick, RunArm
from pdenet.subjects.electrons.claims import CLAIMS

if TYPE_CHECKING:
    from pdenet.runs.arm import Arm
    from pdenet.runs.experiment import Mode

BOOK = Kick(time=100.0)


def _arms(mode: Mode) -> tuple[Arm, ...]:
    if mode == "full":
        grids = tuple(GridArm(spacing=spacing) for spacing in SPACINGS)
        return (*grids, *(RunArm(method="Euler", dt=dt) for dt in EULER_STEPS))
    return (GridArm(spacing=SPACINGS[0], protocol=BOOK), RunArm(method="Euler", dt=1e-3, protocol=BOOK))


ELECTRONS = Experiment(
    "electrons",
    "Electrons after a kick: what a step of Euler's costs, and the first line on finer grids",
    _arms,
    CLAIMS,
    seeds=1,
    page="electrons",
    digits=3,
)
