"""The benchmark compares like with like, and says what it does not know."""

import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from pdenet.subjects.performance import measure as bench
from pdenet.subjects.performance.contenders import CONTENDERS, Step
from pdenet.subjects.performance.problem import Problem

TINY = Problem(depth=3, batch=2, size=6, seeds=2)

PEAKS: dict[str, Any] = {
    "fma_gflops": {"1": 100.0, "2": 200.0},
    "matrix_product_gflops": {"1": 80.0, "2": 160.0},
    "fma_vector_bits": 512,
    "default_vector_bits": 256,
    "bandwidth": [{"kib": 48, "gb_s": 200.0}, {"kib": 196608, "gb_s": 10.0}],
}


@pytest.fixture
def known_peaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "_measure_peaks", lambda device: PEAKS)


@pytest.mark.usefixtures("known_peaks")
def test_a_run_reports_ratios_and_shares() -> None:
    events = list(bench.run(TINY, ["fused", "slices"], rounds=3, memory_depths=()))
    kind, result = events[-1]
    assert kind == "result"
    assert all(kind == "progress" for kind, _ in events[:-1])
    fused, slices = result["rows"]
    assert fused["ratio_to_fused"] == 1.0
    assert slices["ratio_to_fused"] > 0
    assert fused["share_of_peak"] == pytest.approx(fused["gflops"] / 160)
    assert fused["share_of_fma_peak"] == pytest.approx(fused["gflops"] / 200)
    assert fused["executed_share_of_fma_peak"] == pytest.approx(4 / 3 * fused["share_of_fma_peak"])
    assert fused["floor_milliseconds"] == pytest.approx(TINY.flops / 200e9 * 1e3)
    assert [row["contender"] for row in result["nine_point"]["rows"]] == ["fused", "slices"]
    assert result["left_out"] == result["nine_point"]["left_out"] == {}
    assert result["scaling"].keys() == {"five-point", "nine-point"}
    assert result["load_at_start"] is None or result["load_at_start"] >= 0
    assert json.loads(json.dumps(result)) == result


@pytest.mark.usefixtures("known_peaks")
def test_a_contender_that_fails_is_left_out_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(problem: Problem) -> Step:
        message = "no compiler\nand a long tail"
        raise RuntimeError(message)

    monkeypatch.setitem(CONTENDERS, "compile", ("broken", broken))
    *_, (_, result) = bench.run(TINY, ["fused", "compile"], rounds=1, memory_depths=())
    assert [row["contender"] for row in result["rows"]] == ["fused"]
    assert result["left_out"] == {"compile": "RuntimeError: no compiler"}


@pytest.mark.usefixtures("known_peaks")
def test_a_failure_of_our_own_is_not_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(problem: Problem) -> Step:
        message = "ours"
        raise RuntimeError(message)

    monkeypatch.setitem(CONTENDERS, "fused", ("broken", broken))
    with pytest.raises(RuntimeError, match="ours"):
        list(bench.run(TINY, ["fused"], rounds=1, memory_depths=()))


def test_memory_of_a_step_is_measured_whatever_this_process_has_taken() -> None:
    ballast = np.ones(2**27)  # a gibibyte at the peak of this process must not hide the child's growth
    del ballast
    few, many = (bench.peak_memory("slices", Problem(depth, 32, 64)) for depth in (1, 60))
    # every layer keeps at least the padded image and the sum before the ReLU for the backward pass
    assert many - few > 0.8 * 59 * 2 * 32 * 64**2 * 4 / 2**20


def test_a_sweep_leaves_out_what_would_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bench.SWEEPS, "depth", (1, 4))
    monkeypatch.setattr(bench, "SWEEP_MEMORY", 40 * 2 * 36 * 2)  # two layers of two images of 6x6
    swept = bench.sweep_over("depth", replace(TINY, seeds=1))
    first, second = (point["milliseconds"] for point in swept["points"])
    assert first["fused"] > 0
    assert first["slices"] > 0
    assert second["slices"] is None
    assert swept["fixed"] == {"batch": 2, "size": 6, "seeds": 1}


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_run_on_a_graphics_card() -> None:
    *_, (_, result) = bench.run(replace(TINY, device="cuda"), ["fused", "slices"], 2, memory_depths=(5,))
    assert result["machine"]["device"] == "cuda"
    assert 0 < result["peaks"]["fma_gflops"]["all"] < math.inf
    assert result["rows"][0]["milliseconds"] > 0
