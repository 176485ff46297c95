"""Evolution equations: what a chapter writes down, and the entrance to everything derived from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from pdenet.checks.numbers import whole
from pdenet.symbolic import variables
from pdenet.symbolic.arguments import expression
from pdenet.symbolic.parsing import read_field, read_terms
from pdenet.symbolic.stability import Stability
from pdenet.symbolic.stencil import Stencil
from pdenet.symbolic.terms import Terms

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sympy as sp
    import torch
    from sympy.core.function import AppliedUndef

    from pdenet.symbolic.parsing import Orders


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
    TypeError
        If the name is no text.
    ValueError
        Naming the term that is nonlinear, a source, differentiated in time, made of another function, or
        multiplied by something that depends on x, y or t; or the coefficient that no kernel can be made of,
        such as one that is infinite, or has a parameter called p, q, bias or like another one.

    Examples
    --------
    >>> import sympy as sp
    >>> from pdenet.symbolic import alpha, psi, t, x, y
    >>> heat = EvolutionPDE(sp.Eq(psi.diff(t), alpha**2 / 2 * (psi.diff(x, 2) + psi.diff(y, 2))))
    >>> heat.stencil().matrix
    Matrix([
    [         0,  alpha**2/2,          0],
    [alpha**2/2, -2*alpha**2, alpha**2/2],
    [         0,  alpha**2/2,          0]])
    >>> heat.stability().is_stable([[0.7], [0.8]])
    array([ True, False])
    """

    equation: sp.Equality
    name: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.name, str | None):
            message = f"name must be text or None; got {self.name!r}"
            raise TypeError(message)
        # Reading the terms is the validation: a bad equation must fail here and not at its first use.
        _ = self._read

    @cached_property
    def _read(self) -> Terms:
        return Terms(read_field(self.equation), read_terms(self.equation), self.name or "EvolutionPDE")

    @property
    def field(self) -> AppliedUndef:
        """The unknown, psi(x, t) or psi(x, y, t)."""
        return self._read.field

    @property
    def terms(self) -> Mapping[Orders, sp.Expr]:
        """Coefficient of each derivative, by its orders in x and y, in the order the thesis writes them."""
        return self._read.coefficients

    @property
    def rhs(self) -> sp.Expr:
        """Right-hand side of the equation."""
        return self.equation.rhs

    @property
    def space(self) -> tuple[sp.Symbol, ...]:
        """Spatial coordinates: (x,) or (x, y)."""
        return self._read.space

    @property
    def time(self) -> sp.Symbol:
        """Time coordinate."""
        return self._read.time

    @property
    def parameters(self) -> tuple[sp.Symbol, ...]:
        """Free symbols of the coefficients, by first appearance in `terms`, then by name."""
        return self._read.parameters

    def stencil(
        self, accuracy: int = 2, spacing: Any = 1, *, dt: Any = 1, width: int | None = None
    ) -> Stencil:
        """One explicit time step of the equation as a correlation kernel.

        Parameters
        ----------
        accuracy : {2, 4, 6}
            Order of the spatial error in the spacing.
        spacing, dt : number or sympy.Expr
            Pixel and time step; a pixel is one unit of length and a layer one unit of time by default.
        width : int, optional
            Odd width of the kernel; by default the narrowest that carries every derivative.

        Raises
        ------
        TypeError
            If an argument is text, or no number or expression.
        ValueError
            If an argument is not as above, or a derivative does not fit into the requested width.
        """
        return _stencil(
            self._read,
            whole("accuracy", accuracy),
            expression("spacing", spacing),
            expression("dt", dt),
            None if width is None else whole("width", width),
        )

    def symbol(self, p: Any = variables.p, q: Any = variables.q) -> sp.Expr:
        """Fourier symbol of the default stencil; see `Stencil.symbol`."""
        return self.stencil().symbol(p, q)

    def amplification(self, p: Any = variables.p, q: Any = variables.q) -> sp.Expr:
        """Factor 1 + Omega(p, q) of one layer of the default stencil; see `Stencil.amplification`."""
        return self.stencil().amplification(p, q)

    def kernels(self, theta: torch.Tensor) -> torch.Tensor:
        """Kernels of the default stencil; see `Stencil.kernels`."""
        return self.stencil().kernels(theta)

    def stability(self) -> Stability:
        """Conditions under which a layer of the default stencil lets no wave grow; see `Stability`."""
        return Stability(self.stencil())

    def truncation_error(self, accuracy: int = 2) -> sp.Expr:
        """Leading truncation error for symbolic steps dx and dt; see `Stencil.truncation_error`.

        Parameters
        ----------
        accuracy : {2, 4, 6}
            Order of the spatial error in the spacing.
        """
        return self.stencil(accuracy, variables.dx, dt=variables.dt).truncation_error()

    def __repr__(self) -> str:
        return repr(self._read)

    def _repr_latex_(self) -> str:
        return self._read._repr_latex_()


@cache
def _stencil(terms: Terms, accuracy: int, spacing: sp.Expr, dt: sp.Expr, width: int | None) -> Stencil:
    return Stencil(terms, accuracy, spacing, dt, width)
