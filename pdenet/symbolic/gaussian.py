"""Completing the square and the Gaussian integral: how the momenta of a path integral are done."""

from typing import NamedTuple

import sympy as sp

from pdenet.symbolic.arguments import expression, refuse_doubles, symbol


class Square(NamedTuple):
    """A quadratic exponent as a square: ``-curvature * (variable - centre)**2 + rest``.

    Parameters
    ----------
    curvature : sympy.Expr
        The positive number, or the one with a positive real part, of a bell curve.
    centre : sympy.Expr
        Where the square vanishes; it may be complex.
    rest : sympy.Expr
        What does not depend on the variable.
    """

    curvature: sp.Expr
    centre: sp.Expr
    rest: sp.Expr


def complete_square(exponent: sp.Expr, variable: sp.Symbol) -> Square:
    """Write an exponent as a square of the variable and a rest, as in (16b).

    Parameters
    ----------
    exponent : sympy.Expr
        Polynomial of degree two in the variable.
    variable : sympy.Symbol
        What the square is in.

    Raises
    ------
    ValueError
        If the exponent is not a polynomial of degree two in the variable.

    Examples
    --------
    >>> p, X = sp.symbols("p X", real=True)
    >>> complete_square(-(p**2) / 2 + sp.I * p * X, p)
    Square(curvature=1/2, centre=I*X, rest=-X**2/2)
    """
    exponent, variable = expression("exponent", exponent), symbol("variable", variable)
    refuse_doubles("exponent", exponent, (variable,))
    try:
        polynomial = sp.Poly(sp.expand(exponent), variable)
    except sp.PolynomialError:
        raise _not_quadratic(exponent, variable, "it is no polynomial") from None
    if polynomial.degree() != 2:
        raise _not_quadratic(exponent, variable, f"its degree is {polynomial.degree()}")
    second, first, constant = polynomial.all_coeffs()
    return Square(
        curvature=sp.factor(-second),
        centre=sp.factor(-first / (2 * second)),
        rest=sp.factor(constant - first**2 / (4 * second)),
    )


def gaussian_integral(exponent: sp.Expr, variable: sp.Symbol) -> sp.Expr:
    r"""Integral of :math:`e^{-a(v-c)^2+r}` over the real line, :math:`\sqrt{\pi/a}\,e^r`, as in (17).

    The centre :math:`c` may be complex: the line of integration can be shifted through it, since the
    integrand has no pole and falls off on both sides (Cauchy).

    Parameters
    ----------
    exponent : sympy.Expr
        Polynomial of degree two in the variable; the real part of its curvature a is known to be positive.
    variable : sympy.Symbol
        What is integrated over, from minus to plus infinity.

    Raises
    ------
    ValueError
        If the exponent is not quadratic, or nothing says that it falls off on both sides.

    Examples
    --------
    >>> p, X = sp.symbols("p X", real=True)
    >>> gaussian_integral(-(p**2) / 2 + sp.I * p * X, p)
    sqrt(2)*sqrt(pi)*exp(-X**2/2)
    """
    square = complete_square(exponent, variable)
    if not _real_part(square.curvature).is_positive:
        raise ValueError(_not_decaying(square.curvature, variable))
    return sp.sqrt(sp.pi / square.curvature) * sp.exp(square.rest)


def _not_quadratic(exponent: sp.Expr, variable: sp.Symbol, found: str) -> ValueError:
    return ValueError(
        f"the exponent must be a polynomial of degree 2 in {variable}; got {exponent}: {found} in {variable}"
    )


def _real_part(expression: sp.Expr) -> sp.Expr:
    return sp.factor(expression.as_real_imag()[0])


def _not_decaying(curvature: sp.Expr, variable: sp.Symbol) -> str:
    real = _real_part(curvature)
    if real.is_zero:
        fault = "is 0, so the integrand only oscillates; rotate to imaginary time first, with a positive step"
    elif real.is_negative:
        fault = "is negative, so the integrand grows and the integral diverges"
    else:
        fault = f"is not known to be positive{_helpful_assumption(curvature)}"
    return f"exp(-a*({variable} - c)**2) has a = {curvature}; its real part must be positive, but {fault}"


def _helpful_assumption(curvature: sp.Expr) -> str:
    """Name the symbols that, declared positive, would make the real part of the curvature positive."""
    unknown = sorted((s for s in curvature.free_symbols if not s.is_positive), key=str)
    positive = {symbol: sp.Dummy(symbol.name, positive=True) for symbol in unknown}
    if not _real_part(curvature.subs(positive)).is_positive:
        return ""
    return f"; it would be with {', '.join(map(str, unknown))} positive"
