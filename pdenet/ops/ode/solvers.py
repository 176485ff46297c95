"""Solvers of an ordinary differential equation as data: a rule and its steps, or its tolerances."""

import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

FixedMethod = Literal["euler", "midpoint", "heun3", "rk4"]
AdaptiveMethod = Literal["dopri5", "dopri8", "bosh3", "adaptive_heun"]

# Between its steps torchdiffeq interpolates by a polynomial of degree four, whose error with these two is up
# to thousands of times the tolerance; so they are made to step on the asked times.
STOPPING = ("dopri8", "bosh3")


@dataclass(frozen=True)
class Fixed:
    """A solver that takes `steps` steps of equal length from each asked time to the next.

    ``Fixed("euler", L)`` on [0, L] is L residual blocks. ``"rk4"`` is Kutta's rule with the nodes 1/3 and
    2/3, of order four like the classical rule but not the same numbers.

    Raises
    ------
    ValueError
        If the method is unknown or `steps` is below 1.
    TypeError
        If `steps` is no whole number.
    """

    method: FixedMethod
    steps: int

    def __post_init__(self) -> None:
        check_choice("method of fixed step", self.method, get_args(FixedMethod))
        object.__setattr__(self, "steps", whole_steps(self.steps))


@dataclass(frozen=True)
class Adaptive:
    """A solver that chooses its steps so that its estimate of the error of each stays in the tolerance.

    An entry u passes if its error is at most ``atol + rtol * |u|``, in the root mean square over all entries
    of the state: in a batch, the step is the same for all.

    Parameters
    ----------
    method
        An embedded Runge-Kutta pair. Those of order five and two interpolate between their steps to get to
        the asked times; ``"dopri8"`` and ``"bosh3"`` step on each of them, which costs where there are many.
    rtol, atol
        Relative and absolute tolerance. In float32 less than about 1e-6 cannot be had.
    max_evaluations
        Evaluations of the field after which a solution is given up.

    Raises
    ------
    ValueError
        If the method is unknown, a tolerance is not positive, or no evaluation is allowed.
    """

    method: AdaptiveMethod = "dopri5"
    rtol: float = 1e-5
    atol: float = 1e-5
    max_evaluations: int = 10_000

    def __post_init__(self) -> None:
        check_choice("adaptive method", self.method, get_args(AdaptiveMethod))
        if not (0 < self.rtol < math.inf and 0 < self.atol < math.inf):
            message = f"rtol and atol must be positive numbers; got {self.rtol} and {self.atol}"
            raise ValueError(message)
        if self.max_evaluations < 1:
            message = f"max_evaluations must be at least 1; got {self.max_evaluations}"
            raise ValueError(message)


Solver = Fixed | Adaptive


class DivergedError(ArithmeticError):
    """A solution that cannot be carried on: no longer finite, or asking for steps without end."""


def check_solver(given: Any, name: str = "solver") -> None:
    """Raise a TypeError, which calls it by this name, if it is no solver."""
    if not isinstance(given, Fixed | Adaptive):
        message = f"{name} must be Fixed(method, steps) or Adaptive(method, rtol, atol); got {given!r}"
        raise TypeError(message)


def whole_steps(steps: Any) -> int:
    """A number of steps as an int, of whatever integer type it is given.

    Raises
    ------
    TypeError
        If it is no whole number.
    ValueError
        If it is below 1.
    """
    wanted = "steps must be a whole number, at least 1"
    try:
        found = operator.index(steps)
    except TypeError:
        message = f"{wanted}; got {steps!r}"
        raise TypeError(message) from None
    if found < 1:
        message = f"{wanted}; got {found}"
        raise ValueError(message)
    return found


def check_choice(name: str, given: str, allowed: Sequence[str]) -> None:
    """Raise a ValueError, which calls it by this name, if it is none of those allowed."""
    if given not in allowed:
        message = f"{name} must be one of {', '.join(map(repr, allowed))}; got {given!r}"
        raise ValueError(message)
