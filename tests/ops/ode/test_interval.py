"""Where a field is asked: inside the interval alone, to the bit, by every solver, in both directions."""

import math
from typing import Any

import pytest
import torch
from helpers.fields import Given
from torch import Tensor, nn

from pdenet.ops.ode.solve import Solution, solve
from pdenet.ops.ode.solvers import Adaptive, AdaptiveMethod, Fixed, FixedMethod, Solver

ADAPTIVE: list[AdaptiveMethod] = ["dopri5", "dopri8", "bosh3", "adaptive_heun"]
FIXED: list[FixedMethod] = ["euler", "midpoint", "heun3", "rk4"]
SOLVERS: list[Solver] = [*(Adaptive(method) for method in ADAPTIVE), *(Fixed(method, 7) for method in FIXED)]
NAMES = [solver.method for solver in SOLVERS]


class Noted(nn.Module):
    """A field with a parameter that notes when it was asked."""

    def __init__(self, rate: Any = lambda t, u: torch.tanh(u)) -> None:
        super().__init__()
        self.rate = rate
        self.factor = nn.Parameter(torch.tensor(0.5, dtype=torch.float64))
        self.times: list[float] = []

    def forward(self, t: Tensor, u: Tensor) -> Any:
        self.times.append(t.item())
        return self.rate(t, u) * self.factor.to(u.dtype)


def there_and_back(field: nn.Module, times: Any, solver: Any, gradient: Any, u: Tensor) -> Solution:
    solution = solve(field, u, times, solver, gradient=gradient)
    solution.states.sum().backward()
    return solution


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("gradient", ["backprop", "adjoint"])
@pytest.mark.parametrize("times", [1.0, 0.1, -0.7, [0.0, 0.3, 1.1], [2.0, 0.7, 0.1], [-1.0, -2.5]])
@pytest.mark.parametrize("solver", SOLVERS, ids=NAMES)
def test_no_solver_asks_outside_the_interval(solver: Any, times: Any, gradient: Any, dtype: Any) -> None:
    field, u = Noted(), torch.linspace(-1, 1, 3, dtype=dtype).requires_grad_()
    there_and_back(field, times, solver, gradient, u)
    ends = torch.tensor([0.0, times] if isinstance(times, float) else times, dtype=torch.float64).to(dtype)
    assert ends.min().item() <= min(field.times)
    assert max(field.times) <= ends.max().item()


@pytest.mark.parametrize("gradient", ["backprop", "adjoint"])
@pytest.mark.parametrize("size", [0.0, 1e-9, 1e9])
@pytest.mark.parametrize("method", ADAPTIVE)
def test_the_first_guess_at_a_step_looks_no_further_either(method: Any, size: float, gradient: Any) -> None:
    """A field that hardly moves its state is asked for very long steps."""
    field = Noted(lambda t, u: 1e-6 * u)
    u = torch.full((3,), size, dtype=torch.float64).requires_grad_()
    there_and_back(field, [0.0, 1e-3], Adaptive(method), gradient, u)
    assert max(field.times) <= 1e-3
    assert min(field.times) >= 0.0


@pytest.mark.parametrize("method", ADAPTIVE)
@pytest.mark.parametrize("backward", [False, True])
def test_a_field_that_ends_with_the_interval_has_its_solution(method: Any, backward: bool) -> None:
    """du/dt = sqrt(1 - t): 2/3 at t = 1, where the field ends."""
    field = Given(lambda t, u: torch.sqrt(1 - (-t if backward else t)) * torch.ones_like(u))
    end = solve(field, torch.zeros(1, dtype=torch.float64), -1.0 if backward else 1.0, Adaptive(method)).end
    assert abs(end.item()) == pytest.approx(2 / 3, abs=1e-4)


def test_the_way_back_of_the_adjoint_keeps_to_every_interval() -> None:
    field, u = Noted(), torch.ones(2, dtype=torch.float64).requires_grad_()
    solution = solve(field, u, [0.0, 0.5, 1.0], Adaptive(), gradient="adjoint")
    field.times.clear()
    solution.end.sum().backward()
    assert min(t for t in field.times[: field.times.index(0.5)]) >= 0.5
    assert min(field.times) >= 0


def test_steps_past_the_end_are_taken_where_they_are_asked_for() -> None:
    """What torchdiffeq does by itself: the state at the end is interpolated."""
    u = torch.full((1,), 0.2, dtype=torch.float64)
    inside, past = Noted(lambda t, u: u * (1 - u)), Noted(lambda t, u: u * (1 - u))
    one = solve(inside, u, 1.0, Adaptive()).end
    other = solve(past, u, 1.0, Adaptive(past_end=True)).end
    assert max(inside.times) <= 1.0 < max(past.times)
    torch.testing.assert_close(one, other, rtol=1e-4, atol=0)


@pytest.mark.parametrize("gradient", ["backprop", "adjoint"])
@pytest.mark.parametrize("method", ADAPTIVE)
def test_no_step_is_longer_than_the_longest(method: Any, gradient: Any) -> None:
    """A kick between 4 and 4.2 is passed over by a long step, and met by short ones."""
    kick = Given(lambda t, u: torch.where((t > 4) & (t < 4.2), 5.0, 0.0).to(u) * torch.ones_like(u))
    u = torch.zeros(1, dtype=torch.float64).requires_grad_()
    solver = Adaptive(method, 1e-4, 1e-4, max_step=0.05)
    solution = solve(kick, u, 10.0, solver, gradient=gradient)
    assert solution.end.item() == pytest.approx(1.0, abs=5e-2)
    assert solve(kick, u, 10.0, Adaptive(method, 1e-4, 1e-4)).end.item() == 0
    solution.end.sum().backward()
    assert u.grad is not None
    assert u.grad.item() == pytest.approx(1.0)


def test_the_longest_step_counts_on_the_way_back_too() -> None:
    field, u = Noted(), torch.ones(1, dtype=torch.float64).requires_grad_()
    short = there_and_back(field, 1.0, Adaptive(max_step=0.01), "adjoint", u).evaluations
    assert min(short.forward, short.backward) > 6 * 99
    assert not math.isinf(short.backward)
