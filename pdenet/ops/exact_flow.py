"""The exact flow of a stencil: what residual layers tend to when their step goes to zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import eye_array
from scipy.sparse.linalg import expm_multiply

from pdenet.checks.numbers import real
from pdenet.checks.words import one_of
from pdenet.ops.arrays import finite
from pdenet.ops.paths.gates import BOUNDARIES, Boundary, gated_stack

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def exact_flow(
    kernel: ArrayLike, u: ArrayLike, duration: float, *, boundary: Boundary = "zero"
) -> NDArray[np.float64]:
    """The state after `duration` of du/dt = kernel * u, to rounding: the exponential of the kernel.

    ``*`` is the cross-correlation that `torch.nn.functional.conv2d` computes. On a ring of pixels waves do
    not mix, and each gets a factor (by FFT); with zeros outside, the exponential of the sparse matrix acts on
    the state (`scipy.sparse.linalg.expm_multiply`).

    Parameters
    ----------
    kernel : (rows, columns)
        Without the skip connection, of odd sizes.
    u : (H, W) or (B, H, W)
        The state at time 0.
    duration
        Time, in units of layers; negative goes back.
    boundary : {"zero", "periodic"}
        What is outside: nothing, or the other side.

    Returns
    -------
    Like `u`, float64.

    Raises
    ------
    TypeError
        If something that should be numbers is none, or text.
    ValueError
        If `kernel` or `u` has other axes, a number is not finite, or the boundary is unknown.

    References
    ----------
    The thesis, equation (41), for a field that is linear and the same at all times.
    """
    kernel, u = finite("kernel", kernel), finite("u", u)
    duration = real("duration", duration)
    one_of("boundary", boundary, BOUNDARIES)
    if kernel.ndim != 2 or u.ndim not in (2, 3):
        message = f"kernel must be (rows, columns), u (H, W) or (B, H, W); got {kernel.shape} and {u.shape}"
        raise ValueError(message)
    shape = u.shape[-2:]
    everywhere = np.ones((1, *shape))
    (step,) = gated_stack(kernel[None], everywhere, boundary=boundary).steps  # the skip and the kernel
    rate = step - eye_array(step.shape[0], format="csr")
    if boundary == "periodic":
        point = np.zeros(shape)
        point[0, 0] = 1
        factor = np.exp(duration * np.fft.fft2((rate @ point.ravel()).reshape(shape)))
        return np.fft.ifft2(factor * np.fft.fft2(u)).real
    flat = u.reshape(-1, rate.shape[0]).T
    result: NDArray[np.float64] = expm_multiply(
        duration * rate, flat, traceA=duration * rate.trace()
    ).T.reshape(u.shape)
    return result
