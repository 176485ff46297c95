"""Solutions that cannot be carried on: every cause, and the advice that fits it."""

import inspect
import math
import re
import textwrap
from typing import Any

import pytest
import torch
from helpers.fields import Given, Growth, Tanh, start
from torch import Tensor
from torchdiffeq._impl import rk_common as torchdiffeq_steps

from pdenet.ops.ode.solve import solve
from pdenet.ops.ode.solvers import Adaptive, DivergedError, Fixed

EXPLODES = Given(lambda t, u: u.square())  # u0 = 1 is infinite at t = 1


@pytest.mark.parametrize("gradient", ["backprop", "adjoint"])
@pytest.mark.parametrize("solver", [Fixed("euler", 100), Adaptive()], ids=["fixed", "adaptive"])
def test_a_solution_without_end_is_an_error_that_says_where(solver: Any, gradient: Any) -> None:
    message = (
        r"the solution cannot be carried on: .*Last in order: t = [\d.e+]+, largest entry of the state "
        r"[\d.e+]+, of its rate [\d.e+]+\. A field that grows without bound"
    )
    with pytest.raises(DivergedError, match=message):
        solve(EXPLODES, start(), 40.0, solver, gradient=gradient)


def test_an_infinite_last_state_is_an_error() -> None:
    u = torch.full((1,), 3e38)
    with pytest.raises(DivergedError, match="at t = 1 the state is not finite"):
        solve(Given(lambda t, u: u), u, 1.0, Fixed("euler", 1))


def test_a_state_that_is_no_number_is_an_error() -> None:
    with pytest.raises(DivergedError, match="at t = 0 the state or its rate is not finite"):
        solve(Tanh(), torch.tensor([math.nan, 1.0, 1.0], dtype=torch.float64), 1.0, Fixed("euler", 2))


def test_a_tolerance_that_asks_for_too_much_is_an_error() -> None:
    with pytest.raises(DivergedError, match="more than 50 evaluations"):
        solve(Tanh(), start(), 10.0, Adaptive(rtol=1e-13, atol=1e-13, max_evaluations=50))
    jump = Given(lambda t, u: torch.where(t < 0.5, 0 * u, 1e300 + 0 * u))
    with pytest.raises(DivergedError):
        solve(jump, start(), 1.0, Adaptive(rtol=1e-13, atol=1e-13))


def test_the_way_back_may_diverge_where_the_way_there_did_not() -> None:
    """One coarse step there; back from its end, the solution is infinite at t = 0.38."""
    u = torch.tensor([1.3], dtype=torch.float64, requires_grad=True)
    cubic = Given(lambda t, u: -u.pow(3))
    for back in (Fixed("rk4", 50), Adaptive()):
        end = solve(cubic, u, 1.0, Fixed("euler", 1), gradient="adjoint", backward=back).end
        with pytest.raises(DivergedError, match=r"cannot be carried on: .* Last in order: t = 0\.\d+"):
            torch.autograd.grad(end, u)
    end = solve(Tanh(), start(), 3.0, gradient="adjoint", backward=Adaptive(max_evaluations=10)).end
    with pytest.raises(DivergedError, match="more than 10 evaluations"):
        end.sum().backward()


@pytest.mark.parametrize("back", [Fixed("euler", 200), Adaptive(rtol=1, atol=1)], ids=["fixed", "adaptive"])
def test_a_gradient_that_explodes_where_the_state_rests_is_an_error(back: Any) -> None:
    u = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    end = solve(Growth(1e5), u, 1.0, Fixed("euler", 2), gradient="adjoint", backward=back).end
    with pytest.raises(DivergedError, match="going backward, the gradient is not finite"):
        torch.autograd.grad(end.sum(), u)


def test_divergence_is_seen_without_asserts(monkeypatch: pytest.MonkeyPatch) -> None:
    """torchdiffeq's own check is an `assert`, which `python -O` takes out; here it is taken out likewise.

    A process under -O would compile all of torch anew, which takes longer than all tests of this file.
    """
    adaptive = torchdiffeq_steps.RKAdaptiveStepsizeODESolver
    source = textwrap.dedent(inspect.getsource(adaptive._adaptive_step))
    assert "assert t0 + dt > t0" in source
    code = compile(source, "rk_common without asserts", "exec", optimize=1, dont_inherit=True)
    assert "underflow" not in str(
        next(part.co_consts for part in code.co_consts if hasattr(part, "co_consts"))
    )
    found: dict[str, Any] = {}
    exec(code, vars(torchdiffeq_steps), found)
    monkeypatch.setattr(adaptive, "_adaptive_step", found["_adaptive_step"])
    with pytest.raises(DivergedError, match="the solution cannot be carried on"):
        solve(EXPLODES, start(), 40.0)
    jump = Given(lambda t, u: torch.where(t < 0.5, 0 * u, 1e300 + 0 * u))
    with pytest.raises(DivergedError, match="the solution cannot be carried on"):
        solve(jump, start(), 1.0, Adaptive(rtol=1e-13, atol=1e-13))


