"""All ways give the gradient they say, what is kept is counted, a run measures what the page reads."""

from __future__ import annotations

import json
import math
import os
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import pytest
import torch
from helpers.command import call
from helpers.runs import NoWork, unwatched
from scipy import stats

from pdenet.models.measures.memory import saved_numbers
from pdenet.ops.ode.solvers import Fixed
from pdenet.runs.files import read
from pdenet.runs.plan import Job
from pdenet.runs.runner import run_apart, run_here
from pdenet.subjects.adjoint import measures
from pdenet.subjects.adjoint.arms import CostArm, CostProtocol
from pdenet.subjects.adjoint.experiment import ADJOINT
from pdenet.subjects.adjoint.measures import (
    EVALUATIONS,
    beside_plain,
    gaps,
    measure,
    peak_by_evaluations,
    plain_pair,
    saved_by_flow,
    slope,
    slope_interval,
    states_an_evaluation,
)
from pdenet.subjects.adjoint.ways import MADE_OF, PLAIN, THETA, WAYS, Problem

if TYPE_CHECKING:
    from pathlib import Path

SMALL = Problem(evaluations=16, batch=2, size=8, dtype=torch.float64)


@pytest.mark.parametrize("way", [way for way in WAYS if way not in ("adjoint", "reversible")])
def test_ways_through_the_same_steps_have_one_gradient(way: str) -> None:
    wanted = WAYS["solver"][1](SMALL)()
    for got, want in zip(WAYS[way][1](SMALL)(), wanted, strict=True):
        assert want.abs().max() > 0
        torch.testing.assert_close(got, want, rtol=1e-10, atol=1e-12)


def test_the_pair_has_the_gradient_of_the_pair() -> None:
    for got, want in zip(WAYS["reversible"][1](SMALL)(), plain_pair(SMALL), strict=True):
        torch.testing.assert_close(got, want, rtol=1e-10, atol=1e-12)


def test_the_adjoint_is_off_by_the_order_of_euler() -> None:
    found = [gaps(replace(SMALL, evaluations=n))["adjoint"] for n in (16, 32, 64)]
    assert math.log2(found[1] / found[2]) == pytest.approx(1, abs=0.15)


def test_the_relu_of_the_stack_is_idle() -> None:
    """Else the stack would be another network than the flow."""
    for evaluations in EVALUATIONS:
        problem = replace(SMALL, evaluations=evaluations)
        taps = problem.step * problem.field().kernels()[0]
        taps[1, 1] += 1
        assert float(taps.detach().min()) >= 0


def test_images_and_field_are_the_same_every_time() -> None:
    assert torch.equal(SMALL.images(), SMALL.images())
    assert SMALL.images().shape == (1, 2, 8, 8)
    assert SMALL.images().min() > 0
    assert torch.equal(SMALL.field().theta, SMALL.field().theta)


@pytest.mark.parametrize("evaluations", [0, 5])
def test_evaluations_that_the_pair_cannot_have_are_refused(evaluations: int) -> None:
    with pytest.raises(ValueError, match=f"evaluations must be .*, at least 2.* got {evaluations}"):
        Problem(evaluations=evaluations)


# What is kept


def test_kept_numbers_are_counted_once_by_storage_and_only_while_kept() -> None:
    x = torch.ones(10, requires_grad=True)
    assert saved_numbers(lambda: x * 2) == 0
    assert saved_numbers(lambda: x * x) == 10
    assert saved_numbers(lambda: (x[:4] * x[2:6]).sum() + x.exp().sum()) == 20
    assert saved_numbers(lambda: (x.exp().sum(), None)[1]) == 0  # the graph is gone
    with torch.no_grad():
        assert saved_numbers(lambda: x * x) == 0


def test_the_adjoint_keeps_the_same_at_any_number_of_steps_and_backpropagation_does_not() -> None:
    u, field = SMALL.images(), SMALL.field()
    kept = {
        gradient: [saved_by_flow(field, u, 2.0, Fixed("euler", n), gradient) for n in (5, 10, 20)]
        for gradient in ("adjoint", "backprop")
    }
    assert kept["adjoint"] == [2 * u.numel() + 5 + 2] * 3  # both ends, theta, two times
    steps = [b - a for a, b in zip(kept["backprop"], kept["backprop"][1:], strict=False)]
    assert steps[1] == pytest.approx(2 * steps[0], rel=0.01)
    assert steps[0] >= 5 * u.numel()


