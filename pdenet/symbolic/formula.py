"""A formula as a function of arrays, of NumPy's or of torch's: its tree, turned once into one of closures.

SymPy's own `lambdify` writes source code instead. There a parameter called like a function hides it, ``Max(0,
beta)`` is no call that torch knows, and constants are of whatever precision the library takes them in.
"""

from __future__ import annotations

import cmath
import functools
import operator
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import sympy as sp
from scipy import special

Columns = Sequence[Any]
"""One array a parameter."""

Formula = Callable[[Columns, ModuleType], Any]
"""A function of the columns and of the library that they belong to, ``numpy`` or ``torch``."""

# Both libraries know these names.
_ELEMENTARY = {
    sp.exp: "exp",
    sp.log: "log",
    sp.sin: "sin",
    sp.cos: "cos",
    sp.tan: "tan",
    sp.asin: "arcsin",
    sp.acos: "arccos",
    sp.atan: "arctan",
    sp.sinh: "sinh",
    sp.cosh: "cosh",
    sp.tanh: "tanh",
    sp.asinh: "arcsinh",
    sp.acosh: "arccosh",
    sp.atanh: "arctanh",
    sp.Abs: "abs",
    sp.sign: "sign",
    sp.floor: "floor",
    sp.ceiling: "ceil",
    sp.re: "real",
    sp.conjugate: "conj",
}
_RECIPROCAL = {sp.sec: "cos", sp.csc: "sin", sp.cot: "tan", sp.sech: "cosh", sp.csch: "sinh", sp.coth: "tanh"}
_SPECIAL = {sp.erf: "erf", sp.erfc: "erfc", sp.loggamma: "gammaln"}
_OF_TWO = {sp.Max: "maximum", sp.Min: "minimum", sp.atan2: "arctan2", sp.Mod: "remainder"}
_RELATIONS = {
    sp.Gt: operator.gt,
    sp.Ge: operator.ge,
    sp.Lt: operator.lt,
    sp.Le: operator.le,
    sp.Eq: operator.eq,
    sp.Ne: operator.ne,
    sp.And: operator.and_,
    sp.Or: operator.or_,
}
_KNOWN = (
    *_ELEMENTARY,
    *_RECIPROCAL,
    *_SPECIAL,
    *_OF_TWO,
    *_RELATIONS,
    sp.Not,
    sp.Heaviside,
    sp.Piecewise,
)


def compiled(formula: sp.Basic, parameters: tuple[sp.Symbol, ...]) -> Formula:
    """The formula as a function of one column a parameter; a formula without parameters gives a number.

    Sums and products are done in the order in which SymPy writes them, a common rational factor of a sum
    after it: (a - b)/3 loses nothing where a and b are close, a/3 - b/3 does.

    Parameters
    ----------
    formula : sympy.Basic
        In the parameters alone.
    parameters : tuple of sympy.Symbol
        In the order of the columns.

    Raises
    ------
    ValueError
        If it has a function that not both libraries know, or a constant that double precision does not hold.
    """
    if formula in parameters:
        place = parameters.index(formula)
        return lambda columns, library: columns[place]
    if not formula.free_symbols:
        value = _constant(formula)
        return lambda columns, library: value
    if formula.is_Add:
        return _sum(formula, parameters)
    if formula.is_Mul:
        return _product(formula, parameters)
    if formula.is_Pow:
        base, exponent = (compiled(part, parameters) for part in formula.args)
        return lambda columns, library: base(columns, library) ** exponent(columns, library)
    return _function(formula, parameters)


def _constant(formula: sp.Basic) -> Any:
    """A formula without symbols as a bool, an int, a float, or a complex number where it is none of these."""
    if formula in (sp.true, sp.false):
        return formula == sp.true
    if formula.is_Integer and abs(formula) < 2**53:
        return int(formula)
    try:
        number = sp.N(formula, 30)
        value = complex(number)
    except (TypeError, ValueError, OverflowError):
        number, value = formula, cmath.inf
    if abs(value.imag) <= 1e-25 * abs(value.real):  # what is left of imaginary parts that cancel
        value = value.real
    if not cmath.isfinite(value) or (value == 0 and number != 0):
        message = (
            f"the number {formula} is none of double precision – expected one that is, neither 0 nor infinite"
        )
        raise ValueError(message)
    return value


