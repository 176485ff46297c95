"""The checks of arguments that all functions of a particle on a line share: each raises a ValueError."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Complex = NDArray[np.complex128]


def times_i(time: complex) -> complex:
    """`1j * time`, whose real part is not negative, of a time that is positive or `-1j * tau`."""
    value = complex(time)
    if value == 0 or value.real < 0 or value.imag > 0 or not np.isfinite(value):
        message = f"got the time {time}; it must be positive, or -1j * tau with tau > 0 for imaginary time"
        raise ValueError(message)
    return complex(-value.imag, value.real)


def check_positive(**constants: float) -> None:
    """Refuse a constant that is not positive; they go by name."""
    for name, value in constants.items():
        if not value > 0:
            message = f"got {name} = {value}; it must be positive"
            raise ValueError(message)


def whole_count(name: str, value: int) -> int:
    """The number called `name`, if it is whole and 1 or more."""
    if value != int(value) or value < 1:
        message = f"got {name} = {value}; it must be a whole number, 1 or more"
        raise ValueError(message)
    return int(value)


def uniform_spacing(grid: ArrayLike) -> float:
    """The distance of neighbours on a grid (x,), if it has three points or more at equal distances."""
    points = np.asarray(grid, dtype=float)
    if points.ndim != 1 or len(points) < 3:
        message = f"got a grid of shape {points.shape}; it must be (x,) with at least 3 points"
        raise ValueError(message)
    steps = np.diff(points)
    spacing = (points[-1] - points[0]) / len(steps)
    if not (spacing > 0 and np.allclose(steps, spacing, rtol=1e-6, atol=0)):
        message = (
            f"the grid is not uniform: its steps go from {steps.min():.6g} to {steps.max():.6g}; "
            "they must be equal and positive, as those of numpy.linspace"
        )
        raise ValueError(message)
    return float(spacing)


def on_grid(name: str, values: ArrayLike, grid: ArrayLike) -> Complex:
    """A copy of the values called `name`, (x,), if there is one a point of the grid (x,)."""
    array = np.array(values, dtype=complex)
    if array.shape != np.shape(grid):
        message = f"{name} must have the shape of the grid, {np.shape(grid)}; got {array.shape}"
        raise ValueError(message)
    return array


def real_on_grid(name: str, values: ArrayLike, grid: ArrayLike) -> NDArray[np.float64]:
    """The same for values that must be real."""
    array = on_grid(name, values, grid)
    if np.any(array.imag):
        message = f"{name} must be real; got complex values"
        raise ValueError(message)
    return array.real
