"""The sentences and tables of the page: they follow the verdicts, whichever way, and need no run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from helpers.records import made

from pdenet.subjects.irregular import reading, tables
from pdenet.subjects.irregular.arms import ARMS, SeriesArm, arm_name, long_arm, series_arm
from pdenet.subjects.irregular.experiment import IRREGULAR
from pdenet.subjects.irregular.networks import GRU, ODE
from pdenet.subjects.irregular.system import TRUE, Sampling
from pdenet.subjects.irregular.training import CONFIG

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pdenet.runs.results import Results

REPLAY = replace(CONFIG, targets="seen")
EVEN = Sampling("regular", 20)
LOW, HIGH = (0.050, 0.052, 0.051, 0.053), (0.150, 0.157, 0.152, 0.160)


def results(errors: Mapping[SeriesArm, Sequence[float]]) -> Results:
    """Runs of arms with these errors in every window."""
    records = []
    for arm, values in errors.items():
        data = {"name": arm.shown.name, "checksum": "x", "train": arm.shown.train}
        records += [
            made(
                [None],
                seed=seed,
                model=arm.model,
                training=arm.training,
                data=data,
                measured={"between": one, "ahead": one, "beyond": one, "moved": one, "solver": one},
            )
            for seed, one in enumerate(values)
        ]
    return IRREGULAR.results(records)


def said(
    ode: Sequence[float], gru: Sequence[float], even_ode: Sequence[float], even_gru: Sequence[float]
) -> str:
    runs = results(
        {
            long_arm(ODE): ode,
            long_arm(GRU): gru,
            long_arm(ODE, EVEN): even_ode,
            long_arm(GRU, EVEN): even_gru,
            series_arm(TRUE): (0.01, 0.01, 0.01, 0.01),
        }
    )
    return reading.in_short(runs, IRREGULAR.judged(runs))


def test_the_paragraph_follows_the_verdicts() -> None:
    better = said(LOW, HIGH, LOW, LOW)
    assert "{" not in better
    assert "equation gets 0.010 from" in better
    assert "Ahead, the latent ODE is better." in better
    assert "and irregular ones widen the lead" in better
    assert "no lead can be made out" in better
    worse = said(HIGH, LOW, LOW, HIGH)
    assert "Ahead, the latent ODE is not better." in worse
    assert "It is better at *regular* times too" in worse
    assert "do not widen the lead" in worse
    even = said(LOW, LOW[::-1], LOW, LOW[::-1])
    assert "the seeds do not decide" in even
    assert "is not decided" in even


def test_nothing_is_claimed_without_runs() -> None:
    nothing = results({})
    assert reading.cause({}) == "The runs at regular times are not there yet."
    assert reading.reading(nothing, {}) == "The runs at regular times are not there yet."
    assert "not been run" in reading.repetition(nothing, {})
    assert "not run yet" in reading.summary({})
    assert tables.steps_table(nothing).count("\n") == 1


@pytest.mark.parametrize("failed", [0.05, 0.7])
def test_a_training_that_failed_is_named(failed: float) -> None:
    errors = dict.fromkeys((arm for arm in ARMS if not arm.validation), (0.05, 0.06, 0.05))
    errors |= {arm: (0.05, failed, 0.05) for arm in ARMS if arm.name == arm_name(ODE, training=REPLAY)}
    errors |= {arm: (1.0, 1.0, 1.0) for arm in ARMS if arm.decoder == "at rest"}
    runs = results(errors)
    text = reading.repetition(runs, IRREGULAR.judged(runs))
    assert ("1 of 3 seeds of the latent ODE" in text) is (failed > 0.5)


def test_tables_have_a_line_for_each_arm_that_was_run() -> None:
    runs = results({long_arm(ODE): LOW, long_arm(GRU): HIGH, series_arm(GRU): HIGH})
    assert tables.errors_table(runs, tables.MAIN_ARMS).count("\n") == 3
    assert tables.steps_table(runs).count("recurrent") == 2
    assert "–" in tables.times_table(runs)
    assert "0.051" in tables.errors_table(runs, tables.MAIN_ARMS)
