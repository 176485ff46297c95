"""Numbers as they are given: one kind out of many kinds in, or an error that names the argument.

A count of 3, of ``np.int64(3)`` and of 3.0 is one count, a rate of 1 and of 1.0 one rate: what determines a
run must not depend on the kind of number that somebody's configuration happens to hold. Text and booleans
are no numbers here: ``"12"`` may mean a count or a list, ``True`` is mostly a slip.

All functions take the argument's `name`, the `value` as it was given, and bounds that belong to the range
(`least`, `most`) or do not (`above`, `below`).
"""

import math
import operator
from numbers import Real
from typing import Any


def whole(name: str, value: Any, *, least: int | None = None, most: int | None = None) -> int:
    """The whole number `value` as an int.

    Raises
    ------
    TypeError
        If it is no number, or text, or a boolean.
    ValueError
        If it is not whole (2.5, NaN) or out of range.

    Examples
    --------
    >>> import numpy as np
    >>> whole("epochs", np.int32(3)), whole("epochs", 3.0)
    (3, 3)
    """
    wanted = f"{name} must be a whole number{_range(least=least, most=most)}"
    if _is_boolean(value):
        raise TypeError(_got(wanted, value))
    try:
        number = operator.index(value)
    except TypeError:
        if not isinstance(value, Real):
            raise TypeError(_got(wanted, value)) from None
        if not math.isfinite(value) or value != math.floor(value):
            raise ValueError(_got(wanted, value)) from None
        number = operator.index(math.floor(value))
    if (least is not None and number < least) or (most is not None and number > most):
        raise ValueError(_got(wanted, value))
    return number


def real(
    name: str,
    value: Any,
    *,
    least: float | None = None,
    most: float | None = None,
    above: float | None = None,
    below: float | None = None,
) -> float:
    """The finite real number `value` as a float.

    Raises
    ------
    TypeError
        If it is no real number, or text, or a boolean.
    ValueError
        If it is NaN, infinite or out of range.

    Examples
    --------
    >>> real("learning_rate", 1, above=0)
    1.0
    """
    wanted = f"{name} must be a finite number{_range(least=least, most=most, above=above, below=below)}"
    if _is_boolean(value) or isinstance(value, str | bytes) or not hasattr(value, "__float__"):
        raise TypeError(_got(wanted, value))
    try:
        number = float(value)
    except (TypeError, ValueError, RuntimeError):  # complex numbers, free symbols, tensors of several numbers
        raise TypeError(_got(wanted, value)) from None
    except OverflowError:
        raise ValueError(_got(wanted, value)) from None
    if (
        not math.isfinite(number)
        or (least is not None and number < least)
        or (most is not None and number > most)
        or (above is not None and number <= above)
        or (below is not None and number >= below)
    ):
        raise ValueError(_got(wanted, value))
    return number


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool) or str(getattr(value, "dtype", "")).removeprefix("torch.") == "bool"


def _range(**bounds: float | None) -> str:
    words = {"least": "at least", "most": "at most", "above": "above", "below": "below"}
    told = [f"{words[name]} {bound:,}" for name, bound in bounds.items() if bound is not None]
    return f", {' and '.join(told)}" if told else ""


def _got(wanted: str, value: Any) -> str:
    return f"{wanted}; got {value!r}"
