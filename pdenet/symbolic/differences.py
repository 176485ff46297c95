"""Central difference weights, solved from their Taylor (moment) conditions."""

from functools import cache

import sympy as sp

from pdenet.checks.numbers import whole
from pdenet.symbolic.arguments import expression

ACCURACIES = (2, 4, 6)


def half_width(order: int, accuracy: int) -> int:
    """Radius of the narrowest central difference for one derivative.

    Parameters
    ----------
    order : int
        Order of the derivative; 0 is the field itself, which needs no neighbour.
    accuracy : int
        Even order of the error in the spacing.

    Raises
    ------
    ValueError
        If the order is negative, or the accuracy is not even and positive.
    """
    order, accuracy = whole("order", order, least=0), whole("accuracy", accuracy, least=2)
    if accuracy % 2:
        message = f"accuracy is {accuracy} – expected an even number: central differences have no other"
        raise ValueError(message)
    return 0 if order == 0 else (order + 1) // 2 - 1 + accuracy // 2


@cache
def central_weights(order: int, accuracy: int) -> tuple[sp.Rational, ...]:
    r"""Weights of the narrowest central difference, at unit spacing, from left to right.

    The weights :math:`c_k` solve :math:`\sum_k c_k k^n / n! = \delta_{n,\mathrm{order}}` for as many
    :math:`n` as there are weights: expand :math:`\psi(x + k)` in :math:`k` and ask that only the wanted
    derivative is left.

    Parameters
    ----------
    order, accuracy : int
        As in `half_width`.

    Examples
    --------
    >>> central_weights(2, 2)
    (1, -2, 1)
    >>> central_weights(1, 4)
    (1/12, -2/3, 0, 2/3, -1/12)
    """
    radius = half_width(order, accuracy)
    nodes = range(-radius, radius + 1)
    conditions = sp.Matrix(len(nodes), len(nodes), lambda n, k: moment_weight(nodes[k], n))
    wanted = sp.Matrix(len(nodes), 1, lambda n, _: int(n == order))
    return tuple(conditions.LUsolve(wanted))


def moment_weight(offset: int, degree: int) -> sp.Rational:
    """Weight of the ``degree``-th derivative in the Taylor series of a neighbour at ``offset``."""
    offset, degree = whole("offset", offset), whole("degree", degree, least=0)
    return sp.Integer(offset) ** degree / sp.factorial(degree)


@cache
def leading_error(order: int, accuracy: int) -> tuple[int, sp.Rational]:
    """Order and factor of the first derivative that a central difference leaves over.

    ``(0, 0)`` for the field itself, which is copied without error.

    Parameters
    ----------
    order, accuracy : int
        As in `half_width`.
    """
    order = whole("order", order, least=0)
    if order == 0:
        return 0, sp.Integer(0)
    radius = half_width(order, accuracy)
    weights = central_weights(order, accuracy)
    degree = order
    moment = sp.Integer(0)
    while moment == 0:
        degree += 1
        moment = sum(c * moment_weight(k - radius, degree) for k, c in enumerate(weights))
    return degree, moment


@cache
def difference_symbol(order: int, accuracy: int, wavenumber: sp.Expr) -> sp.Expr:
    r"""Fourier symbol :math:`\sum_k c_k e^{ik p}` of a central difference, as cosines or sines.

    Parameters
    ----------
    order, accuracy : int
        As in `half_width`.
    wavenumber : sympy.Expr
        Wave number in radians per pixel.
    """
    radius, wavenumber = half_width(order, accuracy), expression("wavenumber", wavenumber)
    weights = central_weights(order, accuracy)
    # Even derivatives have even weights and odd ones odd weights, so the two halves of the sum merge.
    wave = sp.cos if order % 2 == 0 else lambda angle: sp.I * sp.sin(angle)
    pairs = sum(2 * weights[radius + k] * wave(k * wavenumber) for k in range(1, radius + 1))
    return weights[radius] + pairs
