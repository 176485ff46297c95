"""What the layers of equations (39) and (40) are, read off their parameters: arrays in, arrays out."""

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from pdenet.symbolic.converse import kernel_coefficients

Floats = NDArray[np.float64]


def coefficients(kernels: Tensor) -> Floats:
    """Parameters of equation (39) that have these five-point kernels, whatever equation they came from.

    Parameters
    ----------
    kernels : (..., 3, 3)
        Kernels without the skip.

    Returns
    -------
    (..., 5)
        alpha, beta, sigma, rho, gamma with alpha and sigma not negative. For a kernel of (40) beta and rho
        are those that act, -1/8 of its own.

    Raises
    ------
    ValueError
        If a kernel has a corner, or needs a negative diffusion (then no real alpha has it).
    """
    k = kernels.detach().double().numpy()
    if k.shape[-2:] != (3, 3) or np.abs(k[..., ::2, ::2]).max(initial=0.0) > 0:
        message = f"kernels must be (..., 3, 3) with empty corners; got the shape {k.shape}"
        raise ValueError(message)
    a = kernel_coefficients(k)  # (..., 3, 3): a[i, j] of the i-th derivative in x of the j-th in y
    squares = 2 * np.stack([a[..., 2, 0], a[..., 0, 2]])  # alpha^2 and sigma^2
    if squares.min(initial=0.0) < -1e-6:
        message = "a kernel has a negative diffusion; equation (39) has none of that kind"
        raise ValueError(message)
    alpha, sigma = np.sqrt(np.maximum(squares, 0))
    return np.stack([alpha, a[..., 1, 0], sigma, a[..., 0, 1], a[..., 0, 0]], axis=-1)
