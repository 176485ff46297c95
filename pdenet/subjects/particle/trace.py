"""The trace of a propagator in imaginary time, and the ground energy that it tells."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pdenet.checks.numbers import whole
from pdenet.subjects.particle.checks import positive, real_on_grid
from pdenet.subjects.particle.grid import slice_matrix

_LARGE, _MOST = 100.0, 700.0  # of logarithms: beyond them double precision is near its end


def euclidean_trace(
    grid: ArrayLike,
    potential: ArrayLike,
    tau: float,
    slices: int,
    *,
    mass: float = 1.0,
    hbar: float = 1.0,
) -> float:
    """Give the trace of the sliced propagator in imaginary time: the sum over all closed paths on the grid.

    A cyclic shift of the factors turns one splitting into the other, so the trace belongs to both.

    Parameters
    ----------
    grid
        Positions (x,) at equal distances.
    potential
        Potential energy (x,) on the grid.
    tau
        Imaginary time of all slices together.
    slices
        Number of slices.
    mass, hbar
        Mass and Planck's constant over two pi.

    Raises
    ------
    ValueError
        If the grid is not uniform or too coarse, the potential has another shape, there is no slice, `tau` or
        a constant is not positive, or double precision does not hold the trace.
    """
    logarithm, trace = _trace(grid, potential, tau, slices, mass, hbar)
    if trace is None:
        message = (
            f"the trace is exp({logarithm:.6g}), which double precision does not hold; add a constant to the "
            "potential, which multiplies the trace by exp(-constant * tau / hbar)"
        )
        raise ValueError(message)
    return trace


def ground_energy(
    grid: ArrayLike,
    potential: ArrayLike,
    tau: float,
    slices: int,
    *,
    mass: float = 1.0,
    hbar: float = 1.0,
) -> float:
    """Give the lowest energy from the sliced trace Z, `-hbar * log(Z) / tau`.

    Two errors remain: the excited states add `-(hbar / tau) * exp(-gap * tau / hbar)`, and the slices an
    error of second order in their width `tau / slices`.

    Parameters
    ----------
    grid
        Positions (x,) at equal distances.
    potential
        Potential energy (x,) on the grid.
    tau
        Imaginary time of all slices together, large compared with `hbar` over the gap to the next energy.
    slices
        Number of slices.
    mass, hbar
        Mass and Planck's constant over two pi.

    Raises
    ------
    ValueError
        As `euclidean_trace`, but for the size of the trace, of which only the logarithm is needed.
    """
    logarithm, _ = _trace(grid, potential, tau, slices, mass, hbar)
    return float(-hbar * logarithm / tau)


def _trace(
    grid: ArrayLike, potential: ArrayLike, tau: float, slices: int, mass: float, hbar: float
) -> tuple[float, float | None]:
    """Logarithm of the trace, and the trace itself where double precision holds it."""
    tau, hbar = positive(tau=tau, hbar=hbar)
    slices = whole("slices", slices, least=1)
    energy = real_on_grid("potential", potential, grid)
    lowest = float(energy.min())
    if abs(lowest) * tau / (slices * hbar) < _LARGE:
        lowest = 0.0  # the factors of a slice are near enough to one as they are
    step = -1j * tau / slices
    matrix = slice_matrix(grid, energy - lowest, step, splitting="strang", mass=mass, hbar=hbar).real
    power, twos = _power(matrix, slices)
    rest = float(np.trace(power))
    shift = twos * math.log(2) - lowest * tau / hbar
    trace = math.ldexp(rest, twos) if lowest == 0 and abs(twos) < 1000 else 0.0
    if trace > np.finfo(float).tiny:
        return float(np.log(trace)), trace
    logarithm = float(np.log(rest)) + shift
    return logarithm, math.exp(logarithm) if abs(logarithm) < _MOST else None


def _power(matrix: NDArray[np.float64], exponent: int) -> tuple[NDArray[np.float64], int]:
    """A power of a matrix as a matrix of moderate entries and an exponent of two, by repeated squaring.

    Factors of two change no other digit: the products are those of `numpy.linalg.matrix_power`.
    """
    square, square_twos = _moderate(matrix)
    while exponent % 2 == 0:
        square, square_twos = _squared(square, square_twos)
        exponent //= 2
    power, twos = square, square_twos
    while exponent > 1:
        square, square_twos = _squared(square, square_twos)
        exponent //= 2
        if exponent % 2:
            power, more = _moderate(power @ square)
            twos += square_twos + more
    return power, twos


def _squared(matrix: NDArray[np.float64], twos: int) -> tuple[NDArray[np.float64], int]:
    square, more = _moderate(matrix @ matrix)
    return square, 2 * twos + more


def _moderate(matrix: NDArray[np.float64]) -> tuple[NDArray[np.float64], int]:
    twos = int(np.frexp(np.abs(matrix).max())[1])
    return np.ldexp(matrix, -twos), twos
