"""When a layer lets no plane wave grow, and when it keeps an image non-negative."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from pdenet.checks.numbers import real
from pdenet.symbolic.coefficients import is_complex

if TYPE_CHECKING:
    from sympy.logic.boolalg import Boolean

    from pdenet.symbolic.stencil import Stencil

# The zone is cut into blocks so that two nearly equal maxima are both followed to their tops.
# Halving the reach would lose maxima on narrow slanted ridges.
_BLOCKS, _SAMPLES, _ZOOMS, _SHRINK = 6, 7, 24, 0.7


@dataclass(frozen=True, repr=False)
class Stability:
    r"""Stability of the linear layer ``u + K u``, for every wave number of an unbounded image.

    A layer is *stable* if :math:`|1 + \tilde\Omega(p, q)| \le 1` for all p and q, and *positive* if no entry
    of its step, identity included, is negative. For the family of the thesis (diffusion, drift and growth at
    accuracy 2) the conditions have closed forms; a stencil outside it is judged by sampling.

    Parameters
    ----------
    stencil : Stencil
        The stencil of one layer.
    """

    stencil: Stencil

    @property
    def amplification(self) -> sp.Expr:
        """Factor 1 + Omega(p, q) of a plane wave."""
        return self.stencil.amplification()

    @cached_property
    def entries(self) -> dict[tuple[int, int], sp.Expr]:
        """Entries of the step, identity included, by offset (dx, dy)."""
        offsets = self.stencil.offsets
        return offsets | {(0, 0): sp.expand(1 + offsets.get((0, 0), 0))}

    @cached_property
    def positivity(self) -> tuple[Boolean, ...]:
        """One condition per entry of the step, exact: all together mean that no entry is negative."""
        conditions = (_at_least_zero(entry) for entry in self.entries.values())
        return tuple(condition for condition in conditions if condition != sp.true)

    @cached_property
    def conditions(self) -> Boolean | None:
        """Condition equivalent to stability, or None where no closed form is known."""
        numbers = self._numbers()
        if numbers is None:
            return None
        (a, b), (c, r), m = numbers
        if b == r == 0:
            return self.necessary
        if c == r == 0:
            return _line(a, b, m)
        if a == b == 0:
            return _line(c, r, m)
        return _plane(a, b, c, r, m) if m == 1 else None

    @cached_property
    def sufficient(self) -> Boolean:
        """Condition that implies stability: no wave outgrows the mean, and the mean does not grow.

        Where the closed form is not known for that either: a positive step whose entries add up to at most 1.
        """
        numbers = self._numbers()
        bounded = sp.Le(sp.expand(self.stencil.symbol(0, 0)), 0)
        if numbers is None:
            return sp.And(bounded, *self.positivity)
        (a, b), (c, r), m = numbers
        return sp.And(bounded, sp.Ge(m, 0), _plane(a, b, c, r, m))

    @cached_property
    def necessary(self) -> Boolean:
        """Condition that stability implies: the mean and the checkerboards do not grow."""
        corners = [(0, 0), (sp.pi, 0), (0, sp.pi), (sp.pi, sp.pi)]
        if len(self.stencil.terms.space) == 1:
            corners = corners[:2]
        return sp.And(*(sp.Le(sp.Abs(sp.expand(self.stencil.amplification(p, q))), 1) for p, q in corners))

    def max_gain(self, theta: Any = ()) -> np.ndarray:
        r"""Largest :math:`|1 + \tilde\Omega|` over all waves, sampled and refined around every candidate.

        Parameters
        ----------
        theta : array_like, shape (..., parameters)
            Parameters in the order of `Stencil.parameters`; any leading axes.

        Returns
        -------
        numpy.ndarray, shape (...)

        Raises
        ------
        ValueError
            If the last axis does not match the parameters, or a step of the stencil is a symbol.
        """
        step = self._steps(theta)[..., None, :, :]
        dy, dx = (np.arange(n) - n // 2 for n in self.stencil.shape)
        reach = np.pi / _BLOCKS
        centres = np.linspace(-np.pi + reach, np.pi - reach, _BLOCKS)
        local = np.linspace(-1.0, 1.0, _SAMPLES)
        centres_y, local_y = (np.zeros(1), np.zeros(1)) if len(dy) == 1 else (centres, local)
        p, q = (block.ravel() for block in np.meshgrid(centres, centres_y))
        p, q = (np.broadcast_to(block, (*step.shape[:-3], block.size)) for block in (p, q))
        for _ in range(_ZOOMS):
            p_grid, q_grid = p[..., None] + reach * local, q[..., None] + reach * local_y
            waves_x = np.exp(1j * p_grid[..., None, :] * dx[:, None])
            waves_y = np.exp(1j * q_grid[..., None] * dy)
            gain = np.abs(waves_y @ step @ waves_x).reshape(*p.shape, -1)
            row, column = np.divmod(gain.argmax(axis=-1), _SAMPLES)
            p = np.take_along_axis(p_grid, column[..., None], axis=-1)[..., 0]
            q = np.take_along_axis(q_grid, row[..., None], axis=-1)[..., 0]
            reach *= _SHRINK
        result: np.ndarray = gain.max(axis=(-2, -1))
        return result

    def is_stable(self, theta: Any = (), tolerance: float = 1e-9) -> np.ndarray:
        """Whether no plane wave grows, by `max_gain`.

        Parameters
        ----------
        theta : array_like, shape (..., parameters)
            As in `max_gain`.
        tolerance : float
            Excess over 1 that still counts as stable; room for rounding on the edge of the region.

        Returns
        -------
        numpy.ndarray of bool, shape (...)
        """
        return self.max_gain(theta) <= 1 + real("tolerance", tolerance, least=0)

    def is_positive(self, theta: Any = ()) -> np.ndarray:
        """Whether no entry of the step, identity included, is negative.

        Parameters
        ----------
        theta : array_like, shape (..., parameters)
            As in `max_gain`.

        Returns
        -------
        numpy.ndarray of bool, shape (...)
        """
        step = self._steps(theta)
        result: np.ndarray = np.all((step.real >= 0) & (step.imag == 0), axis=(-2, -1))
        return result

    def _steps(self, theta: Any) -> np.ndarray:
        step = self.stencil.kernel_map.as_numpy(theta)
        rows, columns = self.stencil.shape
        step[..., rows // 2, columns // 2] += 1
        return step

    def _numbers(self) -> tuple[tuple[sp.Expr, sp.Expr], tuple[sp.Expr, sp.Expr], sp.Expr] | None:
        """Diffusion and drift numbers along x and y, and the mean's factor; None outside the family."""
        terms, h, dt = self.stencil.terms.coefficients, self.stencil.spacing, self.stencil.dt
        family = {(2, 0), (1, 0), (0, 2), (0, 1), (0, 0)}
        if self.stencil.accuracy != 2 or not terms.keys() <= family or any(map(is_complex, terms.values())):
            return None

        def number(i: int, j: int) -> sp.Expr:
            return sp.expand(terms.get((i, j), sp.Integer(0)) * dt / h ** (i + j))

        along_x, along_y = (2 * number(2, 0), number(1, 0)), (2 * number(0, 2), number(0, 1))
        return along_x, along_y, 1 + number(0, 0)

    def __repr__(self) -> str:
        shown = self.conditions if self.conditions is not None else f"sampled; sufficient: {self.sufficient}"
        return f"<Stability of {self.stencil.terms.name}: {shown}>"

    def _repr_latex_(self) -> str:
        if self.conditions is not None:
            return rf"$\displaystyle |1 + \tilde\Omega| \le 1 \iff {sp.latex(self.conditions)}$"
        return rf"$\displaystyle |1 + \tilde\Omega| \le 1 \Longleftarrow {sp.latex(self.sufficient)}$"


