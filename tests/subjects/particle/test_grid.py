"""Evolution on a grid, by three schemes and by QuTiP."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import qutip  # type: ignore[import-untyped,unused-ignore]  # it has no types

from pdenet.subjects.particle.closed import (
    free_packet,
    oscillator_state,
)
from pdenet.subjects.particle.grid import Splitting, crank_nicolson, norm, sliced_evolution, split_step

FREE: dict[str, Any] = {"mass": 1.3, "hbar": 0.7}
OSCILLATOR: dict[str, Any] = {**FREE, "omega": 1.1}
GRID = np.linspace(-20, 20, 16385)[:-1]
BARRIER = 2 * np.exp(-2 * GRID**2)
PACKET = free_packet(GRID, position=-4, momentum=2, width=1, hbar=0.7)
DURATION = 3.5


def distance(a: np.ndarray, b: np.ndarray, grid: np.ndarray = GRID) -> float:
    """Root of the integrated squared modulus of the difference."""
    return float(norm(a - b, grid) ** 0.5)


def order(errors: list[float]) -> float:
    """Observed order of the last of two halvings."""
    return float(np.log2(errors[-2] / errors[-1]))


def test_trotter_is_of_first_and_strang_of_second_order() -> None:
    grid, psi, barrier = GRID[::32], PACKET[::32], BARRIER[::32]
    exact = split_step(psi, grid, barrier, DURATION, 1600, splitting="strang", hbar=0.7)
    orders: dict[Splitting, int] = {"lie": 1, "strang": 2}
    for splitting, expected in orders.items():
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


@pytest.mark.parametrize("method", [split_step, sliced_evolution, crank_nicolson])
def test_imaginary_time_finds_the_ground_state(method: Callable[..., np.ndarray]) -> None:
    grid = np.linspace(-6, 6, 301)
    potential = 1.3 * 1.21 * grid**2 / 2
    final = method(free_packet(grid, position=1.0), grid, potential, -9.0j, 450, **FREE)
    final = final.real / norm(final, grid) ** 0.5
    ground = oscillator_state(0, grid, **OSCILLATOR)
    assert distance(final, ground, grid) < 0.02  # Trotter's state is tilted by half a slice
