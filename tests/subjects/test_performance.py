"""The benchmark compares like with like, counts by hand, and says what it does not know."""

import importlib.util
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pdenet.data import load_images
from pdenet.models import PDENet
from pdenet.subjects.performance import contenders, peaks, traffic
from pdenet.subjects.performance import epoch as epoch_parts
from pdenet.subjects.performance import measure as bench
from pdenet.subjects.performance import report as bench_report
from pdenet.subjects.performance.contenders import CONTENDERS
from pdenet.subjects.performance.problem import Problem
from pdenet.symbolic import PDE1

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


def gradients(name: str, problem: Problem) -> list[np.ndarray]:
    return [np.asarray(gradient) for gradient in CONTENDERS[name][1](problem)()]


@pytest.mark.parametrize("stencil", ["five-point", "nine-point"])
@pytest.mark.parametrize("name", ["conv2d", "slices", "jax"])
def test_contenders_compute_the_same_gradients(name: str, stencil: bench.Stencil) -> None:
    if name == "jax" and importlib.util.find_spec("jax") is None:
        pytest.skip("JAX is not installed")
    problem = replace(TINY, stencil=stencil)
    expected = gradients("fused", problem)
    assert all(np.abs(gradient).max() > 0 for gradient in expected)
    for got, want in zip(gradients(name, problem), expected, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-4)
    corners = expected[1][:, :, ::2, ::2]
    assert bool((corners == 0).all()) == (stencil == "five-point")


def test_what_is_compiled_is_what_runs_eagerly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "compile", lambda function: function)  # the compiler itself takes minutes
    for eager, compiled in (("conv2d", "compile-conv2d"), ("slices", "compile")):
        for got, want in zip(gradients(compiled, TINY), gradients(eager, TINY), strict=True):
            np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("stencil", ["five-point", "nine-point"])
def test_the_stack_that_is_timed_is_stable_and_alive(stencil: bench.Stencil) -> None:
    """Gates that are all closed, or numbers that overflow, would make a dishonest benchmark."""
    u, kernels = Problem(depth=50, batch=2, stencil=stencil).tensors()
    out = contenders.residual_stack(u, kernels)
    assert float(out.detach().min()) > 0
    assert float(out.detach().max()) < float(u.detach().max())


def test_operations_are_counted_by_hand_for_one_pixel() -> None:
    five, nine = (Problem(1, 1, 1, stencil=stencil) for stencil in ("five-point", "nine-point"))
    assert (five.flops, nine.flops) == (2 * (5 + 5 + 5), 2 * (9 + 9 + 9))
    assert (five.executed_flops, nine.executed_flops) == (2 * 20, 2 * 36)
    assert Problem(depth=50, batch=128, size=28).flops == 30 * 50 * 128 * 784
    assert Problem(depth=50, batch=128, size=28, seeds=3).flops == 3 * 30 * 50 * 128 * 784


def test_traffic_is_counted_by_hand_for_one_product() -> None:
    a, b = torch.ones(4, 5), torch.ones(5, 3)
    with traffic.Traffic() as counted:
        a @ b.t().t()  # views are free
        a[:2].add_(1)  # two rows read and written
        torch.ones(1, 5).expand(4, 5) + a  # an expanded axis takes no memory
    assert counted.calls == 4  # with the one that fills the five ones
    product, addition, fill = 4 * (20 + 15 + 12), 4 * (10 + 10), 4 * 5
    assert counted.bytes == product + addition + fill + 4 * (5 + 20 + 20)


def test_traffic_of_a_stack_grows_with_depth_except_when_fused() -> None:
    deep = replace(TINY, depth=6)
    for name, growth in (("slices", 2.0), ("conv2d", 2.0), ("fused", 1.0)):
        little, much = (bench.traffic(name, problem) for problem in (TINY, deep))
        assert little is not None
        assert much is not None
        assert abs(much["bytes"] / little["bytes"] - growth) < 0.2
    assert bench.traffic("compile", TINY) is None


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
    def broken(problem: Problem) -> bench.Step:
        raise RuntimeError("no compiler\nand a long tail")

    monkeypatch.setitem(CONTENDERS, "compile", ("broken", broken))
    *_, (_, result) = bench.run(TINY, ["fused", "compile"], rounds=1, memory_depths=())
    assert [row["contender"] for row in result["rows"]] == ["fused"]
    assert result["left_out"] == {"compile": "RuntimeError: no compiler"}


