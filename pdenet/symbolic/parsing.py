"""Reading an equation: which derivatives stand on its right-hand side, and with which coefficients."""

from collections.abc import Iterable, Iterator

import sympy as sp
from sympy.core.function import AppliedUndef

from pdenet.symbolic.coefficients import check_coefficients

Orders = tuple[int, int]
"""Orders of differentiation in x and in y; the second is 0 for a field of (x, t)."""


def _refuse_symbolic_orders(equation: sp.Equality) -> None:
    for derivative in equation.atoms(sp.Derivative):
        for variable, count in derivative.variable_count:
            if not count.is_Integer:
                message = f"{derivative} is of the order {count} in {variable} – expected a whole number"
                raise ValueError(message)


def derivative_name(orders: Orders, field: str = "psi") -> str:
    """Subscript notation of a derivative: ``psi_xxy`` for the orders (2, 1)."""
    i, j = orders
    return f"{field}_{'x' * i}{'y' * j}" if i or j else field


def read_field(equation: object) -> AppliedUndef:
    """Field of an evolution equation, read off its left-hand side.

    Parameters
    ----------
    equation : sympy.Equality
        ``Eq(psi.diff(t), rhs)`` with psi a function of (x, t) or of (x, y, t).

    Raises
    ------
    ValueError
        If it is no equation, or its left-hand side is not one first derivative in time of such a field.
    """
    if not isinstance(equation, sp.Equality):
        message = f"not an equation: {equation} – expected sympy.Eq(psi.diff(t), right_hand_side)"
        raise ValueError(message)
    _refuse_symbolic_orders(equation)
    left = equation.lhs
    if not isinstance(left, sp.Derivative) or not isinstance(left.expr, AppliedUndef):
        message = f"the left-hand side is {left} – expected the time derivative psi.diff(t) alone"
        raise ValueError(message)
    field = left.expr
    names = tuple(str(argument) for argument in field.args)
    symbols = all(isinstance(argument, sp.Symbol) for argument in field.args)
    if not symbols or names not in {("x", "t"), ("x", "y", "t")}:
        message = f"the field is {field} – expected a function of (x, t) or of (x, y, t), in this order"
        raise ValueError(message)
    time = field.args[-1]
    if left.variables == (time, time):
        message = f"second time derivative {left} – expected an equation of first order in time"
        raise ValueError(message)
    if left.variables != (time,):
        message = f"the left-hand side is {left} – expected the time derivative psi.diff(t) alone"
        raise ValueError(message)
    return field


def read_terms(equation: sp.Equality) -> dict[Orders, sp.Expr]:
    """Coefficient of each spatial derivative of the field, in the order in which the thesis writes them.

    A coefficient stays as it was typed: ``(alpha - beta)**2/2`` is never negative, and what it is multiplied
    out to can be, in floating point. It is multiplied out only where the terms do not separate otherwise.

    SymPy sorts a sum as it builds it, so the order in which it was typed is lost. The terms take the
    order of the thesis instead: x derivatives from the highest down, then those in y, then mixed
    ones, then the field itself.

    Parameters
    ----------
    equation : sympy.Equality
        As in `read_field`.

    Raises
    ------
    ValueError
        Naming the first term that is not a constant times the field or a spatial derivative of it, or what
        is wrong with its coefficient.
    """
    field = read_field(equation)
    right = equation.rhs.doit() if isinstance(equation.rhs, sp.Expr) else equation.rhs
    if not isinstance(right, sp.Expr) or right.is_Matrix:
        message = f"the right-hand side is {right} – expected a sum of terms in the field"
        raise ValueError(message)
    expanded = sp.expand(right)
    if expanded == 0:
        message = "the right-hand side is 0 – expected at least one term in the field"
        raise ValueError(message)
    collected = _collected(_read_term(term, field) for term in sp.Add.make_args(expanded))
    typed = _collected(_as_typed(right, field))
    for orders, coefficient in collected.items():
        as_typed = typed.get(orders, sp.Integer(0))
        if sp.expand(as_typed) == coefficient and as_typed.free_symbols == coefficient.free_symbols:
            collected[orders] = as_typed
    check_coefficients(collected.values(), field)
    return {orders: collected[orders] for orders in sorted(collected, key=_thesis_order)}


def _collected(terms: Iterable[tuple[Orders, sp.Expr]]) -> dict[Orders, sp.Expr]:
    collected: dict[Orders, sp.Expr] = {}
    for orders, coefficient in terms:
        collected[orders] = collected.get(orders, sp.Integer(0)) + coefficient
    return collected


def _as_typed(right: sp.Expr, field: AppliedUndef) -> Iterator[tuple[Orders, sp.Expr]]:
    """The terms of a sum and their coefficients, multiplied out over nothing but sums of terms."""
    if right.is_Add:
        for term in right.args:
            yield from _as_typed(term, field)
        return
    coefficient, factor = right.as_independent(field.func, *field.args, as_Add=False)
    if factor.is_Add:
        yield from ((orders, coefficient * inner) for orders, inner in _as_typed(factor, field))
    elif factor == field or (isinstance(factor, sp.Derivative) and factor.expr == field):
        yield _read_term(right, field)


def _thesis_order(orders: Orders) -> tuple[int, int, int]:
    i, j = orders
    block = 3 if i == j == 0 else 2 if i and j else 1 if j else 0
    return block, -i - j, -i


def _read_term(term: sp.Expr, field: AppliedUndef) -> tuple[Orders, sp.Expr]:
    coordinates = field.args
    coefficient, factor = term.as_independent(field.func, *coordinates, as_Add=False)
    strangers = term.atoms(AppliedUndef) - {field}
    if strangers:
        unknown = min(map(str, strangers))
        message = f"unknown function {unknown} in the term {term} – only {field} may appear"
        raise ValueError(message)
    known = {str(coordinate): coordinate for coordinate in coordinates}
    for symbol in term.free_symbols - set(coordinates):
        if str(symbol) in known:
            message = (
                f"the term {term} has a symbol {symbol} that is not the {symbol} of {field} – "
                "expected one symbol of that name (pdenet.symbolic exports x, y, t)"
            )
            raise ValueError(message)
    if factor == field:
        return (0, 0), coefficient
    if isinstance(factor, sp.Derivative) and factor.expr == field:
        if coordinates[-1] in factor.variables:
            which = (
                "second time derivative"
                if factor.variables.count(coordinates[-1]) == 2
                else "time derivative"
            )
            message = f"{which} in the term {term} – expected spatial derivatives only"
            raise ValueError(message)
        counts = [factor.variables.count(coordinate) for coordinate in coordinates[:-1]]
        return (counts[0], counts[1] if len(counts) == 2 else 0), coefficient
    message = f"{_reason(factor, field)} in the term {term} – expected constant × derivative of {field}"
    raise ValueError(message)


def _reason(factor: sp.Expr, field: AppliedUndef) -> str:
    if not factor.has(field):
        return f"source without {field.func}"
    if factor.has(sp.Subs, sp.Integral):
        return "non-local expression"
    derivatives = {derivative: sp.Dummy() for derivative in factor.atoms(sp.Derivative)}
    without_unknowns = factor.xreplace(derivatives).xreplace({field: sp.Dummy()})
    dependence = sorted(map(str, without_unknowns.free_symbols & set(field.args)))
    if dependence:
        return f"coefficient that depends on {', '.join(dependence)}"
    return "nonlinear expression"
