"""The checks of arguments and results that all functions of a particle on a line share."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pdenet.checks.numbers import real

Complex = NDArray[np.complex128]


def forward(time: Any) -> complex:
    """A time that is positive, as a float, or `-1j * tau` or between the two, as a complex number.

    Raises
    ------
    TypeError
        If it is no number.
    ValueError
        If it is not finite, zero or backwards.
    """
    message = f"got the time {time}; it must be positive, or -1j * tau with tau > 0 for imaginary time"
    if isinstance(time, str | bytes | bool | np.bool_):
        raise TypeError(message)
    try:
        value = complex(time)
    except TypeError:
        raise TypeError(message) from None
    if value == 0 or value.real < 0 or value.imag > 0 or not np.isfinite(value):
        raise ValueError(message)
    return value if value.imag else value.real


def times_i(time: Any) -> complex:
    """`1j * time`, whose real part is not negative, of a time as `forward` allows it."""
    value = complex(forward(time))
    return complex(-value.imag, value.real)


def positive(**constants: Any) -> tuple[float, ...]:
    """Constants that are finite and positive, as floats; they go by name."""
    return tuple(real(name, value, above=0) for name, value in constants.items())


def uniform_spacing(grid: ArrayLike) -> float:
    """The distance of neighbours on a grid (x,), if it has three points or more at equal distances.

    Equal to one part in a million, or as nearly as the numbers of the grid, such as those of float32, can be.

    Raises
    ------
    TypeError
        If it is no grid of real numbers.
    ValueError
        If it has fewer points, or they are not finite, not at equal distances or too near for their numbers.
    """
    given, points = array("the grid", grid), positions("the grid", grid)
    if points.ndim != 1 or len(points) < 3:
        message = f"got a grid of shape {points.shape}; it must be (x,) with at least 3 points"
        raise ValueError(message)
    if not np.isfinite(points).all():
        message = f"the grid must be finite; got {points[~np.isfinite(points)][0]}"
        raise ValueError(message)
    steps = np.diff(points)
    spacing = (points[-1] - points[0]) / len(steps)
    rounding = 2 * np.finfo(given.dtype).eps * np.abs(points).max() if given.dtype.kind == "f" else 0.0
    if rounding > abs(spacing) / 10:
        message = (
            f"numbers of {given.dtype} cannot tell points {abs(spacing):.3g} apart; give the grid as float64"
        )
        raise ValueError(message)
    if not (spacing > 0 and np.allclose(steps, spacing, rtol=1e-6, atol=rounding)):
        message = (
            f"the grid is not uniform: its steps go from {steps.min():.6g} to {steps.max():.6g}; "
            "they must be equal and positive, as those of numpy.linspace"
        )
        raise ValueError(message)
    return float(spacing)


def on_grid(name: str, values: ArrayLike, grid: ArrayLike) -> Complex:
    """A copy of the values called `name`, (x,), if there is a finite one for each point of the grid (x,)."""
    found = np.array(array(name, values), dtype=complex)
    if found.shape != np.shape(grid):
        message = f"{name} must have the shape of the grid, {np.shape(grid)}; got {found.shape}"
        raise ValueError(message)
    if not np.isfinite(found).all():
        message = (
            f"{name} must be finite; got {found[~np.isfinite(found)][0]}. "
            "A wall is a potential so high that the wave function does not get in, or the end of the grid"
        )
        raise ValueError(message)
    return found


def real_on_grid(name: str, values: ArrayLike, grid: ArrayLike) -> NDArray[np.float64]:
    """The same for values that must be real."""
    found = on_grid(name, values, grid)
    if np.any(found.imag):
        message = f"{name} must be real; got complex values"
        raise ValueError(message)
    return found.real


def representable(result: Complex, start: Complex) -> Complex:
    """The result of a propagation, if double precision holds it: finite, and not 0 everywhere."""
    if not np.isfinite(result).all() or (np.any(start) and not np.any(result)):
        message = (
            "the result is beyond double precision: the potential times the time is too large or too small; "
            "add a constant to the potential, which multiplies the result by exp(-i constant time / hbar)"
        )
        raise ValueError(message)
    return result


def positions(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """Real positions called `name`, of any shape, as floats."""
    found = array(name, values)
    if found.dtype.kind == "c":
        message = f"{name} must be real; got {values!r}"
        raise TypeError(message)
    return found.astype(float)


def array(name: str, values: Any) -> NDArray[Any]:
    """The values called `name` as an array of numbers; text is none, although NumPy would read it."""
    found = np.asarray(values)
    if found.dtype.kind == "O":  # fractions, numbers of SymPy
        found = np.array([_number(name, one) for one in found.flat]).reshape(found.shape)
    if found.dtype.kind not in "biufc":
        message = f"{name} must be an array of numbers; got {values!r}"
        raise TypeError(message)
    return found


def _number(name: str, value: Any) -> complex | float:
    return value if isinstance(value, complex) else real(name, value)
