"""Solvers of an ordinary differential equation as data: a rule and its steps, or its tolerances."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

from pdenet.checks.numbers import real, whole
from pdenet.checks.words import flag, one_of
from pdenet.ops.diverged import DivergedError, NotConverged

__all__ = [
    "Adaptive",
    "AdaptiveMethod",
    "DivergedError",
    "Fixed",
    "FixedMethod",
    "NotConverged",
    "Solver",
    "check_solver",
]

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
    TypeError
        If `steps` is no number, or the method no text.
    ValueError
        If the method is unknown, or `steps` is not whole or below 1.
    """

    method: FixedMethod
    steps: int

    def __post_init__(self) -> None:
        one_of("method of fixed step", self.method, get_args(FixedMethod))
        object.__setattr__(self, "steps", whole("steps", self.steps, least=1))


@dataclass(frozen=True)
class Adaptive:
    """A solver that chooses its steps so that its estimate of the error of each stays in the tolerance.

    An entry u passes if its error is at most ``atol + rtol * |u|``, in the root mean square over all entries
    of the state: in a batch, the step is the same for all. The last step is cut to end at the last time; the
    field is not asked about any time outside.

    Parameters
    ----------
    method
        An embedded Runge-Kutta pair. Those of order five and two interpolate between their steps to get to
        the times between the first and the last; ``"dopri8"`` and ``"bosh3"`` step on each of them, which
        costs where there are many.
    rtol, atol
        Relative and absolute tolerance. In float32 less than about 1e-6 cannot be had.
    max_evaluations
        Evaluations of the field after which a solution is given up.
    max_step
        The longest step, in units of time; unless given, the error alone decides. A field that is at rest
        and then gets a short kick needs it: a long step may pass over the kick without seeing it.
    past_end
        Whether the last step of the methods of order five and two may go past the last time, where the state
        is then interpolated. The field must have values there. So were the records of this book run.

    Raises
    ------
    TypeError
        If an argument is of another kind.
    ValueError
        If the method is unknown, a tolerance or the longest step is not positive, or no evaluation is
        allowed.
    """

    method: AdaptiveMethod = "dopri5"
    rtol: float = 1e-5
    atol: float = 1e-5
    max_evaluations: int = 10_000
    max_step: float | None = None
    past_end: bool = False

    def __post_init__(self) -> None:
        one_of("adaptive method", self.method, get_args(AdaptiveMethod))
        normal: dict[str, Any] = {
            "rtol": real("rtol", self.rtol, above=0),
            "atol": real("atol", self.atol, above=0),
            "max_evaluations": whole("max_evaluations", self.max_evaluations, least=1),
            "max_step": None if self.max_step is None else real("max_step", self.max_step, above=0),
            "past_end": flag("past_end", self.past_end),
        }
        for name, value in normal.items():
            object.__setattr__(self, name, value)

    @property
    def stops(self) -> bool:
        """Whether it steps on every asked time."""
        return self.method in STOPPING


Solver = Fixed | Adaptive


def check_solver(given: Any, name: str = "solver") -> None:
    """Raise a TypeError, which calls it by this name, if it is no solver."""
    if not isinstance(given, Fixed | Adaptive):
        message = f"{name} must be Fixed(method, steps) or Adaptive(method, rtol, atol); got {given!r}"
        raise TypeError(message)
