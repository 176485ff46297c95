"""The field between us and torchdiffeq: asked inside the interval alone, counted, its answers looked at."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pdenet.ops.ode.field import evaluate
from pdenet.ops.ode.solvers import Adaptive, DivergedError, Solver

_GROWN = 100  # so many times what it was at first, a state has grown


@dataclass
class Evaluations:
    """How often the field was evaluated; `backward` counts what the adjoint method adds, once it has run."""

    forward: int = 0
    backward: int = 0


class Watched(nn.Module):
    """A field that is evaluated between the first and the last time alone, and never without notice.

    Parameters
    ----------
    rate
        The field.
    ahead, behind
        The solvers of the way there and of the way back.
    bounds
        The earliest and the latest time.
    evaluations
        Where they are counted.
    """

    def __init__(
        self,
        rate: nn.Module,
        ahead: Solver,
        behind: Solver,
        bounds: tuple[float, float],
        evaluations: Evaluations,
    ) -> None:
        super().__init__()
        self.rate = rate
        self.ahead, self.behind = ahead, behind
        self.bounds = bounds
        self.evaluations = evaluations
        self.going_back = False
        self.first = (math.nan, math.nan)  # size of the state, size of the rate
        self.last = (math.nan, math.nan, math.nan)  # time, size of the state, size of the rate

    def forward(self, t: Tensor, u: Tensor) -> Tensor:
        """The rate at `t` for the state `u`.

        Raises
        ------
        DivergedError
            If the state or its rate is not finite, or the evaluations are too many.
        """
        solver, count = self._count()
        if not (isinstance(solver, Adaptive) and solver.past_end):
            # The steps keep to the interval; a solver's first guess at their length looks beyond its end.
            first, last = self.bounds
            t = torch.where((t < first) | (t > last), t.detach().clamp(first, last), t)
        found = evaluate(self.rate, t, u)
        sizes = torch.stack([u.detach().abs().max(), found.detach().abs().max()]).tolist()
        if not all(map(math.isfinite, sizes)):
            raise self._not_finite(t.item(), sizes)
        if count == 1:
            self.first = (sizes[0], sizes[1])
        self.last = (t.item(), *sizes)
        if isinstance(solver, Adaptive) and count > solver.max_evaluations:
            advice = self._of_growth() if self._grown(sizes[0]) else _STIFF
            reason = f"more than {solver.max_evaluations} evaluations"
            raise self._error(reason, advice)
        if u.requires_grad and not found.requires_grad:
            found = found + 0 * u  # torchdiffeq differentiates by the state even what does not depend on it
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
            reason = f"at t = {t.item():.6g} the tolerance asks for a step of {dt.item():.3g}"
            grown = self._grown(u.detach().abs().max().item())
            raise self._error(reason, self._of_growth() if grown else _SINGULAR)

    def callback_step_adjoint(self, t: Tensor, packed: tuple[Tensor, ...], dt: Tensor) -> None:
        """The same on the way back, where `packed` holds state, adjoint state and gradients."""
        if not torch.stack([part.isfinite().all() for part in packed]).all():
            # The state alone is looked at in `forward`; a(t) may grow where the state rests.
            reason = f"at t = {t.item():.6g}, going backward, the gradient is not finite"
            raise self._error(reason, _STEEP)
        self.callback_step(t, packed[1], dt)

    def check_end(self, t: float, state: Tensor) -> None:
        """Raise a DivergedError if the last state, at which the field was not evaluated, is not finite."""
        if not state.isfinite().all():
            reason = f"at t = {t:.6g} the state is not finite"
            raise self._error(reason, self._of_growth())

    def _not_finite(self, t: float, sizes: list[float]) -> DivergedError:
        reason = f"at t = {t:.6g} the state or its rate is not finite"
        state, found = sizes
        if not math.isfinite(state):
            return self._error(reason, self._of_growth() if self._in_order() else _START)
        grown = self._grown(state) or self.last[2] > _GROWN * max(self.first[1], 1)
        if math.isnan(found) or not grown:
            advice = (
                f"There the field {type(self.rate).__name__} gives {found} for a finite state, whose largest "
                f"entry is {state:.3g}. Look in it for a root, a logarithm or a quotient outside of its "
                "domain, and for data that end before this time"
            )
            return self._error(reason, advice)
        return self._error(reason, self._of_growth())

    def _in_order(self) -> bool:
        """Whether there was an evaluation before that gave numbers."""
        return math.isfinite(self.last[0])

    def _grown(self, state: float) -> bool:
        """Whether a state of this size is far larger than the first."""
        return state > _GROWN * max(self.first[0], 1)

    def _of_growth(self) -> str:
        if isinstance(self.behind if self.going_back else self.ahead, Adaptive):
            return (
                "A field that grows without bound does this: bound it (a smooth activation, a smaller "
                "start), shorten the time, or loosen the tolerance"
            )
        return (
            "A field that grows without bound does this, and a stiff one whose steps are too long: bound it "
            "(a smooth activation, a smaller start), shorten the time, or take more steps"
        )

    def _error(self, reason: str, advice: str) -> DivergedError:
        """The error for this reason, with what was last seen in order."""
        t, state, rate = self.last
        last = (
            f" Last in order: t = {t:.6g}, largest entry of the state {state:.3g}, of its rate {rate:.3g}."
            if self._in_order()
            else ""
        )
        return DivergedError(f"the solution cannot be carried on: {reason}.{last} {advice}")


_START = "The state that it was to start from is not finite itself"
_STIFF = (
    "The state has not grown, so the field is probably stiff: it asks for steps far shorter than its "
    "solution does, which no explicit solver can leave out. Weaken its fastest part, shorten the time, "
    "loosen the tolerance, or allow more by max_evaluations"
)
_SINGULAR = (
    "The state has not grown, so the field jumps or is singular near this time, or it is very stiff, or the "
    "tolerance is finer than its numbers can tell apart: let one of the times be where it jumps, or loosen "
    "the tolerance"
)
_STEEP = (
    "The gradient grows on the way back by as much as nearby states part on the way there: bound the field's "
    "slope, shorten the time, or take gradient='backprop'"
)
