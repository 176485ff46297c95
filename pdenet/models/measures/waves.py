"""What the layers of a network, without their ReLUs, do to the waves of a torus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pdenet.checks.numbers import whole
from pdenet.symbolic.converse import kernel_coefficients

if TYPE_CHECKING:
    from torch import Tensor

Floats = NDArray[np.float64]
Waves = NDArray[np.complex128]


@dataclass(frozen=True)
class Parts:
    """What five-point kernels do along each axis, whatever equation they came from.

    Parameters
    ----------
    drift, diffusion : (..., 2)
        Along x and y: the factors of the first derivative, and twice those of the second. For a kernel of
        (39) they are beta, rho and alpha^2, sigma^2; for one of (40) -beta/8, -rho/8 and the same squares.
    growth : (...)
        The factor of the field itself, gamma.
    """

    drift: Floats
    diffusion: Floats
    growth: Floats


def kernel_parts(kernels: Tensor) -> Parts:
    """Drift, diffusion and growth of five-point kernels (..., 3, 3), without the skip.

    Raises
    ------
    ValueError
        If the kernels have another shape, or a corner.
    """
    taps = kernels.detach().double().numpy()
    if taps.shape[-2:] != (3, 3) or np.abs(taps[..., ::2, ::2]).max(initial=0.0) > 0:
        message = f"kernels must be (..., 3, 3) with empty corners; got the shape {taps.shape}"
        raise ValueError(message)
    a = kernel_coefficients(taps)  # a[i, j] of the i-th derivative in x of the j-th in y
    drift = np.stack([a[..., 1, 0], a[..., 0, 1]], axis=-1)
    diffusion = 2 * np.stack([a[..., 2, 0], a[..., 0, 2]], axis=-1)
    return Parts(drift, diffusion, a[..., 0, 0])


def torus_waves(size: int) -> Floats:
    """Wavenumbers of a ring of so many pixels, in the order of NumPy's Fourier transform."""
    waves: Floats = np.asarray(2 * np.pi * np.fft.fftfreq(whole("size", size, least=1)), dtype=np.float64)
    return waves


def symbols(parts: Parts, size: int) -> Waves:
    """Symbols of the kernels at all waves of a torus of `size` times `size` pixels, (..., q, p).

    Parameters
    ----------
    parts
        From `kernel_parts`.
    size
        Pixels along each axis of the torus.
    """
    waves = torus_waves(size)
    drift, diffusion = (values[..., None, None] for values in (parts.drift, parts.diffusion))
    along = [
        diffusion[..., axis, :, :] * (np.cos(wave) - 1) + 1j * drift[..., axis, :, :] * np.sin(wave)
        for axis, wave in enumerate((waves, waves[:, None]))
    ]
    result: Waves = along[0] + along[1] + parts.growth[..., None, None]
    return result


def torus_kernel(gains: Waves) -> Floats:
    """The kernel of what multiplies the waves of a torus by `gains` (..., q, p): weights by displacement.

    The weight of the displacement (X, Y), output minus input, stands in row Y and column X, both modulo the
    size.
    """
    return np.fft.ifft2(gains).real
