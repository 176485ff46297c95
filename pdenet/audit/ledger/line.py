"""A line of pixels on which the rows of section 3.2 are checked, and the network on it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Waves = NDArray[np.complexfloating]


def network(u: Array, kernels: Array, boundary: str, w: float = 1.0) -> Array:
    """The stack of (26) on a line, pixel by pixel, with no matrix and no package."""
    mode = {"zero": "constant", "periodic": "wrap"}[boundary]
    for kernel in kernels:
        left, centre, right = kernel
        padded = np.pad(u, 1, mode=mode)  # type: ignore[call-overload]
        u = np.maximum(0, w * u + left * padded[:-2] + centre * u + right * padded[2:])
    return u


def matrix_of(kernel: Array, sites: int) -> Array:
    """K as a matrix with a periodic border: row x, column x + d."""
    shifts = np.stack([np.roll(np.eye(sites), d, axis=1) for d in (-1, 0, 1)])
    return np.tensordot(kernel, shifts, axes=1)


def wrong_by(value: Array | Waves, expected: Array | Waves) -> float:
    """Largest deviation of any entry."""
    return float(np.abs(value - expected).max())
