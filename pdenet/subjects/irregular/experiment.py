"""Series at irregular times: a latent ODE beside recurrent nets and what needs no training."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pdenet.runs.experiment import Experiment
from pdenet.subjects.irregular.arms import ARMS, MAIN, SeriesArm
from pdenet.subjects.irregular.claims import IRREGULAR as CLAIMS
from pdenet.subjects.irregular.training import CONFIG, SeriesTraining

if TYPE_CHECKING:
    from pdenet.runs.experiment import Mode

SEEDS = 10
BOOK = SeriesTraining(steps=100, batch=32)


def _arms(mode: Mode) -> tuple[SeriesArm, ...]:
    if mode == "full":
        return ARMS
    main = (arm for arm in ARMS if arm.sampling == MAIN and arm.protocol in (None, CONFIG))
    return tuple(replace(arm, protocol=arm.protocol and BOOK, keep=None, most=2) for arm in main)


IRREGULAR = Experiment(
    "irregular",
    "Irregular series: errors of what is foretold of a pendulum",
    _arms,
    CLAIMS,
    seeds=SEEDS,
    page="irregular-series",
    digits=3,
)
