"""Solvers as data: what is just allowed and what is just not."""

import math
from typing import Any

import pytest
import torch
from helpers.fields import Given

from pdenet.ops.ode.solve import solve
from pdenet.ops.ode.solvers import Adaptive, DivergedError, Fixed

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
        with pytest.raises(ValueError, match="rtol and atol must be positive"):
            Adaptive("dopri5", *tolerances)


def test_the_defaults_are_those_of_the_documentation() -> None:
    assert Adaptive() == Adaptive("dopri5", rtol=1e-5, atol=1e-5, max_evaluations=10_000)
