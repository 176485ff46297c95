"""What is called a peak is computed, and counted."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from pdenet.subjects.performance import peaks


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
