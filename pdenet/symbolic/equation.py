"""Evolution equations: what a chapter writes down, and the entrance to everything derived from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import sympy as sp

from pdenet.symbolic import variables
from pdenet.symbolic.parsing import Orders, derivative_name, read_field, read_terms
from pdenet.symbolic.stability import Stability
from pdenet.symbolic.stencil import Stencil

if TYPE_CHECKING:
    import torch

spacing_symbol, dt_symbol = sp.symbols(r"\Delta{x} \Delta{t}", positive=True)


@dataclass(frozen=True, repr=False)
class EvolutionPDE:
    """Linear evolution equation with constant coefficients, first order in time.

    Parameters
    ----------
    equation : sympy.Equality
        ``Eq(psi.diff(t), rhs)`` with psi a function of (x, t) or (x, y, t), and a right-hand side that is
        linear in psi and its spatial derivatives, mixed ones included, with coefficients free of x, y, t.
    name : str, optional
        Name for display and for records.

    Raises
    ------
    ValueError
        Naming the term that is nonlinear, a source, differentiated in time, made of another function, or
        multiplied by something that depends on x, y or t.
    """

    equation: sp.Equality
    name: str | None = None

    def __post_init__(self) -> None:
        read_field(self.equation)
        self.__dict__["terms"] = read_terms(self.equation)

    if TYPE_CHECKING:
        terms: dict[Orders, sp.Expr]
