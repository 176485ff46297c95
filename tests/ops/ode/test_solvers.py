"""Solvers as data: what they are made of, and what is refused."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from helpers.fields import Given

from pdenet.ops.ode.solve import solve
from pdenet.ops.ode.solvers import Adaptive, DivergedError, Fixed


@pytest.mark.parametrize(
    ("kind", "arguments", "error", "message"),
    [
        (Fixed, {"method": "rk5", "steps": 3}, ValueError, "method of fixed step must be 'euler' or .*'rk5'"),
        (Fixed, {"method": "Euler", "steps": 3}, ValueError, r"got 'Euler' \(did you mean 'euler'\?\)"),
        (
            Fixed,
            {"method": "dopri5", "steps": 3},
            ValueError,
            "method of fixed step must be .*; got 'dopri5'",
        ),
        (Fixed, {"method": 4, "steps": 3}, TypeError, "method of fixed step must be .*; got 4"),
        (
            Fixed,
            {"method": "euler", "steps": 0},
            ValueError,
            "steps must be a whole number, at least 1; got 0",
        ),
        (Fixed, {"method": "euler", "steps": 2.5}, ValueError, "steps must be a whole number, .*; got 2.5"),
        (Fixed, {"method": "euler", "steps": "2"}, TypeError, "steps must be a whole number, .*; got '2'"),
        (Fixed, {"method": "euler", "steps": True}, TypeError, "steps must be a whole number, .*; got True"),
        (Adaptive, {"method": "euler"}, ValueError, "adaptive method must be 'dopri5' or .*; got 'euler'"),
        (Adaptive, {"rtol": 0}, ValueError, "rtol must be a finite number, above 0; got 0"),
        (Adaptive, {"atol": math.nan}, ValueError, "atol must be a finite number, above 0; got nan"),
        (Adaptive, {"rtol": math.inf}, ValueError, "rtol must be a finite number, above 0; got inf"),
        (Adaptive, {"rtol": "1e-3"}, TypeError, "rtol must be a finite number, above 0; got '1e-3'"),
        (Adaptive, {"max_evaluations": 0}, ValueError, "max_evaluations must be a whole number, at least 1"),
        (Adaptive, {"max_evaluations": 9.5}, ValueError, "max_evaluations must be a whole number"),
        (Adaptive, {"max_step": 0.0}, ValueError, "max_step must be a finite number, above 0; got 0.0"),
        (Adaptive, {"max_step": "1"}, TypeError, "max_step must be a finite number, above 0; got '1'"),
        (Adaptive, {"past_end": "false"}, TypeError, "past_end must be True or False; got 'false'"),
    ],
)
def test_a_solver_that_cannot_be_is_refused(
    kind: type, arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        kind(**arguments)


@pytest.mark.parametrize("steps", [4, 4.0, np.int64(4), np.float64(4), torch.tensor(4)])
def test_steps_may_be_of_any_kind_of_number(steps: Any) -> None:
    assert type(Fixed("euler", steps).steps) is int
    assert Fixed("euler", steps) == Fixed("euler", 4)


def test_a_solver_is_the_same_whatever_its_numbers_are() -> None:
    one = Adaptive("dopri5", 1, np.float32(0.5), np.int64(99), 2)  # type: ignore[arg-type]
    assert repr(one) == repr(Adaptive("dopri5", 1.0, 0.5, 99, 2.0))


def test_the_defaults_are_these() -> None:
    assert Adaptive() == Adaptive("dopri5", 1e-5, 1e-5, 10_000, None, past_end=False)


TURNS = Given(lambda t, u: torch.cos(u) * torch.sin(t))


def spent(gradient: Any, solver: Adaptive) -> tuple[int, int]:
    """Evaluations there and, by the adjoint method, back."""
    u = torch.ones(2, dtype=torch.float64, requires_grad=True)
    solution = solve(TURNS, u, 2.0, solver, gradient=gradient)
    solution.end.sum().backward()
    return solution.evaluations.forward, solution.evaluations.backward


@pytest.mark.parametrize("gradient", ["backprop", "adjoint"])
def test_as_many_evaluations_as_are_allowed_may_be_spent(gradient: Any) -> None:
    there, back = spent(gradient, Adaptive())
    needed = max(there, back)
    assert spent(gradient, Adaptive(max_evaluations=needed)) == (there, back)
    with pytest.raises(DivergedError, match=f"more than {needed - 1} evaluations"):
        spent(gradient, Adaptive(max_evaluations=needed - 1))


def test_the_least_that_may_be_asked_for() -> None:
    assert Fixed("euler", 1).steps == 1
    assert Adaptive(max_evaluations=1).max_evaluations == 1
    least = math.nextafter(0, 1)
    assert Adaptive(rtol=least, atol=least).rtol == least
    for tolerances in ((0.0, 1e-5), (1e-5, 0.0), (-1e-5, 1e-5), (1e-5, -1e-5), (1e-5, math.inf)):
        with pytest.raises(ValueError, match="must be a finite number, above 0; got"):
            Adaptive("dopri5", *tolerances)
