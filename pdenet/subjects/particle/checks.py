"""The checks of arguments that all functions of a particle on a line share."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Complex = NDArray[np.complex128]


def _times_i(time: complex) -> complex:
    """The imaginary time `1j * time`, whose real part is not negative."""
    value = complex(time)
    if value == 0 or value.real < 0 or value.imag > 0 or not np.isfinite(value):
        raise ValueError(
            f"got the time {time}; it must be positive, or -1j * tau with tau > 0 for imaginary time"
        )
    return complex(-value.imag, value.real)


def _positive(**constants: float) -> None:
    for name, value in constants.items():
        if not value > 0:
            raise ValueError(f"got {name} = {value}; it must be positive")


def _count(name: str, value: int) -> int:
    if value != int(value) or value < 1:
        raise ValueError(f"got {name} = {value}; it must be a whole number, 1 or more")
    return int(value)


def _spacing(grid: ArrayLike) -> float:
    points = np.asarray(grid, dtype=float)
    if points.ndim != 1 or len(points) < 3:
        raise ValueError(f"got a grid of shape {points.shape}; it must be (x,) with at least 3 points")
    steps = np.diff(points)
    spacing = (points[-1] - points[0]) / len(steps)
    if not (spacing > 0 and np.allclose(steps, spacing, rtol=1e-6, atol=0)):
        raise ValueError(
            f"the grid is not uniform: its steps go from {steps.min():.6g} to {steps.max():.6g}; "
            "they must be equal and positive, as those of numpy.linspace"
        )
    return float(spacing)


def _on_grid(name: str, values: ArrayLike, grid: ArrayLike) -> Complex:
    array = np.array(values, dtype=complex)
    if array.shape != np.shape(grid):
        raise ValueError(f"{name} must have the shape of the grid, {np.shape(grid)}; got {array.shape}")
    return array


def _real(name: str, values: ArrayLike, grid: ArrayLike) -> NDArray[np.float64]:
    array = _on_grid(name, values, grid)
    if np.any(array.imag):
        raise ValueError(f"{name} must be real; got complex values")
    return array.real
