"""Formulas as functions of arrays: the values of SymPy, in NumPy and in torch, differentiable."""

from typing import Any

import numpy as np
import pytest
import sympy as sp
import torch

from pdenet.models import PDENet
from pdenet.symbolic import EvolutionPDE, alpha, beta, psi, t, x
from pdenet.symbolic.formula import compiled

CHOICE = sp.Piecewise((alpha, (alpha > 0) & (beta < 1)), (sp.Rational(1, 3), alpha > -1), (0, True))
FORMULAS = [
    alpha**2 / 2,
    alpha / beta**2 - 3,
    2**alpha,
    (alpha**2) ** beta,
    sp.exp(-alpha) * sp.log(1 + beta**2),
    sp.sin(alpha) + sp.cos(beta) * sp.tan(alpha),
    sp.asin(alpha / 9) + sp.acos(beta / 9) + sp.atan(alpha),
    sp.sinh(alpha) * sp.cosh(beta) - sp.tanh(alpha),
    sp.asinh(alpha) + sp.acosh(2 + beta**2) + sp.atanh(alpha / 9),
    sp.sec(alpha) + sp.csc(1 + beta**2) + sp.cot(1 + alpha**2),
    sp.sech(alpha) + sp.csch(1 + beta**2) + sp.coth(1 + alpha**2),
    sp.Abs(alpha) + sp.sign(beta) + sp.floor(3 * alpha) + sp.ceiling(3 * beta),
    sp.erf(alpha) + sp.erfc(beta) + sp.loggamma(1 + alpha**2),
    sp.atan2(alpha, beta) + sp.Mod(alpha, 2),
    sp.Max(0, beta),
    sp.Min(beta, 1, alpha),
    sp.Heaviside(beta),
    sp.Heaviside(alpha, 1) - sp.Heaviside(-alpha, 0),
    CHOICE,
    sp.Piecewise((1, sp.Or(alpha > 2, beta > 2)), (2, sp.Ne(alpha, beta))),
    sp.sqrt(2) * alpha + sp.pi * sp.EulerGamma,
]
PLACES = np.array([[0.7, 1.3], [-0.4, 0.2], [0.9, -2.5], [-1.5, 0.6]])


@pytest.mark.parametrize("formula", FORMULAS, ids=str)
def test_both_libraries_give_the_values_of_sympy(formula: sp.Expr) -> None:
    function = compiled(formula, (alpha, beta))
    exact = [float(formula.xreplace({alpha: sp.Float(one), beta: sp.Float(two)})) for one, two in PLACES]
    np.testing.assert_allclose(function(list(PLACES.T), np), exact, rtol=1e-14)
    columns = torch.from_numpy(PLACES).unbind(-1)
    np.testing.assert_allclose(function(columns, torch), exact, rtol=1e-14)
    for dtype in (torch.float32, torch.float64):
        assert function([column.to(dtype) for column in columns], torch).dtype == dtype


@pytest.mark.parametrize(
    "coefficient", [sp.Max(0, beta), sp.Min(beta, 1), sp.Heaviside(beta), CHOICE], ids=str
)
def test_a_coefficient_with_a_kink_makes_a_network_that_learns(coefficient: sp.Expr) -> None:
    network = PDENet(EvolutionPDE(sp.Eq(psi.diff(t), coefficient * psi.diff(x, 2))), 2)
    network(torch.rand(3, 28, 28)).sum().backward()
    assert network.theta.grad is not None
    assert network.theta.grad.isfinite().all()


def test_a_step_is_half_where_it_steps_and_hands_on_what_is_no_number() -> None:
    step = compiled(sp.Heaviside(beta), (beta,))
    column = torch.tensor([-1.0, 0.0, 2.0, torch.nan])
    assert step([column], torch)[:3].tolist() == [0.0, 0.5, 1.0]
    assert step([column], torch)[3].isnan()


def test_conditions_may_be_turned_round() -> None:
    turned = compiled(sp.Not(sp.And(alpha > 0, beta > 0), evaluate=False), (alpha, beta))
    assert turned(list(PLACES.T), np).tolist() == [False, True, True, True]


@pytest.mark.parametrize(
    "formula", [sp.LambertW(alpha), sp.gamma(alpha), sp.Integral(alpha**beta, (beta, 0, 1))]
)
def test_a_function_that_the_libraries_do_not_share_is_named(formula: sp.Expr) -> None:
    with pytest.raises(ValueError, match=rf"function {formula.func.__name__} in .* – expected one of Abs, "):
        compiled(formula, (alpha,))


@pytest.mark.parametrize(
    "number", [sp.Integer(10) ** 400, sp.exp(-1000), sp.Float("1e-400"), sp.zoo], ids=str
)
def test_a_number_that_is_none_of_double_precision_is_refused(number: Any) -> None:
    with pytest.raises(ValueError, match="none of double precision"):
        compiled(number, ())
