"""The continuous limit of a residual network: a field, a solver, and the gradient through it.

A thin layer over torchdiffeq that takes away its traps. There, a solver of fixed step goes from each asked
time to the next in one step, tolerances given to it are dropped, a rate of the wrong shape is broadcast, a
solution that blows up ends in a bare `AssertionError`, and the adjoint method gives no gradient to a
parameter that the field only sees from outside. Here a solver of fixed step is asked for its steps and has
no tolerance to give, and the rest are errors that say what happened.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import torch
import torchdiffeq
from torch import Tensor, nn

from pdenet.ops.ode.solvers import (
    STOPPING,
    Adaptive,
    DivergedError,
    Solver,
    check_choice,
    check_solver,
)

Gradient = Literal["backprop", "adjoint"]


@dataclass
class Evaluations:
    """How often the field was evaluated; `backward` counts what the adjoint method adds, once it has run."""

    forward: int = 0
    backward: int = 0


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
    watched = _Watched(rate, solver, behind, evaluations)
    arguments: dict[str, Any] = _arguments(solver, when)
    if gradient == "adjoint":
        refuse_borrowed(rate, u, when[0], "the adjoint method")
        ascending = when if when[0] < when[-1] else -when  # torchdiffeq turns decreasing times, but not these
        arguments |= {f"adjoint_{name}": value for name, value in _arguments(behind, ascending).items()}
        arguments["adjoint_params"] = tuple(p for p in rate.parameters() if p.requires_grad)
        integrate = torchdiffeq.odeint_adjoint
    else:
        integrate = torchdiffeq.odeint
    states = integrate(watched, u, when, **arguments)
    if not states[-1].isfinite().all():  # all before it the field has been evaluated at
        message = f"at t = {when[-1].item():.6g} the state is not finite"
        raise watched.diverged(message)
    watched.going_back = True
    return Solution(states, evaluations)


class _Watched(nn.Module):
    """The field between us and torchdiffeq: counts its evaluations and looks at what it returns."""

    def __init__(self, rate: nn.Module, ahead: Solver, behind: Solver, evaluations: Evaluations) -> None:
        super().__init__()
        self.rate = rate
        self.ahead, self.behind = ahead, behind
        self.evaluations = evaluations
        self.going_back = False
        self.last = (math.nan, math.nan, math.nan)  # time, size of the state, size of the rate

    def forward(self, t: Tensor, u: Tensor) -> Tensor:
        found: Tensor = self.rate(t, u)
        _check_rate(found, u)
        solver, count = self._count()
        sizes = torch.stack([u.detach().abs().max(), found.detach().abs().max()]).tolist()
        if not all(map(math.isfinite, sizes)):
            message = f"at t = {t.item():.6g} the state or its rate is not finite"
            raise self.diverged(message)
        self.last = (t.item(), *sizes)
        if isinstance(solver, Adaptive) and count > solver.max_evaluations:
            message = f"more than {solver.max_evaluations} evaluations"
            raise self.diverged(message)
        return found

    def _count(self) -> tuple[Solver, int]:
        """The solver that asks, and how often it has asked by now."""
        if self.going_back:
            self.evaluations.backward += 1
            return self.behind, self.evaluations.backward
        self.evaluations.forward += 1
        return self.ahead, self.evaluations.forward

    def callback_step(self, t: Tensor, u: Tensor, dt: Tensor) -> None:
        """Called by torchdiffeq ahead of each step; it would `assert` the same, unless asserts are off."""
        if t + dt == t or not dt.isfinite():
            message = f"at t = {t.item():.6g} the tolerance asks for a step of {dt.item():.3g}"
            raise self.diverged(message)

    def callback_step_adjoint(self, t: Tensor, packed: tuple[Tensor, ...], dt: Tensor) -> None:
        """The same on the way back, where `packed` holds state, adjoint state and gradients."""
        if not torch.stack([part.isfinite().all() for part in packed]).all():
            # The state alone is looked at in `forward`; a(t) may grow where the state rests.
            message = f"at t = {t.item():.6g}, going backward, the gradient is not finite"
            raise self.diverged(message)
        self.callback_step(t, packed[1], dt)

    def diverged(self, reason: str) -> DivergedError:
        """The error for this reason, with what was last seen in order."""
        t, state, rate = self.last
        return DivergedError(
            f"the solution cannot be carried on: {reason}. Last in order: t = {t:.6g}, largest entry of the "
            f"state {state:.3g}, of its rate {rate:.3g}. A field that grows without bound does this: bound "
            "it (a smooth activation, a smaller start), shorten the time, or loosen the tolerance"
        )


def _check(rate: nn.Module, u: Tensor, solver: Solver, backward: Solver | None, gradient: str) -> None:
    if not isinstance(rate, nn.Module):
        message = (
            f"the field must be a torch.nn.Module with forward(t, u), so that its parameters are known; "
            f"got {type(rate).__name__}"
        )
        raise TypeError(message)
    if not isinstance(u, Tensor) or not u.dtype.is_floating_point:
        found = _describe(u) if isinstance(u, Tensor) else type(u).__name__
        message = f"u must be a floating point tensor; got {found}"
        raise TypeError(message)
    if u.numel() == 0:
        message = f"u must have at least one entry; got {_describe(u)}"
        raise ValueError(message)
    check_solver(solver)
    if backward is not None:
        check_solver(backward, "backward")
    check_choice("gradient", gradient, get_args(Gradient))
    if backward is not None and gradient != "adjoint":
        message = "a backward solver is used by gradient='adjoint' only; got one with gradient='backprop'"
        raise ValueError(message)


def _check_rate(found: Any, u: Tensor) -> None:
    if not isinstance(found, Tensor):
        message = f"the field must return a tensor, du/dt; got {type(found).__name__}"
        raise TypeError(message)
    if (found.shape, found.dtype, found.device) != (u.shape, u.dtype, u.device):
        message = f"the field must return du/dt like the state, {_describe(u)}; got {_describe(found)}"
        raise ValueError(message)


def _as_times(times: float | Sequence[float] | Tensor, u: Tensor) -> Tensor:
    """The times as a tensor, float64 where the device has it."""
    dtype = torch.float32 if u.device.type == "mps" else torch.float64
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


def _arguments(solver: Solver, when: Tensor) -> dict[str, Any]:
    """What torchdiffeq has to be given for this solver."""
    if isinstance(solver, Adaptive):
        options: dict[str, Any] = {"dtype": when.dtype}
        if solver.method in STOPPING:
            options["step_t"] = when.detach()
        return {"method": solver.method, "rtol": solver.rtol, "atol": solver.atol, "options": options}
    steps = solver.steps

    def grid(_: Any, __: Tensor, asked: Tensor) -> Tensor:
        """Every interval between asked times in equal parts; the asked times themselves to the bit."""
        share = torch.arange(steps, dtype=asked.dtype, device=asked.device) / steps
        inner = asked[:-1, None] + share * asked.diff()[:, None]
        return torch.cat([inner.flatten(), asked[-1:]])

    return {"method": solver.method, "options": {"grid_constructor": grid}}


def refuse_borrowed(rate: nn.Module, u: Tensor, t: Tensor, method: str) -> None:
    """Raise what `solve` raises if the field is none, or sees a tensor with gradient that it does not own.

    Costs one evaluation of the field. `method` is named in the message.
    """
    own = {id(p) for p in rate.parameters()}
    with torch.enable_grad():
        state = u.detach().requires_grad_()
        found = rate(t.detach().to(u.dtype), state)
    _check_rate(found, state)
    borrowed = [leaf for leaf in _leaves(found) if leaf is not state and id(leaf) not in own]
    if borrowed:
        shapes = ", ".join(str(tuple(leaf.shape)) for leaf in borrowed)
        message = (
            f"{method} gives gradients to parameters of the field only, and this field uses others, "
            f"of shape {shapes}; make them its parameters, or take gradient='backprop'"
        )
        raise ValueError(message)


def _leaves(result: Tensor) -> Iterator[Tensor]:
    """The tensors at which the graph behind a result ends, those that would be given a gradient."""
    if result.grad_fn is None and result.requires_grad:
        yield result
    seen = set()
    open_nodes = [result.grad_fn]
    while open_nodes:
        node = open_nodes.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if hasattr(node, "variable"):
            yield node.variable
        open_nodes += [following for following, _ in node.next_functions]


def _describe(tensor: Tensor) -> str:
    return f"{tuple(tensor.shape)} of {tensor.dtype} on {tensor.device}"
