"""The benchmark compares like with like: every contender computes the same gradients."""

import importlib.util
import json

import numpy as np
import pytest

from pdenet import bench
from pdenet.bench import CONTENDERS, Problem

TINY = Problem(depth=3, batch=2, size=6)


def gradients(name: str) -> list[np.ndarray]:
    return [np.asarray(gradient).squeeze(0) for gradient in CONTENDERS[name][1](TINY)()]


@pytest.mark.parametrize("name", ["conv2d", "slices", "jax"])
def test_contenders_compute_the_same_gradients(name: str) -> None:
    if name == "jax" and importlib.util.find_spec("jax") is None:
        pytest.skip("JAX is not installed")
    expected = gradients("fused")
    assert all(np.abs(gradient).max() > 0 for gradient in expected)
    for index, (got, want) in enumerate(zip(gradients(name), expected, strict=True)):
        if index == 1:  # corner taps have no gradient; the slices and the maps do not touch them either
            assert (want[:, ::2, ::2] == 0).all()
        np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-4)


def test_the_stack_that_is_timed_is_stable_and_alive() -> None:
    """Gates that are all closed, or numbers that overflow, would make a dishonest benchmark."""
    u, kernels = Problem(depth=50, batch=2).tensors()
    out = bench.residual_stack(u, kernels, support="cross")
    assert float(out.detach().min()) > 0
    assert float(out.detach().max()) < float(u.detach().max())


def test_operations_are_counted_by_hand_for_one_pixel() -> None:
    assert Problem(depth=1, batch=1, size=1).flops == 2 * (5 + 5 + 5)
    assert Problem(depth=50, batch=128, size=28).flops == 30 * 50 * 128 * 784


def test_a_run_reports_ratios_and_shares() -> None:
    events = list(bench.run(TINY, ["fused", "slices"], rounds=3, memory_depths=()))
    kind, result = events[-1]
    assert kind == "result"
    assert all(kind == "progress" for kind, _ in events[:-1])
    fused, slices = result["rows"]
    assert fused["ratio_to_fused"] == 1.0
    assert slices["ratio_to_fused"] > 0
    assert 0 < fused["share_of_peak"] < 1
    assert result["left_out"] == {}
    json.dumps(result)


def test_a_contender_that_fails_is_left_out_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(problem: Problem) -> bench.Step:
        raise RuntimeError("no compiler\nand a long tail")

    monkeypatch.setitem(CONTENDERS, "compile", ("broken", broken))
    *_, (_, result) = bench.run(TINY, ["fused", "compile"], rounds=1, memory_depths=())
    assert [row["contender"] for row in result["rows"]] == ["fused"]
    assert result["left_out"] == {"compile": "RuntimeError: no compiler"}


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
    assert ("jax" in bench.available()) == (importlib.util.find_spec("jax") is not None)
    assert {"fused", "conv2d", "slices", "compile"} <= set(bench.available())


def test_peak_is_a_rate() -> None:
    assert 1e8 < bench.peak_flops(size=128, repeats=2) < 1e15
