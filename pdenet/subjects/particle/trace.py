"""The trace of a propagator in imaginary time, and the ground energy that it tells."""

import numpy as np
from numpy.typing import ArrayLike

from pdenet.subjects.particle.checks import check_positive, whole_count
from pdenet.subjects.particle.grid import slice_matrix


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
        If the grid is not uniform or too coarse, the potential has another shape, there is no slice, or
        `tau` or a constant is not positive.
    """
    check_positive(tau=tau)
    slices = whole_count("slices", slices)
    step = -1j * tau / slices
    matrix = slice_matrix(grid, potential, step, splitting="strang", mass=mass, hbar=hbar).real
    return float(np.trace(np.linalg.matrix_power(matrix, slices)))


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
        As `euclidean_trace`.
    """
    return float(-hbar * np.log(euclidean_trace(grid, potential, tau, slices, mass=mass, hbar=hbar)) / tau)
