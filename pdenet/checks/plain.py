"""Values in the kinds that JSON has, whatever library they came from."""

import math
import os
from collections.abc import Mapping
from typing import Any


def plain(name: str, value: Any, *, digits: int | None = None, paths: bool = False) -> Any:
    """The value in JSON's own kinds: what determines a run is the same for ``np.float64(0.1)`` and 0.1.

    NumPy's and torch's numbers and arrays become numbers and lists, tuples lists, keys texts, and floats that
    are not finite None. Nothing else is changed: 1 stays 1 and 1.0 stays 1.0, which keys of runs tell apart.

    Parameters
    ----------
    name
        What the value is called in an error.
    value
        Numbers, switches, texts, None, and lists and mappings of such.
    digits
        Significant digits that floats keep; all unless given.
    paths
        Whether a path is a text; refused otherwise.

    Raises
    ------
    TypeError
        If something in it has no place in JSON.
    ValueError
        If two keys of a mapping are the same text, such as 1 and ``"1"``.

    Examples
    --------
    >>> import numpy as np
    >>> plain("model", {"depth": np.int64(5), "widths": (64, 32), "scale": math.nan})
    {'depth': 5, 'widths': [64, 32], 'scale': None}
    """
    if hasattr(value, "tolist"):  # NumPy arrays and scalars, torch tensors
        value = value.tolist()
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return float(value) if digits is None else float(f"{value:.{digits}g}")
    if isinstance(value, Mapping):
        found = {str(key): plain(name, item, digits=digits, paths=paths) for key, item in value.items()}
        if len(found) != len(value):
            message = f"{name} has keys that are one as text; got {list(value)!r}"
            raise ValueError(message)
        return found
    if isinstance(value, list | tuple):
        return [plain(name, item, digits=digits, paths=paths) for item in value]
    if paths and isinstance(value, os.PathLike):
        value = os.fspath(value)
    return scalar(name, value)


def scalar(name: str, value: Any) -> Any:
    """A switch, a number or a text as Python's own kind, not as one derived from it; None as it is.

    Raises
    ------
    TypeError
        If it is none of them.

    Examples
    --------
    >>> import numpy as np
    >>> scalar("seed", np.int64(3)), scalar("name", np.str_("pde1"))
    (3, 'pde1')
    """
    if getattr(value, "shape", None) == () and hasattr(value, "item"):  # NumPy's and torch's
        value = value.item()
    if value is None or isinstance(value, bool):
        return value
    for kind in (int, float):
        if isinstance(value, kind):
            return kind(value)
    if isinstance(value, str):
        return str.__str__(value)  # str(value) of a member of an enumeration would be its name
    message = (
        f"{name}: {value!r} is of type {type(value).__name__}; it holds numbers, strings, lists and dicts"
    )
    raise TypeError(message)
