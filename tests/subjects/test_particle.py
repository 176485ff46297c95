"""Propagators against closed forms, against each other, and against QuTiP."""

from collections.abc import Callable

import numpy as np
import pytest
import qutip

from pdenet.subjects.particle.closed import (
    free_kernel,
    free_packet,
    mehler_kernel,
    oscillator_state,
    sliced_frequency,
    sliced_oscillator_kernel,
)
from pdenet.subjects.particle.grid import crank_nicolson, norm, slice_matrix, sliced_evolution, split_step
from pdenet.subjects.particle.trace import euclidean_trace, ground_energy

FREE = {"mass": 1.3, "hbar": 0.7}
OSCILLATOR = {**FREE, "omega": 1.1}
X = np.linspace(-1.5, 2, 8)[:, None]
Y = np.linspace(-1, 1.2, 5)

GRID = np.linspace(-20, 20, 16385)[:-1]
BARRIER = 2 * np.exp(-2 * GRID**2)
PACKET = free_packet(GRID, position=-4, momentum=2, width=1, hbar=0.7)
DURATION = 3.5


def distance(a: np.ndarray, b: np.ndarray, grid: np.ndarray = GRID) -> float:
    """Root of the integrated squared modulus of the difference."""
    return norm(a - b, grid) ** 0.5


def order(errors: list[float]) -> float:
    """Observed order of the last of two halvings."""
    return float(np.log2(errors[-2] / errors[-1]))


# Kernels


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


# Evolution


def test_trotter_is_of_first_and_strang_of_second_order() -> None:
    grid, psi, barrier = GRID[::32], PACKET[::32], BARRIER[::32]
    exact = split_step(psi, grid, barrier, DURATION, 1600, splitting="strang", hbar=0.7)
    for splitting, expected in (("lie", 1), ("strang", 2)):
        runs = [split_step(psi, grid, barrier, DURATION, n, splitting=splitting, hbar=0.7) for n in (50, 100)]
        assert order([distance(run, exact, grid) for run in runs]) == pytest.approx(expected, abs=0.1)


def test_the_kernel_the_fourier_transform_and_crank_nicolson_agree() -> None:
    fourier = split_step(PACKET, GRID, BARRIER, DURATION, 40, splitting="strang", hbar=0.7)
    kernel = sliced_evolution(PACKET, GRID, BARRIER, DURATION, 40, splitting="strang", hbar=0.7)
    assert distance(kernel, fourier) < 1e-4
    assert norm(kernel, GRID) == pytest.approx(1, abs=1e-6)
    implicit = crank_nicolson(PACKET, GRID, BARRIER, DURATION, 1000, hbar=0.7)
    fine = split_step(PACKET, GRID, BARRIER, DURATION, 800, splitting="strang", hbar=0.7)
    assert distance(implicit, fine) < 1e-3
    assert norm(implicit, GRID) == pytest.approx(1, abs=1e-11)


def test_the_sum_over_paths_agrees_with_qutip() -> None:
    coarse = GRID[::64]
    points, spacing = len(coarse), coarse[1] - coarse[0]
    momenta = 2 * np.pi * 0.7 * np.fft.fftfreq(points, spacing)
    kinetic = np.fft.ifft(momenta[:, None] ** 2 / 2 * np.fft.fft(np.eye(points), axis=0), axis=0)
    hamiltonian = qutip.Qobj(kinetic + np.diag(BARRIER[::64]))
    options = {"method": "dop853", "rtol": 1e-8, "atol": 1e-10, "nsteps": 100_000, "progress_bar": ""}
    start = qutip.Qobj(PACKET[::64])
    result = qutip.sesolve(hamiltonian / 0.7, start, [0, DURATION], options=options)  # QuTiP has hbar = 1
    theirs = result.states[-1].full()[:, 0]

    ours = sliced_evolution(PACKET, GRID, BARRIER, DURATION, 75, splitting="strang", hbar=0.7)
    assert distance(ours[::64], theirs, coarse) < 1e-3
    implicit = crank_nicolson(PACKET, GRID, BARRIER, DURATION, 1000, hbar=0.7)
    assert distance(implicit[::64], theirs, coarse) < 1e-3


def test_crank_nicolson_is_of_second_order() -> None:
    errors = []
    for points, steps in ((1024, 100), (2048, 200)):
        grid = np.linspace(-14, 14, points)
        start = {"position": -3, "momentum": 1.0, "width": 1.0, "hbar": 0.7}
        final = crank_nicolson(free_packet(grid, **start), grid, 0 * grid, 2.0, steps, hbar=0.7)
        errors.append(distance(final, free_packet(grid, 2.0, **start), grid))
    assert order(errors) == pytest.approx(2, abs=0.1)


def test_a_coarse_grid_makes_ghosts_where_they_are_expected() -> None:
    grid = np.linspace(-20, 20, 401)
    psi = free_packet(grid, position=-6, momentum=0, width=0.8, hbar=0.7)
    with pytest.raises(ValueError, match=r"too coarse .* must be below 0\.011,"):
        sliced_evolution(psi, grid, 0 * grid, 0.2, 1, hbar=0.7)
    final = sliced_evolution(psi, grid, 0 * grid, 0.2, 1, hbar=0.7, allow_aliasing=True)
    shift = 2 * np.pi * 0.7 * 0.2 / 0.1
    ghost = np.abs(grid - (-6 + shift)) < 4
    assert norm(final[ghost], grid[ghost]) == pytest.approx(1, abs=0.01)
    assert norm(final, grid) > 2.5


