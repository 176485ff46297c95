"""Coefficients: kept as they were typed, refused by name, complex where they are."""

from typing import Any

import numpy as np
import pytest
import sympy as sp
import torch

from pdenet.symbolic import PDE1, EvolutionPDE, Stability, alpha, beta, gamma, psi, psi_1d, t, x, y
from pdenet.symbolic.coefficients import is_complex
from pdenet.symbolic.converse import pde_of_kernel
from pdenet.symbolic.moments import depth_moments

a, b, c = sp.symbols("a b c", real=True)
POWER = (-(alpha**2)) ** sp.Rational(1, 3)
ROOT = sp.Integer(-1) ** sp.Rational(1, 3)


def plane(right: Any) -> EvolutionPDE:
    return EvolutionPDE(sp.Eq(psi.diff(t), right))


@pytest.mark.parametrize(
    "typed",
    [
        (alpha - beta) ** 2 / 2,
        alpha * (beta + gamma),
        sp.exp(alpha + beta),
        (1 - alpha) * (1 + alpha) / 3,
        sp.I * (alpha - beta) ** 2,
    ],
)
def test_a_coefficient_is_kept_as_it_was_typed(typed: sp.Expr) -> None:
    assert plane(typed * psi.diff(x, 2) + psi).terms[2, 0] == typed
    laplacian = plane(typed * (psi.diff(x, 2) + 2 * psi.diff(y, 2)) / 4)
    assert laplacian.terms == {(2, 0): typed / 4, (0, 2): typed / 2}
    assert plane(sp.Derivative(typed * psi.diff(x), x)).terms == {(2, 0): typed}


def test_terms_are_multiplied_out_where_they_do_not_separate_otherwise() -> None:
    mixed = plane(alpha * psi + (psi + beta) ** 2 - psi**2 - beta**2 + (1 + beta) * psi.diff(x))
    assert mixed.terms == {(1, 0): 1 + beta, (0, 0): alpha + 2 * beta}
    unneeded = plane((alpha * (1 + beta) - alpha * beta) * psi + (gamma - alpha) * psi)
    assert unneeded.terms == {(0, 0): gamma}
    gone = plane(
        (alpha + beta) ** 2 * psi.diff(x) - (alpha**2 + 2 * alpha * beta + beta**2) * psi.diff(x) + psi
    )
    assert gone.terms == {(0, 0): 1}


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ((alpha - beta) ** 2 / 2, lambda one, two: (one - two) ** 2 / 2),
        ((alpha - beta) / 3, lambda one, two: (one - two) / 3),
        (sp.pi * (alpha - beta), lambda one, two: np.pi * (one - two)),
    ],
    ids=["square", "third", "pi"],
)
def test_neither_sign_nor_digits_are_lost_where_parameters_are_close(typed: sp.Expr, right: Any) -> None:
    one = torch.linspace(0.5, 1.5, 2001)
    theta = torch.stack([one, one - 1e-4], dim=-1)
    found = plane(typed * psi.diff(x, 2)).kernels(theta)[:, 1, 0]
    assert (found > 0).all()
    exact = right(theta[:, 0].double(), theta[:, 1].double())
    torch.testing.assert_close(found.double(), exact, rtol=1e-6, atol=0)


def test_moments_and_kernels_that_are_read_back_are_kept_too() -> None:
    theta = [[1.0, 1.0 - 1e-9]]
    added = depth_moments(plane((alpha - beta) ** 2 / 2 * psi.diff(x, 2)), theta).covariance[-1, 0, 0]
    assert added == pytest.approx((theta[0][0] - theta[0][1]) ** 2, rel=1e-12)
    square = (a - b) ** 2
    assert pde_of_kernel([[square]]).terms == {(0, 0): square}


