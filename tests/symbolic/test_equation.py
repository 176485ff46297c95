"""Equations: what is read from them, what is refused, how they are shown."""

import copy
import pickle
import subprocess
import sys
from typing import Any

import pytest
import sympy as sp

from pdenet.symbolic import (
    PDE1,
    PDE2,
    PDE_1D,
    EvolutionPDE,
    alpha,
    beta,
    gamma,
    psi,
    psi_1d,
    rho,
    sigma,
    t,
    x,
    y,
)

kappa = sp.Symbol("kappa", real=True)


def plane(rhs: sp.Expr) -> EvolutionPDE:
    return EvolutionPDE(sp.Eq(psi.diff(t), rhs))


def test_import_leaves_torch_alone() -> None:
    program = "import sys, pdenet.symbolic as s; s.PDE1.stencil().matrix; print('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_named_equations_are_those_of_the_thesis() -> None:
    diffusion_x, diffusion_y = alpha**2 / 2 * psi.diff(x, 2), sigma**2 / 2 * psi.diff(y, 2)
    eq_39 = diffusion_x + beta * psi.diff(x) + diffusion_y + rho * psi.diff(y) + gamma * psi
    eq_40 = diffusion_x - beta / 8 * psi.diff(x) + diffusion_y - rho / 8 * psi.diff(y) + gamma * psi
    eq_21 = alpha**2 / 2 * psi_1d.diff(x, 2) + beta * psi_1d.diff(x) + gamma * psi_1d
    assert sp.expand(PDE1.rhs - eq_39) == 0
    assert sp.expand(PDE2.rhs - eq_40) == 0
    assert sp.expand(PDE_1D.rhs - eq_21) == 0
    assert (PDE_1D.space, PDE1.space, PDE1.time) == ((x,), (x, y), t)


def test_parameters_come_in_the_order_of_the_thesis() -> None:
    assert PDE_1D.parameters == (alpha, beta, gamma)
    assert PDE1.parameters == PDE2.parameters == (alpha, beta, sigma, rho, gamma)
    mixed = plane(gamma * psi + kappa * psi.diff(x, y) + rho * psi.diff(y) + alpha * psi.diff(x, 4))
    assert mixed.parameters == (alpha, rho, kappa, gamma)
    assert plane(psi.diff(x, 2)).parameters == ()


def test_terms_are_collected_whatever_the_way_they_are_written() -> None:
    pde = plane(
        alpha * (psi.diff(x) + psi).diff(x) + sp.Derivative(beta * psi, x) + psi.diff(y, x) / (1 + kappa)
    )
    assert pde.terms == {(2, 0): alpha, (1, 0): alpha + beta, (1, 1): 1 / (1 + kappa)}


def test_any_symbols_called_x_y_t_and_any_function_name() -> None:
    a, b, c = sp.symbols("x y t")
    u = sp.Function("u")(a, b, c)
    pde = EvolutionPDE(sp.Eq(u.diff(c), kappa * u.diff(a, 2)))
    assert pde.space == (a, b)
    assert repr(pde) == "EvolutionPDE: u_t = kappa*u_xx"