# Imaginary time


def test_the_trace_has_the_frequency_of_the_sliced_oscillator() -> None:
    grid = np.linspace(-7, 7, 141)
    potential = 1.3 * 1.21 * grid**2 / 2
    for slices in (4, 8):
        frequency = sliced_frequency(3 / slices, omega=1.1)
        expected = 1 / (2 * np.sinh(1.5 * frequency))
        assert euclidean_trace(grid, potential, 3.0, slices, **FREE) == pytest.approx(expected, rel=1e-9)


def test_the_ground_energy_is_of_second_order() -> None:
    grid = np.linspace(-6, 6, 121)
    energies = [ground_energy(grid, 1.3 * 1.21 * grid**2 / 2, 12.0, n, **FREE) for n in (30, 60)]
    exact = 0.7 * 1.1 / 2
    assert order([exact - energy for energy in energies]) == pytest.approx(2, abs=0.05)
    assert exact - energies[1] == pytest.approx(exact * (1.1 * 12 / 60) ** 2 / 24, rel=0.02)


def test_sliced_frequency_has_its_expansion() -> None:
    assert sliced_frequency(0.01, omega=1.1) == pytest.approx(1.1 * (1 - 0.011**2 / 24), rel=1e-9)


@pytest.mark.parametrize("method", [split_step, sliced_evolution, crank_nicolson])
def test_imaginary_time_finds_the_ground_state(method: Callable[..., np.ndarray]) -> None:
    grid = np.linspace(-6, 6, 301)
    potential = 1.3 * 1.21 * grid**2 / 2
    final = method(free_packet(grid, position=1.0), grid, potential, -9.0j, 450, **FREE)
    final = final.real / norm(final, grid) ** 0.5
    ground = oscillator_state(0, grid, **OSCILLATOR)
    assert distance(final, ground, grid) < 0.02  # Trotter's state is tilted by half a slice


# What is refused

SMALL = np.linspace(-3, 3, 61)
FLAT = np.zeros(61)
WAVE = free_packet(SMALL)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: free_kernel(0, 0, -1.0), "time -1.0; it must be positive"),
        (lambda: free_kernel(0, 0, 1j), "must be positive, or -1j"),
        (lambda: free_kernel(0, 0, 0), "time 0;"),
        (lambda: free_kernel(0, 0, 1, hbar=0), "hbar = 0; it must be positive"),
        (lambda: free_packet(0, -1), "time -1"),
        (lambda: free_packet(0, width=-1), "width = -1"),
        (lambda: mehler_kernel(0, 0, 3.2), r"real time 3\.2; .* first caustic, time < pi / omega = 3\.14159"),
        (lambda: mehler_kernel(0, 0, 1, omega=0), "omega = 0"),
        (lambda: sliced_oscillator_kernel(0, 0, 1, 0), "slices = 0; it must be a whole number, 1 or more"),
        (lambda: sliced_oscillator_kernel(0, 0, 1, 2.5), r"slices = 2\.5"),
        (lambda: sliced_oscillator_kernel(0, 0, 8**0.5, 2), "2 slices .* meet a caustic"),
        (lambda: sliced_frequency(0), "step = 0"),
        (lambda: oscillator_state(-1, 0), "level -1; levels are 0, 1, 2"),
        (lambda: norm(WAVE[1:], SMALL), r"psi must have the shape of the grid, \(61,\); got \(60,\)"),
        (lambda: split_step(WAVE, SMALL**3, FLAT, 1, 1), "not uniform: its steps go from"),
        (lambda: split_step(WAVE, SMALL[::-1], FLAT, 1, 1), "not uniform"),
        (lambda: split_step(WAVE, [SMALL], FLAT, 1, 1), r"grid of shape \(1, 61\); it must be \(x,\)"),
        (lambda: split_step(WAVE, SMALL, FLAT[1:], 1, 1), "potential must have the shape"),
        (lambda: split_step(WAVE, SMALL, 1j + FLAT, 1, 1), "potential must be real"),
        (lambda: split_step(WAVE, SMALL, FLAT, -1, 1), "time -1"),
        (lambda: split_step(WAVE, SMALL, FLAT, 1, 0), "slices = 0"),
        (lambda: split_step(WAVE, SMALL, FLAT, 1, 1, splitting="trotter"), "'trotter'; it must be 'lie' or"),
        (lambda: sliced_evolution(WAVE[1:], SMALL, FLAT, 1, 1), "psi must have the shape"),
        (lambda: sliced_evolution(WAVE, SMALL, FLAT, 1, 9), "fewer slices, or a shorter grid"),
        (lambda: slice_matrix(SMALL, FLAT, -0.005j), r"too coarse .* must be below 0\.0707"),
        (lambda: crank_nicolson(WAVE, SMALL, FLAT, 1, 0), "steps = 0"),
        (lambda: crank_nicolson(WAVE, SMALL, FLAT, 1, 1, mass=-1), "mass = -1"),
        (lambda: euclidean_trace(SMALL, FLAT, -1, 4), "tau = -1"),
        (lambda: ground_energy(SMALL, FLAT, 1, 0), "slices = 0"),
    ],
)
def test_what_makes_no_sense_is_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
