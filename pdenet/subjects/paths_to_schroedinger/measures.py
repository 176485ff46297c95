r"""A random walk with a drift that varies along a ring: sliced kernels against the equations they tend to.

A slice of length :math:`\epsilon` moves what is at x' to x with the weight of a normal hop X = x - x' of
variance :math:`v\epsilon` and mean :math:`\epsilon b`. The drift b is taken at x' + share * X: the share 0 is
the start of the hop, 1/2 its middle, 1 its end. Matrices have the axes (x at the end, x at the start).

Parameters
----------
drift
    Velocity b(x) with the period of the ring, for an array of places.
grid
    Places of `ring`.
start
    State on the `ring` of as many points, (x,).
share
    Where in a hop the drift is taken, from 0, the start, to 1, the end: the lambda of an equation.
variance
    Variance v of a hop per unit of time.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

from pdenet.checks.numbers import real, whole

Floats = NDArray[np.float64]
Drift = Callable[[Floats], Floats]

LENGTH = 2 * np.pi
SHARES = {"start": 0.0, "midpoint": 0.5, "end": 1.0}
"""Where in a hop the drift is taken, by name."""


def ring(points: int) -> Floats:
    """Places at equal distances on a ring of length 2 pi, (points,).

    Parameters
    ----------
    points
        Their number, even and at least 8.

    Raises
    ------
    ValueError
        If it is odd or smaller.
    """
    points = whole("points", points, least=8)
    if points % 2:
        message = f"points must be even, so that the ring has a shortest wave; got {points}"
        raise ValueError(message)
    return np.arange(points) * LENGTH / points


def slice_on_ring(drift: Drift, grid: Floats, step: float, share: float, *, variance: float = 1.0) -> Floats:
    """Give the kernel of one slice, times the spacing, as a matrix.

    Parameters
    ----------
    step
        Length of the slice in time.

    Raises
    ------
    ValueError
        If step or variance is not positive, or the grid is too coarse for the hop.
    """
    step, variance = real("step", step, above=0), real("variance", variance, above=0)
    share = real("share", share, least=0, most=1)
    spacing, spread = grid[1] - grid[0], np.sqrt(variance * step)
    if spread < spacing:
        message = (
            f"a hop of {spread:.3g} is shorter than the spacing {spacing:.3g}, so its sum over the grid "
            f"is not its integral; take a step of at least {spacing**2 / variance:.3g}, or more points"
        )
        raise ValueError(message)
    hop = (grid[:, None] - grid + LENGTH / 2) % LENGTH - LENGTH / 2  # the shorter way round
    there = drift(grid + share * hop)
    kernel: Floats = np.exp(-((hop - step * there) ** 2) / (2 * variance * step))
    kernel *= spacing / np.sqrt(2 * np.pi * variance * step)
    return kernel


def equation_on_ring(drift: Drift, grid: Floats, share: float, *, variance: float = 1.0) -> Floats:
    r"""The right-hand side :math:`\frac v2u''-bu'-(1-\lambda)b'u` as a matrix, derivatives by Fourier."""
    waves = np.fft.fft(np.eye(len(grid)), axis=0)
    number = np.fft.fftfreq(len(grid), 1 / len(grid))[:, None]
    odd = np.where(np.abs(number) == len(grid) // 2, 0, number)  # the shortest wave has no first derivative
    first, second = (np.fft.ifft(factor * waves, axis=0).real for factor in (1j * odd, -(number**2)))
    speed = drift(grid)
    result: Floats = variance / 2 * second - speed[:, None] * first - (1 - share) * np.diag(first @ speed)
    return result


def by_slices(
    drift: Drift, start: Floats, time: float, slices: int, share: float, *, variance: float = 1.0
) -> Floats:
    """Give the state after a time, as a sum over all paths of so many slices.

    Parameters
    ----------
    time, slices
        Time of all slices together, and their number.

    Raises
    ------
    ValueError
        If there is no slice, or the grid is too coarse for one.
    """
    slices = whole("slices", slices, least=1)
    kernel = slice_on_ring(drift, ring(len(start)), time / slices, share, variance=variance)
    result: Floats = np.linalg.matrix_power(kernel, slices) @ start
    return result


def by_equation(drift: Drift, start: Floats, time: float, share: float, *, variance: float = 1.0) -> Floats:
    """Give the state after a time by the matrix exponential of the equation, which knows no slices.

    Parameters
    ----------
    time
        The time.
    """
    equation = equation_on_ring(drift, ring(len(start)), share, variance=variance)
    result: Floats = expm(time * equation) @ start
    return result


def distances(
    drift: Drift, start: Floats, time: float, counts: Sequence[int], kernel: float, equation: float
) -> list[float]:
    """Give the largest distance between the sum over paths and an equation, for each number of slices.

    Parameters
    ----------
    time, counts
        Time of all slices together; the numbers of slices.
    kernel, equation
        The share of the kernel, and that of the equation it is compared with.
    """
    exact = by_equation(drift, start, time, equation)
    return [float(np.abs(by_slices(drift, start, time, count, kernel) - exact).max()) for count in counts]


def total(state: Floats) -> float:
    """Give the integral of a state over the ring.

    Parameters
    ----------
    state
        State on the `ring` of as many points, (x,).
    """
    return float(state.sum() * LENGTH / len(state))
