"""The equation that a layer follows more closely than its own: Warming and Hyett's modified equation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from pdenet.checks.numbers import whole
from pdenet.symbolic.variables import p

if TYPE_CHECKING:
    from pdenet.symbolic.stencil import Stencil


def modified_coefficients(stencil: Stencil, order: int = 3) -> tuple[sp.Expr, ...]:
    r"""Coefficients :math:`c_0, \dots, c_n` of the equation whose exact flow over a layer is the layer.

    A layer multiplies the wave :math:`e^{ikx}` by :math:`g`, and the flow of
    :math:`\partial_t\psi = \sum_n c_n \partial_x^n \psi` over a time step by
    :math:`e^{\Delta t \sum_n c_n (ik)^n}`: so the :math:`c_n` are the Taylor coefficients of
    :math:`\log g / \Delta t` in :math:`ik`.

    Parameters
    ----------
    stencil : Stencil
        Of an equation in x.
    order : int
        The last derivative, not negative.

    Returns
    -------
    tuple of sympy.Expr
        The coefficients of the derivatives of order 0 to `order`, factored.

    Raises
    ------
    ValueError
        If the equation is not in x alone, or the order is negative.

    References
    ----------
    R. F. Warming and B. J. Hyett, Journal of Computational Physics 14 (1974) 159.

    Examples
    --------
    >>> from pdenet.symbolic import PDE_1D, gamma
    >>> stencil = PDE_1D.stencil()
    >>> [c.subs(gamma, 0).factor() for c in modified_coefficients(stencil, order=2)]
    [0, beta, (alpha - beta)*(alpha + beta)/2]
    """
    order = whole("order", order, least=0)
    logarithm = sp.log(_factor_on_a_line(stencil))
    coefficients = []
    for n in range(order + 1):
        taylor = logarithm.diff(p, n).subs(p, 0) / sp.factorial(n)
        coefficients.append(sp.factor(taylor * stencil.spacing**n / (sp.I**n * stencil.dt)))
    return tuple(coefficients)


def group_velocity(stencil: Stencil) -> sp.Expr:
    r"""Velocity :math:`-\mathrm d \arg g / \mathrm d k` of a packet of waves, exactly, in a linear layer.

    Parameters
    ----------
    stencil : Stencil
        Of an equation in x, its coefficients real.

    Returns
    -------
    sympy.Expr
        In the unit of length over that of time, as a function of the wave number p in radians per pixel.

    Raises
    ------
    ValueError
        If the equation is not in x alone.

    References
    ----------
    L. N. Trefethen, SIAM Review 24 (1982) 113.

    Examples
    --------
    >>> from pdenet.symbolic import PDE_1D, alpha, gamma
    >>> group_velocity(PDE_1D.stencil()).subs({alpha: 0, gamma: 0})
    -beta*cos(p)/(beta**2*sin(p)**2 + 1)
    """
    real, imaginary = _factor_on_a_line(stencil).expand().as_real_imag()
    turning = (real * imaginary.diff(p) - imaginary * real.diff(p)) / (real**2 + imaginary**2)
    return -stencil.spacing / stencil.dt * turning


def _factor_on_a_line(stencil: Stencil) -> sp.Expr:
    if len(stencil.terms.space) != 1:
        message = f"the equation is in {stencil.terms.space} – expected one in x alone"
        raise ValueError(message)
    return stencil.amplification()
