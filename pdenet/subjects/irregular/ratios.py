"""Errors of two arms by their ratio: a root mean square is positive, so that its logarithm is averaged.

A net whose training went wrong errs tenfold; in a mean of differences it would push an interval below zero,
where no error is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pdenet.runs.intervals import log_mean_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pdenet.runs.interval import Interval
    from pdenet.runs.results import Measure, Results

LEAST = 1e-9  # radians: what is smaller, zero too, counts as this


def error_of(results: Results, arm: str, what: str) -> Interval | None:
    """Geometric mean over seeds with its interval; None if there is no run, or one that measured nothing."""
    return _geometric(results.values(arm, what))


def ratio(results: Results, arm: str, other: str, what: str) -> Interval | None:
    """How many times as much an arm errs as another, paired by seed; None as in `error_of`."""
    first, second = results.paired([arm, other], what)
    return _geometric(first / second)


def size(arm: str, what: str) -> Measure:
    """The geometric mean of what an arm measures."""
    return lambda results: error_of(results, arm, what)


def times(arm: str, other: str, what: str) -> Measure:
    """How many times as much an arm errs as another."""
    return lambda results: ratio(results, arm, other, what)


def widened_times(pair: tuple[str, str], other: tuple[str, str], what: str) -> Measure:
    """By what factor the ratio of the first arm to the second is larger in one pair than in another."""

    def measure(results: Results) -> Interval | None:
        a, b, c, d = results.paired([*pair, *other], what)
        return _geometric((a / b) / (c / d))

    return measure


def _geometric(values: NDArray[np.float64]) -> Interval | None:
    if not (len(values) and np.isfinite(values).all()):
        return None
    return log_mean_interval(np.maximum(values, LEAST))
