"""What is measured: growth by theorem and by run, the spectrum behind a kick, the grid of spacing zero."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pdenet.checks.numbers import real
from pdenet.ops.steppers import coupling, explicit_euler, midpoint, runge_kutta_4, uncoupling
from pdenet.subjects.electrons.propagators import METHODS, moments
from pdenet.subjects.electrons.system import density_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from pdenet.subjects.electrons.propagators import Course
    from pdenet.subjects.electrons.system import Ground, Helium

    Array = NDArray[np.float64]

EXPLICIT: dict[str, Callable[..., Any]] = {
    "Euler": explicit_euler,
    "midpoint": midpoint,
    "Runge-Kutta": runge_kutta_4,
}
"""Methods that add up rates of the whole orbital."""
TWICE = 2.0
"""A norm so large counts as run away."""
FLOOR = np.finfo(float).eps / 4
"""Amplitude that rounding gives every wave: the deviation of an entry near one that is rounded, times one."""


def growth(method: str, z: Any) -> Any:
    """What a step does to the square of a wave's amplitude, by z = dt E: |R(iz)|^2, from the method."""
    z = np.asarray(z, dtype=float)
    factor = EXPLICIT[method](lambda psi: -1j * z * psi, np.ones(z.shape, dtype=complex), 1.0)
    return np.abs(factor) ** 2


def spread(atom: Helium, ground: Ground, psi: Any) -> tuple[Array, Array]:
    """Energies of all waves of the grid in the field of the ground state, and psi's share of each, (n,)."""
    energies, orbitals = atom.levels(atom.potential(density_of(ground.psi)))
    return energies, np.abs(atom.sum(orbitals.T * psi)) ** 2


def norm_after(method: str, energies: Array, shares: Array, dt: float, steps: float) -> float:
    """The norm after so many steps in a field that stands still: each wave by the power of its factor."""
    with np.errstate(divide="ignore", over="ignore"):
        logs = np.log(np.maximum(shares, FLOOR**2)) + steps * np.log(growth(method, dt * energies))
        return float(np.exp(np.logaddexp.reduce(logs) / 2))


def predicted_runaway(energies: Array, shares: Array, dt: float, method: str = "Euler") -> float:
    """The time at which the norm passes `TWICE`, by `norm_after`; infinite if it never does."""
    low, high = 1.0, 1e12
    if norm_after(method, energies, shares, dt, high) < TWICE:
        return np.inf
    while high - low > 1e-6 * high:
        middle = np.sqrt(low * high)
        inside = norm_after(method, energies, shares, dt, middle) < TWICE
        low, high = (middle, high) if inside else (low, middle)
    return float(dt * high)


def runaway(atom: Helium, psi: Any, dt: float, method: str = "Euler", longest: float = 100.0) -> float:
    """The time at which the norm of a run passes `TWICE`; infinite if it does not within the longest time."""
    for number, moment in enumerate(moments(atom, psi, dt, method)):
        if not atom.sum(density_of(moment.psi) / 2) < TWICE**2:
            return number * dt
        if number * dt > longest:
            break
    return np.inf


def largest_step(method: str, energies: Array, shares: Array, time: float, off: float = 1e-3) -> float:
    """The longest step that keeps the norm within `off` of one up to `time`, in a field that stands still."""
    low, high = 1e-9, 1.0
    while high - low > 1e-4 * high:
        middle = np.sqrt(low * high)
        holds = abs(norm_after(method, energies, shares, middle, time / middle) - 1) < off
        low, high = (middle, high) if holds else (low, middle)
    return float(low)


def euler_identity(atom: Helium, psi: Any, dt: float, steps: int) -> float:
    """How far Euler's steps are from ``|psi'|^2 = |psi|^2 + dt^2 |H psi|^2``, the largest relative deviation.

    The field is that of the running density: H changes from step to step.
    """
    worst = 0.0
    for _ in range(steps):
        after = METHODS["Euler"](atom, psi, dt)
        wanted = atom.sum(np.abs(psi) ** 2) + dt**2 * atom.sum(np.abs(atom.rate(psi)) ** 2)
        worst = max(worst, abs(atom.sum(np.abs(after) ** 2) / wanted - 1))
        psi = after
    return float(worst)


