"""Arrays as they are given: finite real numbers, whatever they come in."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray


def finite(name: str, values: Any) -> NDArray[np.float64]:
    """The numbers `values`, called `name`, as a float64 array: of an array, nested lists or a torch tensor.

    Raises
    ------
    TypeError
        If they are text, or complex, or no numbers at all.
    ValueError
        If one is NaN or infinite, or the lists are not of one length.

    Examples
    --------
    >>> finite("u", [[1, 2]])
    array([[1., 2.]])
    """
    if isinstance(values, torch.Tensor):
        values = values.detach().cpu()
        values = (values.double() if values.is_floating_point() else values).numpy()  # NumPy has no bfloat16
    array = np.asarray(values)
    try:
        numbers = array.astype(float) if array.dtype.kind in "biufO" else None
    except (TypeError, ValueError):
        numbers = None
    if numbers is None:
        message = f"{name} must hold real numbers; got {array.dtype}, such as {array.flat[0]!r}"
        raise TypeError(message)
    if not np.isfinite(numbers).all():
        message = f"{name} must hold finite numbers; got NaN or infinity"
        raise ValueError(message)
    return numbers
