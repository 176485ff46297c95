"""Displacements and parameters as they are given: arrays of one shape, or an error that says which is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def as_arrays(
    d: ArrayLike, alpha: ArrayLike, beta: ArrayLike, gamma: ArrayLike
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Displacements and parameters as float arrays of one shape."""
    given = {"d": d, "alpha": alpha, "beta": beta, "gamma": gamma}
    arrays = {name: np.asarray(values, dtype=float) for name, values in given.items()}
    for name, values in arrays.items():
        if not np.isfinite(values).all():
            message = f"{name} must be finite; got {values[~np.isfinite(values)][0]}"
            raise ValueError(message)
    fractions = arrays["d"] % 1 != 0
    if fractions.any():
        message = f"d must be whole numbers of pixels; got {arrays['d'][fractions][0]}"
        raise ValueError(message)
    try:
        d_, a, b, c = np.broadcast_arrays(*arrays.values())
    except ValueError:
        shapes = ", ".join(f"{name} {values.shape}" for name, values in arrays.items())
        message = f"the shapes must broadcast together; got {shapes}"
        raise ValueError(message) from None
    return d_, a, b, c


def refuse_zero(alpha: np.ndarray) -> None:
    """Raise a ValueError if a width is 0: its Gaussian is no function of the pixels."""
    if np.any(alpha == 0):
        message = (
            "alpha must not be 0: a Gaussian of width 0 is no function of the pixels; "
            "the flow and the layer themselves (lattice_weights, layer_weights) allow it"
        )
        raise ValueError(message)