# Slopes, and what may be compared


def test_a_line_has_its_slope() -> None:
    assert slope({"1": 3.0, "2": 5.0, "4": 9.0}) == pytest.approx(2)


def test_a_slope_has_the_interval_of_the_textbook() -> None:
    """Against SciPy's regression: its standard error times Student's quantile for two degrees of freedom."""
    points = {"1": 1.0, "2": 3.5, "3": 4.0, "4": 7.5}
    fit = stats.linregress([1, 2, 3, 4], list(points.values()))
    found = slope_interval(points)
    half = stats.t.ppf(0.975, 2) * fit.stderr
    assert (found.low, found.estimate, found.high) == pytest.approx(
        (fit.slope - half, fit.slope, fit.slope + half)
    )
    assert (found.n, found.of) == (4, "mean")
    assert found.p_value(0) == pytest.approx(fit.pvalue, rel=1e-3)
    line = slope_interval({"1": 3.0, "2": 5.0, "4": 9.0})
    assert line.high - line.low == pytest.approx(0, abs=1e-9)


def test_a_line_through_two_points_has_no_limits() -> None:
    found = slope_interval({"4": 1.0, "16": 7.0})
    assert (found.estimate, found.low, found.high) == (0.5, -math.inf, math.inf)
    assert found.p_value(0) == 1


def costs(**changes: Any) -> dict[str, Any]:
    """What a run would have measured, with plain numbers."""
    seconds = {
        "fused": 1.0,
        "layers": 100.0,
        "checkpoints": 130.0,
        "reversible": 22.0,
        "adjoint": 30.0,
        "solver": 20.0,
    }
    kept = {"fused": 0.1, "layers": 1.0, "checkpoints": 0.2, "reversible": 0.0, "adjoint": 0.0, "solver": 2.0}
    state = 4 * 2 * 8**2 / 2**20
    return {
        "problem": {"batch": 2, "size": 8},
        "evaluations": [4, 8, 16],
        "milliseconds": {way: {n: int(n) * s / 16 for n in ("4", "8", "16")} for way, s in seconds.items()},
        "memory_mib": {way: {n: 1 + int(n) * k * state for n in ("4", "8", "16")} for way, k in kept.items()},
        "gradient_off_by": {**dict.fromkeys(WAYS, 1e-6), "solver": 0.0, "adjoint": 1e-4},
        **changes,
    }


def test_memory_is_counted_in_states() -> None:
    assert slope(states_an_evaluation(costs(), "solver")) == pytest.approx(2)
    assert slope(states_an_evaluation(costs(), "adjoint")) == pytest.approx(0)


def test_a_way_is_compared_within_what_it_is_written_in() -> None:
    """Compiled loops beside a solver in Python would compare programs, not methods."""
    assert MADE_OF.keys() == WAYS.keys()
    assert all(MADE_OF[plain] == make for make, plain in PLAIN.items())
    found = beside_plain(costs())
    assert found.keys() == {"checkpoints", "reversible", "adjoint"}
    assert found["adjoint"] == pytest.approx((30 / 20, 0))
    assert found["checkpoints"] == pytest.approx((130 / 100, 0.2))


# A run


def test_a_measured_result_is_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measures, "peak_by_evaluations", grown_here)
    said: list[str] = []
    result = measure(replace(SMALL, dtype=torch.float32), (2, 4), 2, said.append)
    assert json.loads(json.dumps(result)) | {"problem": None} == result | {"problem": None}
    assert result["milliseconds"].keys() == result["memory_mib"].keys() == WAYS.keys()
    for way in WAYS:
        assert result["milliseconds"][way].keys() == {"2", "4"}
        assert 0 < result["fastest_milliseconds"][way]["4"] <= result["milliseconds"][way]["4"]
    assert result["gradient_off_by"]["adjoint"] > 1e-4 > result["gradient_off_by"]["fused"]
    assert {"memory: adjoint", "warming up", "round 2 of 2"} <= set(said)


