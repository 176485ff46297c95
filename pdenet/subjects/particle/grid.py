"""One particle on a line: exact propagators, and the path integral in numbers.

A `time` is real and positive, or `-1j * tau` with `tau > 0`: then the functions are those of imaginary
time, the Euclidean ones. (Between the two, a positive time with a negative imaginary part is a damped one.)
A grid is an array (x,) of positions at equal distances, a potential the array (x,) of its values there.
Everything is float64 or complex128, and `hbar` is never silently one: it is an argument.
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import matmul_toeplitz, solve_banded

from pdenet.checks.numbers import whole
from pdenet.checks.words import flag, one_of
from pdenet.subjects.particle.checks import (
    Complex,
    forward,
    on_grid,
    positive,
    real_on_grid,
    representable,
    times_i,
    uniform_spacing,
)
from pdenet.subjects.particle.closed import free_kernel

__all__ = [
    "crank_nicolson",
    "norm",
    "slice_matrix",
    "sliced_evolution",
    "split_step",
]

Splitting = Literal["lie", "strang"]


def norm(psi: ArrayLike, grid: ArrayLike) -> float:
    """Give the total probability of a wave function on a grid, `sum |psi|**2` times the spacing.

    Parameters
    ----------
    psi
        Wave function (x,).
    grid
        Positions (x,) at equal distances.

    Raises
    ------
    ValueError
        If the grid is not uniform or the wave function has another shape.
    """
    spacing, values = uniform_spacing(grid), on_grid("psi", psi, grid)
    return float(np.sum(np.abs(values) ** 2) * spacing)


def slice_matrix(
    grid: ArrayLike,
    potential: ArrayLike,
    step: complex,
    *,
    splitting: Splitting = "lie",
    mass: float = 1.0,
    hbar: float = 1.0,
    allow_aliasing: bool = False,
) -> Complex:
    """Give the kernel of one slice, times the spacing, as a matrix: the integral as a sum over the grid.

    The power N of the matrix is the sum over all paths of N steps on the grid.

    Parameters
    ----------
    grid
        Positions (x,) at equal distances.
    potential
        Potential energy (x,) on the grid.
    step
        Time of the slice, or `-1j * tau`.
    splitting
        "lie" takes the potential at the earlier point, as the thesis's (19); "strang" half of it at each end.
    mass, hbar
        Mass and Planck's constant over two pi.
    allow_aliasing
        Accept a grid that is too coarse for the kernel.

    Returns
    -------
    Complex
        Matrix (x at the end, x at the start).

    Raises
    ------
    ValueError
        If the grid is not uniform or too coarse, the potential has another shape, the step is not forward,
        the splitting is unknown, or a constant is not positive.
    """
    column, before, after = _slice(grid, potential, step, splitting, mass, hbar, allow_aliasing)
    index = np.arange(len(column))
    return representable(after[:, None] * column[np.abs(index[:, None] - index)] * before, column)


def sliced_evolution(
    psi: ArrayLike,
    grid: ArrayLike,
    potential: ArrayLike,
    time: complex,
    slices: int,
    *,
    splitting: Splitting = "lie",
    mass: float = 1.0,
    hbar: float = 1.0,
    allow_aliasing: bool = False,
) -> Complex:
    """Propagate a wave function by the sliced kernel in position space: the path integral as quadrature.

    Each slice applies `slice_matrix`, whose entries depend on the distance alone but for the potential's
    factors; so it is never stored. The kernel of real time turns ever faster with distance. The grid
    resolves it if the phase changes by less than pi between neighbours at the largest distance, `length *
    spacing * mass / (hbar * step) < pi`; else ghosts of the packet appear. In imaginary time the spacing
    must not exceed the kernel's width, `sqrt(hbar * step / mass)`. Outside the grid the wave function is
    taken to be zero.

    Parameters
    ----------
    psi
        Wave function (x,).
    grid
        Positions (x,) at equal distances.
    potential
        Potential energy (x,) on the grid.
    time
        Time of all slices together, or `-1j * tau`.
    slices
        Number of slices.
    splitting
        "lie" takes the potential at the earlier point, as the thesis's (19); "strang" half of it at each end.
    mass, hbar
        Mass and Planck's constant over two pi.
    allow_aliasing
        Accept a grid that is too coarse for the kernel.

    Raises
    ------
    ValueError
        If the grid is not uniform or too coarse, a shape does not fit, there is no slice, the time is not
        forward, the splitting is unknown, or a constant is not positive.
    """
    state = start = on_grid("psi", psi, grid)
    slices = whole("slices", slices, least=1)
    step = forward(time) / slices
    column, before, after = _slice(grid, potential, step, splitting, mass, hbar, allow_aliasing)
    with np.errstate(over="ignore", invalid="ignore"):  # what comes of it is refused
        for _ in range(slices):
            state = after * matmul_toeplitz((column, column), before * state, check_finite=False)
    return representable(state, start)


def split_step(
    psi: ArrayLike,
    grid: ArrayLike,
    potential: ArrayLike,
    time: complex,
    slices: int,
    *,
    splitting: Splitting = "lie",
    mass: float = 1.0,
    hbar: float = 1.0,
) -> Complex:
    """Propagate a wave function by the sliced operators of (13), the kinetic one applied in momentum space.

    The Fourier transform makes the grid a circle: what leaves at one end comes in at the other.

    Parameters
    ----------
    psi
        Wave function (x,).
    grid
        Positions (x,) at equal distances.
    potential
        Potential energy (x,) on the grid.
    time
        Time of all slices together, or `-1j * tau`.
    slices
        Number of slices.
    splitting
        "lie" (Trotter 1959) applies the potential first, error of order one in the slice; "strang" (Strang
        1968) half of it before and half after, error of order two.
    mass, hbar
        Mass and Planck's constant over two pi.

    Raises
    ------
    ValueError
        If the grid is not uniform, a shape does not fit, there is no slice, the time is not forward, the
        splitting is unknown, or a constant is not positive.
    """
    mass, hbar = positive(mass=mass, hbar=hbar)
    spacing = uniform_spacing(grid)
    state = start = on_grid("psi", psi, grid)
    slices = whole("slices", slices, least=1)
    step = times_i(time) / slices
    momentum = 2 * np.pi * hbar * np.fft.fftfreq(len(state), spacing)
    kinetic = np.exp(-step * momentum**2 / (2 * mass * hbar))
    before, after = _potential_factors(real_on_grid("potential", potential, grid), step / hbar, splitting)
    with np.errstate(over="ignore", invalid="ignore"):  # what comes of it is refused
        for _ in range(slices):
            state = after * np.fft.ifft(kinetic * np.fft.fft(before * state))
    return representable(state, start)


def crank_nicolson(
    psi: ArrayLike,
    grid: ArrayLike,
    potential: ArrayLike,
    time: complex,
    steps: int,
    *,
    mass: float = 1.0,
    hbar: float = 1.0,
) -> Complex:
    """Propagate a wave function by the implicit scheme of Crank and Nicolson (1947), of order two.

    The second derivative is the three-point one; outside the grid the wave function is zero. The scheme knows
    neither splitting nor kernel, and in real time it conserves the norm.

    Parameters
    ----------
    psi
        Wave function (x,).
    grid
        Positions (x,) at equal distances.
    potential
        Potential energy (x,) on the grid.
    time
        Time of all steps together, or `-1j * tau`.
    steps
        Number of time steps.
    mass, hbar
        Mass and Planck's constant over two pi.

    Raises
    ------
    ValueError
        If the grid is not uniform, a shape does not fit, there is no step, the time is not forward, or a
        constant is not positive.
    """
    mass, hbar = positive(mass=mass, hbar=hbar)
    spacing = uniform_spacing(grid)
    state = start = on_grid("psi", psi, grid)
    steps = whole("steps", steps, least=1)
    half = times_i(time) / (2 * hbar * steps)
    hopping = hbar**2 / (2 * mass * spacing**2)
    diagonal = half * (2 * hopping + real_on_grid("potential", potential, grid))
    bands = np.zeros((3, len(state)), dtype=complex)
    bands[0, 1:] = bands[2, :-1] = -half * hopping
    bands[1] = 1 + diagonal
    with np.errstate(over="ignore", invalid="ignore"):  # what comes of it is refused
        for _ in range(steps):
            right = (1 - diagonal) * state
            right[1:] += half * hopping * state[:-1]
            right[:-1] += half * hopping * state[1:]
            state = solve_banded((1, 1), bands, right, check_finite=False)
    return representable(state, start)


def _slice(
    grid: ArrayLike,
    potential: ArrayLike,
    step: complex,
    splitting: Splitting,
    mass: float,
    hbar: float,
    allow_aliasing: bool,
) -> tuple[Complex, Complex, Complex]:
    """First column (x,) of the free kernel times the spacing; the potential's factors before and after."""
    mass, hbar = positive(mass=mass, hbar=hbar)
    step = forward(step)
    spacing = uniform_spacing(grid)
    energy = real_on_grid("potential", potential, grid)
    distance = spacing * np.arange(len(energy))
    column = spacing * free_kernel(distance, 0.0, step, mass=mass, hbar=hbar)
    if not flag("allow_aliasing", allow_aliasing):
        _resolve(spacing, distance[-1], step, mass, hbar)
    before, after = _potential_factors(energy, times_i(step) / hbar, splitting)
    return column, before, after


def _resolve(spacing: float, length: float, step: complex, mass: float, hbar: float) -> None:
    """Refuse a grid whose images of the packet in momentum space neither decay nor leave the grid."""
    widest = np.sqrt(hbar * abs(np.imag(step)) / mass)
    turning = np.pi * hbar * np.real(step) / (mass * length)
    if spacing >= turning and spacing > widest:
        allowed = max(turning, widest)
        message = (
            f"the grid is too coarse for slices of {step:.3g}: its spacing {spacing:.3g} must be below "
            f"{allowed:.3g}, {int(np.ceil(length / allowed)) + 2} points on this length; "
            "or take fewer slices, or a shorter grid"
        )
        raise ValueError(message)


def _potential_factors(
    potential: NDArray[np.float64], step: complex, splitting: Splitting
) -> tuple[Complex, Complex]:
    """The factors of the potential before and after the kinetic one."""
    none = np.ones(len(potential), dtype=complex)
    with np.errstate(over="ignore", invalid="ignore"):  # what comes of it is refused
        if one_of("splitting", splitting, ("lie", "strang")) == "lie":
            return representable(np.exp(-step * potential), none), none
        half = representable(np.exp(-step * potential / 2), none)
    return half, half
