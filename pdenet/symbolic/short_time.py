r"""From the kernel of a short slice of time back to the equation: Feynman and Hibbs, section 4.1.

A slice of length :math:`\epsilon` takes a state :math:`\psi` to the mean of
:math:`e^{E(x,X,\epsilon)}\,\psi(x-X)` over a hop X, end minus start, which is normal with mean zero and
variance :math:`v\epsilon`. A real v is a diffusion, :math:`v=i\hbar/m` a particle in real time, as in (10) of
the thesis.
What the slice adds per unit of time as :math:`\epsilon\to0` is the right-hand side of the equation.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from pdenet.checks.numbers import whole
from pdenet.symbolic.arguments import expression, refuse_doubles
from pdenet.symbolic.gaussian import gaussian_integral
from pdenet.symbolic.states import hbar, mass
from pdenet.symbolic.variables import x

hop = sp.Symbol("X", real=True)
step = sp.Symbol("epsilon", positive=True)
point = sp.Symbol("lambda", real=True)

real_time = sp.I * hbar / mass
"""Variance of a hop per unit of real time, as in (F3)."""

_KNOWN = (x, hop, step, point)


def hop_moment(power: int, variance: Any) -> sp.Expr:
    r"""Mean of :math:`X^n` over a normal hop X of mean zero, by the derivatives of its generating function.

    The moments are polynomials in the variance, so they hold for an imaginary one too, that of real time.

    Parameters
    ----------
    power : int
        The exponent n, from 0 on.
    variance : sympy.Expr or number
        Variance of the hop.

    Raises
    ------
    ValueError
        If the power is no whole number from 0 on.

    Examples
    --------
    >>> hop_moment(4, sp.Symbol("v"))
    3*v**2
    """
    power, variance = whole("power", power, least=0), expression("variance", variance)
    real, source = sp.Dummy("v", positive=True), sp.Dummy("J", real=True)
    generating = gaussian_integral(-(hop**2) / (2 * real) + source * hop, hop) / sp.sqrt(2 * sp.pi * real)
    return sp.expand(generating.diff(source, power).subs(source, 0)).subs(real, variance)


def generator(exponent: Any, variance_rate: Any, state: Any) -> sp.Expr:
    r"""What a slice adds to a state per unit of time, in the limit of a short one.

    A hop is of the size of the root of the step, so all is expanded to first order in the step and second
    in the hop.

    Parameters
    ----------
    exponent : sympy.Expr
        E(x, X, epsilon) in the symbols `x`, `hop`, `step`; it vanishes with the hop and the step.
    variance_rate : sympy.Expr or number
        Variance of the hop per unit of time: the diffusivity times two, or ``I * hbar / mass``.
    state : sympy.Expr
        Function of x.

    Raises
    ------
    ValueError
        If the exponent does not vanish with hop and step: the slice would not tend to the identity.
    """
    given = {"exponent": exponent, "variance_rate": variance_rate, "state": state}
    formulas = {name: expression(name, value) for name, value in given.items()}
    for name, formula in formulas.items():
        refuse_doubles(name, formula, _KNOWN)
    size, unit = sp.Dummy("s", positive=True), sp.Dummy("X", real=True)  # X = s * unit, epsilon = s**2
    scaled = formulas["exponent"].subs({hop: size * unit, step: size**2}, simultaneous=True)
    start = formulas["state"].subs(x, x - size * unit)
    orders = [(sp.exp(scaled) * start).diff(size, n).subs(size, 0).doit() / sp.factorial(n) for n in range(3)]
    if sp.simplify(orders[0] - formulas["state"]) != 0:
        message = f"the exponent must vanish with the hop and the step; got {formulas['exponent']}"
        raise ValueError(message)
    second = sp.Poly(sp.expand(orders[2]), unit)
    rate = formulas["variance_rate"]
    return sp.expand(sum(value * hop_moment(power, rate) for (power,), value in second.terms()))


def along(field: Any, where: Any = point) -> sp.Expr:
    r"""Field at a point of the hop, :math:`x'+\lambda X` with the start :math:`x'=x-X` and the end x.

    Parameters
    ----------
    field : sympy.Expr or number
        Function of x.
    where : sympy.Expr or number
        The share of the hop that is behind: 0 is the start (Ito), 1/2 the midpoint (Stratonovich), 1 the end.
    """
    field, where = expression("field", field), expression("where", where)
    return field.subs(x, x - (1 - where) * hop)


def drift_exponent(drift: Any, variance_rate: Any, where: Any = point) -> sp.Expr:
    r"""Exponent that moves the mean of a hop to :math:`\epsilon b`: :math:`bX/v-\epsilon b^2/2v`.

    With the normal law of the hop it makes :math:`e^{-(X-\epsilon b)^2/2v\epsilon}`, the weight of a random
    walk with drift, and of (35) where b is minus the thesis's beta.

    Parameters
    ----------
    drift : sympy.Expr or number
        Velocity b, a function of x.
    variance_rate : sympy.Expr or number
        Variance v of the hop per unit of time.
    where : sympy.Expr or number
        Point of the hop at which the drift is taken, see `along`.
    """
    rate, there = expression("variance_rate", variance_rate), along(drift, where)
    return there * hop / rate - step * there**2 / (2 * rate)


def vector_exponent(vector: Any, potential: Any = 0, where: Any = point) -> sp.Expr:
    r"""Exponent of a charged particle's slice, :math:`\frac i\hbar(AX-\epsilon V)`, without its kinetic term.

    Parameters
    ----------
    vector : sympy.Expr or number
        Vector potential A times the charge, a function of x.
    potential : sympy.Expr or number
        Potential energy V, a function of x, taken at the start of the hop as in the thesis's (19).
    where : sympy.Expr or number
        Point of the hop at which the vector potential is taken, see `along`.
    """
    return sp.I / hbar * (along(vector, where) * hop - step * along(potential, 0))


__all__ = [
    "along",
    "drift_exponent",
    "generator",
    "hop",
    "hop_moment",
    "point",
    "real_time",
    "step",
    "vector_exponent",
]
