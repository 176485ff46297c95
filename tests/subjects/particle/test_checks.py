"""What makes no sense is refused, with what was given and what would be right."""

from collections.abc import Callable
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
from pdenet.subjects.particle.grid import crank_nicolson, norm, slice_matrix, sliced_evolution, split_step
from pdenet.subjects.particle.trace import euclidean_trace, ground_energy

SMALL = np.linspace(-3, 3, 61)

FLAT = np.zeros(61)

WAVE = free_packet(SMALL)
NO_COUNT: Any = 2.5  # what the types forbid, a page may still pass
NO_SPLITTING: Any = "trotter"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: free_kernel(0, 0, -1.0), "time -1.0; it must be positive"),
        (lambda: free_kernel(0, 0, 1j), "must be positive, or -1j"),
        (lambda: free_kernel(0, 0, 0), "time 0;"),
        (lambda: free_kernel(0, 0, 1, hbar=0), "hbar must be a finite number, above 0; got 0"),
        (lambda: free_packet(0, -1), "time -1"),
        (lambda: free_packet(0, width=-1), "width must be .* above 0; got -1"),
        (lambda: mehler_kernel(0, 0, 3.2), r"real time 3\.2; .* first caustic, time < pi / omega = 3\.14159"),
        (lambda: mehler_kernel(0, 0, 1, omega=0), "omega must be .* above 0; got 0"),
        (lambda: sliced_oscillator_kernel(0, 0, 1, 0), "slices must be a whole number, at least 1; got 0"),
        (lambda: sliced_oscillator_kernel(0, 0, 1, NO_COUNT), r"slices must be .*; got 2\.5"),
        (lambda: sliced_oscillator_kernel(0, 0, 8**0.5, 2), "2 slices .* meet a caustic"),
        (lambda: sliced_frequency(0), "step must be .*; got 0"),
        (lambda: oscillator_state(-1, 0), "level must be a whole number, at least 0; got -1"),
        (lambda: norm(WAVE[1:], SMALL), r"psi must have the shape of the grid, \(61,\); got \(60,\)"),
        (lambda: split_step(WAVE, SMALL**3, FLAT, 1, 1), "not uniform: its steps go from"),
        (lambda: split_step(WAVE, SMALL[::-1], FLAT, 1, 1), "not uniform"),
        (lambda: split_step(WAVE, [SMALL], FLAT, 1, 1), r"grid of shape \(1, 61\); it must be \(x,\)"),
        (lambda: split_step(WAVE, SMALL, FLAT[1:], 1, 1), "potential must have the shape"),
        (lambda: split_step(WAVE, SMALL, 1j + FLAT, 1, 1), "potential must be real"),
        (lambda: split_step(WAVE, SMALL, FLAT, -1, 1), "time -1"),
        (lambda: split_step(WAVE, SMALL, FLAT, 1, 0), "slices must be"),
        (
            lambda: split_step(WAVE, SMALL, FLAT, 1, 1, splitting=NO_SPLITTING),
            "splitting must be 'lie' or 'strang'; got 'trotter'",
        ),
        (lambda: sliced_evolution(WAVE[1:], SMALL, FLAT, 1, 1), "psi must have the shape"),
        (lambda: sliced_evolution(WAVE, SMALL, FLAT, 1, 9), "fewer slices, or a shorter grid"),
        (lambda: slice_matrix(SMALL, FLAT, -0.005j), r"too coarse .* must be below 0\.0707"),
        (lambda: crank_nicolson(WAVE, SMALL, FLAT, 1, 0), "steps must be"),
        (lambda: crank_nicolson(WAVE, SMALL, FLAT, 1, 1, mass=-1), "mass must be .*; got -1"),
        (lambda: euclidean_trace(SMALL, FLAT, -1, 4), "tau must be .*; got -1"),
        (lambda: ground_energy(SMALL, FLAT, 1, 0), "slices must be"),
    ],
)
def test_what_makes_no_sense_is_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
