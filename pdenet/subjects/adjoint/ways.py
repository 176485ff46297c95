"""Several ways to the gradient of one flow, and what each is written in.

All ways differentiate the same sum over the same images after the same time, by the images and by the
parameters of equation (39); all but the reversible pair go through the same Euler steps.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from pdenet.checks.numbers import real, whole
from pdenet.models import Init, StencilField
from pdenet.models.pde_net import square_kernels
from pdenet.ops import residual_stack
from pdenet.ops.ode.reversible import reversible_pair
from pdenet.ops.ode.solve import Gradient, solve
from pdenet.ops.ode.solvers import Fixed
from pdenet.symbolic import PDE1

# alpha, beta, sigma, rho, gamma of (39). With steps of length one or less no tap of skip plus kernel is
# negative, so that positive images stay positive and a ReLU between the steps changes nothing.
THETA = (0.5, 0.1, 0.4, -0.05, 0.01)

Step = Callable[[], Sequence[Tensor]]  # forward and backward; the gradients of the images and of theta


@dataclass(frozen=True)
class Problem:
    """The flow of (39) over `duration`, in so many evaluations, on `batch` images of `size` x `size`.

    Raises
    ------
    TypeError
        If a number is none.
    ValueError
        If a number is out of range, or the evaluations are not even.
    """

    evaluations: int = 64
    batch: int = 128
    size: int = 28
    duration: float = 4.0
    dtype: torch.dtype = torch.float32

    def __post_init__(self) -> None:
        for name, least in (("evaluations", 2), ("batch", 1), ("size", 1)):
            object.__setattr__(self, name, whole(name, getattr(self, name), least=least))
        object.__setattr__(self, "duration", real("duration", self.duration))
        if self.evaluations % 2:
            message = f"evaluations must be even, at least 2: two a step of the pair; got {self.evaluations}"
            raise ValueError(message)

    @property
    def step(self) -> float:
        """Length of an Euler step, in layers."""
        return self.duration / self.evaluations

    def images(self) -> Tensor:
        """Positive images (1, B, H, W), seeded, that ask for a gradient."""
        draw = Init().draw((1, self.batch, self.size, self.size), torch.Generator().manual_seed(0))
        return draw.to(self.dtype).requires_grad_()

    def field(self) -> StencilField:
        """The right-hand side, with the parameters `THETA`."""
        field = StencilField(PDE1).to(self.dtype)
        with torch.no_grad():
            field.theta.copy_(field.theta.new_tensor([THETA]))
        return field


def _stack(problem: Problem, apply: Callable[[Tensor, Tensor], Tensor]) -> Step:
    """A way that sees the Euler steps as layers with the kernels h K(theta), all the same."""
    u, field = problem.images(), problem.field()

    def step() -> Sequence[Tensor]:
        kernels = problem.step * square_kernels(field.stencil, field.theta)  # (1, 3, 3)
        end = apply(u, kernels.unsqueeze(1).expand(1, problem.evaluations, 3, 3))
        return torch.autograd.grad(end.sum(), (u, field.theta))

    return step


def fused(problem: Problem) -> Step:
    """The residual stack in this package's loops, which compute states again while they are in the cache."""
    return _stack(problem, lambda u, kernels: residual_stack(u, kernels, support="cross"))


def _layers(u: Tensor, kernels: Tensor) -> Tensor:
    return residual_stack(u, kernels, backend="torch", support="cross")


def layers(problem: Problem) -> Step:
    """The same stack in plain PyTorch, which stores what each layer needs for its way back."""
    return _stack(problem, _layers)


def checkpoints(problem: Problem) -> Step:
    """The same with about sqrt(L) states kept; the layers between two of them are computed again."""
    length = math.isqrt(problem.evaluations - 1) + 1  # the root, rounded up

    def apply(u: Tensor, kernels: Tensor) -> Tensor:
        for part in kernels.split(length, dim=1):
            u = checkpoint(_layers, u, part, use_reentrant=False)
        return u

    return _stack(problem, apply)


def reversible(problem: Problem) -> Step:
    """A pair of states, half as many steps of two evaluations each, undone on the way back."""
    u, field = problem.images(), problem.field()

    def step() -> Sequence[Tensor]:
        ends = reversible_pair(field, u, u, problem.duration, problem.evaluations // 2)
        return torch.autograd.grad(ends[0].sum(), (u, field.theta))

    return step


def _solved(problem: Problem, gradient: Gradient) -> Step:
    u, field = problem.images(), problem.field()
    solver = Fixed("euler", problem.evaluations)

    def step() -> Sequence[Tensor]:
        end = solve(field, u, problem.duration, solver, gradient=gradient).end
        return torch.autograd.grad(end.sum(), (u, field.theta))

    return step


def solver(problem: Problem) -> Step:
    """Backpropagation through Euler steps of the solver."""
    return _solved(problem, "backprop")


def adjoint(problem: Problem) -> Step:
    """The adjoint equations (43) and (44), solved backward by as many Euler steps."""
    return _solved(problem, "adjoint")


WAYS: dict[str, tuple[str, Callable[[Problem], Step]]] = {
    "fused": ("residual stack, fused", fused),
    "layers": ("residual stack, PyTorch", layers),
    "checkpoints": ("residual stack, checkpointed", checkpoints),
    "reversible": ("reversible pair", reversible),
    "adjoint": ("adjoint", adjoint),
    "solver": ("backprop through the solver", solver),
}

SOLVER, STACK, COMPILED = "the solver in Python", "the stack in PyTorch", "compiled loops"
MADE_OF = {
    "fused": COMPILED,
    "layers": STACK,
    "checkpoints": STACK,
    "reversible": SOLVER,
    "adjoint": SOLVER,
    "solver": SOLVER,
}
"""What each way is written in. Times compare methods only within one of these."""

PLAIN = {SOLVER: "solver", STACK: "layers"}
"""The way without a method to save memory, by what it is written in; there is no such compiled one."""
