"""Several numbers or words as given: a list from JSON is a tuple, and a text alone is no sequence."""

from collections.abc import Iterable
from typing import Any

from pdenet.checks.numbers import whole


def wholes(
    name: str, values: Any, *, count: int | None = None, least: int | None = None, most: int | None = None
) -> tuple[int, ...]:
    """The whole numbers `values`, called `name`, as a tuple of ints.

    Parameters
    ----------
    name, values
        As in `whole`; arrays and lists count as sequences.
    count
        How many there must be; any number unless given.
    least, most
        Bounds of each.

    Raises
    ------
    TypeError
        If they are no sequence, or text, or one of them is no number.
    ValueError
        If one is not whole or out of range, or there are fewer or more than `count`.

    Examples
    --------
    >>> wholes("image_shape", [28, 28.0], count=2, least=1)
    (28, 28)
    """
    given = _listed(name, values, "whole numbers")
    if count is not None and len(given) != count:
        message = f"{name} must be {count} whole numbers; got {values!r}"
        raise ValueError(message)
    return tuple(whole(f"each of {name}", value, least=least, most=most) for value in given)


def names(name: str, values: Any) -> tuple[str, ...]:
    """The words `values`, called `name`, as a tuple.

    Raises
    ------
    TypeError
        If they are no sequence of texts; a text alone is none, nor is a set, which has no order.

    Examples
    --------
    >>> names("zero", ["beta", "rho"])
    ('beta', 'rho')
    """
    given = _listed(name, values, "words")
    if isinstance(values, set | frozenset) or not all(isinstance(value, str) for value in given):
        message = f"{name} must be a sequence of words; got {values!r}"
        raise TypeError(message)
    return tuple(map(str, given))


def _listed(name: str, values: Any, what: str) -> list[Any]:
    if isinstance(values, str | bytes | dict) or not isinstance(values, Iterable):
        message = f"{name} must be a sequence of {what}; got {values!r}"
        raise TypeError(message)
    try:
        return list(values)
    except TypeError:  # an array of no axes
        message = f"{name} must be a sequence of {what}; got {values!r}"
        raise TypeError(message) from None
