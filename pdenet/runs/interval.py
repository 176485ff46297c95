"""An estimate with its confidence interval."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

_LEAST = 1e-9  # error probability below which nobody asks


@dataclass(frozen=True)
class Interval:
    """An estimate with its confidence interval, which may be infinite (one run says nothing of the spread).

    ``format(interval, ".2f")`` gives ``97.31 [97.12, 97.50]``; any format of a float will do, ``".1%"`` too.

    Parameters
    ----------
    estimate, low, high : float
        The estimate and the ends of the interval, ``low <= estimate <= high``, in the unit of the data.
    n : int
        Number of independent runs or trials behind it.
    level : float
        Confidence level.
    of : {"mean", "draw"}
        Where the mean over runs lies, or where one more run would.
    within : (float, float)
        The range of what it is of: no share is below 0, no accuracy above 100 %.
    again : callable, optional
        The same interval at another level.

    Raises
    ------
    ValueError
        If a value is NaN, the estimate lies outside the interval, or the interval leaves the range of what it
        is of: its method does not suit the data then, as Student's t does not suit runs that learn or do not.
    """

    estimate: float
    low: float
    high: float
    n: int
    level: float = 0.95
    of: Literal["mean", "draw"] = "mean"
    within: tuple[float, float] = field(default=(-math.inf, math.inf), compare=False)
    again: Callable[[float], Interval] | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        _check_order(self.estimate, self.low, self.high)
        least, most = self.within
        beyond = (math.isfinite(self.low) and self.low < least) or (
            math.isfinite(self.high) and self.high > most
        )
        if beyond:
            message = (
                f"the interval [{self.low:g}, {self.high:g}] leaves [{least:g}, {most:g}], the range of what "
                "it is of; report the share that learned (wilson_interval) and the mean of those, or take "
                "logarithms (log_mean_interval)"
            )
            raise ValueError(message)

    def at(self, level: float) -> Interval:
        """The same interval at another level.

        Raises
        ------
        ValueError
            If it was given by its ends, so that it has no other level.
        """
        if self.again is None:
            message = "this interval was given by its ends; only one made from runs has another level"
            raise ValueError(message)
        return self.again(level)

    def p_value(self, threshold: float) -> float:
        """The smallest error probability at which the interval leaves the threshold out, 1e-9 to 1.

        Raises
        ------
        ValueError
            As `at`.
        """
        if self.low == self.high and self.again is None:
            return _LEAST if self.estimate != threshold else 1.0
        certain, doubtful = 1.0, _LEAST  # error probabilities: with 1 the interval is a point
        if not self._holds(threshold, doubtful):
            return doubtful
        while certain - doubtful > 1e-4 * certain:
            middle = math.sqrt(certain * doubtful)
            if self._holds(threshold, middle):
                doubtful = middle
            else:
                certain = middle
        return certain

    def _holds(self, threshold: float, error: float) -> bool:
        found = self.at(1 - error)
        return found.low <= threshold <= found.high

    def __format__(self, spec: str) -> str:
        return f"{self.estimate:{spec}} [{self.low:{spec}}, {self.high:{spec}}]"

    def __abs__(self) -> Interval:
        """The interval of the absolute value: for claims that two things agree."""
        low, high = max(self.low, -self.high, 0.0), max(-self.low, self.high)
        again = None if self.again is None else lambda level: abs(self.at(level))
        return Interval(abs(self.estimate), low, high, self.n, self.level, self.of, again=again)


def _check_order(estimate: float, low: float, high: float) -> None:
    # Written so that a NaN anywhere fails as well.
    if not low <= estimate <= high:
        message = (
            f"got estimate {estimate} and interval [{low}, {high}]; "
            "low <= estimate <= high must hold, without NaN"
        )
        raise ValueError(message)
