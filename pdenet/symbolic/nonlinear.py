"""What a nonlinear diffusion lets flow: its flux as a function of the difference, and the flux's slopes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp
from sympy.calculus.util import function_range

from pdenet.checks.numbers import real

if TYPE_CHECKING:
    from collections.abc import Callable

s = sp.Symbol("s", real=True)
"""The difference between two neighbouring pixels, in units of the contrast."""

LINEAR = s
"""Of the diffusion equation itself."""

CHARBONNIER = s / sp.sqrt(1 + s**2)
"""The slope of sqrt(1 + s**2), total variation rounded at zero: Charbonnier and others (1997)."""

PERONA_MALIK = s / (1 + s**2)
"""Perona and Malik (1990): falls again beyond the contrast."""


def slopes(flux: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Greatest lower and least upper bound of the slope of a flux, over all real differences.

    Parameters
    ----------
    flux : sympy.Expr
        In `s`, with no other symbol.

    Returns
    -------
    (least, most)

    Examples
    --------
    >>> slopes(PERONA_MALIK)
    (-1/8, 1)
    """
    found = function_range(sp.simplify(flux.diff(s)), s, sp.S.Reals)
    return found.inf, found.sup


def activation(flux: sp.Expr, contrast: float = 1.0) -> Callable[[Any], Any]:
    r"""A flux as a function of arrays or tensors: :math:`\lambda\,\phi(s/\lambda)`, with the slopes of phi.

    Parameters
    ----------
    flux : sympy.Expr
        In `s`: powers, roots, sums and products.
    contrast : float
        The positive lambda.

    Returns
    -------
    callable
        Of a NumPy array or a PyTorch tensor, elementwise.

    Raises
    ------
    TypeError, ValueError
        If the contrast is no positive number.
    """
    contrast = real("contrast", contrast, above=0)
    function = sp.lambdify(s, flux, modules=[{"sqrt": lambda x: x**0.5}])
    return lambda difference: contrast * function(difference / contrast)
