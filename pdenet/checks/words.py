"""Words and switches as they are given."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any


def flag(name: str, value: Any) -> bool:
    """The switch `value`, called `name`, as a bool.

    Raises
    ------
    TypeError
        If it is no boolean: the text ``"false"``, which Python takes for true, or a number.

    Examples
    --------
    >>> flag("frozen", False)
    False
    """
    if type(value).__name__ in ("bool", "bool_") and getattr(value, "shape", ()) == ():  # NumPy's are no bool
        return bool(value)
    message = f"{name} must be True or False; got {value!r}"
    raise TypeError(message)


def one_of(name: str, value: Any, allowed: Sequence[str]) -> str:
    """The word `value`, called `name`, if it is one of those allowed.

    Raises
    ------
    TypeError
        If it is no text.
    ValueError
        If it is none of them; the error says which is spelt alike.

    Examples
    --------
    >>> one_of("boundary", "zero", ["zero", "periodic"])
    'zero'
    """
    wanted = f"{name} must be {' or '.join(map(repr, allowed))}"
    if not isinstance(value, str):
        message = f"{wanted}; got {value!r}"
        raise TypeError(message)
    if value not in allowed:
        alike = get_close_matches(value, allowed, n=1)
        message = f"{wanted}; got {value!r}" + (f" (did you mean {alike[0]!r}?)" if alike else "")
        raise ValueError(message)
    return str(value)
