"""The action of a path through layers, its Lagrangian and its classical path: (36) to (38)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from pdenet.checks.numbers import real
from pdenet.symbolic.arguments import as_arrays, expression, numbers, refuse_zero

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def kinetic_term(velocity: Any, alpha: Any, beta: Any) -> sp.Expr:
    r"""The thesis's kinetic term (36), :math:`T=(\dot x+\beta)^2/2\alpha^2`.

    Parameters
    ----------
    velocity : sympy.Expr or number
        Displacement of a path in one layer, in pixels.
    alpha, beta : sympy.Expr or number
        Parameters of the layer.
    """
    velocity, alpha, beta = map(expression, ("velocity", "alpha", "beta"), (velocity, alpha, beta))
    return (velocity + beta) ** 2 / (2 * alpha**2)


def potential_term(alpha: Any, gamma: Any) -> sp.Expr:
    r"""The thesis's V (37) with its constant, :math:`V=\gamma-\log|\alpha|-\frac12\log2\pi`.

    Parameters
    ----------
    alpha, gamma : sympy.Expr or number
        Parameters of the layer.
    """
    alpha, gamma = expression("alpha", alpha), expression("gamma", gamma)
    return gamma - sp.log(sp.Abs(alpha)) - sp.log(2 * sp.pi) / 2


def lagrangian(velocity: Any, alpha: Any, beta: Any, gamma: Any) -> sp.Expr:
    r"""The thesis's Lagrangian (38), :math:`L=T-V`; :math:`e^{-L}` is the Gaussian (35).

    Parameters
    ----------
    velocity : sympy.Expr or number
        Displacement of a path in one layer, in pixels.
    alpha, beta, gamma : sympy.Expr or number
        Parameters of the layer.
    """
    return kinetic_term(velocity, alpha, beta) - potential_term(alpha, gamma)


def action(path: ArrayLike, alpha: ArrayLike, beta: ArrayLike, gamma: ArrayLike = 0.0) -> float | np.ndarray:
    r"""Action of a path, :math:`S=\sum_tL_t` as in (38), so that :math:`e^{-S}` is the path's weight.

    Parameters
    ----------
    path : array, shape (..., layers + 1)
        Positions x_0, ..., x_N in pixels, whole or not.
    alpha, beta, gamma : float or array, shape (layers,)
        Real parameters of each layer, alpha not 0.

    Returns
    -------
    float or numpy.ndarray
        The action of each path.

    Raises
    ------
    ValueError
        If the path has no step, alpha is 0, a parameter is not finite, or there are not as many as layers.
    """
    positions = numbers("path", path)
    if positions.ndim == 0 or positions.shape[-1] < 2:
        message = f"a path needs at least two positions (..., layers + 1); got shape {positions.shape}"
        raise ValueError(message)
    a, b, c = _per_layer(positions.shape[-1] - 1, alpha, beta, gamma)
    kinetic = ((np.diff(positions) + b) / a) ** 2 / 2
    potential = c - np.log(np.abs(a)) - np.log(2 * np.pi) / 2
    total = (kinetic - potential).sum(axis=-1)
    return float(total) if total.ndim == 0 else total


def classical_path(start: float, end: float, alpha: ArrayLike, beta: ArrayLike) -> np.ndarray:
    r"""Path of least action between two fixed ends: :math:`(\dot x_t+\beta_t)/\alpha_t^2` is conserved.

    Parameters
    ----------
    start, end : float
        Positions before the first and after the last layer, in pixels.
    alpha, beta : array, shape (layers,)
        Parameters of each layer, alpha not 0.

    Returns
    -------
    numpy.ndarray, shape (layers + 1,)
        The positions; not whole numbers in general.

    Raises
    ------
    ValueError
        If there is no layer, alpha is 0, a parameter is not finite, or there are not as many of each.
    """
    start, end = real("start", start), real("end", end)
    layers = max(np.size(alpha), np.size(beta))
    a, b, _ = _per_layer(layers, alpha, beta, 0.0)
    momentum = (end - start + b.sum()) / (a**2).sum()
    return start + np.concatenate([[0.0], np.cumsum(momentum * a**2 - b)])


def _per_layer(
    layers: int, alpha: ArrayLike, beta: ArrayLike, gamma: ArrayLike
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    given = {"alpha": alpha, "beta": beta, "gamma": gamma}
    for name, values in given.items():
        if np.shape(values) not in ((), (layers,)):
            message = f"{name} must be one number or (layers,) = ({layers},); got {np.shape(values)}"
            raise ValueError(message)
    _, a, b, c = as_arrays(np.zeros(layers), *given.values())
    if layers == 0:
        message = "a path needs at least one layer; got parameters of none"
        raise ValueError(message)
    refuse_zero(a)
    return a, b, c
