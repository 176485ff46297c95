"""The solver layer: orders, steps, tolerances, both gradients, counts, and every error by its words."""

import copy
import math
from itertools import pairwise
from typing import Any

import pytest
import torch
from helpers.fields import Given, Tanh, start
from torch import Tensor, nn

from pdenet.models import PDENet, StencilField
from pdenet.models.flow import Flow
from pdenet.ops import residual_stack
from pdenet.ops.ode.solve import Evaluations, solve
from pdenet.ops.ode.solvers import Adaptive, Fixed
from pdenet.symbolic import PDE1

ORDERS = {"euler": 1, "midpoint": 2, "heun3": 3, "rk4": 4}
STAGES = {"euler": 1, "midpoint": 2, "heun3": 3, "rk4": 4}


def gradients(rate: nn.Module, u: Tensor, times: Any, **arguments: Any) -> tuple[Tensor, ...]:
    solution = solve(rate, u, times, **arguments)
    weights = torch.arange(1.0, solution.states[1:].numel() + 1, dtype=u.dtype).reshape(
        solution.states[1:].shape
    )
    return torch.autograd.grad((weights * solution.states[1:].square()).sum(), (u, *rate.parameters()))


def off(found: tuple[Tensor, ...], wanted: tuple[Tensor, ...]) -> float:
    """The largest relative difference of two sets of gradients."""
    return max(float((a - b).norm() / b.norm()) for a, b in zip(found, wanted, strict=True))


def logistic(t: Tensor, u: Tensor) -> Tensor:
    return u * (1 - u) * (1 + 0.5 * torch.sin(t))  # depends on time, so that the nodes matter, too


def exact_logistic(t: float, u: float = 0.2) -> float:
    return 1 / (1 + (1 / u - 1) * math.exp(-(t + 0.5 - 0.5 * math.cos(t))))


# Solvers


@pytest.mark.parametrize("method", ORDERS)
def test_a_fixed_method_has_its_order(method: Any) -> None:
    def errors(times: list[float]) -> list[float]:
        found = []
        for steps in (8, 16, 32):
            states = solve(Given(logistic), start(1).detach() * 0 + 0.2, times, Fixed(method, steps)).states
            exact = torch.tensor([exact_logistic(t) for t in times], dtype=torch.float64)
            found.append(float((states[:, 0] - exact).abs().max()))
        return found

    for times in ([0.0, 3.0], [0.0, 0.1, 1.7, 3.0]):
        slopes = [math.log2(a / b) for a, b in pairwise(errors(times))]
        assert slopes[-1] == pytest.approx(ORDERS[method], abs=0.25), times


@pytest.mark.parametrize("method", STAGES)
def test_a_fixed_method_takes_its_steps_between_all_times(method: Any) -> None:
    seen: list[float] = []

    def rate(t: Tensor, u: Tensor) -> Tensor:
        seen.append(t.item())
        return torch.ones_like(u)

    times = [0.0, 0.3, 2.0, 2.1]
    solution = solve(Given(rate), start().detach(), times, Fixed(method, 5))
    assert solution.evaluations.forward == STAGES[method] * 5 * 3 == len(seen)
    torch.testing.assert_close(solution.states[:, 0] + 1, torch.tensor(times, dtype=torch.float64))
    if method == "euler":
        wanted = [a + (b - a) * k / 5 for a, b in pairwise(times) for k in range(5)]
        assert seen == pytest.approx(wanted, abs=1e-15)
        assert {0.3, 2.0} <= set(seen)  # asked times to the bit


def test_euler_steps_are_residual_layers() -> None:
    """A layer of the network, less its ReLU, which positive images do not notice."""
    theta = torch.tensor([[0.5, 0.1, 0.4, -0.05, 0.02]])
    u = torch.rand(1, 4, 9, 7, generator=torch.Generator().manual_seed(0)) + 0.1
    field = StencilField(PDE1)
    network = PDENet(PDE1, 6, 1)
    with torch.no_grad():
        field.theta.copy_(theta)
        network.theta.copy_(theta.unsqueeze(1).expand(1, 6, 5))
    kernels, _ = network.kernels()
    layers = residual_stack(u, kernels, backend="torch")
    torch.testing.assert_close(solve(field, u, 6.0, Fixed("euler", 6)).end, layers)
    torch.testing.assert_close(field.kernels(), kernels[:, 0])


def test_a_tolerance_is_kept_and_costs() -> None:
    errors, counts = [], []
    for tolerance in (1e-4, 1e-7, 1e-10):
        solution = solve(
            Given(logistic), start(1).detach() * 0 + 0.2, 3.0, Adaptive(rtol=tolerance, atol=tolerance)
        )
        errors.append(abs(solution.end.item() - exact_logistic(3.0)))
        counts.append(solution.evaluations.forward)
    assert errors[0] < 1e-3
    assert errors[1] < 1e-6
    assert errors[2] < 1e-9
    assert errors[0] > errors[1] > errors[2]
    assert counts[0] < counts[1] < counts[2]


