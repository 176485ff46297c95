"""Completing the square and the Gaussian integral, against SymPy's own integration and against quadrature."""

import pytest
import sympy as sp
from scipy.integrate import quad

from pdenet.symbolic.gaussian import Square, complete_square, gaussian_integral

p, X, y, z = sp.symbols("p X y z", real=True)
m, hbar, step, s, t = sp.symbols("m hbar Δτ s t", positive=True)
alpha = sp.Symbol("alpha", real=True, nonzero=True)

MOMENTUM = -step * p**2 / (2 * m * hbar) + sp.I * p * X / hbar  # (16b)
QUADRATICS = [
    MOMENTUM,
    -(p**2),
    -3 * (p - X) ** 2 + y,
    -(alpha**2) * p**2 / 2 + sp.I * p * (X + y),
    -m * ((X - p) ** 2 / s + (p - y) ** 2 / t) / (2 * hbar),
    -(step + sp.I * t) * p**2 + z * p + sp.I,
]


@pytest.mark.parametrize("exponent", QUADRATICS, ids=str)
def test_the_square_multiplied_out_is_the_exponent(exponent: sp.Expr) -> None:
    a, c, r = complete_square(exponent, p)
    assert sp.simplify(-a * (p - c) ** 2 + r - exponent) == 0
    assert p not in a.free_symbols | c.free_symbols | r.free_symbols


def test_the_momentum_exponent_of_a_slice() -> None:
    expected = Square(step / (2 * m * hbar), sp.I * m * X / step, -m * X**2 / (2 * hbar * step))
    assert complete_square(MOMENTUM, p) == expected


@pytest.mark.parametrize("exponent", QUADRATICS[:3], ids=str)
def test_the_integral_is_the_one_of_sympy(exponent: sp.Expr) -> None:
    by_sympy = sp.integrate(sp.exp(sp.expand(exponent)), (p, -sp.oo, sp.oo))
    assert sp.simplify(gaussian_integral(exponent, p) - by_sympy) == 0


@pytest.mark.parametrize("exponent", QUADRATICS, ids=str)
def test_the_integral_is_the_one_of_quadrature(exponent: sp.Expr) -> None:
    values = {m: 1.3, hbar: 0.7, step: 0.4, s: 0.5, t: 0.9, alpha: -0.8, X: 0.6, y: -0.3, z: 0.2}
    integrand = sp.lambdify(p, sp.exp(exponent.subs(values)))
    by_quadrature = quad(lambda v: complex(integrand(v)).real, -30, 30, points=[0])[0]
    by_quadrature += 1j * quad(lambda v: complex(integrand(v)).imag, -30, 30, points=[0])[0]
    assert complex(gaussian_integral(exponent, p).subs(values)) == pytest.approx(by_quadrature, abs=1e-10)


def test_the_width_of_a_layer_enters_by_its_size() -> None:
    kernel = gaussian_integral(-(alpha**2) * p**2 / 2 + sp.I * p * X, p) / (2 * sp.pi)
    expected = sp.exp(-(X**2) / (2 * alpha**2)) / (sp.sqrt(2 * sp.pi) * sp.Abs(alpha))
    assert sp.simplify(kernel - expected) == 0


@pytest.mark.parametrize(
    ("exponent", "found"),
    [
        (p * X, "degree is 1"),
        (p**3 - p**2, "degree is 3"),
        (X**2, "degree is 0"),
        (-p * sp.cos(p), "no polynomial"),
    ],
    ids=str,
)
def test_what_is_not_quadratic_is_refused(exponent: sp.Expr, found: str) -> None:
    with pytest.raises(ValueError, match=f"polynomial of degree 2 in p; got .*{found}"):
        complete_square(exponent, p)


@pytest.mark.parametrize(
    ("curvature", "message"),
    [
        (-step, "grows and the integral diverges"),
        (sp.I * step, "only oscillates; rotate to imaginary time"),
        (sp.Symbol("Δt", real=True), "not known to be positive; it would be with Δt positive$"),
        (sp.Symbol("a") * m, "it would be with a positive$"),
        (step - m, "not known to be positive$"),
    ],
    ids=str,
)
def test_an_integrand_that_need_not_fall_off_is_refused(curvature: sp.Expr, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        gaussian_integral(-curvature * p**2 + p, p)
