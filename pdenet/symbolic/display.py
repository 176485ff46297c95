"""How an equation reads: one line of text, one line of mathematics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from pdenet.symbolic.parsing import Orders, derivative_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def as_text(terms: Mapping[Orders, sp.Expr], field: str) -> str:
    """Equation as ``psi_t = alpha**2/2*psi_xx + beta*psi_x + gamma*psi``.

    Parameters
    ----------
    terms : mapping of (int, int) to sympy.Expr
        Coefficient of each derivative by its orders in x and y.
    field : str
        Name of the unknown.
    """
    unknowns = [derivative_name(orders, field) for orders in terms]
    return f"{field}_t = {_sum(list(terms.values()), unknowns, sp.sstr, '({})', '*')}"


def as_latex(terms: Mapping[Orders, sp.Expr], field: str) -> str:
    """Equation in LaTeX, its terms in the given order; parameters as in `as_text`."""
    name = sp.latex(sp.Symbol(field))
    unknowns = [_operators(orders) + name for orders in terms]
    right = _sum(list(terms.values()), unknowns, sp.latex, r"\left({}\right)", r"\,")
    return rf"\partial_t {name} = {right}"


def _operators(orders: Orders) -> str:
    powers = zip("xy", orders, strict=True)
    return "".join(rf"\partial_{axis}{f'^{n}' if n > 1 else ''} " for axis, n in powers if n)


def _sum(
    coefficients: list[sp.Expr],
    unknowns: list[str],
    show: Callable[[sp.Expr], str],
    brackets: str,
    times: str,
) -> str:
    text = ""
    for coefficient, unknown in zip(coefficients, unknowns, strict=True):
        negative = not coefficient.is_Add and coefficient.could_extract_minus_sign()
        size = -coefficient if negative else coefficient
        factor = show(size)
        if size.is_Add:
            factor = brackets.format(factor)
        text += (" - " if negative else " + ") if text else ("-" if negative else "")
        text += unknown if size == 1 else f"{factor}{times}{unknown}"
    return text
