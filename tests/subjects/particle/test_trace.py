"""The trace in imaginary time."""

from typing import Any

import numpy as np
import pytest

from pdenet.subjects.particle.closed import sliced_frequency
from pdenet.subjects.particle.grid import slice_matrix
from pdenet.subjects.particle.trace import euclidean_trace, ground_energy

FREE: dict[str, Any] = {"mass": 1.3, "hbar": 0.7}


def order(errors: list[float]) -> float:
    """Observed order of the last of two halvings."""
    return float(np.log2(errors[-2] / errors[-1]))


LINE = np.linspace(-6, 6, 241)


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


@pytest.mark.parametrize("offset", [0.0, 10.0, 30.0, -30.0, 1e4, -1e4])
def test_a_constant_in_the_potential_adds_itself_to_the_energy(offset: float) -> None:
    energy = ground_energy(LINE, LINE**2 / 2 + offset, 30.0, 300) - offset
    assert energy == pytest.approx(0.49979190069, abs=1e-10)


def test_a_long_time_leaves_nothing_but_the_ground_energy() -> None:
    found = ground_energy(LINE, LINE**2 / 2, 3000.0, 30000)
    assert found == pytest.approx(sliced_frequency(0.1) / 2, abs=1e-6)


@pytest.mark.parametrize("slices", [1, 2, 3, 6, 7, 64, 100])
def test_the_power_is_that_of_numpy_where_numbers_hold_it(slices: int) -> None:
    matrix = slice_matrix(LINE, LINE**2 / 2, -0.1j, splitting="strang").real
    expected = np.trace(np.linalg.matrix_power(matrix, slices))
    assert euclidean_trace(LINE, LINE**2 / 2, 0.1 * slices, slices) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("offset", [30.0, -30.0])
def test_a_trace_beyond_double_precision_is_refused(offset: float) -> None:
    with pytest.raises(ValueError, match=r"the trace is exp\(-?\d+.* add a constant to the potential"):
        euclidean_trace(LINE, LINE**2 / 2 + offset, 30.0, 300)
