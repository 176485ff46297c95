"""A flow as a layer: a field, followed for a given time by a solver."""

from torch import Tensor, nn

from pdenet.ops.ode.solve import Evaluations, Gradient, solve
from pdenet.ops.ode.solvers import Adaptive, Solver


class Flow(nn.Module):
    """The map from a state at time 0 to the state at `duration`, as a layer of a network.

    Parameters
    ----------
    rate, solver, gradient, backward
        As in `solve`.
    duration
        Time, in units of layers.
    """

    def __init__(
        self,
        rate: nn.Module,
        duration: float,
        solver: Solver | None = None,
        *,
        gradient: Gradient = "backprop",
        backward: Solver | None = None,
    ) -> None:
        super().__init__()
        self.rate = rate
        self.duration = duration
        self.solver: Solver = Adaptive() if solver is None else solver
        self.gradient: Gradient = gradient
        self.backward_solver = backward
        self.evaluations = Evaluations()  # of the last call

    def forward(self, u: Tensor) -> Tensor:
        """The state at `duration` of a state `u` at time 0."""
        solution = solve(
            self.rate, u, self.duration, self.solver, gradient=self.gradient, backward=self.backward_solver
        )
        self.evaluations = solution.evaluations
        return solution.end