def grown_here(way: str, problem: Problem, evaluations: Any) -> dict[str, float]:
    return {str(n): float(n) for n in evaluations}


def test_memory_is_measured_in_a_process_of_its_own() -> None:
    """A hundred states of 0.8 MB: backpropagation keeps them, on padded images, and not much more."""
    problem = Problem(batch=256)
    found = peak_by_evaluations("solver", problem, [100, 2])
    assert list(found) == ["2", "100"]
    padded = 4 * problem.batch * (problem.size + 2) ** 2 / 2**20
    assert 0.9 < (found["100"] - found["2"]) / (98 * padded) < 4
    assert "MALLOC_MMAP_THRESHOLD_" not in os.environ


TINY = CostArm(protocol=CostProtocol(batch=1, evaluations=(2, 4), rounds=1))


def test_a_run_is_one_record_of_all_ways_and_trains_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measures, "peak_by_evaluations", grown_here)
    job = Job(replace(ADJOINT, arms=lambda mode: (TINY,)), (TINY,), None, tmp_path / "new" / "adjoint.jsonl")
    assert job.missing(TINY) == (0,)
    run_here(job, unwatched)
    (record,) = read(job.out)
    assert record.measured["evaluations"] == [2, 4]
    assert record.measured["milliseconds"].keys() == WAYS.keys()
    assert record.model == {"kind": "gradient costs", "ways": [*WAYS]}
    assert record.training == {"batch": 1, "evaluations": [2, 4], "rounds": 1}
    assert (record.history, record.trunk) == ({}, {})
    assert record.machine["threads"] == torch.get_num_threads()
    assert record.seconds > 0
    assert record.key == TINY.key(0, None)
    assert job.missing(TINY) == ()
    run_apart(job, NoWork())
    assert len(read(job.out)) == 1


def test_the_command_measures_in_a_file_and_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measures, "peak_by_evaluations", grown_here)
    monkeypatch.setattr(measures, "_seconds", lambda step: 1e-3)
    out = tmp_path / "mine.jsonl"
    for _ in range(2):
        result = call("run", "adjoint", "--mode", "book", "--out", out)
        assert result.exit_code == 0, result.output
        assert "all ways to a gradient" in result.output
    (record,) = read(out)
    assert record.training == asdict(CostProtocol(32, (4, 16), 2)) | {"evaluations": [4, 16]}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rounds": 0}, "rounds must be a whole number, at least 1; got 0"),
        ({"batch": 0}, "batch must be a whole number, at least 1; got 0"),
        ({"evaluations": (1, 8)}, "evaluations must be even, at least 2: .* got 1, 8"),
        ({"evaluations": (8, 10)}, "evaluations must span a factor of two at least"),
    ],
)
def test_a_protocol_that_shows_nothing_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CostProtocol(**options)


def test_the_shipped_run_is_of_this_code() -> None:
    (record,) = ADJOINT.recorded()
    (arm,) = ADJOINT.arms("full")
    assert (record.model, record.training) == (arm.model, arm.training)
    measured = record.measured
    assert measured["milliseconds"].keys() == measured["memory_mib"].keys() == WAYS.keys()
    assert measured["problem"]["theta"] == list(THETA)
    assert measured["problem"]["batch"] == record.training["batch"] == 128
    assert measured["problem"]["rounds"] == record.training["rounds"]
    assert tuple(measured["evaluations"]) == tuple(record.training["evaluations"]) == EVALUATIONS
    off = measured["gradient_off_by"]
    assert max(off[way] for way in WAYS if way != "adjoint") < 1e-4
    assert record.machine["threads"] >= 1
    assert {"torch", "pdenet"} <= record.versions.keys()


def test_a_step_is_timed_until_it_took_long_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 100.5, 101.0, 102.0])
    monkeypatch.setattr("pdenet.subjects.adjoint.measures.time.perf_counter", lambda: next(clock))
    taken: list[int] = []

    def step() -> list[torch.Tensor]:
        taken.append(1)
        return []

    assert measures._seconds(step, at_least=2.0) == pytest.approx(2.0 / 3)
    assert len(taken) == 3
