"""What `symbolic` is given: expressions, symbols, arrays of numbers, or an error that says what is none.

Text is never taken for a value. SymPy would evaluate it as Python, whatever it does; NumPy would read it as a
number. Who has text reads it first, with a parser of their own choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from pdenet.checks.numbers import real

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike


INFINITE = (sp.nan, sp.zoo, sp.oo, -sp.oo)
"""What SymPy computes with as if it were a number."""


def expression(name: str, value: Any) -> sp.Expr:
    """The SymPy expression, or the number of any kind, called `name`, as an expression.

    Raises
    ------
    TypeError
        If it is neither, such as text, a boolean or an array.
    ValueError
        If it is not finite.

    Examples
    --------
    >>> expression("spacing", np.int64(2)), expression("spacing", sp.Symbol("h"))
    (2, h)
    """
    message = f"{name} must be a SymPy expression or a number; got {value!r}"
    plain = value
    if not isinstance(value, sp.Basic) and getattr(value, "shape", None) == ():
        plain = value.item()  # SymPy would keep a float32's own precision
    if isinstance(plain, np.longdouble):
        plain = float(plain)
    try:
        found = sp.sympify(plain, strict=True)
    except (sp.SympifyError, TypeError, ValueError):
        raise TypeError(message) from None
    if not isinstance(found, sp.Expr) or found.is_Matrix:
        raise TypeError(message)
    if found.is_finite is False or found.has(*INFINITE):
        message = f"{name} must be finite; got {value!r}"
        raise ValueError(message)
    return found


def symbol(name: str, value: Any) -> sp.Symbol:
    """The SymPy symbol called `name`.

    Raises
    ------
    TypeError
        If it is none.
    """
    if isinstance(value, sp.Symbol):
        return value
    message = f"{name} must be a SymPy symbol; got {value!r}"
    raise TypeError(message)


def refuse_doubles(name: str, value: sp.Expr, known: Iterable[sp.Symbol]) -> None:
    """Refuse an expression with a symbol that only looks like a known one: SymPy takes the two for different.

    Raises
    ------
    ValueError
        If a symbol has the name of a known one and other assumptions.
    """
    names = {one.name: one for one in known}
    for found in sorted(value.free_symbols, key=str):
        if str(found) in names and found != names[str(found)]:
            message = (
                f"{name} has a symbol {found} that is not the {found} beside it, which has other assumptions "
                f"– expected that one, or another name; got {value}"
            )
            raise ValueError(message)


def numbers(name: str, values: Any) -> np.ndarray:
    """The real numbers called `name` as an array of floats, of any shape; NaN and infinity are let through.

    Raises
    ------
    TypeError
        If there is text, a boolean or a complex number among them.
    ValueError
        If they are no array.
    """
    try:
        array = np.asarray(values)
    except ValueError as error:
        message = f"{name} must be an array of numbers; {error}"
        raise ValueError(message) from None
    if array.dtype.kind == "O":  # fractions, numbers of SymPy
        return np.array([real(name, one) for one in array.flat], dtype=float).reshape(array.shape)
    if array.dtype.kind not in "iuf":
        message = f"{name} must be real numbers; got {values!r}"
        raise TypeError(message)
    return np.asarray(array, dtype=float)


def as_arrays(
    displacement: ArrayLike, alpha: ArrayLike, beta: ArrayLike, gamma: ArrayLike
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Displacements and parameters as float arrays of one shape."""
    given = {"displacement": displacement, "alpha": alpha, "beta": beta, "gamma": gamma}
    arrays = {name: numbers(name, values) for name, values in given.items()}
    for name, values in arrays.items():
        if not np.isfinite(values).all():
            message = f"{name} must be finite; got {values[~np.isfinite(values)][0]}"
            raise ValueError(message)
    fractions = arrays["displacement"] % 1 != 0
    if fractions.any():
        message = f"displacement must be whole numbers of pixels; got {arrays['displacement'][fractions][0]}"
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
