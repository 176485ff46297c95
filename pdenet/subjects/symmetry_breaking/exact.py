"""Equal units in exact arithmetic: fractions, which are never rounded, and a square as activation."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from pdenet.checks.numbers import whole

if TYPE_CHECKING:
    from collections.abc import Sequence

Vector = list[Fraction]


def descend_exactly(
    weights: Sequence[Sequence[Fraction]],
    inputs: Sequence[Sequence[Fraction]],
    targets: Sequence[Fraction],
    rate: Fraction,
    steps: int,
) -> list[Vector]:
    """Gradient descent on half the mean squared error of a sum of squares (w_j . x)^2, in fractions.

    Parameters
    ----------
    weights
        A vector for each unit.
    inputs, targets
        Examples and what is wanted.
    rate
        Length of a step.
    steps
        How many; numerators get about three times as long with each.

    Raises
    ------
    TypeError
        If a number is no fraction, since one float would round all.
    ValueError
        If there are less than two units, or less than one step.
    """
    rows = [*weights, *inputs, list(targets), [rate]]
    if not all(isinstance(number, Fraction) for row in rows for number in row):
        message = "exact arithmetic needs fractions throughout; write Fraction(1, 10) instead of 0.1"
        raise TypeError(message)
    whole("the number of units", len(weights), least=2)
    units = [list(unit) for unit in weights]
    for _ in range(whole("steps", steps, least=1)):
        slopes = [[Fraction(0)] * len(unit) for unit in units]
        for shown, target in zip(inputs, targets, strict=True):
            drives = [_dot(unit, shown) for unit in units]
            error = sum((drive**2 for drive in drives), -target)
            for slope, drive in zip(slopes, drives, strict=True):
                for n, x in enumerate(shown):
                    slope[n] += error * 2 * drive * x / len(targets)
        units = [
            [w - rate * s for w, s in zip(unit, slope, strict=True)]
            for unit, slope in zip(units, slopes, strict=True)
        ]
    return units


def digits_of(units: Sequence[Sequence[Fraction]]) -> int:
    """Digits of the longest numerator."""
    # By bits, since Python refuses to write numbers of more than 4300 digits.
    longest = max(abs(number.numerator).bit_length() for unit in units for number in unit)
    return int(longest * 0.30103) + 1


def _dot(one: Sequence[Fraction], other: Sequence[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(one, other, strict=True)), Fraction(0))
