"""One particle on a line: exact propagators, and the path integral in numbers.

A `time` is real and positive, or `-1j * tau` with `tau > 0`: then the functions are those of imaginary
time, the Euclidean ones. (Between the two, a positive time with a negative imaginary part is a damped one.)
A grid is an array (x,) of positions at equal distances, a potential the array (x,) of its values there.
Everything is float64 or complex128, and `hbar` is never silently one: it is an argument.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import matmul_toeplitz, solve_banded

__all__ = [
    "crank_nicolson",
    "euclidean_trace",
    "free_kernel",
    "free_packet",
    "ground_energy",
    "mehler_kernel",
    "norm",
    "oscillator_state",
    "slice_matrix",
    "sliced_evolution",
    "sliced_frequency",
    "sliced_oscillator_kernel",
    "split_step",
]

Splitting = Literal["lie", "strang"]
Complex = NDArray[np.complex128]


def free_kernel(
    x: ArrayLike, y: ArrayLike, time: complex, *, mass: float = 1.0, hbar: float = 1.0
) -> Complex:
    """Give a free particle's propagator from `y` to `x`, one slice of (19) without potential.

    Parameters
    ----------
    x, y
        End and start, of shapes that broadcast.
    time
        Time, or `-1j * tau` for the heat kernel of imaginary time.
    mass, hbar
        Mass and Planck's constant over two pi.

    Raises
    ------
    ValueError
        If the time runs backwards or is zero, or a constant is not positive.
    """
    _positive(mass=mass, hbar=hbar)
    stiffness = mass / (2 * hbar * _times_i(time))
    return np.sqrt(stiffness / np.pi) * np.exp(-stiffness * np.subtract(x, y) ** 2)


def mehler_kernel(
    x: ArrayLike, y: ArrayLike, time: complex, *, mass: float = 1.0, omega: float = 1.0, hbar: float = 1.0
) -> Complex:
    """Give the exact propagator of the harmonic oscillator (Mehler 1866) from `y` to `x`.

    Parameters
    ----------
    x, y
        End and start, of shapes that broadcast.
    time
        Time before the first caustic at `pi / omega`, or `-1j * tau` with any `tau > 0`.
    mass, omega, hbar
        Mass, angular frequency, Planck's constant over two pi.

    Raises
    ------
    ValueError
        If a real time reaches the first caustic, runs backwards or is zero, or a constant is not positive.
    """
    _positive(mass=mass, omega=omega, hbar=hbar)
    angle = omega * _times_i(time)
    if angle.real == 0 and angle.imag >= np.pi:
        raise ValueError(
            f"got the real time {np.real(time):g}; the kernel is given before the first caustic, "
            f"time < pi / omega = {np.pi / omega:g}"
        )
    # 1 / sinh and coth without overflow at large tau.
    gap = -np.expm1(-2 * angle)
    scale = mass * omega / hbar
    quadratic = scale * (1 + np.exp(-2 * angle)) / (2 * gap)
    mixed = 2 * scale * np.exp(-angle) / gap
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    factor = np.sqrt(scale / np.pi / gap) * np.exp(-angle / 2)
    return factor * np.exp(mixed * x * y - quadratic * (x**2 + y**2))


def sliced_oscillator_kernel(
    x: ArrayLike,
    y: ArrayLike,
    time: complex,
    slices: int,
    *,
    mass: float = 1.0,
    omega: float = 1.0,
    hbar: float = 1.0,
) -> Complex:
    """Give the oscillator's propagator of N time slices exactly, sliced as in the thesis's (15).

    A slice is the exponential of the kinetic times that of the potential energy, (15), so the potential is
    taken at the earlier point. A product of Gaussians is a Gaussian, so the integral over each point in
    between only changes three numbers and a factor.

    Parameters
    ----------
    x, y
        End and start, of shapes that broadcast.
    time
        Time of all slices together, or `-1j * tau`.
    slices
        Number of slices N; there are N - 1 integrals.
    mass, omega, hbar
        Mass, angular frequency, Planck's constant over two pi.

    Raises
    ------
    ValueError
        If there is no slice, the time runs backwards or is zero, a constant is not positive, or an integral
        has no finite value (a caustic of the sliced motion).
    """
    _positive(mass=mass, omega=omega, hbar=hbar)
    slices = _count("slices", slices)
    step = _times_i(time) / slices
    kinetic = mass / (2 * hbar * step)
    potential = mass * omega**2 * step / (2 * hbar)
    # The kernel is factor * exp(-(end x^2 - 2 mixed x y + start y^2)).
    end, mixed, start = kinetic, kinetic, kinetic + potential
    factor = np.sqrt(kinetic / np.pi)
    for _ in range(slices - 1):
        square = kinetic + potential + end
        if abs(square) < 1e-12 * abs(kinetic):
            raise ValueError(
                f"the {slices} slices of time {time} meet a caustic; take another number of slices"
            )
        # One root an integral: both are principal, so their product stays right beyond a caustic.
        factor = factor * np.sqrt(kinetic) / np.sqrt(square)
        start = start - mixed**2 / square
        mixed = kinetic * mixed / square
        end = kinetic - kinetic**2 / square
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    return factor * np.exp(2 * mixed * x * y - end * x**2 - start * y**2)


def sliced_frequency(step: float, *, omega: float = 1.0) -> float:
    """Give the frequency of the oscillator whose imaginary time is cut into slices: exact for the sliced one.

    The trace of N slices is `1 / (2 sinh(N * step * frequency / 2))`, so the energies are `hbar * frequency
    * (n + 1/2)`. The frequency is `omega * (1 - (omega * step)**2 / 24 + ...)`, of second order although
    one slice is of first order.

    Parameters
    ----------
    step
        Imaginary time of a slice.
    omega
        Angular frequency of the oscillator.

    Raises
    ------
    ValueError
        If the step or the frequency is not positive.
    """
    _positive(step=step, omega=omega)
    return float(2 * np.arcsinh(omega * step / 2) / step)


def oscillator_state(
    level: int, x: ArrayLike, *, mass: float = 1.0, omega: float = 1.0, hbar: float = 1.0
) -> NDArray[np.float64]:
    """Give the stationary state of the oscillator with energy `hbar * omega * (level + 1/2)`.

    Parameters
    ----------
    level
        Number 0, 1, 2, ... of the state.
    x
        Positions, of any shape.
    mass, omega, hbar
        Mass, angular frequency, Planck's constant over two pi.

    Raises
    ------
    ValueError
        If the level is negative or a constant is not positive.
    """
    _positive(mass=mass, omega=omega, hbar=hbar)
    if level < 0:
        raise ValueError(f"got the level {level}; levels are 0, 1, 2, ...")
    scale = mass * omega / hbar
    z = np.sqrt(scale) * np.asarray(x, dtype=float)
    before, state = np.zeros_like(z), (scale / np.pi) ** 0.25 * np.exp(-(z**2) / 2)
    for n in range(level):
        before, state = state, np.sqrt(2 / (n + 1)) * z * state - np.sqrt(n / (n + 1)) * before
    return state


def free_packet(
    x: ArrayLike,
    time: complex = 0.0,
    *,
    position: float = 0.0,
    momentum: float = 0.0,
    width: float = 1.0,
    mass: float = 1.0,
    hbar: float = 1.0,
) -> Complex:
    """Give the exact wave function of a free Gaussian packet.

    Parameters
    ----------
    x
        Positions, of any shape.
    time
        Time since the packet was narrowest; zero is allowed.
    position, momentum, width
        Mean position, mean momentum and standard deviation of the position at time zero.
    mass, hbar
        Mass and Planck's constant over two pi.

    Raises
    ------
    ValueError
        If the time runs backwards, or the width or a constant is not positive.
    """
    _positive(width=width, mass=mass, hbar=hbar)
    elapsed = _times_i(time) if time else 0j
    spread = 1 + hbar * elapsed / (2 * mass * width**2)
    away = np.asarray(x, dtype=float) - position
    centred = away + 1j * momentum * elapsed / mass
    wave = np.exp((1j * momentum * away - momentum**2 * elapsed / (2 * mass)) / hbar)
    factor = (2 * np.pi * width**2) ** -0.25 / np.sqrt(spread)
    return factor * wave * np.exp(-(centred**2) / (4 * width**2 * spread))


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
    spacing, values = _spacing(grid), _on_grid("psi", psi, grid)
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
    return after[:, None] * column[np.abs(index[:, None] - index)] * before


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
    state = _on_grid("psi", psi, grid)
    slices = _count("slices", slices)
    step = time / slices
    column, before, after = _slice(grid, potential, step, splitting, mass, hbar, allow_aliasing)
    for _ in range(slices):
        state = after * matmul_toeplitz((column, column), before * state)
    return state


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
    _positive(mass=mass, hbar=hbar)
    spacing = _spacing(grid)
    state = _on_grid("psi", psi, grid)
    slices = _count("slices", slices)
    step = _times_i(time) / slices
    momentum = 2 * np.pi * hbar * np.fft.fftfreq(len(state), spacing)
    kinetic = np.exp(-step * momentum**2 / (2 * mass * hbar))
    before, after = _potential_factors(_real("potential", potential, grid), step / hbar, splitting)
    for _ in range(slices):
        state = after * np.fft.ifft(kinetic * np.fft.fft(before * state))
    return state


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
    _positive(mass=mass, hbar=hbar)
    spacing = _spacing(grid)
    state = _on_grid("psi", psi, grid)
    steps = _count("steps", steps)
    half = _times_i(time) / (2 * hbar * steps)
    hopping = hbar**2 / (2 * mass * spacing**2)
    diagonal = half * (2 * hopping + _real("potential", potential, grid))
    bands = np.zeros((3, len(state)), dtype=complex)
    bands[0, 1:] = bands[2, :-1] = -half * hopping
    bands[1] = 1 + diagonal
    for _ in range(steps):
        right = (1 - diagonal) * state
        right[1:] += half * hopping * state[:-1]
        right[:-1] += half * hopping * state[1:]
        state = solve_banded((1, 1), bands, right)
    return state


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
    _positive(tau=tau)
    slices = _count("slices", slices)
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
    spacing = _spacing(grid)
    energy = _real("potential", potential, grid)
    distance = spacing * np.arange(len(energy))
    column = spacing * free_kernel(distance, 0.0, step, mass=mass, hbar=hbar)
    if not allow_aliasing:
        _resolve(spacing, distance[-1], step, mass, hbar)
    before, after = _potential_factors(energy, _times_i(step) / hbar, splitting)
    return column, before, after


def _resolve(spacing: float, length: float, step: complex, mass: float, hbar: float) -> None:
    """Refuse a grid whose images of the packet in momentum space neither decay nor leave the grid."""
    widest = np.sqrt(hbar * abs(np.imag(step)) / mass)
    turning = np.pi * hbar * np.real(step) / (mass * length)
    if spacing >= turning and spacing > widest:
        allowed = max(turning, widest)
        raise ValueError(
            f"the grid is too coarse for slices of {step:.3g}: its spacing {spacing:.3g} must be below "
            f"{allowed:.3g}, {int(np.ceil(length / allowed)) + 2} points on this length; "
            "or take fewer slices, or a shorter grid"
        )


def _potential_factors(
    potential: NDArray[np.float64], step: complex, splitting: Splitting
) -> tuple[Complex, Complex]:
    """The factors of the potential before and after the kinetic one."""
    if splitting == "lie":
        return np.exp(-step * potential), np.ones(len(potential), dtype=complex)
    if splitting == "strang":
        half = np.exp(-step * potential / 2)
        return half, half
    raise ValueError(f"got the splitting {splitting!r}; it must be 'lie' or 'strang'")


def _times_i(time: complex) -> complex:
    """The imaginary time `1j * time`, whose real part is not negative."""
    value = complex(time)
    if value == 0 or value.real < 0 or value.imag > 0 or not np.isfinite(value):
        raise ValueError(
            f"got the time {time}; it must be positive, or -1j * tau with tau > 0 for imaginary time"
        )
    return complex(-value.imag, value.real)


def _positive(**constants: float) -> None:
    for name, value in constants.items():
        if not value > 0:
            raise ValueError(f"got {name} = {value}; it must be positive")


def _count(name: str, value: int) -> int:
    if value != int(value) or value < 1:
        raise ValueError(f"got {name} = {value}; it must be a whole number, 1 or more")
    return int(value)


def _spacing(grid: ArrayLike) -> float:
    points = np.asarray(grid, dtype=float)
    if points.ndim != 1 or len(points) < 3:
        raise ValueError(f"got a grid of shape {points.shape}; it must be (x,) with at least 3 points")
    steps = np.diff(points)
    spacing = (points[-1] - points[0]) / len(steps)
    if not (spacing > 0 and np.allclose(steps, spacing, rtol=1e-6, atol=0)):
        raise ValueError(
            f"the grid is not uniform: its steps go from {steps.min():.6g} to {steps.max():.6g}; "
            "they must be equal and positive, as those of numpy.linspace"
        )
    return float(spacing)


def _on_grid(name: str, values: ArrayLike, grid: ArrayLike) -> Complex:
    array = np.array(values, dtype=complex)
    if array.shape != np.shape(grid):
        raise ValueError(f"{name} must have the shape of the grid, {np.shape(grid)}; got {array.shape}")
    return array


def _real(name: str, values: ArrayLike, grid: ArrayLike) -> NDArray[np.float64]:
    array = _on_grid(name, values, grid)
    if np.any(array.imag):
        raise ValueError(f"{name} must be real; got complex values")
    return array.real
