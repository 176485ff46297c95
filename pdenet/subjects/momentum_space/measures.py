"""How far 1 + Omega is from exp(Omega) in layers and stacks of networks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pdenet.checks.numbers import whole
from pdenet.ops.arrays import finite

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Waves = NDArray[np.complex128]

CLOSE = 0.05
"""A layer is near its exponential if they differ by less for every wave."""


def wavenumbers(count: int) -> Floats:
    """The wavenumbers 2 pi k / count in (-pi, pi], in rising order."""
    count = whole("count", count, least=1)
    k = np.arange(count) - (count - 1) // 2
    numbers: Floats = 2 * np.pi * k / count
    return numbers


def symbols(kernels: ArrayLike, count: int = 28) -> Waves:
    """Fourier symbols of kernels on a torus of `count` by `count` pixels.

    Parameters
    ----------
    kernels : (..., 3, 3)
        Without the skip, cross-correlations: row = offset in y, column = offset in x.
    count : int
        Pixels along an axis.

    Returns
    -------
    (..., q, p)
        Wavenumbers as in `wavenumbers`, those along y first.

    Raises
    ------
    TypeError, ValueError
        If the kernels are not finite numbers (..., 3, 3).
    """
    kernels = finite("kernels", kernels)
    if kernels.shape[-2:] != (3, 3):
        message = f"kernels must be (..., 3, 3), a row an offset in y; got {kernels.shape}"
        raise ValueError(message)
    waves = np.exp(1j * np.outer([-1, 0, 1], wavenumbers(count)))  # (offset, wavenumber)
    found: Waves = np.einsum("...yx,yq,xp->...qp", kernels, waves, waves)
    return found


@dataclass(frozen=True)
class Exponentials:
    """How near the layers of S networks are to the exponentials of their kernels.

    Parameters
    ----------
    size : (S, L)
        Largest modulus of the symbol over all waves.
    miss : (S, L)
        Largest difference of exp(Omega) and 1 + Omega.
    stack : (S,)
        Of the whole stack without ReLU: size of the difference of the product of the 1 + Omega and of the
        exponentials, over the size of the former; root of the sum of squares over all waves, which is that
        over the entries of the two kernels.
    """

    size: Floats
    miss: Floats
    stack: Floats

    @property
    def close(self) -> float:
        """Share of the layers that differ by less than `CLOSE` from their exponential for every wave."""
        return float((self.miss < CLOSE).mean())


def exponentials(kernels: ArrayLike) -> Exponentials:
    """Compare the layers 1 + Omega of networks, kernels (S, L, 3, 3), with exp(Omega)."""
    omega = symbols(kernels)  # (S, L, q, p)
    layers, flows = 1 + omega, np.exp(omega)
    product, flow = layers.prod(axis=1), flows.prod(axis=1)
    apart = np.linalg.norm(product - flow, axis=(-2, -1)) / np.linalg.norm(product, axis=(-2, -1))
    return Exponentials(
        np.abs(omega).max((-2, -1)), np.abs(flows - layers).max((-2, -1)), np.asarray(apart, dtype=np.float64)
    )
