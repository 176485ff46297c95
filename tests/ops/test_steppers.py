"""Steps of differential equations: their stability polynomials, their undoing, and how they break."""

import numpy as np
import pytest
import sympy as sp

from pdenet.ops.ode.solvers import DivergedError
from pdenet.ops.steppers import (
    UnstableStepWarning,
    coupling,
    crank_nicolson,
    crank_nicolson_line,
    explicit_euler,
    follow,
    midpoint,
    runge_kutta_4,
    uncoupling,
    warn_if_unstable,
)

z = sp.Symbol("z")


@pytest.mark.parametrize(
    ("step", "terms"),
    [(explicit_euler, 2), (midpoint, 3), (runge_kutta_4, 5)],
    ids=["Euler", "midpoint", "RK4"],
)
def test_a_step_of_a_symbol_is_the_start_of_the_exponential(step, terms) -> None:  # type: ignore[no-untyped-def]
    polynomial = sp.expand(step(lambda x: z * x, sp.Integer(1), sp.Integer(1)))
    assert sp.expand(polynomial - sum(z**n / sp.factorial(n) for n in range(terms))) == 0


def test_crank_nicolson_turns_what_is_antisymmetric() -> None:
    turn = np.array([[0.0, 1.0], [-1.0, 0.0]])
    step = crank_nicolson(turn, 0.5)
    assert np.allclose(step @ step.T, np.eye(2), atol=1e-15)
    assert step[0, 0] == pytest.approx((1 - 0.25**2) / (1 + 0.25**2))


def test_crank_nicolson_on_a_line_is_the_step_of_its_matrix() -> None:
    diagonal = np.array([1.0, -2.0, 0.5, 3.0])
    matrix = np.diag(diagonal) + 0.7 * (np.eye(4, k=1) + np.eye(4, k=-1))
    state = np.array([1.0, 2.0j, -1.0, 0.5])
    found = crank_nicolson_line(diagonal, 0.7, state, -0.3j)
    assert np.allclose(found, crank_nicolson(-1j * matrix, 0.3) @ state, atol=1e-14)
    assert np.linalg.norm(found) == pytest.approx(np.linalg.norm(state), rel=1e-14)
    assert state[1] == 2.0j  # what was given is left as it was
    assert np.allclose(
        crank_nicolson_line(diagonal, 0.7, state.real, 0.2), crank_nicolson(matrix, 0.2) @ state.real
    )


def test_taking_turns_is_undone_after_ten_thousand_steps() -> None:
    rates = (lambda q: -np.sin(q)), (lambda p: p)
    pair = start = np.array([0.3]), np.array([1.0])
    for _ in range(10_000):
        pair = coupling(*rates, pair, 0.05)
    assert abs(pair[1] - start[1]) > 1e-3
    for _ in range(10_000):
        pair = uncoupling(*rates, pair, 0.05)
    assert max(abs(float(a[0] - b[0])) for a, b in zip(pair, start, strict=True)) < 1e-11


def test_the_second_of_a_pair_reads_the_new_first() -> None:
    assert coupling(lambda q: -q, lambda p: p, (0.0, 1.0), 0.5) == (-0.5, 0.75)


def test_a_path_has_its_start_and_a_state_for_each_step() -> None:
    path = follow(lambda x: x / 2, np.array([8.0, 4.0]), 3)
    assert path.tolist() == [[8, 4], [4, 2], [2, 1], [1, 0.5]]
    assert follow(lambda x: 1j * x, np.array([1.0 + 0j]), 2)[2, 0] == -1


@pytest.mark.parametrize("factor", [3.0, np.nan])
def test_what_runs_away_is_stopped_with_its_step(factor: float) -> None:
    with pytest.raises(DivergedError, match=r"ran away at step .* of 100"):
        follow(lambda x: factor * x, np.array([1.0]), 100)
    with pytest.raises(ValueError, match="steps must be"):
        follow(lambda x: x, np.array([1.0]), 0)


def test_a_warning_says_by_how_much() -> None:
    with pytest.warns(UnstableStepWarning, match="a step of 0.5 multiplies it by 1.2"):
        warn_if_unstable(-1.2, 0.5, "it")
    warn_if_unstable(1.0, 0.5, "it")  # no warning, which would be an error