def strength(course: Course, kick: float, frequencies: Array) -> Array:
    """Strength S of the light that is taken up at these frequencies: its integral is the number of electrons.

    Parameters
    ----------
    course
        A run behind a kick.
    kick
        The momentum given.
    frequencies
        (k,), hartree.
    """
    share = course.times / course.times[-1]
    window = 1 - 3 * share**2 + 2 * share**3
    dt = course.times[1]
    moved = (course.dipole - course.dipole[0]) * window * dt
    waves = np.sin(np.multiply.outer(frequencies, course.times))
    out: Array = 2 * frequencies / (np.pi * kick) * (waves @ moved)
    return out


def line(course: Course, kick: float, low: float = 0.3, high: float = 0.7) -> float:
    """Frequency of the highest peak between two, by a parabola.

    Sought in the strength over the frequency, which a window widens to both sides alike.
    """
    frequencies = np.linspace(low, high, 401)
    values = strength(course, kick, frequencies) / frequencies
    top = int(values[1:-1].argmax()) + 1
    fine = frequencies[top] + np.linspace(-1e-3, 1e-3, 21)
    values = strength(course, kick, fine) / fine
    top = int(np.clip(values.argmax(), 1, len(fine) - 2))
    left, middle, right = values[top - 1 : top + 2]
    return float(fine[top] + (fine[1] - fine[0]) * (left - right) / (2 * (left - 2 * middle + right)))


def extrapolated(spacings: Sequence[float], values: Sequence[float]) -> tuple[float, float]:
    """What halved spacings say of the spacing zero, if the error is of second order, and how sure that is.

    Parameters
    ----------
    spacings
        Three, each half of the one before.
    values
        What was found with each.

    Returns
    -------
    (float, float)
        From the last two, and how far that is from what the first two say.

    Raises
    ------
    ValueError
        If there are not three of each, or the spacings are not halved.
    """
    if len(spacings) != 3 or len(values) != 3 or not np.allclose(np.diff(np.log2(spacings)), -1):
        message = f"give three spacings, each half the one before, and three values; got {spacings}, {values}"
        raise ValueError(message)
    coarse, middle, fine = (real("a value", value) for value in values)
    first, last = middle + (middle - coarse) / 3, fine + (fine - middle) / 3
    return last, abs(last - first)


def there_and_back(
    atom: Helium, potential: Array, psi: Any, dt: float, steps: int, *, own_field: bool = False
) -> dict[str, float]:
    """Visscher's steps, and undone again.

    Parameters
    ----------
    atom, potential
        The system, and a field that stands still, (n,).
    psi
        The orbital at the start.
    dt, steps
        The step, and how many.
    own_field
        Take the field of the pair that a step finds instead: the way back finds another one.

    Returns
    -------
    dict
        ``"norm"``: largest swing of ``q^2 + p^2``, relative. ``"kept"``: that of Visscher's own norm
        ``q_n^2 + p_(n-1/2) p_(n+1/2)``. ``"back"``: largest deviation of the state that the way back ends in.
    """

    def turned(pair: tuple[Any, Any], step: Callable[..., Any]) -> Any:
        field = atom.potential(2 * (pair[0] ** 2 + pair[1] ** 2)) if own_field else potential
        return step(
            lambda p: atom.energy_applied(field, p), lambda q: -atom.energy_applied(field, q), pair, dt
        )

    half = dt / 2 * atom.energy_applied(potential, psi.real)
    before = psi.imag + half
    pair = start = psi.real, psi.imag - half
    norms, kept = [], []
    for _ in range(steps):
        norms.append(atom.sum(pair[0] ** 2 + pair[1] ** 2))
        kept.append(atom.sum(pair[0] ** 2 + before * pair[1]))
        before = pair[1]
        pair = turned(pair, coupling)
    for _ in range(steps):
        pair = turned(pair, uncoupling)
    back = max(float(np.abs(a - b).max()) for a, b in zip(pair, start, strict=True))
    swings = (float(np.ptp(values) / values[0]) for values in (norms, kept))
    return dict(zip(("norm", "kept"), swings, strict=True)) | {"back": back}
