"""What the subjects just allow, and what they just refuse."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch

from pdenet.runs.interval import Interval
from pdenet.subjects.adjoint import CostProtocol, Problem
from pdenet.subjects.irregular.system import Sampling, draw
from pdenet.subjects.irregular.training import SeriesTraining
from pdenet.subjects.mechanism.layers import course
from pdenet.subjects.ode_mnist.claims import _with_enough_seeds
from pdenet.subjects.particle.checks import times_i, uniform_spacing
from pdenet.subjects.particle.closed import free_kernel, mehler_kernel, oscillator_state
from pdenet.subjects.particle.grid import _resolve
from pdenet.subjects.remedies.networks import ScaledPDENet
from pdenet.subjects.slits import double_slit_amplitude, path_amplitudes, path_lengths, slit_points
from pdenet.subjects.your_equation import calm_start
from pdenet.symbolic import PDE1

LEAST = math.ulp(0.0)  # the smallest positive number
GRID = np.linspace(-1, 1, 5)

Call = Callable[[], object]


@pytest.mark.parametrize(
    ("allowed", "refused"),
    [
        (lambda: slit_points(0, 0, 1), lambda: slit_points(0, -1e-9, 1)),
        (lambda: slit_points(0, 1, 1), lambda: slit_points(0, 1, 0)),
        (lambda: path_lengths([0], [0], 1, 1), lambda: path_lengths([0], [0], 0, 1)),
        (lambda: path_lengths([0], [0], 1, math.inf), lambda: path_lengths([0], [0], math.inf, 1)),
        (lambda: path_lengths([0], [0], 1), lambda: path_lengths([0], [0], 1, 0)),
        (
            lambda: path_amplitudes([0], [0], wavelength=1, distance=1),
            lambda: path_amplitudes([0], [0], wavelength=0, distance=1),
        ),
        (
            lambda: double_slit_amplitude([0], slit_separation=1, slit_width=1, wavelength=1, distance=1),
            lambda: double_slit_amplitude([0], slit_separation=0.99, slit_width=1, wavelength=1, distance=1),
        ),
        (lambda: calm_start(PDE1, 1e-3), lambda: calm_start(PDE1, 0)),
        (lambda: times_i(LEAST), lambda: times_i(0)),
        (lambda: times_i(-1j * LEAST), lambda: times_i(1j * LEAST)),
        (lambda: uniform_spacing([0, 1, 2]), lambda: uniform_spacing([0, 1])),
        (lambda: uniform_spacing([0, 1, 2 + 1e-7]), lambda: uniform_spacing([0, 1, 2.1])),
        (lambda: uniform_spacing(GRID), lambda: uniform_spacing(-GRID)),
        (lambda: oscillator_state(0, GRID), lambda: oscillator_state(-1, GRID)),
        (lambda: mehler_kernel(0, 0, math.pi - 1e-9), lambda: mehler_kernel(0, 0, math.pi)),
        (lambda: mehler_kernel(0, 0, -4j), lambda: mehler_kernel(0, 0, 4)),
        (lambda: free_kernel(0, 0, 1, mass=LEAST), lambda: free_kernel(0, 0, 1, mass=0)),
        (lambda: free_kernel(0, 0, 1, hbar=LEAST), lambda: free_kernel(0, 0, 1, hbar=0)),
        (lambda: _resolve(0.9, math.pi, 1, 1, 1), lambda: _resolve(1.0, math.pi, 1, 1, 1)),
        (lambda: _resolve(1.0, math.pi, 1e-9 - 1j, 1, 1), lambda: _resolve(1.1, math.pi, 1e-9 - 1j, 1, 1)),
        (lambda: Problem(2), lambda: Problem(0)),
        (lambda: Problem(4), lambda: Problem(3)),
        (lambda: CostProtocol(1, (2, 4), 1), lambda: CostProtocol(0, (2, 4), 1)),
        (lambda: CostProtocol(1, (2, 4), 1), lambda: CostProtocol(1, (2, 4), 0)),
        (lambda: CostProtocol(1, (4, 8), 1), lambda: CostProtocol(1, (4, 6), 1)),
        (lambda: CostProtocol(1, (2, 4), 1), lambda: CostProtocol(1, (0, 4), 1)),
        (lambda: CostProtocol(1, (2, 4), 1), lambda: CostProtocol(1, (2, 5), 1)),
        (lambda: Sampling("regular", 2), lambda: Sampling("regular", 1)),
        (lambda: draw(Sampling("regular", 2), 1, 1), lambda: draw(Sampling("regular", 2), 1, 0)),
        (lambda: SeriesTraining(steps=1, batch=1, series=1), lambda: SeriesTraining(steps=0)),
        (lambda: SeriesTraining(batch=200), lambda: SeriesTraining(batch=201)),
        (lambda: SeriesTraining(batch=1), lambda: SeriesTraining(batch=0)),
        (lambda: SeriesTraining(learning_rate=LEAST), lambda: SeriesTraining(learning_rate=0.0)),
        (lambda: SeriesTraining(learning_rate=1e300), lambda: SeriesTraining(learning_rate=math.inf)),
        (lambda: ScaledPDENet(PDE1, 2, time=1e-9), lambda: ScaledPDENet(PDE1, 2, time=0.0)),
    ],
)
def test_the_last_that_is_allowed_and_the_first_that_is_not(allowed: Call, refused: Call) -> None:
    with np.errstate(all="ignore"):
        allowed()
        with pytest.raises((ValueError, TypeError)):
            refused()


def test_three_seeds_have_limits_and_two_have_none() -> None:
    assert _with_enough_seeds(Interval(1, 0, 2, 3)) == Interval(1, 0, 2, 3)
    assert _with_enough_seeds(Interval(1, 0, 2, 2)) == Interval(1, -math.inf, math.inf, 2)


def test_constants_of_a_particle_are_one_unless_given() -> None:
    x = np.linspace(-1, 1, 5)
    ones = {"mass": 1.0, "hbar": 1.0}
    assert np.array_equal(free_kernel(x, 0.2, 0.7), free_kernel(x, 0.2, 0.7, **ones))
    assert np.array_equal(mehler_kernel(x, 0.2, 0.7), mehler_kernel(x, 0.2, 0.7, omega=1.0, **ones))
    assert np.array_equal(oscillator_state(2, x), oscillator_state(2, x, omega=1.0, **ones))


def test_a_gate_is_cut_by_the_share_of_pixels_that_have_something_to_lose() -> None:
    one = torch.zeros(1, 5, 5)
    one[0, 2, 2] = 0.5
    kernels = torch.zeros(2, 1, 3, 3)
    kernels[0, 0, 1, 1] = -2  # turns the pixel over, so that the gate shuts
    with np.errstate(invalid="ignore"):  # a black page has no centre
        found, black = course(kernels, one), course(kernels, torch.zeros(1, 5, 5))
    assert found.cut.tolist() == [[1.0], [0.0]]
    assert found.growth.tolist() == [[0.0], [1.0]]
    assert black.cut.tolist() == [[0.0], [0.0]]
