"""Starts and gains of typed equations."""

from typing import Any

import numpy as np
import pytest
import sympy as sp

from pdenet.models import PDENet
from pdenet.subjects.your_equation import calm_start, gain_map
from pdenet.symbolic import PDE1, PDE_1D, EvolutionPDE, alpha, beta, gamma, psi, t, x, y

kappa = sp.Symbol("kappa", real=True)


def typed(right: sp.Expr) -> EvolutionPDE:
    return EvolutionPDE(sp.Eq(psi.diff(t), right))


BIHARMONIC = typed(-kappa * (psi.diff(x, 4) + 2 * psi.diff(x, 2, y, 2) + psi.diff(y, 4)))


@pytest.mark.parametrize("pde", [PDE1, BIHARMONIC, PDE_1D], ids=str)
def test_the_gain_is_that_of_the_symbol(pde: EvolutionPDE) -> None:
    theta = np.linspace(0.1, 0.3, len(pde.parameters))
    waves, gain = gain_map(pde, theta, points=9)
    p, q = sp.symbols("p q", real=True)
    formula = sp.lambdify((p, q), pde.amplification(p, q).subs(dict(zip(pde.parameters, theta, strict=True))))
    expected = [[abs(formula(along_x, along_y)) for along_x in waves] for along_y in waves]
    assert np.allclose(gain, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("right", "largest"),
    [
        (gamma * psi, 1),  # |H| = |gamma|
        (beta * psi.diff(x), 1),  # |beta sin p|
        (kappa * psi.diff(x, 2), 4),  # 4 |kappa| at p = pi
        (kappa * psi.diff(x, y), 1),
        (BIHARMONIC.rhs, 64),
    ],
    ids=str,
)
def test_a_start_changes_no_wave_by_more_than_half_on_average(right: sp.Expr, largest: float) -> None:
    init = calm_start(typed(right))
    mean = largest * init.scale / 2  # of |theta|, uniform
    assert init.law == "symmetric"
    assert mean < 0.55
    assert init.scale == 1 or 2 * mean > 0.45  # twice the scale would be too much


def test_a_start_is_the_same_each_time_and_a_network_takes_it() -> None:
    assert calm_start(PDE1) == calm_start(PDE1)
    net = PDENet(PDE1, depth=4, seeds=2, init=calm_start(PDE1))
    assert float(net.theta.detach().abs().max()) <= net.init.scale


@pytest.mark.parametrize(
    ("right", "message"),
    [
        (psi.diff(x, 2), "nothing to train in .* at least one symbol"),
        (sp.I * alpha * psi.diff(x, 2), "complex coefficients"),
        (psi.diff(x, 2) + kappa * psi, "changes some wave by 4 of itself however small"),
    ],
    ids=str,
)
def test_what_cannot_start_is_refused(right: sp.Expr, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        calm_start(typed(right))


@pytest.mark.parametrize("limit", [0.0, -1.0, float("nan")])
def test_a_limit_is_positive(limit: float) -> None:
    with pytest.raises(ValueError, match="limit must be a finite number, above 0; got"):
        calm_start(PDE1, limit)


@pytest.mark.parametrize("points", [2.5, 1, "61", True])
def test_points_of_a_map_are_a_whole_number(points: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="points must be a whole number, at least 2; got"):
        gain_map(PDE1, [0.1] * 5, points)


def test_a_name_is_no_equation() -> None:
    for call in (lambda: gain_map("pde1", [0.1] * 5), lambda: calm_start("pde1")):  # type: ignore[arg-type]
        with pytest.raises(TypeError, match=r"pde must be an EvolutionPDE, .*; got 'pde1'"):
            call()
