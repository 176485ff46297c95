"""Learning rates: chosen on validation series that nothing else sees, not at the end of what was tried."""

from __future__ import annotations

from dataclasses import replace

import pytest
from helpers.records import made

from pdenet.runs.arm import Context
from pdenet.subjects.irregular.arms import ARMS, VALIDATION, SeriesArm, long_arm
from pdenet.subjects.irregular.experiment import IRREGULAR
from pdenet.subjects.irregular.networks import BLIND, DECAY, FLAT, GRU, NETWORKS, ODE, TIME
from pdenet.subjects.irregular.rates import (
    LONG,
    RATES,
    TRIED,
    VALIDATION_SEEDS,
    least_error,
    long_training,
    validation_error,
    validation_name,
)
from pdenet.subjects.irregular.training import SeriesTraining

TINY = SeriesTraining(steps=5, batch=4, series=6)


def test_the_rates_are_those_that_the_recorded_validation_runs_choose() -> None:
    results = IRREGULAR.results()
    assert RATES.keys() == TRIED.keys()
    for decoder, rate in RATES.items():
        assert least_error(results, decoder) == rate
        assert TRIED[decoder][0] < rate < TRIED[decoder][-1], "a better one may lie beyond"
        for tried in TRIED[decoder]:
            assert len(results.records(validation_name(decoder, tried))) == VALIDATION_SEEDS


def test_every_net_has_the_rate_of_its_decoder() -> None:
    assert {name: long_training(name).learning_rate for name in NETWORKS} == {
        ODE: RATES[ODE],
        FLAT: RATES[ODE],
        GRU: RATES[GRU],
        DECAY: RATES[GRU],
        BLIND: RATES[GRU],
        TIME: RATES[TIME],
    }
    assert all(long_training(name).steps == LONG for name in NETWORKS)
    assert long_arm(GRU, steps=2 * LONG).protocol == replace(long_training(GRU), steps=2 * LONG)


def test_validation_meets_no_series_of_another_run() -> None:
    judged = SeriesArm(decoder=GRU, protocol=TINY, test=4)
    chosen = replace(judged, validation=True)
    (one,), (other,) = judged.run((0,), Context()), chosen.run((0,), Context())
    assert one.data["checksum"] != other.data["checksum"]
    assert other.data["name"] == "pendulum, irregular, 20, validation"
    assert not judged.shown.fits(other.data, "")
    (far,) = judged.run((VALIDATION,), Context())
    assert far.data["checksum"] == other.data["checksum"]
    assert far.measured == other.measured
    most = max(len(arm.seeds(range(IRREGULAR.seeds))) for arm in ARMS)
    assert most <= VALIDATION, "no other run comes to the seeds of validation"


def test_a_validation_run_is_no_run_of_the_arm_with_its_rate() -> None:
    (arm,) = (arm for arm in ARMS if arm.name == validation_name(GRU, RATES[GRU]))
    data = {"name": arm.shown.name, "checksum": "x", "train": arm.shown.train}
    measured = {"between": 0.1, "ahead": 0.4}
    record = made([None], model=arm.model, training=arm.training, data=data, measured=measured)
    results = IRREGULAR.results([record])
    assert long_arm(GRU).name not in results
    assert validation_error(results, GRU, RATES[GRU]) == pytest.approx(0.2)
    assert arm.seeds(range(IRREGULAR.seeds)) == tuple(range(VALIDATION_SEEDS))