def _sum(formula: sp.Expr, parameters: tuple[sp.Symbol, ...]) -> Formula:
    factor, inner = formula.primitive()
    terms = [compiled(term, parameters) for term in inner.as_ordered_terms()]
    scale = _constant(factor)

    def total(columns: Columns, library: ModuleType) -> Any:
        value = functools.reduce(operator.add, [term(columns, library) for term in terms])
        return value if scale == 1 else scale * value

    return total


def _product(formula: sp.Expr, parameters: tuple[sp.Symbol, ...]) -> Formula:
    factor, rest = formula.as_independent(*parameters, as_Add=False)
    scale = _constant(factor)
    above: list[Formula] = []
    below: list[Formula] = []
    for part in rest.as_ordered_factors():
        inverse = part.is_Pow and part.exp.is_number and part.exp.is_negative
        (below if inverse else above).append(compiled(1 / part if inverse else part, parameters))

    def product(columns: Columns, library: ModuleType) -> Any:
        first = [] if scale == 1 and above else [scale]
        value = functools.reduce(operator.mul, first + [part(columns, library) for part in above])
        if below:
            value = value / functools.reduce(operator.mul, [part(columns, library) for part in below])
        return value

    return product


def _function(formula: sp.Basic, parameters: tuple[sp.Symbol, ...]) -> Formula:
    """A function of a name, or a condition."""
    kind = formula.func
    if kind is sp.Piecewise:
        return _piecewise(formula, parameters)
    if kind is sp.Heaviside:
        argument, middle = formula.args
        cases = [(1, argument > 0), (0, argument < 0), (middle, sp.Eq(argument, 0)), (argument, True)]
        return _piecewise(sp.Piecewise(*cases, evaluate=False), parameters)  # the last one hands on NaN
    if kind not in _KNOWN:
        names = ", ".join(sorted(one.__name__ for one in {*_KNOWN} - {*_RELATIONS, sp.Not}))
        message = (
            f"no kernel can be made of the function {kind.__name__} in {formula} – expected one of {names}"
        )
        raise ValueError(message)
    parts = [compiled(part, parameters) for part in formula.args]
    if kind in _OF_TWO:
        name = _OF_TWO[kind]
        return lambda columns, library: functools.reduce(
            getattr(library, name), [_lifted(part(columns, library), columns, library) for part in parts]
        )
    if kind in _RELATIONS:
        relation = _RELATIONS[kind]
        return lambda columns, library: functools.reduce(relation, [part(columns, library) for part in parts])
    part = parts[0]
    if kind is sp.Not:
        return lambda columns, library: ~part(columns, library)
    if kind in _ELEMENTARY:
        name = _ELEMENTARY[kind]
        return lambda columns, library: getattr(library, name)(part(columns, library))
    if kind in _RECIPROCAL:
        name = _RECIPROCAL[kind]
        return lambda columns, library: 1 / getattr(library, name)(part(columns, library))
    name = _SPECIAL[kind]
    return lambda columns, library: getattr(getattr(library, "special", special), name)(
        part(columns, library)
    )


def _piecewise(formula: sp.Expr, parameters: tuple[sp.Symbol, ...]) -> Formula:
    cases = [(compiled(value, parameters), compiled(when, parameters)) for value, when in formula.args]

    def choice(columns: Columns, library: ModuleType) -> Any:
        result = _lifted(cmath.nan, columns, library)
        for value, when in reversed(cases):
            condition, chosen = when(columns, library), _lifted(value(columns, library), columns, library)
            result = chosen if condition is True else library.where(condition, chosen, result)
        return result

    return choice


def _lifted(value: Any, columns: Columns, library: ModuleType) -> Any:
    """A number as an array of the columns' kind: torch compares and chooses among tensors only."""
    return value if hasattr(value, "shape") else library.full_like(columns[0], value)
