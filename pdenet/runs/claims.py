"""Intervals over seeds, and claims that are judged by them.

A chapter never types that something holds: it measures an `Interval`, hands it to a `Claim`, and prints the
sentence that comes back. Prose and data then cannot disagree.

Two mistakes are refused. A single number that somebody printed is one draw, and is compared with where one
more run would lie, not with where a mean does. And of many comparisons one is wrong by chance: claims of one
`family` are judged together, by Holm's step-down correction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from pdenet.checks.numbers import real
from pdenet.checks.words import one_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pdenet.runs.interval import Interval

Kind = Literal["identity", "prediction", "comparison"]
Direction = Literal["above", "below"]
ERROR = 0.05
"""The probability with which a verdict on a claim, or any verdict within a family, is wrong by chance."""


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
    against : {"value", "draw"}
        What the threshold is: a value without spread, or one run of somebody else, such as a printed number.
        The latter is judged by an interval of one more run.
    family : str
        Name of the comparisons that are made together; none if it is judged alone.
    measure : callable, optional
        For a claim about an experiment: from its `Results` to the interval that judges it, or to None where
        there are no runs yet.

    Raises
    ------
    ValueError
        If the kind, the direction or `against` is unknown, the id or the text is empty, the threshold is not
        finite, a claim that a chapter asserts has a family, or an identity is not of the form "below a
        positive rounding level".
    """

    id: str
    text: str
    kind: Kind = "comparison"
    threshold: float = 0.0
    direction: Direction = "above"
    against: Literal["value", "draw"] = "value"
    family: str = ""
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
        one_of(f"claim {self.id}: against", self.against, ("value", "draw"))
        if self.family and self.asserted:
            message = f"claim {self.id}: a family is of comparisons; got the kind {self.kind!r}"
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

    def judge(self, found: Interval, adjusted: float | None = None) -> Verdict:
        """Return the verdict: decided only where the whole interval lies on one side of the threshold.

        Parameters
        ----------
        found : Interval
            What was measured; both ends equal to the estimate if there is no spread.
        adjusted : float, optional
            For a claim of a family, its error probability as `holm` corrects it.

        Raises
        ------
        ValueError
            If a draw is compared with a mean or a mean with a draw, or a claim of a family comes without the
            correction.
        """
        if found.of != ("draw" if self.against == "draw" else "mean") and found.low < found.high:
            message = (
                f"claim {self.id} compares with a {self.against}, but the interval is that of a {found.of}; "
                "a number that was printed once needs prediction_interval, a value the interval of a mean"
            )
            raise ValueError(message)
        if bool(self.family) != (adjusted is not None):
            message = (
                f"claim {self.id} is judged with its family, by `judge`: got no corrected error probability"
                if self.family
                else f"claim {self.id} has no family, so that nothing is to be corrected"
            )
            raise ValueError(message)
        if self.direction == "above":
            right, wrong = found.low > self.threshold, found.high <= self.threshold
        else:
            right, wrong = found.high < self.threshold, found.low >= self.threshold
        if adjusted is not None and adjusted > ERROR:
            return Verdict.NOT_DECIDED
        if right:
            return Verdict.HOLDS
        return Verdict.DOES_NOT_HOLD if wrong else Verdict.NOT_DECIDED

    def sentence(self, interval: Interval, spec: str = ".4g", adjusted: float | None = None) -> str:
        """Return the claim, what was measured and the verdict as one sentence for the page.

        Parameters
        ----------
        interval : Interval
            What was measured.
        spec : str
            Format of its numbers and of the threshold, as for a float.
        adjusted : float, optional
            As in `judge`.
        """
        verdict = self.judge(interval, adjusted)
        if interval.low == interval.high:
            measured = f"{interval.estimate:{spec}}"
        elif math.isinf(interval.low) or math.isinf(interval.high):
            measured = f"{interval.estimate:{spec}} (no interval, n = {interval.n})"
        else:
            measured = f"{interval:{spec}} ({100 * interval.level:g} % interval, n = {interval.n})"
        needed = f"{self.direction} {self.threshold:{spec}}"
        if adjusted is not None:
            measured += f", p = {adjusted:.2g} in its family"
        return f"{self.id} ({self.kind}): {self.text}. Measured {measured}, needed {needed}: {verdict}."


class Judged(NamedTuple):
    """A claim with what was measured for it and, if it has a family, its corrected error probability."""

    claim: Claim
    found: Interval
    adjusted: float | None = None

    @property
    def verdict(self) -> Verdict:
        """What the interval says of the claim."""
        return self.claim.judge(self.found, self.adjusted)

    def sentence(self, spec: str = ".4g") -> str:
        """The claim, what was measured and the verdict, as one sentence for the page."""
        return self.claim.sentence(self.found, spec, self.adjusted)

    def say(self, holds: str, fails: str, undecided: str = "") -> str:
        """The words, of three, that fit the verdict."""
        words = {Verdict.HOLDS: holds, Verdict.DOES_NOT_HOLD: fails, Verdict.NOT_DECIDED: undecided}
        return words[self.verdict]


def judge(claims: Iterable[Claim], results: Any) -> dict[str, Judged]:
    """The claims for which there are runs, with what these measure, by the claim's id.

    Parameters
    ----------
    claims : iterable of Claim
        Each with a `measure`; of a family all, since each counts in the correction.
    results
        What the measures are given.
    """
    measured = ((claim, claim.measure(results)) for claim in claims if claim.measure is not None)
    return together((claim, found) for claim, found in measured if found is not None)


def together(measured: Iterable[tuple[Claim, Interval]]) -> dict[str, Judged]:
    """Claims with what was measured for each, by id, those of one family corrected for each other.

    Raises
    ------
    ValueError
        If an interval of a family was given by its ends, so that it has no error probability.
    """
    pairs = list(measured)
    families: dict[str, dict[str, float]] = {}
    for claim, found in pairs:
        if claim.family:
            families.setdefault(claim.family, {})[claim.id] = found.p_value(claim.threshold)
    adjusted = {name: p for family in families.values() for name, p in holm(family).items()}
    return {claim.id: Judged(claim, found, adjusted.get(claim.id)) for claim, found in pairs}


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Error probabilities of one family, corrected: the chance that any below a level is wrong is the level.

    Parameters
    ----------
    p_values : mapping
        Those of single comparisons, by name.

    References
    ----------
    S. Holm, A simple sequentially rejective multiple test procedure, Scand. J. Statist. 6 (1979) 65-70.
    """
    adjusted: dict[str, float] = {}
    worst = 0.0
    for rank, (name, p) in enumerate(sorted(p_values.items(), key=lambda item: item[1])):
        worst = max(worst, min(1.0, (len(p_values) - rank) * p))
        adjusted[name] = worst
    return adjusted
