"""The systems of the page: a cup that cools, a planet, a particle on a grid.

Times and lengths are in the units that make the constants one, but for the cup: k is in 1/minute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pdenet.checks.numbers import real, whole
from pdenet.ops.ode.solvers import DivergedError
from pdenet.ops.steppers import coupling, explicit_euler, follow, runge_kutta_4, warn_if_unstable

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def cooling(k: float, room: float = 20.0) -> Callable[[Any], Any]:
    """Newton's law of a cup: its temperature changes at the rate ``-k (T - room)``, degrees a minute.

    Raises
    ------
    TypeError, ValueError
        If a number is none, or `k` is not positive.
    """
    k, room = real("k", k, above=0), real("room", room)
    return lambda temperature: -k * (temperature - room)


def cool(k: float, h: float, steps: int, start: float = 90.0, room: float = 20.0) -> Array:
    """Temperatures of a cup in explicit Euler steps, (steps + 1,).

    Warns
    -----
    UnstableStepWarning
        If k h is above 2: the difference to the room then grows.

    Raises
    ------
    TypeError, ValueError
        If a number is none or out of range: the step must be positive.
    """
    rate, h = cooling(k, room), real("h", h, above=0)
    warn_if_unstable(1 - k * h, h, "the difference to the room")
    return follow(lambda T: explicit_euler(rate, T, h), np.array([real("start", start)]), steps)[:, 0]


def gravity(position: Any) -> Any:
    """Acceleration of a planet at `position` (..., 2) from a sun at the origin: ``-q / |q|^3``.

    Raises
    ------
    DivergedError
        If the planet is in the sun.
    """
    position = np.asarray(position)
    distance = np.linalg.norm(position, axis=-1, keepdims=True)
    if not (distance > 0).all():
        message = "the planet fell into the sun, where there is no acceleration; take a smaller step"
        raise DivergedError(message)
    return -position / distance**3


def energy(states: Array) -> Array:
    """Energy of a planet (...,) by state (..., 4): momentum, then position; the mass is one."""
    momentum, position = states[..., :2], states[..., 2:]
    total: Array = (momentum**2).sum(-1) / 2 - 1 / np.linalg.norm(position, axis=-1)
    return total


def _pull(state: Any) -> Any:
    return np.concatenate([gravity(state[2:]), state[:2]])


def _turns(state: Any, h: float) -> Any:
    momentum, position = coupling(gravity, lambda p: p, (state[:2], state[2:]), h)
    return np.concatenate([momentum, position])


METHODS: dict[str, Callable[[Any, float], Any]] = {
    "Euler": lambda state, h: explicit_euler(_pull, state, h),
    "taking turns": _turns,
    "Runge-Kutta": lambda state, h: runge_kutta_4(_pull, state, h),
}
"""One step of a planet's momentum and position by method."""
CIRCLE = np.array([0.0, 1.0, 1.0, 0.0])
"""Momentum and position on the circle of radius one, whose period is 2 pi."""


def orbit(method: str, h: float, time: float) -> Array:
    """States (steps + 1, 4) of a planet that starts on a circle.

    Raises
    ------
    DivergedError
        If it falls into the sun or runs away.
    TypeError, ValueError
        If the step is not positive.
    """
    h, step = real("h", h, above=0), METHODS[method]
    return follow(lambda state: step(state, h), CIRCLE, round(real("time", time, above=0) / h))


def grid_hamiltonian(points: int = 41, spacing: float = 0.5) -> Array:
    """Energy of a particle in a soft Coulomb potential, (points, points), real and symmetric.

    Half the second difference, and ``-2 / sqrt(x^2 + 1)`` at the points, in atomic units.
    """
    points = whole("points", points, least=3)
    spacing = real("spacing", spacing, above=0)
    x = spacing * (np.arange(points) - (points - 1) / 2)
    hop = -0.5 / spacing**2
    matrix = np.diag(1 / spacing**2 - 2 / np.sqrt(x**2 + 1))
    matrix += hop * (np.eye(points, k=1) + np.eye(points, k=-1))
    return np.asarray(matrix)