@pytest.mark.parametrize("method", ["dopri5", "dopri8", "bosh3", "adaptive_heun"])
def test_every_adaptive_method_keeps_its_tolerance_at_the_asked_times(method: Any) -> None:
    """Without steps on the asked times, dopri8 misses here by four hundred times the tolerance."""
    tolerance = {"dopri5": 1e-8, "dopri8": 1e-10}.get(method, 1e-5)
    times = [0.0, 0.7, 3.0]
    start_at = torch.full((1,), 0.2, dtype=torch.float64)
    for order in (times, [0.0, -0.7, -3.0]):
        states = solve(Given(logistic), start_at, order, Adaptive(method, tolerance, tolerance)).states
        exact = torch.tensor([exact_logistic(t) for t in order], dtype=torch.float64)
        assert float((states[:, 0] - exact).abs().max()) < 10 * tolerance


@pytest.mark.parametrize("solver", [Fixed("rk4", 20), Adaptive(rtol=1e-9, atol=1e-9)])
def test_time_can_run_backward(solver: Any) -> None:
    rate, u = Tanh(), start()
    there = solve(rate, u, [0.5, 2.0], solver).end
    back = solve(rate, there, [2.0, 0.5], solver)
    torch.testing.assert_close(back.end, u, rtol=1e-6, atol=1e-6)
    path = solve(rate, there, [2.0, 1.0, 0.5], solver).states
    torch.testing.assert_close(path[1], solve(rate, u, [0.5, 1.0], solver).end, rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(solve(rate, u, -1.0, solver).end, solve(rate, u, [0.0, -1.0], solver).end)


def test_a_number_a_list_and_a_tensor_of_times_mean_the_same() -> None:
    rate, u, solver = Tanh(), start(), Fixed("rk4", 3)
    wanted = solve(rate, u, 2.0, solver).states
    for times in (2, [0, 2], [0.0, 2.0], torch.tensor([0.0, 2.0]), torch.tensor(2)):
        torch.testing.assert_close(solve(rate, u, times, solver).states, wanted)
    assert torch.equal(wanted[0], u)


@pytest.mark.parametrize("gradient", ["backprop", "adjoint"])
@pytest.mark.parametrize("solver", [Fixed("rk4", 4), Adaptive()])
def test_float32_stays_float32(gradient: Any, solver: Any) -> None:
    rate, u = Tanh().float(), start(dtype=torch.float32)
    end = solve(rate, u, 2.0, solver, gradient=gradient).end
    assert end.dtype == torch.float32
    wanted = solve(Tanh(), start(), 2.0, Adaptive(rtol=1e-9, atol=1e-9)).end
    torch.testing.assert_close(end.double(), wanted, rtol=0, atol=1e-3)
    end.sum().backward()
    assert rate.weight.grad is not None
    assert rate.weight.grad.dtype == torch.float32


# Gradients


@pytest.mark.parametrize("times", [1.5, [0.0, 0.4, 1.5], [1.5, 0.7, 0.0]], ids=["one", "several", "back"])
def test_adjoint_and_backpropagation_agree(times: Any) -> None:
    tight, steps = Adaptive("dopri8", rtol=1e-11, atol=1e-11), Fixed("rk4", 40)
    through = gradients(Tanh(), start(), times, solver=tight)
    assert off(gradients(Tanh(), start(), times, solver=tight, gradient="adjoint"), through) < 1e-7
    for there, back in ((steps, None), (steps, tight), (tight, steps)):
        found = gradients(Tanh(), start(), times, solver=there, gradient="adjoint", backward=back)
        assert off(found, through) < 1e-6


@pytest.mark.parametrize("times", [[0.0, 0.7, 3.0], [0.0, -0.7, -3.0], [3.0, 0.7, 0.0]])
def test_the_adjoint_keeps_its_tolerance_at_the_asked_times_in_both_directions(times: Any) -> None:
    """Without steps on the asked times, dopri8 misses in decreasing time by up to a thousand tolerances."""
    exact = gradients(Tanh(), start(), times, solver=Fixed("rk4", 1000))
    solver = Adaptive("dopri8", 1e-10, 1e-10)
    assert off(gradients(Tanh(), start(), times, solver=solver, gradient="adjoint"), exact) < 50e-10


@pytest.mark.parametrize("gradient", ["backprop", "adjoint"])
def test_gradients_are_those_of_differences(gradient: Any) -> None:
    rate, u, tight = Tanh(), start(), Adaptive(rtol=1e-11, atol=1e-11)
    found = gradients(rate, u, 1.0, solver=tight, gradient=gradient)
    weights = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
    for tensor, slope in zip((u, rate.weight), found, strict=True):
        direction = torch.randn(tensor.shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
        losses = []
        for h in (1e-4, -1e-4):
            with torch.no_grad():
                tensor += h * direction
                losses.append(float((weights * solve(rate, u, 1.0, tight).end.square()).sum()))
                tensor -= h * direction
        assert (losses[0] - losses[1]) / 2e-4 == pytest.approx(float((slope * direction).sum()), rel=1e-6)


def test_backpropagation_differentiates_the_steps_and_the_adjoint_does_not() -> None:
    """The gap of the adjoint falls with the order of the method; backpropagation has none."""
    u, rate = start(), Tanh()

    def by_hand(steps: int) -> tuple[Tensor, ...]:
        state, h = u, 1.0 / steps
        for k in range(steps):
            state = state + h * rate(torch.tensor(k * h, dtype=torch.float64), state)
        weights = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
        return torch.autograd.grad((weights * state.square()).sum(), (u, rate.weight))

    gaps = []
    for steps in (20, 40, 80):
        through = by_hand(steps)
        assert off(gradients(rate, u, 1.0, solver=Fixed("euler", steps)), through) < 1e-12
        gaps.append(off(gradients(rate, u, 1.0, solver=Fixed("euler", steps), gradient="adjoint"), through))
    assert math.log2(gaps[1] / gaps[2]) == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize("gradient", ["backprop", "adjoint"])
@pytest.mark.parametrize("solver", [Adaptive(rtol=1e-10, atol=1e-10), Fixed("rk4", 200)])
def test_times_have_a_gradient(gradient: Any, solver: Any) -> None:
    """dL/dT is the rate at the end; a field that depends on t is no borrower of it."""
    rate, u = Tanh(), start()
    times = torch.tensor([0.0, 1.2], dtype=torch.float64, requires_grad=True)
    end = solve(rate, u, times, solver, gradient=gradient).end
    (found,) = torch.autograd.grad(end.sum(), times)
    assert found[1].item() == pytest.approx(rate(times[1], end).sum().item(), rel=1e-6)


def test_evaluations_are_counted_in_both_directions() -> None:
    solver = Fixed("rk4", 5)
    through = solve(Tanh(), start(), [0.0, 1.0, 2.0], solver)
    through.end.sum().backward()
    assert through.evaluations == Evaluations(forward=40, backward=0)
    by_adjoint = solve(
        Tanh(), start(), [0.0, 1.0, 2.0], solver, gradient="adjoint", backward=Fixed("euler", 3)
    )
    assert by_adjoint.evaluations == Evaluations(forward=40, backward=0)
    by_adjoint.end.sum().backward()
    assert by_adjoint.evaluations == Evaluations(forward=40, backward=6)


def test_a_parameter_that_needs_no_gradient_gets_none() -> None:
    rate = Tanh()
    rate.weight.requires_grad_(False)
    u = start()
    solve(rate, u, 1.0, gradient="adjoint").end.sum().backward()
    assert u.grad is not None
    assert rate.weight.grad is None


@pytest.mark.parametrize("gradient", ["backprop", "adjoint"])
def test_a_field_of_time_alone_passes_gradients_on(gradient: Any) -> None:
    u = start()
    solve(
        Given(lambda t, u: torch.cos(t) * torch.ones(3, dtype=torch.float64)), u, 1.0, gradient=gradient
    ).end.sum().backward()
    torch.testing.assert_close(u.grad, torch.ones_like(u))


# What the adjoint method would miss


def test_a_captured_parameter_is_refused_by_the_adjoint_and_served_by_backpropagation() -> None:
    weight = torch.full((3,), 0.3, dtype=torch.float64, requires_grad=True)
    message = r"the adjoint method gives gradients to parameters of the field only.*of shape \(3,\)"
    for rate in (Given(lambda t, u: weight * u), Given(lambda t, u: (2 * weight).exp() * u)):
        with pytest.raises(ValueError, match=message):
            solve(rate, start(), 1.0, gradient="adjoint")
        (found,) = torch.autograd.grad(solve(rate, start(), 1.0).end.sum(), weight)
        assert found.abs().max() > 0


def test_a_captured_parameter_that_is_the_rate_is_refused() -> None:
    weight = torch.ones(3, dtype=torch.float64, requires_grad=True)
    with pytest.raises(ValueError, match="this field uses others"):
        solve(Given(lambda t, u: weight), start(), 1.0, gradient="adjoint")


def test_what_needs_no_gradient_may_be_captured() -> None:
    weight = torch.full((3,), 0.3, dtype=torch.float64)
    u = start()
    solve(Given(lambda t, u: weight * u), u, 1.0, gradient="adjoint").end.sum().backward()
    torch.testing.assert_close(u.grad, torch.full_like(u, math.exp(0.3)), rtol=1e-4, atol=0)


# Bad input


@pytest.mark.parametrize("gradient", ["backprop", "adjoint"])
@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"rate": lambda t, u: u}, TypeError, "the field must be a torch.nn.Module .*; got function"),
        ({"u": [1.0]}, TypeError, "u must be a floating point tensor; got list"),
        (
            {"u": torch.ones(2).int()},
            TypeError,
            r"u must be a floating point tensor; got \(2,\) of torch.int",
        ),
        ({"u": torch.ones(0, 3)}, ValueError, r"u must have at least one entry; got \(0, 3\)"),
        ({"solver": "rk4"}, TypeError, r"solver must be Fixed\(method, steps\) or Adaptive.*; got 'rk4'"),
        ({"times": 0.0}, ValueError, r"times must be a duration other than 0.*; got \[0.0, 0.0\]"),
        ({"times": [0.0]}, ValueError, r"times must be .* two or more finite times.*; got \[0.0\]"),
        ({"times": [0.0, 1.0, 0.5]}, ValueError, "strictly increasing or decreasing; got"),
        ({"times": [0.0, 1.0, 1.0]}, ValueError, "strictly increasing or decreasing; got"),
        ({"times": [0.0, math.nan]}, ValueError, "finite times"),
        ({"times": math.inf}, ValueError, "finite times"),
        ({"times": [[0.0, 1.0]]}, ValueError, "two or more finite times"),
        ({"times": "1"}, TypeError, "times must be numbers, such as 1.0 or .*; got '1'"),
        ({"times": ["0", "1"]}, TypeError, r"times must be numbers, .*; got \['0', '1'\]"),
        ({"times": True}, TypeError, "times must be numbers, .*; got True"),
        ({"times": torch.tensor([0, 1j])}, TypeError, "times must be numbers"),
        (
            {"rate": Given(lambda t, u: (u, u))},
            TypeError,
            "the field must return a tensor, du/dt; got tuple",
        ),
        (
            {"rate": Given(lambda t, u: u[:1])},
            ValueError,
            r"the field must return du/dt like the state, \(3,\) of .*; got \(1,\) of",
        ),
        (
            {"rate": Given(lambda t, u: u.float())},
            ValueError,
            r"like the state, \(3,\) of torch.float64 on cpu; got \(3,\) of torch.float32 on cpu",
        ),
    ],
)
def test_bad_input_is_refused_in_words(changes: Any, error: Any, message: str, gradient: Any) -> None:
    given = {"rate": Tanh(), "u": start(), "times": 1.0, "solver": Fixed("euler", 1), "gradient": gradient}
    with pytest.raises(error, match=message):
        solve(**given | changes)


