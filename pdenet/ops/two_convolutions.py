"""The residual block with two convolutions, and the second one that makes it a step of gradient descent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from pdenet.checks.numbers import whole

if TYPE_CHECKING:
    from collections.abc import Callable


def two_convolutions(
    u: Tensor, first: Tensor, second: Tensor, activation: Callable[[Tensor], Tensor], *, step: float = 1.0
) -> Tensor:
    r"""One block :math:`u + \Delta t\, K_2 \star \phi(K_1 \star u)`, with zeros outside the images.

    Parameters
    ----------
    u : (B, C, H, W)
        Images: batch, channels, rows, columns. A line of pixels has one row.
    first : (M, C, rows, columns)
        Cross-correlation kernels of K_1, from the C channels of the images to M; sizes are odd.
    second : (C, M, rows, columns)
        Kernels of K_2, back again.
    activation : callable
        What is done to every number in between; of (B, M, H, W), and may tell the channels apart.
    step : float
        The length of the step.

    Returns
    -------
    (B, C, H, W)

    Raises
    ------
    ValueError
        If the shapes do not fit together or a kernel has an even number of rows or columns.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun, Deep residual learning for image recognition (2016); without batch
    normalisation and without the ReLU behind the sum.
    """
    _check_kernels("first", first)
    _check_kernels("second", second)
    if u.dim() != 4 or first.shape[1] != u.shape[1] or second.shape[:2] != (u.shape[1], first.shape[0]):
        message = (
            "u must be (B, C, H, W), first (M, C, rows, columns) and second (C, M, rows, columns); got "
            f"{tuple(u.shape)}, {tuple(first.shape)} and {tuple(second.shape)}"
        )
        raise ValueError(message)
    between = activation(functional.conv2d(u, first, padding="same"))
    return u + step * functional.conv2d(between, second, padding="same")


def minus_transpose(first: Tensor) -> Tensor:
    """The kernels of -K^T: channels exchanged, every kernel turned by half a circle, signs changed.

    With zeros outside the images it is the negative transpose exactly, up to the border.

    Parameters
    ----------
    first : (M, C, rows, columns)
        Kernels of K, cross-correlations of odd size.

    Returns
    -------
    (C, M, rows, columns)

    Raises
    ------
    ValueError
        If it has not four axes, or an even number of rows or columns.

    Examples
    --------
    >>> minus_transpose(torch.tensor([[[[3.0, -1.0, 1.0]]]]))  # turned round, with the other sign
    tensor([[[[-1.,  1., -3.]]]])
    """
    _check_kernels("first", first)
    return -first.transpose(0, 1).flip(-2, -1)


def convolution_matrix(kernels: Tensor, rows: int, columns: int) -> np.ndarray:
    """A convolution as a matrix over the pixels of a small image, with zeros outside.

    Parameters
    ----------
    kernels : (M, C, rows, columns)
        Cross-correlations of odd size.
    rows, columns : int
        Of the image.

    Returns
    -------
    numpy.ndarray, shape (M * rows * columns, C * rows * columns)

    Raises
    ------
    TypeError, ValueError
        If the image has no pixels, or the kernels are not as above.
    """
    _check_kernels("kernels", kernels)
    rows, columns = whole("rows", rows, least=1), whole("columns", columns, least=1)
    inputs = kernels.shape[1] * rows * columns
    units = torch.eye(inputs, dtype=kernels.dtype).reshape(inputs, kernels.shape[1], rows, columns)
    result: np.ndarray = functional.conv2d(units, kernels, padding="same").flatten(1).T.numpy()
    return result


def largest_gain(kernels: Tensor, waves: int = 64) -> float:
    r"""The norm of a convolution without a border: the most by which it stretches a wave.

    It is the largest singular value of the symbol :math:`\tilde K(p, q)`, a matrix (M, C), over all waves. A
    border of zeros makes the norm smaller.

    Parameters
    ----------
    kernels : (M, C, rows, columns)
        Cross-correlations of odd size.
    waves : int
        How many wavenumbers are tried along each axis, evenly spaced from -pi; pi itself is among them.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        If `waves` is not an even positive number, or the kernels are not as above.

    Examples
    --------
    >>> largest_gain(torch.tensor([[[[0.0, -1.0, 1.0]]]]))  # |exp(ip) - 1| at p = pi
    2.0
    """
    _check_kernels("kernels", kernels)
    waves = whole("waves", waves, least=2)
    if waves % 2:
        message = f"waves must be even, so that the checkerboard is among them; got {waves}"
        raise ValueError(message)
    # Only magnitudes of sums of taps count, so that the origin of the offsets does not matter.
    symbol = np.fft.fft2(kernels.detach().cpu().double().numpy(), s=(waves, waves))
    stretched = np.linalg.svd(np.moveaxis(symbol, (0, 1), (-2, -1)), compute_uv=False)
    return float(stretched.max())


def _check_kernels(name: str, kernels: Tensor) -> None:
    if kernels.dim() != 4 or kernels.shape[-2] % 2 == 0 or kernels.shape[-1] % 2 == 0:
        message = (
            f"{name} must be (channels out, channels in, rows, columns) with odd rows and columns; "
            f"got {tuple(kernels.shape)}"
        )
        raise ValueError(message)
