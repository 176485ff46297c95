"""From a kernel back to its equation: the nine coefficients of a 3x3 residual kernel.

A kernel's coefficients are its Taylor moments. Three taps along an axis carry three of them, so a 3x3 kernel
is one step of an equation with the nine terms ``d_x^i d_y^j``, i and j at most 2, and of no other such.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from pdenet.symbolic.arguments import expression, numbers
from pdenet.symbolic.differences import moment_weight
from pdenet.symbolic.equation import EvolutionPDE
from pdenet.symbolic.variables import psi, t, x, y

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

# Row i holds d**i / i! for the offsets d = -1, 0, 1; the inverse has the central differences as columns.
_MOMENTS = sp.ImmutableMatrix(3, 3, lambda order, place: moment_weight(place - 1, order))
_DIFFERENCES = _MOMENTS.inv()
_MOMENTS_AS_FLOATS = np.array(_MOMENTS, dtype=float)
_DIFFERENCES_AS_FLOATS = np.array(_DIFFERENCES, dtype=float)
_CROSS = np.array([[False, True, False], [True, True, True], [False, True, False]])


def pde_of_kernel(matrix: Any, name: str | None = None) -> EvolutionPDE:
    """Evolution equation whose explicit step has this residual kernel.

    Integers, fractions and symbols stay exact; floating-point numbers are added in floating point.

    Parameters
    ----------
    matrix : sympy.Matrix or array_like, shape (3, 3) or (1, 1)
        Kernel without the skip, as `conv2d` applies it: rows are y downwards, columns are x to the right.
    name : str, optional
        Name of the equation.

    Returns
    -------
    EvolutionPDE
        In x and y; ``stencil().matrix`` is the kernel again (within a border of zeros if it was 1x1).

    Raises
    ------
    ValueError
        If the kernel has another shape or is zero, or an entry depends on x, y or t.

    References
    ----------
    Z. Long, Y. Lu, X. Ma, B. Dong, PDE-Net: Learning PDEs from Data, 2018, which calls the coefficients the
    moment matrix of a filter.

    Examples
    --------
    >>> pde_of_kernel([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
    EvolutionPDE: psi_t = psi_xx + psi_yy
    >>> pde_of_kernel([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], name="Sobel")
    Sobel: psi_t = 8*psi_x + 2*psi_xyy
    """
    kernel = _as_matrix(matrix)
    coefficients = (_MOMENTS * kernel * _MOMENTS.T).T
    orders = [(i, j) for i in range(3) for j in range(3) if sp.expand(coefficients[i, j]) != 0]
    if not orders:
        message = "the kernel is 0 – expected one with an entry that is not: its layer changes nothing"
        raise ValueError(message)
    right = sum(coefficients[i, j] * psi.diff(x, i, y, j) for i, j in orders)
    return EvolutionPDE(sp.Eq(psi.diff(t), right), name=name)


def _as_matrix(matrix: Any) -> sp.Matrix:
    """The kernel as a 3x3 SymPy matrix."""
    rows = np.array(matrix.tolist() if hasattr(matrix, "tolist") else matrix, dtype=object)
    if rows.shape not in {(3, 3), (1, 1)}:
        message = f"kernel has the shape {rows.shape} – expected (3, 3), rows y and columns x, or (1, 1)"
        raise ValueError(message)
    kernel = sp.Matrix(*rows.shape, [expression("an entry of the kernel", entry) for entry in rows.flat])
    return kernel if kernel.shape == (3, 3) else sp.diag(0, kernel, 0)


def kernel_coefficients(kernels: ArrayLike) -> np.ndarray:
    """Coefficients of the equations of many residual kernels.

    Parameters
    ----------
    kernels : array_like, shape (..., 3, 3)
        Kernels without the skip (..., row = y downwards, column = x to the right).

    Returns
    -------
    numpy.ndarray, shape (..., 3, 3)
        ``a[..., i, j]`` multiplies the i-th derivative in x of the j-th in y, in pixels^(i + j) per layer.

    Raises
    ------
    ValueError
        If the last two axes are not (3, 3).
    """
    return np.swapaxes(_MOMENTS_AS_FLOATS @ _stack(kernels, "kernels") @ _MOMENTS_AS_FLOATS.T, -1, -2)


def coefficients_kernel(coefficients: ArrayLike) -> np.ndarray:
    """Residual kernels of many equations with nine terms: the inverse of `kernel_coefficients`.

    Parameters
    ----------
    coefficients : array_like, shape (..., 3, 3)
        ``a[..., i, j]`` multiplies the i-th derivative in x of the j-th in y, in pixels^(i + j) per layer.

    Returns
    -------
    numpy.ndarray, shape (..., 3, 3)
        Kernels without the skip (..., row = y downwards, column = x to the right).

    Raises
    ------
    ValueError
        If the last two axes are not (3, 3).
    """
    stack = np.swapaxes(_stack(coefficients, "coefficients"), -1, -2)
    result: np.ndarray = _DIFFERENCES_AS_FLOATS @ stack @ _DIFFERENCES_AS_FLOATS.T
    return result


def nearest_reachable(kernels: ArrayLike) -> np.ndarray:
    r"""Nearest kernels, by the sum of squares over the taps, that equation (39) reaches with real parameters.

    They have no corners, and neither the pair of taps along x nor that along y adds up to less than zero:
    :math:`\alpha^2` and :math:`\sigma^2` are these sums.

    Parameters
    ----------
    kernels : array_like, shape (..., 3, 3)
        Kernels without the skip (..., row = y downwards, column = x to the right).

    Returns
    -------
    numpy.ndarray, shape (..., 3, 3)

    Raises
    ------
    ValueError
        If the last two axes are not (3, 3).
    """
    nearest = np.where(_CROSS, _stack(kernels, "kernels"), 0.0)
    for pair in (nearest[..., 1, ::2], nearest[..., ::2, 1]):
        pair -= np.minimum(pair.mean(axis=-1, keepdims=True), 0.0)
    return nearest


def fit_taps(states: ArrayLike, increments: ArrayLike) -> tuple[np.ndarray, float]:
    """Three taps that come closest, in least squares, to turning states into their increments.

    Parameters
    ----------
    states, increments : array_like, shape (sample, place)
        States on a ring of pixels, and what one layer adds to each.

    Returns
    -------
    taps : numpy.ndarray, shape (3,)
        Kernel at the offsets -1, 0, 1.
    misfit : float
        Norm of what is left over, relative to that of the increments.

    Raises
    ------
    ValueError
        If the two are not (sample, place), both alike.
    """
    before, added = numbers("states", states), numbers("increments", increments)
    if before.ndim != 2 or before.shape != added.shape:
        message = (
            f"states and increments have the shapes {before.shape} and {added.shape} – expected both alike, "
            "(sample, place)"
        )
        raise ValueError(message)
    neighbours = np.stack([np.roll(before, -offset, axis=1).ravel() for offset in (-1, 0, 1)], axis=1)
    taps = np.linalg.lstsq(neighbours, added.ravel(), rcond=None)[0]
    rest = neighbours @ taps - added.ravel()
    return taps, float(np.linalg.norm(rest) / np.linalg.norm(added))


def _stack(values: ArrayLike, name: str) -> np.ndarray:
    stack = numbers(name, values)
    if stack.shape[-2:] != (3, 3):
        message = f"{name} have the shape {stack.shape} – expected (..., 3, 3)"
        raise ValueError(message)
    return stack