def _at_least_zero(expression: sp.Expr) -> Boolean:
    return sp.false if is_complex(expression) else sp.Ge(expression, 0)


def _line(a: sp.Expr, b: sp.Expr, m: sp.Expr) -> Boolean:
    """Stability on a line: diffusion number a, drift number b, mean's factor m."""
    if m == 1:
        return sp.And(sp.Le(b**2, a), sp.Le(a, 1))
    excess = b**2 - a**2
    # The middle of the zone matters only if the curve of the factor bulges there beyond its two ends.
    no_bulge = sp.Or(
        sp.Le(b**2, a**2), sp.Ge(sp.Abs(a * (m - a)), excess), sp.Le(b**2 * (excess + (m - a) ** 2), excess)
    )
    return sp.And(sp.Le(sp.Abs(m), 1), sp.Le(sp.Abs(m - 2 * a), 1), no_bulge)


def _plane(a: sp.Expr, b: sp.Expr, c: sp.Expr, r: sp.Expr, m: sp.Expr) -> Boolean:
    """No wave outgrows the mean, whose factor is m: the thesis's equation (39) without divisions."""
    return sp.And(
        sp.Ge(a, 0),
        sp.Ge(c, 0),
        sp.Le(a + c, m),
        sp.Le(b**2, m * a),
        sp.Le(r**2, m * c),
        sp.Le(b**2 * c + r**2 * a, m * a * c),
    )
