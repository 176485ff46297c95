"""The trace in imaginary time."""

from typing import Any

import numpy as np
import pytest

from pdenet.subjects.particle.closed import (
    sliced_frequency,
)
from pdenet.subjects.particle.trace import euclidean_trace, ground_energy

FREE: dict[str, Any] = {"mass": 1.3, "hbar": 0.7}


def order(errors: list[float]) -> float:
    """Observed order of the last of two halvings."""
    return float(np.log2(errors[-2] / errors[-1]))


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
