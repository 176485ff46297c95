"""A stencil: one explicit time step of some terms as a correlation kernel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from pdenet.checks.numbers import whole
from pdenet.symbolic import variables
from pdenet.symbolic.arguments import expression, refuse_doubles
from pdenet.symbolic.differences import (
    ACCURACIES,
    central_weights,
    difference_symbol,
    half_width,
    leading_error,
)
from pdenet.symbolic.kernels import KernelMap
from pdenet.symbolic.parsing import Orders, derivative_name

if TYPE_CHECKING:
    import torch

    from pdenet.symbolic.terms import Terms


@dataclass(frozen=True, repr=False)
class Stencil:
    """Central differences of the terms of an equation, times the time step.

    A layer is ``u + K u``; the stencil is ``K``, without the identity, written as `conv2d` applies it
    (cross-correlation; x to the right, y downwards). Made by `EvolutionPDE.stencil`.

    Parameters
    ----------
    terms : Terms
        The right-hand side of the equation.
    accuracy : {2, 4, 6}
        Order of the spatial error in the spacing.
    spacing : sympy.Expr
        Distance between two pixels, along both axes; a positive number or a symbol.
    dt : sympy.Expr
        Time between two layers; a positive number or a symbol.
    width : int or None
        Odd number of columns (and in 2-D of rows) of the kernel; None for the narrowest one that carries
        every derivative. A wider one only adds zeros.

    Raises
    ------
    TypeError
        If one of them is text, or no number or expression.
    ValueError
        If the accuracy, a step or the width is not as above, or the width cannot carry a derivative.

    Examples
    --------
    >>> from pdenet.symbolic import PDE_1D
    >>> stencil = PDE_1D.stencil()
    >>> stencil.matrix
    Matrix([[alpha**2/2 - beta/2, -alpha**2 + gamma, alpha**2/2 + beta/2]])
    >>> stencil.symbol()
    alpha**2*(cos(p) - 1) + I*beta*sin(p) + gamma
    """

    terms: Terms
    accuracy: int
    spacing: sp.Expr
    dt: sp.Expr
    width: int | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "accuracy", whole("accuracy", self.accuracy))
        if self.accuracy not in ACCURACIES:
            message = f"accuracy is {self.accuracy} – expected 2, 4 or 6"
            raise ValueError(message)
        for name in ("spacing", "dt"):
            object.__setattr__(self, name, self._step(name, getattr(self, name)))
        if self.width is None:
            return
        object.__setattr__(self, "width", whole("width", self.width))
        if self.width < 1 or self.width % 2 == 0:
            message = f"width is {self.width} – expected an odd positive number such as 3"
            raise ValueError(message)
        for orders, needed in self._widths().items():
            if needed > self.width:
                message = (
                    f"a width of {self.width} cannot carry {derivative_name(orders)} at accuracy "
                    f"{self.accuracy} – expected a width of at least {needed}"
                )
                raise ValueError(message)

    def _step(self, name: str, value: Any) -> sp.Expr:
        step = expression(name, value)
        if step.is_positive is False or (step.is_number and not step.is_positive):
            message = f"{name} is {step} – expected a positive number or a symbol"
            raise ValueError(message)
        refuse_doubles(name, step, self.parameters)
        strange = step.free_symbols & {*self.terms.field.args, variables.p, variables.q}
        if strange:
            message = f"{name} is {step} – expected a step that does not depend on {min(map(str, strange))}"
            raise ValueError(message)
        return step

    def __reduce__(self) -> tuple[Any, ...]:
        return Stencil, (self.terms, self.accuracy, self.spacing, self.dt, self.width)

    @property
    def parameters(self) -> tuple[sp.Symbol, ...]:
        """Parameters of the terms, in the order of the columns of theta."""
        return self.terms.parameters

    @property
    def shape(self) -> tuple[int, int]:
        """Rows (y) and columns (x) of the kernel; one row in 1-D."""
        width = self.width or max(self.accuracy + 1, *self._widths().values())
        return (width if len(self.terms.space) == 2 else 1), width

    def _widths(self) -> dict[Orders, int]:
        """Narrowest width of each derivative."""
        return {
            (i, j): 2 * max(half_width(n, self.accuracy) for n in (i, j)) + 1
            for i, j in self.terms.coefficients
        }

    @cached_property
    def patterns(self) -> dict[Orders, sp.ImmutableMatrix]:
        """Difference matrix of each derivative, scaled by the steps: what a coefficient of K multiplies."""
        rows, columns = self.shape
        return {(i, j): self._pattern(i, columns, j, rows) for i, j in self.terms.coefficients}

    def _pattern(self, i: int, columns: int, j: int, rows: int) -> sp.ImmutableMatrix:
        along_x = _padded(central_weights(i, self.accuracy), columns)
        along_y = _padded(central_weights(j, self.accuracy), rows)
        scale = self.dt / self.spacing ** (i + j)
        return sp.ImmutableMatrix(rows, columns, lambda row, column: scale * along_y[row] * along_x[column])

    @cached_property
    def matrix(self) -> sp.ImmutableMatrix:
        """Kernel as a matrix: rows are y from top to bottom, columns are x from left to right."""
        total = sp.zeros(*self.shape)
        for orders, coefficient in self.terms.coefficients.items():
            total += coefficient * self.patterns[orders]
        return sp.ImmutableMatrix(total.applyfunc(sp.expand))

    @property
    def offsets(self) -> dict[tuple[int, int], sp.Expr]:
        """Non-zero coefficients by offset (dx, dy) in pixels; dy is 0 throughout in 1-D."""
        rows, columns = self.shape
        return {
            (column - columns // 2, row - rows // 2): self.matrix[row, column]
            for row in range(rows)
            for column in range(columns)
            if self.matrix[row, column] != 0
        }

    @property
    def support(self) -> frozenset[tuple[int, int]]:
        """Offsets (dx, dy) whose coefficient is not zero."""
        return frozenset(self.offsets)

    def symbol(self, p: Any = variables.p, q: Any = variables.q) -> sp.Expr:
        r"""Fourier symbol :math:`\tilde\Omega(p, q) = \sum K(dx, dy)\, e^{i(p\,dx + q\,dy)}`.

        Parameters
        ----------
        p, q : sympy.Expr or number
            Wave numbers along x and y in radians per pixel; q has no effect in 1-D.
        """
        p, q = expression("p", p), expression("q", q)
        refuse_doubles("p", p, self.parameters)
        refuse_doubles("q", q, self.parameters)
        total = sp.Integer(0)
        for (i, j), coefficient in self.terms.coefficients.items():
            wave = difference_symbol(i, self.accuracy, p) * difference_symbol(j, self.accuracy, q)
            total += sp.factor_terms(coefficient * self.dt / self.spacing ** (i + j) * wave)
        return total

    def amplification(self, p: Any = variables.p, q: Any = variables.q) -> sp.Expr:
        """Factor 1 + Omega(p, q) by which one linear layer multiplies a plane wave.

        Parameters
        ----------
        p, q : sympy.Expr or number
            Wave numbers along x and y in radians per pixel; q has no effect in 1-D.
        """
        return 1 + self.symbol(p, q)

    def truncation_error(self) -> sp.Expr:
        """Leading term of what is left when a smooth solution is put into the scheme.

        The scheme is ``(psi(t + dt) - psi(t)) / dt = K psi / dt``; left minus right starts with a term of
        first order in dt and one of order `accuracy` in the spacing.
        """
        field, space, time = self.terms.field, self.terms.space, self.terms.time
        residual = self.dt / 2 * field.diff(time, 2)
        for orders, coefficient in self.terms.coefficients.items():
            for axis, variable in enumerate(space):
                degree, factor = leading_error(orders[axis], self.accuracy)
                if factor == 0:
                    continue
                others = [(v, n) for v, n in zip(space, orders, strict=False) if v != variable and n]
                derivative = field.diff((variable, degree), *others)
                residual -= coefficient * factor * self.spacing ** (degree - orders[axis]) * derivative
        return residual

    @cached_property
    def kernel_map(self) -> KernelMap:
        """Compiled map from parameters to kernels, made once.

        Raises
        ------
        ValueError
            If the spacing or dt is a symbol, or so small or large that double precision does not hold the
            differences.
        """
        for name, step in (("spacing", self.spacing), ("dt", self.dt)):
            if step.free_symbols:
                message = f"{name} is the symbol {step} – expected a number: kernels are numbers"
                raise ValueError(message)
        patterns = np.stack([_floats(pattern) for pattern in self.patterns.values()])
        return KernelMap(self.parameters, tuple(self.terms.coefficients.values()), patterns)

    def kernels(self, theta: torch.Tensor) -> torch.Tensor:
        """Kernels of many layers at once, differentiable in their parameters.

        Parameters
        ----------
        theta : torch.Tensor, shape (..., parameters)
            Parameters in the order of `parameters`; any leading axes, such as (seed, layer).

        Returns
        -------
        torch.Tensor, shape (..., rows, columns)
            In the dtype and on the device of theta; complex if the equation has complex coefficients.

        Raises
        ------
        ValueError
            If the last axis does not match the parameters, theta is not floating-point, or the spacing
            or dt is a symbol.
        """
        return self.kernel_map.as_torch(theta)

    def __repr__(self) -> str:
        rows, columns = self.shape
        return (
            f"<Stencil {rows}x{columns}, accuracy {self.accuracy}, {len(self.offsets)} taps, of {self.terms}>"
        )

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle K = {sp.latex(self.matrix, order='grlex')}$"


def _floats(pattern: sp.ImmutableMatrix) -> np.ndarray:
    try:
        values = np.array([float(entry) for entry in pattern]).reshape(pattern.shape)
    except OverflowError:
        values = np.full(pattern.shape, np.inf)
    if not np.isfinite(values).all() or np.count_nonzero(values) < sum(entry != 0 for entry in pattern):
        message = (
            "the differences over these steps are none of double precision – expected other units for them"
        )
        raise ValueError(message)
    return values


def _padded(weights: tuple[sp.Rational, ...], width: int) -> tuple[sp.Rational, ...]:
    border = (sp.Integer(0),) * ((width - len(weights)) // 2)
    return border + weights + border
