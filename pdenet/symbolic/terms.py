"""What was read from an equation: its field, and the coefficient of each derivative."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pdenet.symbolic.display import as_latex, as_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sympy as sp
    from sympy.core.function import AppliedUndef

    from pdenet.symbolic.parsing import Orders


@dataclass(frozen=True, repr=False, eq=False)
class Terms:
    """A sum of derivatives of one field, each times a constant: all that a stencil needs of an equation.

    Parameters
    ----------
    field : sympy.core.function.AppliedUndef
        The unknown, psi(x, t) or psi(x, y, t).
    coefficients : mapping of (int, int) to sympy.Expr
        Coefficient of each derivative by its orders in x and y, in the order in which the terms are written.
    name : str
        What a display calls them.

    Examples
    --------
    >>> from pdenet.symbolic import PDE_1D
    >>> terms = PDE_1D.stencil().terms
    >>> terms
    PDE_1D: psi_t = alpha**2/2*psi_xx + beta*psi_x + gamma*psi
    >>> terms.coefficients
    {(2, 0): alpha**2/2, (1, 0): beta, (0, 0): gamma}
    """

    field: AppliedUndef
    coefficients: Mapping[Orders, sp.Expr]
    name: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Terms) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[object, ...]:
        # Two dictionaries are equal whatever their order; here it is that of the parameters.
        return self.field, tuple(self.coefficients.items()), self.name

    @property
    def space(self) -> tuple[sp.Symbol, ...]:
        """Spatial coordinates: (x,) or (x, y)."""
        return tuple(self.field.args[:-1])

    @property
    def time(self) -> sp.Symbol:
        """Time coordinate."""
        return self.field.args[-1]

    @cached_property
    def parameters(self) -> tuple[sp.Symbol, ...]:
        """Free symbols of the coefficients, by first appearance, then by name."""
        found: dict[sp.Symbol, None] = {}
        for coefficient in self.coefficients.values():
            found |= dict.fromkeys(sorted(coefficient.free_symbols, key=str))
        return tuple(found)

    def __repr__(self) -> str:
        return f"{self.name}: {as_text(self.coefficients, self.field.func.__name__)}"

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {as_latex(self.coefficients, self.field.func.__name__)}$"
