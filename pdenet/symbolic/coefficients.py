"""What the coefficients of an equation may be: finite formulas of real parameters with names of their own."""

from __future__ import annotations

import cmath
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from pdenet.symbolic.arguments import INFINITE
from pdenet.symbolic.formula import compiled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

    from sympy.core.function import AppliedUndef

    from pdenet.symbolic.formula import Columns

_TAKEN = {
    "x": "a coordinate",
    "y": "a coordinate",
    "t": "the time",
    "p": "the wave number along x",
    "q": "the wave number along y",
    "bias": "the number that a layer adds",
}
_PLACES = (0.31, -0.43, 1.27, -1.71, 3.19, -2.93)  # where a formula is tried; both signs, no round numbers


def check_coefficients(coefficients: Iterable[sp.Expr], field: AppliedUndef) -> None:
    """Refuse coefficients that no kernel can be made of, by the symbol or the number that is at fault.

    Parameters
    ----------
    coefficients : iterable of sympy.Expr
        All those of an equation.
    field : sympy.core.function.AppliedUndef
        Its unknown, whose name no parameter may have.

    Raises
    ------
    ValueError
        If a coefficient is not finite, or has a function that no kernel can be made of; if a parameter is
        not a real symbol, or has a name that means something else in the package; if two have one name.
    """
    taken = _TAKEN | {field.func.__name__: "the field"}
    parameters: dict[str, sp.Symbol] = {}
    for coefficient in coefficients:
        if coefficient.is_finite is False or coefficient.has(*INFINITE):
            message = f"the coefficient {coefficient} is not finite – expected a number or a formula that is"
            raise ValueError(message)
        for symbol in sorted(coefficient.free_symbols, key=str):
            _check_parameter(symbol, coefficient, taken)
            if parameters.setdefault(symbol.name, symbol) != symbol:
                message = (
                    f"two parameters are called {symbol.name}, with other assumptions – expected one symbol "
                    "of that name (pdenet.symbolic exports alpha, beta, gamma, rho, sigma, all real)"
                )
                raise ValueError(message)
        _ = compiled(coefficient, tuple(coefficient.free_symbols))  # says what it cannot make a kernel of


def _check_parameter(symbol: sp.Basic, coefficient: sp.Expr, taken: dict[str, str]) -> None:
    if not isinstance(symbol, sp.Symbol):
        message = (
            f"the parameter {symbol} in the coefficient {coefficient} is no symbol – expected sympy.Symbol"
        )
        raise ValueError(message)
    if symbol.name in taken:
        message = (
            f"the parameter {symbol} in the coefficient {coefficient} has the name of {taken[symbol.name]} – "
            f"expected another, such as {symbol.name}_0"
        )
        raise ValueError(message)
    if symbol.is_extended_real is False or symbol.is_finite is False or not symbol.is_commutative:
        message = (
            f"the parameter {symbol} in the coefficient {coefficient} is declared to be no real number – "
            "expected a symbol that may be one, such as one with real=True"
        )
        raise ValueError(message)


@cache
def is_complex(coefficient: sp.Expr) -> bool:
    """Whether a coefficient has imaginary parts for real parameters, with SymPy's I in sight or without.

    Without it are ``asin(2)`` and ``(-1)**(1/3)``. What is real for some parameters, such as
    ``sqrt(alpha)``, is a real coefficient, and not a number for the others.

    Parameters
    ----------
    coefficient : sympy.Expr
        A formula of parameters, all taken for real.

    Examples
    --------
    >>> alpha = sp.Symbol("alpha", real=True)
    >>> is_complex(sp.asin(2) * alpha), is_complex(sp.sqrt(alpha))
    (True, False)
    """
    if sp.expand(coefficient).has(sp.I):
        return True
    declared = {
        one: sp.Symbol(one.name, real=True) for one in coefficient.free_symbols if one.is_real is None
    }
    if coefficient.xreplace(declared).is_extended_real:
        return False
    values = [value for _, value in _tried(coefficient, tuple(coefficient.free_symbols))]
    return bool(values) and all(abs(value.imag) > 1e-12 * abs(value) for value in values)


class RealFormula:
    """A formula of real parameters as a function of their columns, complex where the formula is.

    Parameters
    ----------
    formula : sympy.Expr
        In the parameters alone.
    parameters : tuple of sympy.Symbol
        In the order of the columns.

    Raises
    ------
    ValueError
        What `compiled` refuses.
    """

    def __init__(self, formula: sp.Expr, parameters: tuple[sp.Symbol, ...]) -> None:
        is_real = not is_complex(formula)
        # Imaginary parts that cancel must do so before they are numbers, or they would make the rest complex.
        written = sp.expand(formula) if is_real and formula.has(sp.I) else formula
        self._function = compiled(written, parameters)
        self._in_complex = not is_real and not self._is_right_on_reals(formula, parameters)

    def __call__(self, columns: Columns, library: ModuleType) -> Any:
        """The values for real columns, of ``numpy`` or of ``torch`` as `library` says."""
        if self._in_complex:
            columns = [column + 0j for column in columns]
        return self._function(columns, library)

    def _is_right_on_reals(self, formula: sp.Expr, parameters: tuple[sp.Symbol, ...]) -> bool:
        """Whether the functions of real numbers give the values: ``sqrt(-1)`` is NaN to them."""
        with np.errstate(all="ignore"):
            return all(
                bool(np.isclose(self._function([np.float64(number) for number in point], np), value))
                for point, value in _tried(formula, parameters)
            )


def _tried(coefficient: sp.Expr, parameters: tuple[sp.Symbol, ...]) -> Iterator[tuple[list[float], complex]]:
    """Values of a formula where it has any, each with the parameters that it has it for."""
    for place in _PLACES:
        point = [_as_declared(place + 0.1 * i, one) for i, one in enumerate(parameters)]
        there = dict(zip(parameters, map(sp.Float, point), strict=True))
        try:
            value = complex(sp.N(coefficient.xreplace(there)))
        except (TypeError, OverflowError):  # infinite there
            continue
        if cmath.isfinite(value):
            yield point, value


def _as_declared(value: float, symbol: sp.Symbol) -> float:
    return abs(value) if symbol.is_nonnegative else -abs(value) if symbol.is_nonpositive else value