@pytest.mark.parametrize(
    ("right", "message"),
    [
        (
            sp.Symbol("p") * psi,
            "the parameter p in the coefficient p has the name of the wave number along x",
        ),
        (
            sp.Symbol("q", real=True) * psi,
            "the name of the wave number along y – expected another, such as q_0",
        ),
        (sp.Symbol("bias") * psi, "the name of the number that a layer adds"),
        (sp.Symbol("psi") * psi, "the parameter psi .* has the name of the field"),
        (alpha * psi.diff(x, 2) + sp.Symbol("alpha") * psi, "two parameters are called alpha"),
        (sp.Dummy("a") * psi.diff(x, 2) + sp.Dummy("a") * psi, "two parameters are called a"),
        (sp.Symbol("a") * sp.Symbol("a", positive=True) * psi, "two parameters are called a"),
        (sp.oo * psi, "the coefficient oo is not finite"),
        (sp.zoo * psi, "is not finite"),
        (sp.Symbol("far", infinite=True) * psi, "is not finite"),
        (alpha * sp.Symbol("i", imaginary=True) * psi, "the parameter i .* is declared to be no real number"),
        (
            sp.Symbol("z", complex=True, real=False) * psi,
            "the parameter z .* is declared to be no real number",
        ),
        (sp.Symbol("A", commutative=False) * psi, "the parameter A .* is declared to be no real number"),
        (sp.IndexedBase("a")[0] * psi, r"the parameter a\[0\] .* is no symbol|is no symbol"),
        (sp.besselj(0, alpha) * psi, "no kernel can be made of the function besselj"),
        (sp.exp(1000) * alpha * psi, r"the number exp\(1000\) is none of double precision"),
        (alpha / sp.Integer(10) ** 400 * psi, "is none of double precision"),
        (sp.Derivative(psi, (x, sp.Symbol("n", integer=True))), "is of the order n in x – expected a whole"),
    ],
)
def test_what_makes_no_kernel_is_refused_by_name(right: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plane(right)


def test_y_is_no_parameter_on_a_line() -> None:
    with pytest.raises(ValueError, match="the parameter y in the coefficient y has the name of a coordinate"):
        EvolutionPDE(sp.Eq(psi_1d.diff(t), y * psi_1d.diff(x, 2)))
    with pytest.raises(ValueError, match="the right-hand side is True – expected a sum of terms"):
        EvolutionPDE(sp.Eq(psi.diff(t), sp.true, evaluate=False))
    with pytest.raises(ValueError, match="is of the order n in t"):
        EvolutionPDE(sp.Eq(sp.Derivative(psi, (t, sp.Symbol("n", integer=True))), psi))


def test_an_imaginary_part_is_kept_with_i_in_sight_or_without() -> None:
    for coefficient in (
        POWER,
        sp.asin(2) * alpha,
        ROOT * alpha,
        sp.log(-1 - alpha**2),
        sp.I * sp.Max(alpha, 0),
    ):
        stencil = plane(coefficient * psi.diff(x, 2)).stencil()
        for value in (0.3, -1.7):
            exact = complex(sp.N(coefficient.subs(alpha, sp.Float(value))))
            kernel = stencil.kernels(torch.tensor([value], dtype=torch.float64))
            assert kernel.dtype == torch.complex128
            assert kernel[1, 0].item() == pytest.approx(exact, rel=1e-12)
            assert stencil.kernel_map.as_numpy([value])[1, 0] == pytest.approx(exact, rel=1e-12)
            added = depth_moments(plane(coefficient * psi.diff(x, 2)), [[value]]).covariance[-1, 0, 0]
            assert added == pytest.approx(2 * exact, rel=1e-12)
        assert Stability(stencil).positivity[0] == sp.false


@pytest.mark.parametrize(
    "coefficient",
    [alpha, sp.Symbol("c"), sp.sqrt(alpha), sp.log(alpha), (1 + sp.I) * (1 - sp.I) * alpha, ROOT**3 * alpha],
)
def test_what_is_real_makes_real_kernels(coefficient: sp.Expr) -> None:
    stencil = plane(coefficient * psi.diff(x, 2)).stencil()
    assert not stencil.kernel_map.complex
    assert stencil.kernels(torch.tensor([0.5])).dtype == torch.float32


def test_a_declared_sign_is_heeded() -> None:
    assert is_complex(sp.sqrt(-sp.Symbol("r", positive=True)))
    assert not is_complex(sp.sqrt(sp.Symbol("r", positive=True) - 1))


def test_names_do_not_matter_to_kernels_and_moments() -> None:
    for names in ("a b", "exp torch", "sqrt numpy", "lambda class", "E I"):
        one, two = sp.symbols(names, real=True)
        pde = plane(one**2 / 2 * psi.diff(x, 2) + two * sp.exp(one) * psi.diff(y, 2))
        assert pde.kernels(torch.tensor([1.0, 0.3]))[1, 0].item() == 0.5
        assert depth_moments(pde, [[1.0, 0.3]]).covariance[-1, 0, 0] == 1.0


def test_the_equations_of_the_thesis_read_as_before() -> None:
    assert [str(one) for one in PDE1.terms.values()] == ["alpha**2/2", "beta", "sigma**2/2", "rho", "gamma"]
