"""A flow as a layer: a field, followed for a given time by a solver."""

from typing import get_args

from torch import Tensor, nn

from pdenet.checks.numbers import real
from pdenet.checks.words import one_of
from pdenet.ops.ode.field import check_field
from pdenet.ops.ode.solve import Evaluations, Gradient, solve
from pdenet.ops.ode.solvers import Adaptive, Solver, check_solver


class Flow(nn.Module):
    """The map from a state at time 0 to the state at `duration`, as a layer of a network.

    Parameters
    ----------
    rate, solver, gradient, backward
        As in `solve`.
    duration
        Time, in units of layers; a tensor may be learned.

    Raises
    ------
    TypeError
        If the field is no module, a solver is none, or the duration no number.
    ValueError
        If the duration is not finite, or `gradient` is unknown.
    """

    def __init__(
        self,
        rate: nn.Module,
        duration: float | Tensor,
        solver: Solver | None = None,
        *,
        gradient: Gradient = "backprop",
        backward: Solver | None = None,
    ) -> None:
        super().__init__()
        check_field(rate)
        self.rate = rate
        self.duration = duration if isinstance(duration, Tensor) else real("duration", duration)
        self.solver: Solver = Adaptive() if solver is None else solver
        check_solver(self.solver)
        if backward is not None:
            check_solver(backward, "backward")
        one_of("gradient", gradient, get_args(Gradient))
        self.gradient: Gradient = gradient
        self.backward_solver = backward
        self.evaluations = Evaluations()  # of the last call

    def forward(self, u: Tensor) -> Tensor:
        """The state at `duration` of a state `u` at time 0; of no images, none, without an evaluation."""
        if u.numel() == 0:
            self.evaluations = Evaluations()
            return u.clone()
        solution = solve(
            self.rate, u, self.duration, self.solver, gradient=self.gradient, backward=self.backward_solver
        )
        self.evaluations = solution.evaluations
        return solution.end
