"""Series at irregular times: a latent ODE beside recurrent nets and what needs no training."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pdenet.runs.experiment import Experiment
from pdenet.subjects.irregular.arms import ARMS, MAIN, SeriesArm
from pdenet.subjects.irregular.claims import IRREGULAR as CLAIMS
from pdenet.subjects.irregular.networks import NETWORKS
from pdenet.subjects.irregular.rates import long_training
from pdenet.subjects.irregular.training import SeriesTraining

if TYPE_CHECKING:
    from pdenet.runs.experiment import Mode

SEEDS = 10
BOOK = SeriesTraining(steps=100, batch=32)


def _arms(mode: Mode) -> tuple[SeriesArm, ...]:
    if mode == "full":
        return ARMS
    main = [arm for arm in ARMS if arm.sampling == MAIN and not arm.validation]
    return tuple(_small(arm) for arm in main if arm.protocol is None or _is_long(arm))


def _is_long(arm: SeriesArm) -> bool:
    return arm.decoder in NETWORKS and arm.protocol == long_training(arm.decoder)


def _small(arm: SeriesArm) -> SeriesArm:
    """The arm in minutes, under the name by which the claims know it."""
    return replace(arm, protocol=arm.protocol and BOOK, keep=None, most=2, called=arm.name)


IRREGULAR = Experiment(
    "irregular",
    "Irregular series: errors of what is foretold of a pendulum",
    _arms,
    CLAIMS,
    seeds=SEEDS,
    page="irregular-series",
    digits=3,
)
