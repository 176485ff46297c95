"""One step of a differential equation and many of them, written with sums and products alone.

So arrays, tensors and symbols all pass: a step of the equation dx/dt = lambda x, taken by a symbol, is the
method's own stability polynomial. A `rate` is the right-hand side, a function of the state; `h` is the step.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.linalg import solve_banded

from pdenet.checks.numbers import real, whole
from pdenet.ops.diverged import DivergedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray


RUN_AWAY = 1e6
"""A state so many times as large as the first one has run away."""


class UnstableStepWarning(UserWarning):
    """A step outside the region in which its method is stable for the equation at hand."""


def explicit_euler(rate: Callable[[Any], Any], state: Any, h: Any) -> Any:
    """The state plus a step along the rate: a residual block whose branch is ``h * rate``."""
    return state + h * rate(state)


def midpoint(rate: Callable[[Any], Any], state: Any, h: Any) -> Any:
    """A step along the rate that half a step of Euler's finds; of second order."""
    return state + h * rate(state + h / 2 * rate(state))


def runge_kutta_4(rate: Callable[[Any], Any], state: Any, h: Any) -> Any:
    """The classical step of fourth order, from four rates."""
    first = rate(state)
    second = rate(state + h / 2 * first)
    third = rate(state + h / 2 * second)
    fourth = rate(state + h * third)
    return state + h / 6 * (first + 2 * second + 2 * third + fourth)


def coupling(
    first_rate: Callable[[Any], Any],
    second_rate: Callable[[Any], Any],
    pair: tuple[Any, Any],
    h: Any,
) -> tuple[Any, Any]:
    """Two states that take turns: the first moves as the second says, then the second as the new first says.

    One step of the symplectic Euler method for a momentum and a position, a reversible residual block for two
    halves of a hidden state, Visscher's step for real and imaginary part. `uncoupling` undoes it exactly.
    """
    first, second = pair
    first = first + h * first_rate(second)
    second = second + h * second_rate(first)
    return first, second


def uncoupling(
    first_rate: Callable[[Any], Any],
    second_rate: Callable[[Any], Any],
    pair: tuple[Any, Any],
    h: Any,
) -> tuple[Any, Any]:
    """The pair before a step of `coupling`: what was added last is taken away first."""
    first, second = pair
    second = second - h * second_rate(first)
    first = first - h * first_rate(second)
    return first, second


def crank_nicolson(matrix: ArrayLike, h: float) -> NDArray[Any]:
    """The matrix of one implicit step of dx/dt = A x: (1 - hA/2)^-1 (1 + hA/2).

    Parameters
    ----------
    matrix
        A, (n, n), real or complex.
    h
        The step.
    """
    half = h / 2 * np.asarray(matrix)
    one = np.eye(len(half))
    step: NDArray[Any] = np.linalg.solve(one - half, one + half)
    return step


def crank_nicolson_line(diagonal: ArrayLike, beside: float, state: ArrayLike, h: complex) -> NDArray[Any]:
    """One implicit step of dx/dt = A x where each point of a line knows its two neighbours alone.

    Parameters
    ----------
    diagonal
        Entries of A on its diagonal, (n,).
    beside
        The one entry beside it, on both sides; beyond the ends the state is zero.
    state
        x, (n,).
    h
        The step, times whatever factor A has: with ``-1j * dt`` a real A turns the state and keeps its norm.

    Returns
    -------
    ndarray
        ``(1 - hA/2)^-1 (1 + hA/2) x``, as `crank_nicolson` has it, in a time that grows as n.
    """
    half = h / 2 * np.asarray(diagonal)
    hop = h / 2 * beside
    now = np.asarray(state)
    after = (1 + half) * now
    after[1:] += hop * now[:-1]
    after[:-1] += hop * now[1:]
    bands = np.empty((3, len(half)), dtype=half.dtype)
    bands[0] = bands[2] = -hop
    bands[1] = 1 - half
    step: NDArray[Any] = solve_banded(
        (1, 1), bands, after, overwrite_ab=True, overwrite_b=True, check_finite=False
    )
    return step


def follow(step: Callable[[Any], Any], state: ArrayLike, steps: int) -> NDArray[Any]:
    """The states before and after each of so many steps, (steps + 1, ...).

    Parameters
    ----------
    step
        From a state to the next one.
    state
        The first one, an array.
    steps
        How many, at least 1.

    Raises
    ------
    DivergedError
        If a state is no longer finite, or more than `RUN_AWAY` times as large as the first; with the step.
    TypeError, ValueError
        If `steps` is no whole number of at least 1.
    """
    steps = whole("steps", steps, least=1)
    now = np.asarray(state)
    path = np.empty((steps + 1, *now.shape), dtype=np.result_type(now, float))
    path[0] = now
    limit = RUN_AWAY * max(float(np.abs(now).max()), np.finfo(float).tiny)
    for number in range(1, steps + 1):
        now = step(now)
        path[number] = now
        if not np.abs(path[number]).max() <= limit:  # also where it is no number
            message = (
                f"the state ran away at step {number} of {steps}: it is more than {RUN_AWAY:.0e} times as "
                "large as it began; take a smaller step, or a method that is stable here"
            )
            raise DivergedError(message)
    return path


def warn_if_unstable(factor: float, h: float, what: str) -> None:
    """Warn where one step multiplies by more than 1 what the equation itself lets decay.

    Parameters
    ----------
    factor
        The size of the factor.
    h
        The step, for the message.
    what
        What is multiplied, for the message.

    Warns
    -----
    UnstableStepWarning
        If the factor is above 1.
    """
    if real("factor", abs(factor)) > 1:
        message = f"a step of {h:g} multiplies {what} by {abs(factor):.4g}, where the equation lets it decay"
        warnings.warn(message, UnstableStepWarning, stacklevel=3)
