"""Sliced kernels on a ring, against equations solved without slices and against what is known exactly."""

import numpy as np
import pytest

from pdenet.subjects.paths_to_schroedinger.measures import (
    LENGTH,
    SHARES,
    by_equation,
    by_slices,
    distances,
    equation_on_ring,
    ring,
    slice_on_ring,
    total,
)

GRID = ring(64)
START = np.exp(np.cos(GRID - 1)) / total(np.exp(np.cos(GRID - 1)))


def still(places: np.ndarray) -> np.ndarray:
    return np.zeros_like(places)


def steady(places: np.ndarray) -> np.ndarray:
    return np.full_like(places, 0.75)


@pytest.mark.parametrize("share", SHARES.values())
def test_without_drift_a_wave_decays_as_diffusion_says(share: float) -> None:
    wave = np.cos(3 * GRID)
    decayed = np.exp(-0.5 * 9 * 0.8) * wave
    assert by_slices(still, wave, 0.8, 10, share) == pytest.approx(decayed, abs=1e-12)
    assert by_equation(still, wave, 0.8, share) == pytest.approx(decayed, abs=1e-12)


@pytest.mark.parametrize("share", SHARES.values())
def test_a_steady_drift_moves_a_wave_to_the_right(share: float) -> None:
    moved = np.exp(-0.5) * np.cos(GRID - 0.75)
    assert by_slices(steady, np.cos(GRID), 1.0, 20, share) == pytest.approx(moved, abs=1e-9)
    assert by_equation(steady, np.cos(GRID), 1.0, share) == pytest.approx(moved, abs=1e-12)


@pytest.mark.parametrize("kernel", SHARES)
@pytest.mark.parametrize("equation", SHARES)
def test_each_kernel_tends_to_its_own_equation_and_to_no_other(kernel: str, equation: str) -> None:
    found = distances(np.sin, START, 1.0, (16, 32, 64), SHARES[kernel], SHARES[equation])
    order = np.log2(found[1] / found[2])
    if kernel == equation:
        assert order == pytest.approx(1, abs=0.05)
    else:
        assert abs(order) < 0.05
        assert found[-1] > 0.1 * abs(SHARES[kernel] - SHARES[equation])


def test_each_point_keeps_something_else() -> None:
    even = np.full(64, 1 / LENGTH)
    assert total(by_slices(np.sin, START, 1.0, 30, 0.0)) == pytest.approx(1, abs=1e-10)
    assert by_slices(np.sin, even, 1.0, 30, 1.0) == pytest.approx(even, abs=1e-10)
    turned = by_equation(np.sin, START, 0.5, 0.5, variance=0.0)
    assert np.linalg.norm(turned) == pytest.approx(np.linalg.norm(START), rel=1e-8)
    assert total(by_equation(np.sin, even, 2.0, 0.5)) < 0.95


def test_the_equation_of_the_start_has_boltzmanns_stationary_state() -> None:
    boltzmann = np.exp(-2 * np.cos(GRID) / 0.8)  # exp(2/v times the integral of sin)
    rate = equation_on_ring(np.sin, GRID, 0.0, variance=0.8) @ boltzmann
    assert np.abs(rate).max() < 1e-10


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="points must be even, so that the ring has a shortest wave; got 9"):
        ring(9)
    with pytest.raises(ValueError, match="points must be a whole number, at least 8"):
        ring(6)
    with pytest.raises(ValueError, match=r"a hop of 0\.05 is shorter than the spacing 0\.0982"):
        slice_on_ring(np.sin, GRID, 0.0025, 0.0)
    with pytest.raises(ValueError, match="share must be"):
        slice_on_ring(np.sin, GRID, 0.1, 1.5)
    with pytest.raises(ValueError, match="step must be"):
        slice_on_ring(np.sin, GRID, 0.0, 0.5)