@pytest.mark.parametrize(
    ("term", "message"),
    [
        (psi**2, r"nonlinear expression in the term psi\(x, y, t\)\*\*2"),
        (kappa * psi * psi.diff(x), r"nonlinear .* kappa\*psi\(x, y, t\)\*Derivative\(psi\(x, y, t\), x\)"),
        (psi * (1 + psi), r"nonlinear expression in the term psi\(x, y, t\)\*\*2"),
        (sp.exp(psi), r"nonlinear expression in the term exp\(psi\(x, y, t\)\)"),
        (1 / psi.diff(y), r"nonlinear expression in the term 1/Derivative\(psi\(x, y, t\), y\)"),
        (psi.diff(t), r"^time derivative in the term Derivative\(psi\(x, y, t\), t\)"),
        (psi.diff(x, t), r"^time derivative in the term Derivative\(psi\(x, y, t\), t, x\)"),
        (kappa * psi.diff(t, 2), r"^second time derivative in the term kappa\*Derivative"),
        (sp.Function("phi")(x, y, t), r"unknown function phi\(x, y, t\) in the term"),
        (sp.Function("f")(x) * psi, r"unknown function f\(x\) in the term f\(x\)\*psi\(x, y, t\)"),
        (sp.Function("f")(kappa) * psi, r"unknown function f\(kappa\) in the term"),
        (psi_1d, r"unknown function psi\(x, t\) in the term psi\(x, t\) – only psi\(x, y, t\)"),
        (psi.subs(x, x + 1), r"unknown function psi\(x \+ 1, y, t\)"),
        (x * psi, r"coefficient that depends on x in the term x\*psi\(x, y, t\)"),
        (sp.sin(y + t) * psi.diff(x), r"coefficient that depends on t, y in the term"),
        ((y * psi).diff(y, 2), r"coefficient that depends on y in the term y\*Derivative"),
        (sp.Symbol("x") * psi, r"symbol x that is not the x of psi"),
        (kappa, r"source without psi in the term kappa"),
        (x**2, r"source without psi in the term x\*\*2"),
        (psi.diff(x).subs(x, 0), r"non-local expression in the term Subs"),
        (sp.Integral(psi, x), r"non-local expression in the term Integral"),
    ],
)
def test_right_hand_side_refused_by_name(term: sp.Expr, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plane(alpha * psi.diff(x, 2) + term)


@pytest.mark.parametrize(
    ("equation", "message"),
    [
        (psi.diff(x, 2), "not an equation: Derivative"),
        (sp.Eq(psi.diff(t), psi.diff(t)), "not an equation: True"),
        (sp.Eq(psi.diff(t, 2), psi), r"second time derivative Derivative\(psi\(x, y, t\), \(t, 2\)\)"),
        (sp.Eq(psi, psi.diff(t)), r"left-hand side is psi\(x, y, t\) – expected the time derivative"),
        (sp.Eq(2 * psi.diff(t), psi), r"left-hand side is 2\*Derivative"),
        (sp.Eq(psi.diff(x), psi), r"left-hand side is Derivative\(psi\(x, y, t\), x\)"),
        (sp.Eq(psi.diff(x, t), psi), r"left-hand side is Derivative\(psi\(x, y, t\), t, x\)"),
        (sp.Eq(sp.Function("u")(y, x, t).diff(t), 0), r"field is u\(y, x, t\) – expected a function of"),
        (sp.Eq(sp.Function("u")(t).diff(t), 0), r"field is u\(t\) – expected a function of"),
        (sp.Eq(psi.diff(t), 0), "right-hand side is 0"),
    ],
)
def test_equation_refused_by_name(equation: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        EvolutionPDE(equation)


def test_a_name_is_text() -> None:
    name: Any = 5
    with pytest.raises(TypeError, match="name must be text or None; got 5"):
        EvolutionPDE(PDE1.equation, name=name)


def test_shown_as_one_line_of_text_and_of_mathematics() -> None:
    text = "psi_t = alpha**2/2*psi_xx + beta*psi_x + sigma**2/2*psi_yy + rho*psi_y + gamma*psi"
    assert repr(PDE1) == f"PDE1: {text}"
    assert PDE2._repr_latex_() == (
        r"$\displaystyle \partial_t \psi = \frac{\alpha^{2}}{2}\,\partial_x^2 \psi - \frac{\beta}{8}\,"
        r"\partial_x \psi + \frac{\sigma^{2}}{2}\,\partial_y^2 \psi - \frac{\rho}{8}\,\partial_y \psi"
        r" + \gamma\,\psi$"
    )
    pde = plane((alpha + beta) * psi.diff(x, 2, y) - psi)
    assert repr(pde) == "EvolutionPDE: psi_t = (alpha + beta)*psi_xxy - psi"
    assert pde._repr_latex_() == (
        r"$\displaystyle \partial_t \psi = \left(\alpha + \beta\right)\,\partial_x^2 \partial_y \psi - \psi$"
    )


def test_equations_compare_copy_and_pickle() -> None:
    same = EvolutionPDE(PDE1.equation, name="PDE1")
    assert same == PDE1
    assert same.stencil() is PDE1.stencil()
    assert PDE1 != PDE2
    assert copy.deepcopy(PDE1) == PDE1
    assert pickle.loads(pickle.dumps(PDE1)).terms == PDE1.terms
