"""The continuous limit of a residual network: a field, a solver, and the gradient through it.

A thin layer over torchdiffeq that takes away its traps. There, a solver of fixed step goes from each asked
time to the next in one step, tolerances given to it are dropped, a rate of the wrong shape is broadcast, a
solution that blows up ends in a bare `AssertionError`, and the adjoint method gives no gradient to a
parameter that the field only sees from outside. Here a solver of fixed step is asked for its steps and has
no tolerance to give, and the rest are errors that say what happened.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import torch
import torchdiffeq
from torch import Tensor, nn

from pdenet.checks.words import one_of
from pdenet.ops.branches import describe
from pdenet.ops.ode.field import check_field, refuse_borrowed
from pdenet.ops.ode.solvers import Adaptive, Solver, check_solver
from pdenet.ops.ode.watched import Evaluations, Watched

__all__ = ["Evaluations", "Gradient", "Solution", "solve"]

Gradient = Literal["backprop", "adjoint"]


@dataclass(frozen=True, eq=False)
class Solution:
    """What `solve` returns: `states` (T, ...), the state at each asked time, and what they cost."""

    states: Tensor
    evaluations: Evaluations

    @property
    def end(self) -> Tensor:
        """The state at the last time."""
        return self.states[-1]


def solve(
    rate: nn.Module,
    u: Tensor,
    times: float | Sequence[float] | Tensor,
    solver: Solver | None = None,
    *,
    gradient: Gradient = "backprop",
    backward: Solver | None = None,
) -> Solution:
    """Solve du/dt = rate(t, u) from the state `u` at the first of `times`.

    Parameters
    ----------
    rate
        The field: ``rate(t, u)`` with t a number (0-d tensor) and u like the state, returns du/dt like it.
    u
        State at the first time, any shape, floating point.
    times
        All times, strictly increasing or decreasing; a single number T stands for 0, T.
    solver
        `Fixed` or `Adaptive`; default ``Adaptive()``.
    gradient
        ``"backprop"``: through the steps of the solver, whose states are kept. ``"adjoint"``: by solving (43)
        and (44) backward from the end; nothing in between is kept.
    backward
        Solver of the backward equations of the adjoint method; default `solver`.

    Returns
    -------
    Solution
        The states at all times (T, ...) and the number of evaluations.

    Raises
    ------
    TypeError
        If `rate` is not a module, `u` or a solver is not what it should be, or the rate is no tensor.
    ValueError
        If times are not monotone, the state is empty, the rate has another shape, dtype or device than the
        state, `gradient` is unknown, or the adjoint method would miss a tensor that the field sees but does
        not own.
    DivergedError
        If the solution becomes infinite or NaN, or needs more evaluations than are allowed.

    References
    ----------
    The thesis, equations (41) to (44); Chen et al. (2018).

    Examples
    --------
    >>> from pdenet.ops.ode.solvers import Fixed
    >>> class Decay(nn.Module):
    ...     def forward(self, t, u):
    ...         return -u
    >>> solution = solve(Decay(), torch.ones(1), 1.0, Fixed("euler", 2))
    >>> solution.end, solution.evaluations
    (tensor([0.2500]), Evaluations(forward=2, backward=0))
    """
    solver = Adaptive() if solver is None else solver
    _check(rate, u, solver, backward, gradient)
    when = _as_times(times, u)
    evaluations = Evaluations()
    behind = solver if backward is None else backward
    # The times that the field is asked about are of the state's dtype, and so are their bounds.
    first, last = when[[0, -1]].detach().to(u.dtype).sort().values.tolist()
    watched = Watched(rate, solver, behind, (first, last), evaluations)
    arguments = _arguments(solver, when, when[-1:])
    if gradient == "adjoint":
        refuse_borrowed(rate, u, when[0], "the adjoint method")
        ascending = when if when[0] < when[-1] else -when  # torchdiffeq turns decreasing times, but not these
        back = _arguments(behind, ascending, ascending)  # one solution for each interval
        arguments |= {f"adjoint_{name}": value for name, value in back.items()}
        arguments["adjoint_params"] = tuple(p for p in rate.parameters() if p.requires_grad)
        integrate = torchdiffeq.odeint_adjoint
    else:
        integrate = torchdiffeq.odeint
    states = integrate(watched, u, when, **arguments)
    watched.check_end(when[-1].item(), states[-1])  # at all before it the field has been evaluated
    watched.going_back = True
    return Solution(states, evaluations)


def _check(rate: nn.Module, u: Tensor, solver: Solver, backward: Solver | None, gradient: str) -> None:
    check_field(rate)
    if not isinstance(u, Tensor) or not u.dtype.is_floating_point:
        found = describe(u) if isinstance(u, Tensor) else type(u).__name__
        message = f"u must be a floating point tensor; got {found}"
        raise TypeError(message)
    if u.numel() == 0:
        message = f"u must have at least one entry; got {describe(u)}"
        raise ValueError(message)
    check_solver(solver)
    if backward is not None:
        check_solver(backward, "backward")
    one_of("gradient", gradient, get_args(Gradient))
    if backward is not None and gradient != "adjoint":
        message = "a backward solver is used by gradient='adjoint' only; got one with gradient='backprop'"
        raise ValueError(message)


def _as_times(times: float | Sequence[float] | Tensor, u: Tensor) -> Tensor:
    """The times as a tensor, float64 where the device has it."""
    dtype = torch.float32 if u.device.type == "mps" else torch.float64
    if isinstance(times, Tensor):
        numbers = not (times.dtype == torch.bool or times.is_complex())
    else:
        numbers = np.asarray(times).dtype.kind in "iuf"
    if not numbers:
        message = f"times must be numbers, such as 1.0 or [0.0, 0.5, 1.0]; got {times!r}"
        raise TypeError(message)
    when = torch.as_tensor(times, dtype=dtype, device=u.device)
    if when.dim() == 0:
        when = torch.stack([torch.zeros_like(when), when])
    steps = when.diff() if when.dim() == 1 else when.new_empty(0)
    if len(steps) == 0 or not (when.isfinite().all() and ((steps > 0).all() or (steps < 0).all())):
        message = (
            "times must be a duration other than 0, or two or more finite times, strictly increasing or "
            f"decreasing; got {when.tolist()}"
        )
        raise ValueError(message)
    return when


def _arguments(solver: Solver, when: Tensor, ends: Tensor) -> dict[str, Any]:
    """What torchdiffeq has to be given for this solver; at `ends` no step goes past."""
    if isinstance(solver, Adaptive):
        options: dict[str, Any] = {"dtype": when.dtype}
        if solver.stops:
            options["step_t"] = when.detach()
        elif not solver.past_end:
            options["step_t"] = ends.detach()
        if solver.max_step is not None:
            options["max_step"] = solver.max_step
        return {"method": solver.method, "rtol": solver.rtol, "atol": solver.atol, "options": options}
    steps = solver.steps

    def grid(_: Any, __: Tensor, asked: Tensor) -> Tensor:
        """Every interval between asked times in equal parts; the asked times themselves to the bit."""
        share = torch.arange(steps, dtype=asked.dtype, device=asked.device) / steps
        inner = asked[:-1, None] + share * asked.diff()[:, None]
        return torch.cat([inner.flatten(), asked[-1:]])

    return {"method": solver.method, "options": {"grid_constructor": grid}}
