"""Errors compared by ratios: no interval is below zero, and one failed seed does not open it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from helpers.records import made

from pdenet.runs.intervals import log_mean_interval, mean_interval
from pdenet.subjects.irregular.arms import arm_name, series_arm
from pdenet.subjects.irregular.experiment import IRREGULAR
from pdenet.subjects.irregular.networks import GRU, ODE
from pdenet.subjects.irregular.ratios import LEAST, error_of, ratio, size, times, widened_times
from pdenet.subjects.irregular.system import Sampling

if TYPE_CHECKING:
    from pdenet.runs.results import Results

EVEN = Sampling("regular", 20)
FAILED = [0.05, 0.04, 0.06, 0.05, 0.66, 0.05]  # errors of a net that missed everything with one seed


def results(**errors: list[float]) -> Results:
    """Runs of nets with these errors ahead; the name of a net ends in `even` at regular times."""
    arms = {"ode": series_arm(ODE), "gru": series_arm(GRU)}
    arms |= {"ode_even": series_arm(ODE, EVEN), "gru_even": series_arm(GRU, EVEN)}
    records = []
    for name, values in errors.items():
        arm = arms[name]
        data: dict[str, Any] = {"name": arm.shown.name, "checksum": "x", "train": arm.shown.train}
        records += [
            made(
                [None], seed=seed, model=arm.model, training=arm.training, data=data, measured={"ahead": one}
            )
            for seed, one in enumerate(values)
        ]
    return IRREGULAR.results(records)


def test_one_failed_seed_takes_no_interval_below_zero() -> None:
    found = error_of(results(ode=FAILED), arm_name(ODE), "ahead")
    assert found is not None
    assert 0 < found.low < found.estimate < 0.1
    assert mean_interval(FAILED).low < 0, "which is why Student's interval will not do"


def test_a_ratio_is_paired_by_seed() -> None:
    pairs = results(ode=[0.01, 0.1, 0.5], gru=[0.02, 0.2, 1.0, 0.4])
    found = ratio(pairs, arm_name(GRU), arm_name(ODE), "ahead")
    assert found is not None
    assert (found.estimate, found.low, found.high) == pytest.approx((2, 2, 2))
    assert found.n == 3
    turned = times(arm_name(ODE), arm_name(GRU), "ahead")(pairs)
    assert turned is not None
    assert turned.estimate == pytest.approx(0.5)


def test_a_lead_is_widened_by_the_ratio_of_ratios() -> None:
    runs = results(ode=[0.1, 0.2], gru=[0.3, 0.6], ode_even=[0.1, 0.1], gru_even=[0.2, 0.2])
    pairs = (arm_name(GRU), arm_name(ODE)), (arm_name(GRU, EVEN), arm_name(ODE, EVEN))
    found = widened_times(*pairs, "ahead")(runs)
    assert found is not None
    assert found.estimate == pytest.approx(1.5)


def test_what_does_not_move_at_all_has_a_size() -> None:
    found = size(arm_name(ODE), "ahead")(results(ode=[0.0, 0.0, 0.0]))
    assert found is not None
    assert found.estimate == pytest.approx(LEAST)
    assert found.p_value(1e-4) < 1e-8


def test_few_errors_that_are_far_apart_have_an_error_probability() -> None:
    """The interval at the level that is asked for then goes beyond what a float holds."""
    found = log_mean_interval([0.05, 0.06, 0.7])
    assert found.p_value(0.1) > 0.5
    assert found.p_value(1e-9) < 0.05
    assert found.at(1 - 1e-9).high == float("inf")


def test_nothing_is_said_without_runs_or_with_one_that_measured_nothing() -> None:
    assert error_of(results(ode=[0.1]), arm_name(GRU), "ahead") is None
    assert ratio(results(ode=[0.1]), arm_name(GRU), arm_name(ODE), "ahead") is None
    assert error_of(results(ode=[0.1, float("nan")]), arm_name(ODE), "ahead") is None
    assert error_of(results(ode=[0.1]), arm_name(ODE), "between") is None
