"""What a row of the ledger is: an equation as printed, as it holds, and a check that runs on both."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from time import perf_counter
from typing import TYPE_CHECKING, Any

import sympy as sp

if TYPE_CHECKING:
    import numpy as np

NOT_IN_THESIS = "(not in the thesis) "
"""What the print of a row begins with that is ours."""
OWN = "B"
"""What the id of a row begins with that holds what this book derives and the thesis does not."""


class Verdict(StrEnum):
    """What the ledger says of the print; prints as its words."""

    OK = "ok"
    INCOMPLETE = "incomplete"
    APPROXIMATE = "approximate"
    WRONG = "wrong"


class Kind(StrEnum):
    """What sort of fault a print has; prints as its words."""

    SLIP = "slip"
    """Of the pen: a letter, a sign or a constant of nature is lost, and the next line has it again."""
    CONSTANT = "constant"
    """A factor is lost for good, and no conclusion hangs on it."""
    ARGUMENT = "argument"
    """A step does not follow, and what is concluded from it hangs on it."""


@dataclass(frozen=True)
class Finding:
    """One thing that a check has shown.

    The text is plain, and the same on every machine: a deviation at rounding level is given by its bound.

    Parameters
    ----------
    text : str
        What was looked at and what came out, without a final stop.
    holds : bool
        Whether it came out as it must for the form that was checked.
    """

    text: str
    holds: bool

    def __post_init__(self) -> None:
        object.__setattr__(self, "holds", bool(self.holds))  # a comparison of arrays gives NumPy's

    @property
    def what(self) -> str:
        """What was looked at: the text up to its last colon, the same for every form that is checked."""
        return self.text.rpartition(": ")[0] or self.text


Check = Callable[[], Sequence[Finding]]


def zero(what: str, expression: Any) -> Finding:
    """Finding that a SymPy expression, or every entry of a matrix, is identically zero.

    Parameters
    ----------
    what : str
        What the expression is the difference of.
    expression : sympy.Expr or sympy.Matrix
        It is simplified; what is left is printed.
    """
    rest = sp.simplify(expression)
    if isinstance(rest, sp.MatrixBase):
        return Finding(
            f"{what}: difference {'0' if rest.is_zero_matrix else 'not 0'}", bool(rest.is_zero_matrix)
        )
    return Finding(f"{what}: difference {sp.sstr(rest)}", rest == 0)


def below(what: str, value: float, bound: float) -> Finding:
    """Finding that a deviation, a finite number, stays below a bound.

    Parameters
    ----------
    what : str
        What deviates from what.
    value, bound : float
        The deviation, not negative, and its bound; a value that is not finite is not below it.
    """
    value = abs(float(value))
    if value < bound:
        return Finding(f"{what}: off by less than {bound:g}", True)
    return Finding(f"{what}: off by {value:.2g}", False)


def above(what: str, value: float, bound: float) -> Finding:
    """Finding that a finite number exceeds a bound.

    Parameters
    ----------
    what : str
        What is measured.
    value, bound : float
        The number and its bound.
    """
    value = float(value)
    holds = math.isfinite(value) and value > bound
    return Finding(f"{what}: {value:.2g}, {'' if holds else 'not '}above {bound:g}", holds)


def close(what: str, value: float, expected: float, tolerance: float) -> Finding:
    """Finding that a number is what was predicted, within an absolute tolerance.

    Parameters
    ----------
    what : str
        What is measured.
    value, expected, tolerance : float
        The number, the prediction, and how far from it the number may be.
    """
    value = float(value)
    holds = abs(value - expected) <= tolerance
    return Finding(f"{what}: {value:.3g}, predicted {expected:.3g}", holds)


def agree(what: str, left: np.ndarray, right: np.ndarray) -> Finding:
    """Finding that two conditions give one answer for every case, and neither is always or never met.

    Parameters
    ----------
    what : str
        Which two conditions.
    left, right : numpy.ndarray of bool, shape (case,)
        Their answers.
    """
    count = int((left != right).sum())
    return Finding(f"{what}: {count} exceptions in {left.size}", count == 0 and 0 < left.sum() < left.size)


def order(
    what: str, steps: Sequence[float], errors: Sequence[float], expected: float, tolerance: float = 0.15
) -> Finding:
    """Finding that errors fall with the expected power of the step, seen between the last two.

    Parameters
    ----------
    what : str
        What the error is of.
    steps, errors : sequence of float
        At least two step sizes, or counts (the order is then negative), and the errors found with them.
    expected, tolerance : float
        The power, and how far from it the observed one may be.

    Raises
    ------
    ValueError
        If there are fewer than two pairs, or a step or an error is not positive.
    """
    if len(steps) != len(errors) or len(steps) < 2 or min(*steps, *errors) <= 0:
        message = f"order needs two or more positive steps and errors; got {steps} and {errors}"
        raise ValueError(message)
    observed = math.log(errors[-1] / errors[-2]) / math.log(steps[-1] / steps[-2])
    return Finding(
        f"{what}: order {observed:.2f}, predicted {expected:g}", abs(observed - expected) <= tolerance
    )


@dataclass(frozen=True)
class Fault:
    """A wrong form, planted to see that the check of a row refuses it.

    Parameters
    ----------
    what : str
        What is wrong in it, in a few words.
    check : callable
        The same check, run on that form; at least one finding must fail.
    """

    what: str
    check: Check

    @property
    def refused(self) -> bool:
        """Whether the check finds it."""
        return not all(finding.holds for finding in self.check())


@dataclass(frozen=True)
class Entry:
    """An equation of the thesis, or a claim its argument rests on.

    Texts are MyST: sentences with formulas between dollar signs.

    Parameters
    ----------
    id : str
        The thesis's number, "16a" and "16b" for the number used twice, or a letter and a number for a claim.
    title : str
        What it is, in a few words, without a formula.
    verdict : Verdict
        What is to be said of the print.
    printed : str
        What the thesis prints.
    check : callable
        Returns what was shown of the form that holds; all findings must hold.
    holds : str
        What holds, if that is not what is printed.
    reason : str
        One sentence: what is wrong, missing or only approximate in the print.
    assumptions : str
        Under which assumptions it holds.
    check_printed : callable
        The same checks of the printed form; at least one finding must fail.
    page : str
        Notebook of the book that derives it, by its stem; empty while none does.
    faults : tuple of Fault
        Wrong forms that the check refuses; with a print that is not ok there are two at least in every row.
    kind : Kind, optional
        What sort of fault the print has, where it is not ok.
    paraphrase : bool
        Whether `printed` is our reading of what the thesis says over several sentences, and no quotation.
    reading : str
        A reading or a tolerance of ours on which the verdict hangs.

    Raises
    ------
    ValueError
        If a print that is not ok comes without reason, corrected form, check of the print or kind of fault,
        or one that is ok comes with them; if a row of the book's own has fewer than two faults.
    """

    id: str
    title: str
    verdict: Verdict
    printed: str
    check: Check
    holds: str = ""
    reason: str = ""
    assumptions: str = ""
    check_printed: Check | None = None
    page: str = ""
    faults: tuple[Fault, ...] = ()
    kind: Kind | None = None
    paraphrase: bool = False
    reading: str = ""

    def __post_init__(self) -> None:
        parts = {
            "holds": self.holds,
            "reason": self.reason,
            "check_printed": self.check_printed,
            "kind": self.kind,
        }
        missing = [name for name, part in parts.items() if not part]
        if self.verdict is not Verdict.OK and missing:
            message = f"entry {self.id} is {self.verdict}: it needs {', '.join(missing)}"
            raise ValueError(message)
        if self.verdict is Verdict.OK and (self.holds or self.check_printed):
            message = f"entry {self.id} is ok: what is printed is what holds, and is checked once"
            raise ValueError(message)
        if self.verdict is Verdict.OK and self.kind is not None:
            message = f"entry {self.id} is ok, and has no kind of fault; got {self.kind}"
            raise ValueError(message)
        if self.id.startswith(OWN) and len(self.faults) < 2:
            message = f"entry {self.id} is the book's own: plant two faults that its check must refuse"
            raise ValueError(message)

    @property
    def planted(self) -> tuple[Fault, ...]:
        """All wrong forms: the print, where it is not ok, and the faults."""
        if self.check_printed is None:
            return self.faults
        return (Fault("as the thesis has it", self.check_printed), *self.faults)

    @property
    def numbered(self) -> bool:
        """Whether it is an equation with a number, and not a claim."""
        return self.id[0].isdigit()

    @property
    def ours(self) -> bool:
        """Whether it states something that the thesis does not."""
        return self.printed.startswith(NOT_IN_THESIS)

    @property
    def label(self) -> str:
        """Where the book derives it: ``eq:24``, ``claim:U3``."""
        return f"{'eq' if self.numbered else 'claim'}:{self.id}"

    @property
    def name(self) -> str:
        """``(24)`` for an equation, ``U3`` for a claim."""
        return f"({self.id})" if self.numbered else self.id


@dataclass(frozen=True)
class Result:
    """What the checks of one entry have shown.

    Parameters
    ----------
    entry : Entry
        The entry.
    findings, printed_findings : tuple of Finding
        Of the form that holds, and of the printed form where that is another.
    seconds : float
        Time the checks took.
    """

    entry: Entry
    findings: tuple[Finding, ...]
    printed_findings: tuple[Finding, ...]
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether every check of the form that holds came out as it must."""
        return all(finding.holds for finding in self.findings)

    @property
    def print_holds(self) -> bool:
        """Whether every check of the printed form came out as it must."""
        return all(finding.holds for finding in self.printed_findings or self.findings)

    @property
    def decided_by(self) -> tuple[str, ...]:
        """What the one check looks at that holds for the correction and fails for the print."""
        good = {finding.what for finding in self.findings if finding.holds}
        return tuple(f.what for f in self.printed_findings if not f.holds and f.what in good)

    @property
    def besides(self) -> tuple[str, ...]:
        """What fails for the print and is not looked at in the form that holds."""
        looked_at = {finding.what for finding in self.findings}
        return tuple(f.what for f in self.printed_findings if not f.holds and f.what not in looked_at)

    @property
    def as_listed(self) -> bool:
        """Whether the correction holds, and the print if and only if the ledger lists it as ok.

        A print that is not ok must fail in the check that the correction passes.
        """
        if self.entry.verdict is Verdict.OK:
            return self.holds and self.print_holds
        return self.holds and bool(self.decided_by)

    @property
    def shown(self) -> str:
        """What was shown, in a line."""
        return "; ".join(finding.text for finding in self.findings)


def run(entry: Entry) -> Result:
    """Run the checks of an entry.

    Raises
    ------
    ValueError
        If a check returns no finding: it could not fail.
    """
    start = perf_counter()
    findings = tuple(entry.check())
    printed = () if entry.check_printed is None else tuple(entry.check_printed())
    if not findings or (entry.check_printed is not None and not printed):
        message = f"a check of entry {entry.id} returned no finding, so it cannot fail"
        raise ValueError(message)
    return Result(entry, findings, printed, perf_counter() - start)
