"""Steps of an orbital in time: Euler's, midpoint, Runge and Kutta's, Crank and Nicolson's, Visscher's.

All but the last carry the whole orbital psi = q + i p. Visscher's carries q at whole steps and p half a step
later, and is the `coupling` of two halves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pdenet.checks.numbers import real, whole
from pdenet.checks.words import one_of
from pdenet.ops.ode.solvers import DivergedError
from pdenet.ops.steppers import (
    RUN_AWAY,
    coupling,
    crank_nicolson_line,
    explicit_euler,
    midpoint,
    runge_kutta_4,
)
from pdenet.subjects.electrons.system import density_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from pdenet.subjects.electrons.system import Helium

    Array = NDArray[np.float64]


def crank_nicolson_step(atom: Helium, psi: Any, dt: float) -> Any:
    """An implicit step in the mean of the fields before and after, the latter from a first step.

    With the field before alone the order is one, and the way back is lost.
    """

    def step(potential: Array) -> Any:
        return crank_nicolson_line(potential - 2 * atom.hop, atom.hop, psi, -1j * dt)

    before = atom.potential(density_of(psi))
    if atom.exchange == "none":
        return step(before)
    after = atom.potential(density_of(step(before)))
    return step((before + after) / 2)


METHODS: dict[str, Callable[[Helium, Any, float], Any]] = {
    "Euler": lambda atom, psi, dt: explicit_euler(atom.rate, psi, dt),
    "midpoint": lambda atom, psi, dt: midpoint(atom.rate, psi, dt),
    "Runge-Kutta": lambda atom, psi, dt: runge_kutta_4(atom.rate, psi, dt),
    "Crank-Nicolson": crank_nicolson_step,
}
"""One step of the orbital by method."""
VISSCHER = "Visscher"
LEAD = 0.75
"""How many steps ahead Visscher's step looks for the field of the density, by a straight line."""


def visscher_step(atom: Helium, potential: Array, pair: tuple[Any, Any], dt: float) -> tuple[Any, Any]:
    """A step of q, and of p half a step later, in a given field: ``q += dt H p``, ``p -= dt H q``."""
    return coupling(
        lambda p: atom.energy_applied(potential, p), lambda q: -atom.energy_applied(potential, q), pair, dt
    )


class Moment(NamedTuple):
    """After a step: the density (n,) and the orbital, whose p is half a step late in Visscher's."""

    density: Array
    psi: NDArray[np.complex128]


def moments(atom: Helium, psi: Any, dt: float, method: str = "Crank-Nicolson") -> Iterator[Moment]:
    """The start, and what follows step by step, without end.

    Raises
    ------
    TypeError, ValueError
        If the step is not positive, or the method unknown.
    """
    dt = real("dt", dt, above=0)
    one_of("method", method, (*METHODS, VISSCHER))
    psi = np.asarray(psi, dtype=complex)
    return _visscher(atom, psi, dt) if method == VISSCHER else _whole(atom, psi, dt, METHODS[method])


def _whole(atom: Helium, psi: Any, dt: float, step: Callable[[Helium, Any, float], Any]) -> Iterator[Moment]:
    while True:
        yield Moment(density_of(psi), psi)
        psi = step(atom, psi, dt)


def _visscher(atom: Helium, psi: Any, dt: float) -> Iterator[Moment]:
    q, p = psi.real, psi.imag
    potential = atom.potential(density_of(psi))
    half = dt / 2 * atom.energy_applied(potential, q)
    before, p = p + half, p - half
    while True:
        density = 2 * (q**2 + before * p)
        yield Moment(density, q + 1j * p)
        last, potential = potential, atom.potential(density)
        # The step of q is centred half a step on, that of p a whole one; a field that lags behind drives.
        ahead = potential + LEAD * (potential - last)
        before = p
        q, p = visscher_step(atom, ahead, (q, p), dt)


class Course(NamedTuple):
    """A run: times (steps + 1,), dipole and norm of the orbital at each, the orbital at the end."""

    times: Array
    dipole: Array
    norm: Array
    psi: NDArray[np.complex128]


def evolve(atom: Helium, psi: Any, dt: float, steps: int, method: str = "Crank-Nicolson") -> Course:
    """A run of so many steps.

    Raises
    ------
    DivergedError
        If the norm of the orbital is no longer finite, or above `RUN_AWAY`; with the step.
    TypeError, ValueError
        If the step is not positive, the method unknown, or `steps` no whole number of at least 1.
    """
    steps = whole("steps", steps, least=1)
    times = np.array([dt * number for number in range(steps + 1)])
    dipole, norm = np.empty(steps + 1), np.empty(steps + 1)
    course = moments(atom, psi, dt, method)
    for number in range(steps + 1):
        now = next(course)
        dipole[number] = atom.sum(atom.x * now.density)
        norm[number] = np.sqrt(atom.sum(density_of(now.psi) / 2))
        if not norm[number] <= RUN_AWAY:
            message = (
                f"{method} ran away at step {number} of {steps}, t = {number * dt:.3g}: the norm is "
                f"above {RUN_AWAY:.0e}; take a smaller step, or Crank-Nicolson's"
            )
            raise DivergedError(message)
    return Course(times, dipole, norm, now.psi)
