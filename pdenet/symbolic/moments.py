"""What a linear layer does to an image as a whole: its mass, its place and its spread, layer by layer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from pdenet.symbolic import variables
from pdenet.symbolic.arguments import numbers
from pdenet.symbolic.coefficients import RealFormula

if TYPE_CHECKING:
    from pdenet.symbolic.equation import EvolutionPDE


@dataclass(frozen=True)
class Moments:
    """Mass, mean position and covariance of one image or of many.

    Parameters
    ----------
    mass : numpy.ndarray, shape (...)
        Sum of all pixels.
    place : numpy.ndarray, shape (..., 2)
        Mean position (x, y) in pixels, weighted by the pixel values; for layers, how far they move it.
    covariance : numpy.ndarray, shape (..., 2, 2)
        Covariance of the position in square pixels; for layers, what they add.
    """

    mass: np.ndarray
    place: np.ndarray
    covariance: np.ndarray


def layer_moments(pde: EvolutionPDE) -> tuple[sp.Expr, sp.Matrix, sp.Matrix]:
    r"""Factor of the mass, shift of the mean and added covariance of one linear layer, as formulas.

    The amplification factor g is a generating function: :math:`\log g(p, q)` at small wave numbers is
    :math:`\log m - i (p, q) \cdot s - \tfrac12 (p, q)\, C\, (p, q)^T`. No border and no ReLU.

    Parameters
    ----------
    pde : EvolutionPDE
        The equation, in x or in x and y.

    Returns
    -------
    mass : sympy.Expr
        The factor m.
    shift : sympy.Matrix, shape (n, 1)
        The shift s in pixels along the n axes of the equation.
    covariance : sympy.Matrix, shape (n, n)
        The covariance C that is added, in square pixels.

    Examples
    --------
    >>> from pdenet.symbolic import PDE_1D
    >>> mass, shift, covariance = layer_moments(PDE_1D)
    >>> mass, shift[0]
    (gamma + 1, -beta/(gamma + 1))
    """
    waves = [variables.p, variables.q][: len(pde.space)]
    factor = pde.stencil().amplification()
    at_rest = dict.fromkeys(waves, 0)
    mass = factor.subs(at_rest)
    logarithm = sp.log(factor)
    shift = [sp.factor((sp.I * logarithm.diff(wave)).subs(at_rest)) for wave in waves]
    second = [[sp.factor(-logarithm.diff(v, w).subs(at_rest)) for w in waves] for v in waves]
    return mass, sp.Matrix(shift), sp.Matrix(second)


def depth_moments(pde: EvolutionPDE, theta: Any) -> Moments:
    """Predicted moments of a point that goes through linear layers, after 0, 1, ..., L of them.

    Parameters
    ----------
    pde : EvolutionPDE
        The equation, in x and y.
    theta : array_like, shape (..., layers, parameters)
        Parameters of every layer, in the order of `pde.parameters`.

    Returns
    -------
    Moments
        With the leading axes (..., layers + 1): the mass is a product over layers, the rest are sums.

    Raises
    ------
    ValueError
        If the equation is not in x and y, or theta does not have these axes.
    """
    if len(pde.space) != 2:
        message = f"the equation is in {pde.space} – expected one in x and y"
        raise ValueError(message)
    values = numbers("theta", theta)
    count = len(pde.parameters)
    if values.ndim < 2 or values.shape[-1] != count:
        message = f"theta has the shape {values.shape} – expected (..., layers, {count})"
        raise ValueError(message)
    mass, shift, covariance = (_numbers(formula, values) for formula in _compiled(pde))
    return Moments(
        np.cumprod(_with_start(mass[..., 0, 0], 1.0), axis=-1),
        np.cumsum(_with_start(shift[..., 0], 0.0, axis=-2), axis=-2),
        np.cumsum(_with_start(covariance, 0.0, axis=-3), axis=-3),
    )


def image_moments(image: Any) -> Moments:
    """Measured moments of images; positions count from the middle of the frame.

    Parameters
    ----------
    image : array_like, shape (..., rows, columns)
        Pixel values, of which the sum must not be zero.

    Raises
    ------
    ValueError
        If there are fewer than two axes.
    """
    pixels = np.asarray(image)
    pixels = numbers("image", pixels.astype(float) if pixels.dtype == bool else pixels)  # a mask is an image
    if pixels.ndim < 2:
        message = f"an image has the axes (..., rows, columns); got the shape {pixels.shape}"
        raise ValueError(message)
    rows, columns = pixels.shape[-2:]
    x, y = np.arange(columns) - (columns - 1) / 2, np.arange(rows) - (rows - 1) / 2
    mass = pixels.sum((-2, -1))
    grid = np.stack(np.broadcast_arrays(x, y[:, None]), axis=-1)  # (row, column, axis)
    place = np.einsum("...rc,rca->...a", pixels, grid) / mass[..., None]
    offset = grid - place[..., None, None, :]
    covariance = np.einsum("...rc,...rca,...rcb->...ab", pixels, offset, offset) / mass[..., None, None]
    return Moments(mass, place, covariance)


@dataclass(frozen=True)
class _Formulas:
    """A matrix of formulas as functions of the parameters."""

    entries: tuple[RealFormula, ...]
    shape: tuple[int, int]


@cache  # a page asks for the moments of one equation dozens of times
def _compiled(pde: EvolutionPDE) -> tuple[_Formulas, ...]:
    """Mass, shift and covariance of `layer_moments`, each as a matrix."""
    matrices = [sp.Matrix([f]) if not isinstance(f, sp.MatrixBase) else f for f in layer_moments(pde)]
    return tuple(
        _Formulas(tuple(RealFormula(entry, pde.parameters) for entry in matrix), matrix.shape)
        for matrix in matrices
    )


def _numbers(formulas: _Formulas, theta: np.ndarray) -> np.ndarray:
    """Values of a matrix of formulas for parameters (..., parameters): (..., rows, columns)."""
    columns = list(np.moveaxis(theta, -1, 0))
    values = [np.broadcast_to(entry(columns, np), theta.shape[:-1]) for entry in formulas.entries]
    return np.stack(values, axis=-1).reshape(*theta.shape[:-1], *formulas.shape)


def _with_start(values: np.ndarray, start: float, axis: int = -1) -> np.ndarray:
    """The values with the one before the first layer in front of them."""
    shape = list(values.shape)
    shape[axis] = 1
    return np.concatenate([np.full(shape, start), values], axis=axis)
