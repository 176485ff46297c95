"""Fields that work in place, on what they are given or on what they have answered: no number changes."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from pdenet.models.flow import Flow
from pdenet.ops.ode.dense import states_at
from pdenet.ops.ode.reversible import reversible_pair
from pdenet.ops.ode.solve import solve
from pdenet.ops.ode.solvers import Adaptive, Fixed, Solver

SOLVERS: list[Solver] = [
    Fixed("euler", 3),
    Fixed("midpoint", 3),
    Fixed("heun3", 3),
    Fixed("rk4", 3),
    Adaptive(),
    Adaptive("bosh3"),
]


class Clean(nn.Module):
    """du/dt = W relu(u) - u cos t, without a change in place."""

    def __init__(self) -> None:
        super().__init__()
        draw = torch.randn(4, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
        self.weight = nn.Parameter(draw / 2)

    def forward(self, t: Tensor, u: Tensor) -> Tensor:
        return torch.relu(u) @ self.weight - u * torch.cos(t)


class OnItsState(Clean):
    """The same; it changes the state and the time that it is given."""

    def forward(self, t: Tensor, u: Tensor) -> Tensor:
        rate = -u * torch.cos(t)
        rate = torch.relu_(u) @ self.weight + rate
        if not torch.is_grad_enabled():  # a graph has kept the time
            t.fill_(7.0)
        return rate


class InItsState(Clean):
    """The same; its answer is the very tensor that it is given, or a view of it."""

    def forward(self, t: Tensor, u: Tensor) -> Tensor:
        rate = torch.relu(u) @ self.weight
        u.mul_(-torch.cos(t)).add_(rate)
        return u.view_as(u)


class InItsOwn(Clean):
    """The same; it answers in one tensor that it fills anew each time."""

    def __init__(self) -> None:
        super().__init__()
        self.answer: Tensor | None = None

    def forward(self, t: Tensor, u: Tensor) -> Tensor:
        rate = super().forward(t, u)
        if self.answer is None or self.answer.shape != u.shape:
            self.answer = torch.empty_like(rate)
        self.answer = self.answer.detach()
        self.answer.copy_(rate)
        return self.answer


class Held(Clean):
    """The same; it changes the state of the call before, which it has held on to."""

    def __init__(self) -> None:
        super().__init__()
        self.before: Tensor | None = None

    def forward(self, t: Tensor, u: Tensor) -> Tensor:
        if self.before is not None:
            self.before.data.zero_()
        self.before = u
        return super().forward(t, u.clone())


KINDS = [OnItsState, InItsState, InItsOwn, Held]
Way = Callable[[nn.Module, Tensor], Tensor]


def by_solver(solver: Any, gradient: Any) -> Way:
    return lambda field, u: solve(field, u, [0.0, 0.4, 1.0], solver, gradient=gradient).states


def dense(field: nn.Module, u: Tensor) -> Tensor:
    autonomous = Frozen(field)
    return states_at(
        autonomous, u[None], torch.tensor([[[0.1, 0.9]]], dtype=u.dtype).expand(1, len(u), 2), 0.3
    )


class Frozen(nn.Module):
    """A field at the time 0.3."""

    def __init__(self, field: nn.Module) -> None:
        super().__init__()
        self.field = field

    def forward(self, t: Tensor, u: Tensor) -> Any:
        return self.field(torch.full_like(t, 0.3), u)


WAYS: dict[str, Way] = {
    **{f"{s.method}, {g}": by_solver(s, g) for s in SOLVERS for g in ("backprop", "adjoint")},
    "reversible": lambda field, u: torch.stack(reversible_pair(field, u, u, 1.0, 4)),
    "dense": dense,
    "flow": lambda field, u: Flow(field, 1.0, Fixed("rk4", 2))(u),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_field_that_works_in_place_changes_no_number(way: Way, kind: type[nn.Module]) -> None:
    given = torch.randn(3, 4, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    results = []
    for field in (Clean(), kind()):
        u = given.clone().requires_grad_()
        states = way(field, u)
        assert torch.equal(u, given)  # the caller's tensor
        asked = torch.autograd.grad(states.square().sum(), (u, *field.parameters()))
        assert torch.equal(u, given)
        results.append((states, *asked))
    for clean, other in zip(*results, strict=True):
        assert torch.equal(clean, other)


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_nor_where_no_gradient_is_asked_for(way: Way, kind: type[nn.Module], mode: Any) -> None:
    given = torch.randn(3, 4, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    with torch.no_grad():
        wanted = way(Clean(), given.clone())
    with mode():
        u = given.clone()
        assert torch.equal(way(kind(), u), wanted)
        assert torch.equal(u, given)


def test_a_rate_may_be_a_view_of_what_the_field_keeps() -> None:
    class Constant(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.rate = nn.Parameter(torch.ones(1, dtype=torch.float64))

        def forward(self, t: Tensor, u: Tensor) -> Tensor:
            return self.rate.expand_as(u)

    field, u = Constant(), torch.zeros(2, 3, dtype=torch.float64)
    solve(field, u, 2.0, Fixed("rk4", 2)).end.sum().backward()
    assert field.rate.grad is not None
    assert field.rate.grad.item() == pytest.approx(12.0)
    assert field.rate.item() == 1


def test_under_autocast_a_field_answers_in_the_dtype_of_its_state() -> None:
    linear = nn.Linear(4, 4).requires_grad_(False)

    class Layer(nn.Module):
        def forward(self, t: Tensor, u: Tensor) -> Any:
            return torch.tanh(linear(u))

    u = torch.randn(8, 4, generator=torch.Generator().manual_seed(1))
    exact = solve(Layer(), u, 1.0, Fixed("rk4", 4)).end
    with torch.autocast("cpu", dtype=torch.bfloat16):
        end = solve(Layer(), u, 1.0, Fixed("rk4", 4)).end
    assert end.dtype == torch.float32
    torch.testing.assert_close(end, exact, rtol=0.05, atol=0.05)
