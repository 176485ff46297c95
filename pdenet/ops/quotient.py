"""A residual kernel relative to a skip connection that is a kernel itself: f/w in Fourier space."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pdenet.checks.numbers import whole
from pdenet.ops.arrays import finite

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_VANISHES = 1e-12  # of the sum of the absolute taps: rounding of a symbol that is zero


def kernel_symbol(kernel: ArrayLike, wavenumbers: ArrayLike) -> np.ndarray:
    r"""Fourier symbol :math:`\sum_d K(d)\, e^{ipd}` of a one-dimensional kernel.

    Parameters
    ----------
    kernel : array_like, shape (taps,)
        Cross-correlation kernel of odd length, its centre at offset 0.
    wavenumbers : array_like, any shape
        Wave numbers p in radians per pixel.

    Returns
    -------
    numpy.ndarray of complex, shape of the wave numbers

    Raises
    ------
    TypeError, ValueError
        If numbers are none, or not finite, or the kernel is not one row of odd length.
    """
    taps = _row(kernel, "kernel")
    offsets = np.arange(len(taps)) - len(taps) // 2
    result: np.ndarray = np.exp(1j * np.multiply.outer(finite("wavenumbers", wavenumbers), offsets)) @ taps
    return result


def relative_kernel(f: ArrayLike, w: ArrayLike, size: int) -> np.ndarray:
    r"""Kernel :math:`\Omega` with :math:`w + f = w * (1 + \Omega)` on a ring of pixels.

    Kernels compose by convolution, :math:`(w * \Omega)(d) = \sum_e w(e)\,\Omega(d - e)`, also where each of
    them is applied as a cross-correlation. The symbol of the result is the quotient of those of f and w. It
    exists if w lets every wave of the ring through, and is as wide as the ring even where f and w have three
    taps.

    Parameters
    ----------
    f, w : array_like, shape (taps,)
        Kernel and skip, cross-correlation kernels of odd length, their centres at offset 0.
    size : int
        Pixels of the ring; no fewer than the taps of f and of w.

    Returns
    -------
    numpy.ndarray, shape (size,)
        Taps at the offsets ``-(size // 2), ..., (size - 1) // 2``; offset 0 is at index ``size // 2``.

    Raises
    ------
    TypeError, ValueError
        If numbers are none, or not finite, f or w is not one row of odd length or longer than the ring, or
        the symbol of w vanishes at a wave number of the ring, which is named. (Where f vanishes too, every
        number would do as quotient.)

    References
    ----------
    The thesis, section 3.1.
    """
    numerator, denominator = _row(f, "f"), _row(w, "w")
    size = whole("size", size)
    longest = max(len(numerator), len(denominator))
    if size < longest:
        message = f"the ring has {size} pixels – expected at least {longest}, the taps of f and w"
        raise ValueError(message)
    wavenumbers = 2 * np.pi * np.fft.fftfreq(size)
    skip = kernel_symbol(denominator, wavenumbers)
    lost = np.abs(wavenumbers[np.abs(skip) <= _VANISHES * np.abs(denominator).sum()])
    if lost.size:
        message = (
            f"the symbol of w vanishes at the wave number {lost.min():.4f}, so f/w does not exist – expected "
            f"a skip that lets every wave of a ring of {size} pixels through"
        )
        raise ValueError(message)
    quotient = kernel_symbol(numerator, wavenumbers) / skip
    return np.fft.fftshift(np.fft.fft(quotient).real) / size


def _row(kernel: ArrayLike, name: str) -> np.ndarray:
    taps = finite(name, kernel)
    if taps.ndim != 1 or len(taps) % 2 == 0:
        message = f"{name} has the shape {taps.shape} – expected (taps,) with an odd number of taps"
        raise ValueError(message)
    return taps