# Advice that fits the cause

GROWS = "A field that grows without bound"


def advice(rate: Any, u: Any, times: Any, solver: Any, **options: Any) -> str:
    state = torch.tensor([u], dtype=options.pop("dtype", torch.float64))
    with pytest.raises(DivergedError) as caught:
        solve(Given(rate), state, times, solver, **options)
    return str(caught.value)


@pytest.mark.parametrize("method", ["dopri5", "dopri8", "bosh3", "adaptive_heun"])
def test_a_stiff_field_at_rest_is_not_said_to_grow(method: Any) -> None:
    for rate, u in ((lambda t, u: -1e6 * (u - torch.cos(t)), 1.0), (lambda t, u: -1e9 * (u - 3 * t), 1e3)):
        told = advice(rate, u, 10.0, Adaptive(method, max_evaluations=500))
        assert "more than 500 evaluations" in told
        assert "probably stiff" in told
        assert GROWS not in told


def test_a_growing_field_that_takes_too_many_steps_is_said_to_grow() -> None:
    told = advice(lambda t, u: u.square(), 1.0, 2.0, Adaptive(max_evaluations=300))
    assert GROWS in told
    assert "stiff" not in told


@pytest.mark.parametrize("solver", [Fixed("rk4", 10), Adaptive(), Adaptive("dopri8")])
@pytest.mark.parametrize(
    ("rate", "value"),
    [
        (lambda t, u: torch.sqrt(0.5 - t) * torch.ones_like(u), "nan"),
        (lambda t, u: torch.where(t > 0.5, math.inf, 0.1) + 0 * u, "inf"),
        (lambda t, u: torch.log(0.5 - t) + 0 * u, "(inf|nan)"),
    ],
)
def test_a_field_that_ends_is_named_with_the_time(rate: Any, value: str, solver: Any) -> None:
    told = advice(rate, 0.0, 1.0, solver)
    assert re.search(rf"There the field Given gives -?{value} for a finite state", told)
    time = re.search(r"at t = ([\d.e-]+) the state or its rate is not finite", told)
    assert time is not None
    assert 0.5 <= float(time[1]) <= 1.0
    assert GROWS not in told


def test_a_field_without_a_value_at_the_start_is_named_and_nothing_was_in_order() -> None:
    told = advice(lambda t, u: u / t, 1.0, 1.0, Fixed("euler", 4))
    assert "at t = 0 the state or its rate is not finite. There the field Given gives inf" in told
    assert "Last in order" not in told


def test_a_start_that_is_no_number_is_said_to_be_none() -> None:
    told = advice(lambda t, u: u, math.inf, 1.0, Adaptive())
    assert "at t = 0 the state or its rate is not finite. The state that it was to start from is not" in told


def test_a_jump_is_not_said_to_grow() -> None:
    def jump(t: Tensor, u: Tensor) -> Tensor:
        return torch.where(t < 0.5, 0 * u, 1e300 + 0 * u)

    told = advice(jump, 0.0, 1.0, Adaptive(rtol=1e-13, atol=1e-13))
    assert "the tolerance asks for a step" in told
    assert "jumps or is singular near this time" in told
    assert GROWS not in told


def test_steps_that_are_too_long_for_a_stiff_field_are_named() -> None:
    told = advice(lambda t, u: -1e6 * u, 1.0, 1000.0, Fixed("rk4", 100))
    assert GROWS in told
    assert "a stiff one whose steps are too long" in told
    assert "take more steps" in told
    assert "tolerance" not in told


def test_an_overflow_by_growth_is_said_to_grow() -> None:
    for rate in (torch.exp, lambda u: u.square(), lambda u: u.pow(3)):
        told = advice(lambda t, u, rate=rate: rate(u), 1.0, 40.0, Fixed("euler", 100))
        assert GROWS in told


def test_a_gradient_that_explodes_is_not_said_to_be_a_field_that_grows() -> None:
    u = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    end = solve(Growth(1e5), u, 1.0, Fixed("euler", 2), gradient="adjoint", backward=Fixed("euler", 200)).end
    with pytest.raises(DivergedError, match="The gradient grows on the way back"):
        torch.autograd.grad(end.sum(), u)
