"""Propagators and states in closed form: the free particle and the harmonic oscillator."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pdenet.checks.numbers import real, whole
from pdenet.subjects.particle.checks import Complex, array, positions, positive, times_i

_FAR, _LARGE = 600.0, 2.0**300


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
    mass, hbar = positive(mass=mass, hbar=hbar)
    stiffness = mass / (2 * hbar * times_i(time))
    kernel: Complex = np.sqrt(stiffness / np.pi) * np.exp(
        -stiffness * np.subtract(array("x", x), array("y", y)) ** 2
    )
    return kernel


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
    mass, omega, hbar = positive(mass=mass, omega=omega, hbar=hbar)
    angle = omega * times_i(time)
    if angle.real == 0 and angle.imag >= np.pi:
        message = (
            f"got the real time {np.real(time):g}; the kernel is given before the first caustic, "
            f"time < pi / omega = {np.pi / omega:g}"
        )
        raise ValueError(message)
    # 1 / sinh and coth without overflow at large tau.
    gap = -np.expm1(-2 * angle)
    scale = mass * omega / hbar
    quadratic = scale * (1 + np.exp(-2 * angle)) / (2 * gap)
    mixed = 2 * scale * np.exp(-angle) / gap
    x, y = positions("x", x), positions("y", y)
    factor = np.sqrt(scale / np.pi / gap) * np.exp(-angle / 2)
    kernel: Complex = factor * np.exp(mixed * x * y - quadratic * (x**2 + y**2))
    return kernel


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
    mass, omega, hbar = positive(mass=mass, omega=omega, hbar=hbar)
    slices = whole("slices", slices, least=1)
    step = times_i(time) / slices
    kinetic = mass / (2 * hbar * step)
    potential = mass * omega**2 * step / (2 * hbar)
    # The kernel is factor * exp(-(end x^2 - 2 mixed x y + start y^2)).
    end, mixed, start = kinetic, kinetic, kinetic + potential
    factor = np.sqrt(kinetic / np.pi)
    for _ in range(slices - 1):
        square = kinetic + potential + end
        if abs(square) < 1e-12 * abs(kinetic):
            message = f"the {slices} slices of time {time} meet a caustic; take another number of slices"
            raise ValueError(message)
        # One root an integral: both are principal, so their product stays right beyond a caustic.
        factor = factor * np.sqrt(kinetic) / np.sqrt(square)
        start = start - mixed**2 / square
        mixed = kinetic * mixed / square
        end = kinetic - kinetic**2 / square
    x, y = positions("x", x), positions("y", y)
    kernel: Complex = factor * np.exp(2 * mixed * x * y - end * x**2 - start * y**2)
    return kernel


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
    step, omega = positive(step=step, omega=omega)
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
        If the level is no whole number from 0 on, or a constant is not positive.
    """
    mass, omega, hbar = positive(mass=mass, omega=omega, hbar=hbar)
    level = whole("level", level, least=0)
    scale = mass * omega / hbar
    z = np.sqrt(scale) * positions("x", x)
    # Far out the lowest state underflows and a high one does not: what is taken out goes back at the end.
    taken = np.where(z**2 / 2 > _FAR, -(z**2) / 2, 0.0)
    before: NDArray[np.float64] = np.zeros_like(z)
    state: NDArray[np.float64] = (scale / np.pi) ** 0.25 * np.exp(-(z**2) / 2 - taken)
    for n in range(level):
        before, state = state, np.sqrt(2 / (n + 1)) * z * state - np.sqrt(n / (n + 1)) * before
        large = np.abs(state) > _LARGE
        if large.any():
            shrink = np.where(large, 1 / _LARGE, 1.0)
            before, state, taken = before * shrink, state * shrink, taken - np.log(shrink)
    state *= np.exp(taken)
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
    width, mass, hbar = positive(width=width, mass=mass, hbar=hbar)
    position, momentum = real("position", position), real("momentum", momentum)
    elapsed = 0j if time == 0 else times_i(time)
    spread = 1 + hbar * elapsed / (2 * mass * width**2)
    away = positions("x", x) - position
    centred = away + 1j * momentum * elapsed / mass
    wave = (1j * momentum * away - momentum**2 * elapsed / (2 * mass)) / hbar
    bell = -(centred**2) / (4 * width**2 * spread)
    factor = (2 * np.pi * width**2) ** -0.25 / np.sqrt(spread)
    # In imaginary time one of the two can overflow where the other underflows; in real time neither does.
    packet: Complex = factor * np.exp(wave + bell) if elapsed.real else factor * np.exp(wave) * np.exp(bell)
    return packet
