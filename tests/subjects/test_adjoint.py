"""All ways give the gradient they say, what is kept is counted, the command writes what the page reads."""

import json
import math
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from pdenet.models.measures.memory import saved_numbers
from pdenet.ops.ode.solvers import Fixed
from pdenet.runs.files import shipped
from pdenet.subjects import adjoint as gradient_costs
from pdenet.subjects.adjoint import (
    OTHER_NETWORK,
    WAYS,
    Problem,
    gaps,
    main,
    measure,
    plain_pair,
    saved_by_flow,
    slope,
)

SMALL = Problem(evaluations=16, batch=2, size=8, dtype=torch.float64)


@pytest.mark.parametrize("way", [way for way in WAYS if way not in ("adjoint", *OTHER_NETWORK)])
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
    for evaluations in gradient_costs.EVALUATIONS:
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
    with pytest.raises(ValueError, match=f"evaluations must be even, at least 2: .* got {evaluations}"):
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


# The command


def test_a_line_has_its_slope() -> None:
    assert slope({"1": 3.0, "2": 5.0, "4": 9.0}) == pytest.approx(2)


def test_a_measured_result_is_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradient_costs, "peak_by_evaluations", grown_here)
    said: list[str] = []
    result = measure(replace(SMALL, dtype=torch.float32), (2, 4), 2, said.append)
    assert json.loads(json.dumps(result)) | {"problem": None} == result | {"problem": None}
    assert result["milliseconds"].keys() == result["memory_mib"].keys() == WAYS.keys()
    for way in WAYS:
        assert result["milliseconds"][way].keys() == {"2", "4"}
        assert 0 < result["fastest_milliseconds"][way]["4"] <= result["milliseconds"][way]["4"]
    assert result["gradient_off_by"]["adjoint"] > 1e-4 > result["gradient_off_by"]["fused"]
    assert result["machine"]["threads"] == torch.get_num_threads()
    assert {"memory: adjoint", "warming up", "round 2 of 2"} <= set(said)


def grown_here(way: str, problem: Problem, evaluations: Any) -> dict[str, float]:
    return {str(n): float(n) for n in evaluations}


def test_memory_is_measured_in_a_process_of_its_own() -> None:
    """A hundred states of 0.8 MB: backpropagation keeps them, on padded images, and not much more."""
    problem = Problem(batch=256)
    found = gradient_costs.peak_by_evaluations("solver", problem, [100, 2])
    assert list(found) == ["2", "100"]
    padded = 4 * problem.batch * (problem.size + 2) ** 2 / 2**20
    assert 0.9 < (found["100"] - found["2"]) / (98 * padded) < 4
    assert "MALLOC_MMAP_THRESHOLD_" not in os.environ


def test_the_command_writes_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gradient_costs, "peak_by_evaluations", grown_here)
    out = tmp_path / "new" / "costs.json"
    main(["--out", str(out), "--rounds", "1", "--batch", "1", "--evaluations", "2", "4"])
    result = json.loads(out.read_text())
    assert result["format"] == gradient_costs.FORMAT
    assert result["evaluations"] == [2, 4]
    assert "round 1 of 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--rounds", "0"], "rounds and batch must be at least 1"),
        (["--evaluations", "1", "8"], "evaluations must be even, at least 2"),
        (["--evaluations", "8", "10"], "evaluations must span a factor of two at least"),
    ],
)
def test_the_command_refuses_what_shows_nothing(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    assert message in capsys.readouterr().err


def test_the_shipped_run_is_of_this_code() -> None:
    result = json.loads(shipped(gradient_costs.FILE).read_text())
    assert result["format"] == gradient_costs.FORMAT
    assert result["milliseconds"].keys() == WAYS.keys()
    assert result["problem"]["theta"] == list(gradient_costs.THETA)
    assert result["problem"]["batch"] == 128
    assert tuple(result["evaluations"]) == gradient_costs.EVALUATIONS
    off = result["gradient_off_by"]
    assert max(off[way] for way in WAYS if way != "adjoint") < 1e-4