@pytest.mark.usefixtures("known_peaks")
def test_a_failure_of_our_own_is_not_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(problem: Problem) -> bench.Step:
        raise RuntimeError("ours")

    monkeypatch.setitem(CONTENDERS, "fused", ("broken", broken))
    with pytest.raises(RuntimeError, match="ours"):
        list(bench.run(TINY, ["fused"], rounds=1, memory_depths=()))


def test_memory_of_a_step_is_measured_whatever_this_process_has_taken() -> None:
    ballast = np.ones(2**27)  # a gibibyte at the peak of this process must not hide the child's growth
    del ballast
    few, many = (bench.peak_memory("slices", Problem(depth, 32, 64)) for depth in (1, 60))
    # every layer keeps at least the padded image and the sum before the ReLU for the backward pass
    assert many - few > 0.8 * 59 * 2 * 32 * 64**2 * 4 / 2**20


def test_jax_is_a_contender_only_where_it_is_installed() -> None:
    assert ("jax" in contenders.available()) == (importlib.util.find_spec("jax") is not None)
    assert {"fused", "conv2d", "slices", "compile", "compile-conv2d"} <= set(contenders.available())


@pytest.fixture
def _a_millisecond(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is timed is done, and takes a millisecond by this clock."""

    def seconds(work: Callable[[], Any], device: str = "cpu") -> float:
        work()
        return 1e-3

    monkeypatch.setattr(peaks, "_seconds", seconds)


@pytest.mark.usefixtures("_a_millisecond")
def test_peaks_are_operations_and_bytes_over_time() -> None:
    lanes, chains = max(peaks.FMA_SHAPES)
    with peaks.threads(1):
        rate = 2 * lanes * chains * 20_000 / 1e-3  # in a millisecond 10 000 rounds, so 20 000 in two
        assert peaks.fma_peak(milliseconds=2, repeats=3) == pytest.approx(rate)
    assert peaks.matrix_product_peak(size=128, repeats=2) == pytest.approx(2 * 128**3 / 1e-3)
    (found,) = peaks.bandwidth((24,), milliseconds=2)  # two repeats take a millisecond, so four in two
    assert found["bytes_a_second"] == pytest.approx(24 * 2**10 * 4 / 1e-3)


def test_registers_have_a_width_that_there_is() -> None:
    assert peaks.fma_vector_bits() in (128, 256, 512)


@pytest.mark.parametrize("rounds", [1, 2, 7, 1000])
def test_every_round_of_the_multiply_add_loop_is_done(rounds: int) -> None:
    """A rate is operations over time, so that the number of operations must be what it is said to be."""
    lanes, chains = peaks.FMA_SHAPES[0]
    results = np.zeros(1, dtype=np.float32)
    peaks._fma_loop(lanes, chains)(results, rounds, 0.999, 0.25)
    states = np.arange(1.0, chains + 1)
    for _ in range(rounds):
        states = states * np.float32(0.999) + 0.25
    assert results[0] == pytest.approx(lanes * states.sum(), rel=1e-5)


def test_the_chains_are_computed_and_not_assumed() -> None:
    lanes, chains = peaks.FMA_SHAPES[0]
    results = np.zeros(1, dtype=np.float32)
    peaks._fma_loop(lanes, chains)(results, 1, 0.5, 1.0)
    assert results[0] == lanes * sum(0.5 * start + 1 for start in range(1, chains + 1))


def test_the_triad_computes_and_is_timed_by_working_set() -> None:
    a, b, c = (np.full(7, float(value), dtype=np.float32) for value in (0, 1, 2))
    peaks._triad(a, b, c, np.float32(3), 2, 2)
    np.testing.assert_array_equal(a, np.full(7, 1 + (3 + 1) * 2, dtype=np.float32))  # the last repeat's
    (found,) = peaks.bandwidth((24,), milliseconds=1)
    assert found["kib"] == 24
    assert 0 < found["bytes_a_second"] < math.inf


def test_threads_are_given_back() -> None:
    before = torch.get_num_threads()
    with peaks.threads(1):
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == before


def test_the_multiply_adds_of_a_network_are_those_of_its_layers() -> None:
    model = PDENet(PDE1, depth=50)
    assert epoch_parts.operator_multiply_adds(model) == 15 * 784 * 50
    assert epoch_parts.classifier_multiply_adds(model) == 3 * (784 * 256 + 256 * 128 + 128 * 10)


def test_the_bound_falls_with_the_operators_rate() -> None:
    assert epoch_parts.share_bound(1, 1) == 0.5
    assert epoch_parts.share_bound(1, 1, rate=3) == 0.25
    assert epoch_parts.share_bound(588_000, 704_256) < 2 / 3


def test_the_parts_of_an_epoch_are_a_training_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cut-open steps must end with the parameters that `fit` ends with, or something else was timed."""
    from pdenet.runs import training

    data, models = load_images("digits"), []

    def build(*arguments: Any) -> PDENet:
        models.append(PDENet(*arguments))
        return models[-1]

    # both take the images in the same order: one after another
    monkeypatch.setattr(torch, "randperm", lambda n, **_: torch.arange(n))
    monkeypatch.setattr(epoch_parts, "PDENet", build)
    found = epoch_parts.epoch_parts(3, 32, seeds=2, steps=4, images=data)
    assert epoch_parts.fit is training.fit
    _, by_fit, in_parts = models
    for want, got in zip(by_fit.parameters(), in_parts.parameters(), strict=True):
        torch.testing.assert_close(got, want, rtol=1e-4, atol=1e-6)
    assert found["images"] == 4 * 32
    assert found["seconds"].keys() == {"data", "stencil", "operator", "classifier", "optimiser"}
    assert sum(found["share"].values()) == pytest.approx(1)
    assert min(found["seconds"].values()) > 0


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


def test_the_multiply_add_kernel_of_the_card_computes_its_chains() -> None:
    """In Triton's interpreter, in a process of its own: it is chosen when Triton is imported."""
    if importlib.util.find_spec("triton") is None:
        pytest.skip("Triton is not installed")
    program = (
        "import torch; from pdenet.subjects.performance import cuda_peak as p; "
        "out = torch.empty(2, p.WIDTH); p.run_chains(out, 3); "
        "x = torch.arange(p.WIDTH) / 8 + 1.75; assert torch.equal(out, x.expand(2, -1))"
    )
    environment = {**os.environ, "TRITON_INTERPRET": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


# What is read back from saved results, of this format and of the first.

OLD: dict[str, Any] = {
    "problem": {"depth": 50, "batch": 128, "size": 28, "rounds": 20},
    "rows": [
        {
            "contender": "fused",
            "what": "residual_stack",
            "milliseconds": 2.0,
            "best_milliseconds": 1.9,
            "share_of_peak": 0.2,
            "ratio_to_fused": 1.0,
        }
    ],
    "left_out": {},
    "peak_gflops": 400.0,
    "memory_mib": {"fused": {"5": 0.2, "50": 0.4, "500": 0.6}},
    "machine": {"device": "cpu", "name": "Old", "cores": 2, "threads": 2, "system": "Linux"},
    "versions": {"torch": "2.0"},
    "date": "2026-01-01T00:00:00+00:00",
}


def made(share: float, ratio: float, operator: float, date: str = "2026-02-01T00:00:00+00:00") -> Any:
    """A result of today's format with chosen outcomes."""
    row = {**OLD["rows"][0], "share_of_fma_peak": share, "executed_share_of_fma_peak": 4 / 3 * share}
    rest = (1 - operator) / 4
    parts = {"operator": operator, **dict.fromkeys(("classifier", "optimiser", "stencil", "data"), rest)}
    scaling = {"milliseconds": {"1": 2.0 * ratio, "2": 2.0}, "ratio": ratio}
    epoch = {
        "depth": 50,
        "batch": 128,
        "data": "mnist",
        "images": 60_000,
        "seconds": parts,
        "share": parts,
        "whole_seconds": 1.1,
        "multiply_adds": {"operator": 588_000, "classifier": 704_256},
    }
    return {
        **OLD,
        "format": bench.FORMAT,
        "date": date,
        "rows": [row],
        "nine_point": {"rows": [row], "left_out": {"jax": "ImportError: none"}},
        "peaks": PEAKS,
        "scaling": {"five-point": scaling, "nine-point": scaling},
        "epoch": epoch,
        "sweeps": {
            "depth": {
                "points": [{"depth": 5, "milliseconds": {"fused": 1.0, "slices": None}}],
                "fixed": {"batch": 128},
            }
        },
    }


def test_aims_are_judged_by_the_numbers() -> None:
    good = bench_report.aims(made(0.51, 1.85, 0.7))
    bad = bench_report.aims(made(0.49, 1.75, 0.6))
    assert [aim.word for aim in good] == ["met"] * 6
    assert [aim.word for aim in bad] == ["missed", "missed", "missed", "missed", "met", "missed"]
    heavy = made(0.51, 1.85, 0.7) | {"memory_mib": {"fused": {"5": 1.0, "500": 11.0}}}
    assert bench_report.aims(heavy)[4].word == "missed"


def test_an_old_result_is_shown_with_dashes() -> None:
    aims = bench_report.aims(OLD)
    assert [aim.word for aim in aims] == [*["not measured"] * 4, "met", "not measured"]
    assert aims[0].measured == bench_report.DASH
    (table,) = bench_report.tables_of(OLD)
    assert table.rows == [["residual_stack", "2.00", "1.90", "1.0", bench_report.DASH]]
    assert any("matrix product" in line for line in bench_report.notes_of(OLD))


def test_a_new_result_is_shown_whole() -> None:
    result = made(0.51, 1.85, 0.7)
    titles = " ".join(table.title for table in bench_report.tables_of(result))
    for part in ("five-point", "nine-point", "an epoch: 60000 images", "cost against depth"):
        assert part in titles
    notes = "\n".join(bench_report.notes_of(result))
    for part in (
        "68.0% of the FMA peak",
        "512-bit registers (LLVM by itself: 256)",
        "main memory 10 GB/s",
        "ratio 1.85",
        "operator takes 70.0%; at the classifier's own rate it could have 45.5%",
        "left out, nine-point: jax (ImportError: none)",
    ):
        assert part in notes
    side = bench_report.side_by_side({"a": result, "b": OLD}, "nine-point", ["fused", "jax"])
    assert "2.00 ms (1.0) | –" in side


def test_saved_runs_come_newest_first_under_names_that_differ(tmp_path: Path) -> None:
    for name, result in (
        ("bench-cpu.json", OLD),
        ("bench-cpu-new.json", made(0.5, 1.8, 0.7)),
        ("bench-cuda.json", OLD),
    ):
        (tmp_path / name).write_text(json.dumps(result))
    runs = bench_report.saved_runs("cpu", tmp_path)
    assert list(runs) == ["Old, 2 threads, 2026-02-01 00:00", "Old, 2 threads, 2026-01-01 00:00"]
    assert len(bench_report.saved_runs("cuda", tmp_path)) == 1
    assert bench_report.saved_runs("tpu", tmp_path) == {}


def test_the_shipped_results_can_be_read() -> None:
    for result in bench_report.saved_runs().values():
        assert bench_report.tables_of(result)
        assert bench_report.notes_of(result)
        assert len(bench_report.aims(result)) == 6
