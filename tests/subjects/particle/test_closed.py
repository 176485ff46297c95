"""Propagators in closed form, against each other and against sums."""

from typing import Any

import numpy as np
import pytest

from pdenet.subjects.particle.closed import (
    free_kernel,
    free_packet,
    mehler_kernel,
    oscillator_state,
    sliced_frequency,
    sliced_oscillator_kernel,
)
from pdenet.subjects.particle.grid import norm, slice_matrix

FREE: dict[str, Any] = {"mass": 1.3, "hbar": 0.7}
OSCILLATOR: dict[str, Any] = {**FREE, "omega": 1.1}
X = np.linspace(-1.5, 2, 8)[:, None]
Y = np.linspace(-1, 1.2, 5)
GRID = np.linspace(-20, 20, 16385)[:-1]


def order(errors: list[float]) -> float:
    """Observed order of the last of two halvings."""
    return float(np.log2(errors[-2] / errors[-1]))


@pytest.mark.parametrize("time", [0.9, -0.9j, 0.9 - 0.4j])
def test_the_free_kernel_moves_a_packet(time: complex) -> None:
    y = np.linspace(-12, 14, 4001)
    start = {"position": 0.6, "momentum": -1.2, "width": 0.8, **FREE}
    moved = np.sum(free_kernel(X, y, time, **FREE) * free_packet(y, **start), axis=1) * (y[1] - y[0])
    np.testing.assert_allclose(moved, free_packet(X[:, 0], time, **start), atol=1e-11)


def test_the_packet_keeps_its_norm_moves_and_spreads() -> None:
    psi = free_packet(GRID, 2.0, position=-1, momentum=1.5, width=0.9, **FREE)
    density = np.abs(psi) ** 2 * (GRID[1] - GRID[0])
    mean = density @ GRID
    assert norm(psi, GRID) == pytest.approx(1, abs=1e-12)
    assert mean == pytest.approx(-1 + 1.5 * 2 / 1.3)
    assert density @ (GRID - mean) ** 2 == pytest.approx(0.81 + (0.7 * 2 / (2 * 1.3 * 0.9)) ** 2)


