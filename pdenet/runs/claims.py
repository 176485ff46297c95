"""Intervals over seeds, and claims that are judged by them.

A chapter never types that something holds: it measures an `Interval`, hands it to a `Claim`, and prints the
sentence that comes back. Prose and data then cannot disagree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from pdenet.checks.numbers import real

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pdenet.runs.intervals import Interval

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
    measure : callable, optional
        For a claim about an experiment: from its `Results` to the interval that judges it, or to None where
        there are no runs yet.

    Raises
    ------
    ValueError
        If the kind or the direction is unknown, the id or the text is empty, the threshold is not finite,
        or an identity is not of the form "below a positive rounding level".
    """

    id: str
    text: str
    kind: Kind = "comparison"
    threshold: float = 0.0
    direction: Direction = "above"
    measure: Callable[[Any], Interval | None] | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not self.id.strip() or not self.text.strip():
            message = f"a claim needs an id and a text, got id {self.id!r} and text {self.text!r}"
            raise ValueError(message)
        if self.kind not in get_args(Kind):
            kinds = ", ".join(map(repr, get_args(Kind)))
            message = f"claim {self.id}: kind {self.kind!r} is unknown; use one of {kinds}"
            raise ValueError(message)
        if self.direction not in get_args(Direction):
            message = f"claim {self.id}: direction {self.direction!r} is unknown; use 'above' or 'below'"
            raise ValueError(message)
        object.__setattr__(self, "threshold", real(f"claim {self.id}: the threshold", self.threshold))
        if self.kind == "identity" and not (self.direction == "below" and self.threshold > 0):
            message = (
                f"claim {self.id}: an identity is judged by a deviation below a positive rounding level, "
                f"got {self.direction} {self.threshold}"
            )
            raise ValueError(message)

    @property
    def asserted(self) -> bool:
        """Whether a chapter's guards assert the claim; comparisons are only reported."""
        return self.kind != "comparison"

    def judge(self, found: Interval) -> Verdict:
        """Return the verdict: decided only where the whole interval lies on one side of the threshold.

        Parameters
        ----------
        found : Interval
            What was measured; both ends equal to the estimate if there is no spread.
        """
        if self.direction == "above":
            right, wrong = found.low > self.threshold, found.high <= self.threshold
        else:
            right, wrong = found.high < self.threshold, found.low >= self.threshold
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
        verdict = self.judge(interval)
        if interval.low == interval.high:
            measured = f"{interval.estimate:{spec}}"
        elif math.isinf(interval.low) or math.isinf(interval.high):
            measured = f"{interval.estimate:{spec}} (n = {interval.n}, too few for an interval)"
        else:
            measured = f"{interval:{spec}} ({100 * interval.level:g} % interval, n = {interval.n})"
        needed = f"{self.direction} {self.threshold:{spec}}"
        return f"{self.id} ({self.kind}): {self.text}. Measured {measured}, needed {needed}: {verdict}."


class Judged(NamedTuple):
    """A claim with what was measured for it."""

    claim: Claim
    found: Interval

    @property
    def verdict(self) -> Verdict:
        """What the interval says of the claim."""
        return self.claim.judge(self.found)

    def sentence(self, spec: str = ".4g") -> str:
        """The claim, what was measured and the verdict, as one sentence for the page."""
        return self.claim.sentence(self.found, spec)

    def say(self, holds: str, fails: str, undecided: str = "") -> str:
        """The words, of three, that fit the verdict."""
        words = {Verdict.HOLDS: holds, Verdict.DOES_NOT_HOLD: fails, Verdict.NOT_DECIDED: undecided}
        return words[self.verdict]


def judge(claims: Iterable[Claim], results: Any) -> dict[str, Judged]:
    """The claims for which there are runs, with what these measure, by the claim's id.

    Parameters
    ----------
    claims : iterable of Claim
        Each with a `measure`.
    results
        What the measures are given.
    """
    measured = ((claim, claim.measure(results)) for claim in claims if claim.measure is not None)
    return {claim.id: Judged(claim, found) for claim, found in measured if found is not None}
