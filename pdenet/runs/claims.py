"""Intervals over seeds, and claims that are judged by them.

A chapter never types that something holds: it measures an `Interval`, hands it to a `Claim`, and prints the
sentence that comes back. Prose and data then cannot disagree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, get_args

from pdenet.runs.intervals import Interval, _check_order, _listed

Kind = Literal["identity", "prediction", "comparison"]
Direction = Literal["above", "below"]


class Verdict(StrEnum):
    """What an interval says about a claim; compares equal to, and prints as, its words."""

    HOLDS = "holds"
    DOES_NOT_HOLD = "does not hold"
    NOT_DECIDED = "not decided"


@dataclass(frozen=True)
class Claim:
    """A statement with a threshold, to be judged by an interval.

    Parameters
    ----------
    id : str
        Short label, unique in the book.
    text : str
        The statement as a clause without its final stop.
    kind : {"identity", "prediction", "comparison"}
        An exact identity: the measure is a deviation, the threshold the rounding level it stays below.
        A parameter-free prediction: the measure is mostly a deviation in standard errors, the threshold 3.
        A measured comparison: reported, not asserted.
    threshold : float
        The value that divides right from wrong, in the unit of the measure.
    direction : {"above", "below"}
        The side of the threshold on which the claim is true; the threshold itself is on neither.

    Raises
    ------
    ValueError
        If the kind or the direction is unknown, the id or the text is empty, the threshold is not finite,
        or an identity is not of the form "below a positive rounding level".
    """

    id: str
    text: str
    kind: Kind
    threshold: float
    direction: Direction = "above"

    def __post_init__(self) -> None:
        if not self.id.strip() or not self.text.strip():
            raise ValueError(f"a claim needs an id and a text, got id {self.id!r} and text {self.text!r}")
        if self.kind not in get_args(Kind):
            raise ValueError(
                f"claim {self.id}: kind {self.kind!r} is unknown; use one of {_listed(get_args(Kind))}"
            )
        if self.direction not in get_args(Direction):
            raise ValueError(
                f"claim {self.id}: direction {self.direction!r} is unknown; use 'above' or 'below'"
            )
        if not math.isfinite(self.threshold):
            raise ValueError(
                f"claim {self.id}: the threshold is {self.threshold}; it must be a finite number"
            )
        if self.kind == "identity" and not (self.direction == "below" and self.threshold > 0):
            raise ValueError(
                f"claim {self.id}: an identity is judged by a deviation below a positive rounding level, "
                f"got {self.direction} {self.threshold}"
            )

    @property
    def asserted(self) -> bool:
        """Whether a chapter's guards assert the claim; comparisons are only reported."""
        return self.kind != "comparison"

    def judge(self, estimate: float, low: float, high: float) -> Verdict:
        """Return the verdict: decided only where the whole interval lies on one side of the threshold.

        Parameters
        ----------
        estimate, low, high : float
            The estimate and its interval, ``low <= estimate <= high``; all equal if there is no spread.

        Raises
        ------
        ValueError
            If a value is NaN or the estimate lies outside the interval.
        """
        _check_order(estimate, low, high)
        if self.direction == "above":
            right, wrong = low > self.threshold, high <= self.threshold
        else:
            right, wrong = high < self.threshold, low >= self.threshold
        if right:
            return Verdict.HOLDS
        return Verdict.DOES_NOT_HOLD if wrong else Verdict.NOT_DECIDED

    def sentence(self, interval: Interval, spec: str = ".4g") -> str:
        """Return the claim, what was measured and the verdict as one sentence for the page.

        Parameters
        ----------
        interval : Interval
            What was measured.
        spec : str
            Format of its numbers and of the threshold, as for a float.
        """
        verdict = self.judge(interval.estimate, interval.low, interval.high)
        if interval.low == interval.high:
            measured = f"{interval.estimate:{spec}}"
        elif math.isinf(interval.low) or math.isinf(interval.high):
            measured = f"{interval.estimate:{spec}} (n = {interval.n}, too few for an interval)"
        else:
            measured = f"{interval:{spec}} ({100 * interval.level:g} % interval, n = {interval.n})"
        needed = f"{self.direction} {self.threshold:{spec}}"
        return f"{self.id} ({self.kind}): {self.text}. Measured {measured}, needed {needed}: {verdict}."