def test_a_way_to_the_gradient_is_one_of_two() -> None:
    with pytest.raises(ValueError, match="gradient must be 'backprop' or 'adjoint'; got 'forward'"):
        solve(Tanh(), start(), 1.0, gradient="forward")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="a backward solver is used by gradient='adjoint' only; got one"):
        solve(Tanh(), start(), 1.0, backward=Adaptive())
    with pytest.raises(TypeError, match="backward must be Fixed"):
        solve(Tanh(), start(), 1.0, gradient="adjoint", backward=3)  # type: ignore[arg-type]


# Flow


def test_a_flow_is_a_layer_that_counts() -> None:
    rate, u = Tanh(), start()
    flow = Flow(rate, 1.5, Fixed("rk4", 4), gradient="adjoint", backward=Fixed("rk4", 6))
    assert flow.evaluations == Evaluations()
    end = nn.Sequential(flow)(u)
    torch.testing.assert_close(end, solve(rate, u, 1.5, Fixed("rk4", 4)).end)
    assert flow.evaluations == Evaluations(forward=16, backward=0)
    end.sum().backward()
    assert flow.evaluations == Evaluations(forward=16, backward=24)
    assert [name for name, _ in flow.named_parameters()] == ["rate.weight"]
    assert rate.weight.grad is not None
    flow(u)
    assert flow.evaluations == Evaluations(forward=16, backward=0)  # of the last call


def test_a_flow_has_the_default_solver_and_can_be_copied() -> None:
    flow = Flow(Tanh(), 1.0)
    assert flow.solver == Adaptive()
    u = start()
    torch.testing.assert_close(copy.deepcopy(flow)(u), flow(u))
    with pytest.raises(ValueError, match="times must be a duration other than 0"):
        Flow(Tanh(), 0.0)(u)