def test_imaginary_time_gives_the_heat_kernel() -> None:
    kernel = free_kernel(X, Y, -0.5j, **FREE)
    variance = 0.7 * 0.5 / 1.3
    heat = np.exp(-((X - Y) ** 2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)
    np.testing.assert_allclose(kernel, heat, rtol=1e-13)
    assert not kernel.imag.any()


@pytest.mark.parametrize("tau", [0.3, 2.0])
def test_mehler_is_the_sum_over_stationary_states(tau: float) -> None:
    total = sum(
        np.exp(-1.1 * (n + 0.5) * tau)
        * oscillator_state(n, X, **OSCILLATOR)
        * oscillator_state(n, Y, **OSCILLATOR)
        for n in range(150)
    )
    np.testing.assert_allclose(mehler_kernel(X, Y, -1j * tau, **OSCILLATOR), total, atol=1e-13)


def test_mehler_is_the_textbook_formula() -> None:
    time, scale = 1.7, 1.3 * 1.1 / 0.7
    s, c = np.sin(1.1 * time), np.cos(1.1 * time)
    phase = scale / (2 * s) * ((X**2 + Y**2) * c - 2 * X * Y)
    expected = np.sqrt(scale / (2j * np.pi * s)) * np.exp(1j * phase)
    np.testing.assert_allclose(mehler_kernel(X, Y, time, **OSCILLATOR), expected, rtol=1e-12)


def test_mehler_survives_a_large_imaginary_time() -> None:
    far = mehler_kernel(0.4, 0.2, -1j * 900, **OSCILLATOR)
    ground = oscillator_state(0, 0.4, **OSCILLATOR) * oscillator_state(0, 0.2, **OSCILLATOR)
    assert far == pytest.approx(ground * np.exp(-1.1 * 450), rel=1e-10)


def test_mehler_without_force_is_free() -> None:
    bound = mehler_kernel(X, Y, 0.8, **{**OSCILLATOR, "omega": 1e-5})
    np.testing.assert_allclose(bound, free_kernel(X, Y, 0.8, **FREE), rtol=1e-8)


def test_stationary_states_are_orthonormal() -> None:
    states = np.array([oscillator_state(n, GRID, **OSCILLATOR) for n in range(12)])
    np.testing.assert_allclose(states @ states.T * (GRID[1] - GRID[0]), np.eye(12), atol=1e-12)


@pytest.mark.parametrize("time", [1.9, -1.9j])
def test_the_sliced_oscillator_tends_to_mehler(time: complex) -> None:
    exact = mehler_kernel(X, Y, time, **OSCILLATOR)
    sliced = [sliced_oscillator_kernel(X, Y, time, n, **OSCILLATOR) for n in (200, 400, 800)]
    assert order([np.abs(k - exact).max() for k in sliced]) == pytest.approx(1, abs=0.05)
    half = np.exp(
        -1j * time * (1.3 * 1.21) * (X**2 - Y**2) / (4 * 0.7 * np.array([[[200]], [[400]], [[800]]]))
    )
    # Lie is Strang up to half a slice of potential at the two ends.
    assert order([np.abs(k - exact).max() for k in half * sliced]) == pytest.approx(2, abs=0.05)


def test_one_slice_takes_the_potential_at_the_start() -> None:
    one = sliced_oscillator_kernel(X, Y, 0.4, 1, **OSCILLATOR)
    potential = 1.3 * 1.21 * Y**2 / 2
    np.testing.assert_allclose(
        one, free_kernel(X, Y, 0.4, **FREE) * np.exp(-0.4j * potential / 0.7), rtol=1e-13
    )


@pytest.mark.parametrize("slices", [2, 5])
def test_the_recursion_is_the_power_of_the_slice_matrix(slices: int) -> None:
    grid = np.linspace(-6, 6, 241)
    matrix = slice_matrix(grid, 1.3 * 1.21 * grid**2 / 2, -0.2j, **FREE)
    power = np.linalg.matrix_power(matrix, slices) / (grid[1] - grid[0])
    inner = slice(90, 151)
    exact = sliced_oscillator_kernel(grid[:, None], grid, -0.2j * slices, slices, **OSCILLATOR)
    np.testing.assert_allclose(power[inner, inner], exact[inner, inner], atol=1e-11)


@pytest.mark.parametrize("turns", [1.5, 2.3, 3.6])
def test_each_caustic_costs_a_quarter_turn(turns: float) -> None:
    time = turns * np.pi / 1.1
    sliced = complex(sliced_oscillator_kernel(0.3, 0.2, time, 20_000, **OSCILLATOR))
    s, c = np.sin(np.pi * turns), np.cos(np.pi * turns)
    scale = 1.3 * 1.1 / 0.7
    phase = scale / (2 * s) * (0.13 * c - 0.12) - np.pi / 4 - np.floor(turns) * np.pi / 2
    assert sliced == pytest.approx(np.sqrt(scale / (2 * np.pi * abs(s))) * np.exp(1j * phase), rel=2e-3)


def test_sliced_frequency_has_its_expansion() -> None:
    assert sliced_frequency(0.01, omega=1.1) == pytest.approx(1.1 * (1 - 0.011**2 / 24), rel=1e-9)


@pytest.mark.parametrize("level", [745, 1000])
def test_a_high_level_has_its_whole_norm(level: int) -> None:
    """Beyond z = 38.6 the lowest state is 0 in double precision, and the level 745 reaches that far."""
    line = np.linspace(-60, 60, 20_001)
    state = oscillator_state(level, line)
    assert (state**2).sum() * (line[1] - line[0]) == pytest.approx(1, abs=1e-12)


def test_a_fast_packet_keeps_its_numbers_in_imaginary_time() -> None:
    """Here exp(-1000) stands beside exp(909)."""
    packet = free_packet(np.array([0.0]), -20j, momentum=10.0)
    assert np.log(abs(packet[0])) == pytest.approx(
        -1000 / 11 - np.log(2 * np.pi) / 4 - np.log(11) / 2, rel=1e-12
    )
