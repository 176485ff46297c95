"""Every claim of the sources, one row, with a verdict that is worked out from evidence and never typed.

Evidence is of three kinds: rows of the ledger, whose checks run when the scorecard is made; claims that the
recorded runs decide; and named assertions in the guards of a page, without which the page does not build. A
`Statement` names its evidence; `score` looks it up. Where a piece is missing, or the ledger's own check of
the correction fails, there is no verdict.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pdenet.audit import ledger, physics_essay, residual_essay, thesis
from pdenet.audit.ledger import ENTRIES, Result
from pdenet.audit.ledger import Verdict as Listed
from pdenet.audit.statement import Guard, Statement
from pdenet.runs.claims import Judged, Verdict
from pdenet.subjects.catalogue import experiments

SOURCES = {
    "Part I: the thesis": thesis.STATEMENTS,
    "Part II: the essay on residual networks": residual_essay.STATEMENTS,
    "Part III: the essay on backpropagation and physics": physics_essay.STATEMENTS,
}
"""Whose claims are judged: source -> its statements."""
STATEMENTS = tuple(statement for statements in SOURCES.values() for statement in statements)


class Standing(StrEnum):
    """What the evidence says of a claim of a source."""

    HOLDS = "holds"
    CORRECTED = "holds with a correction"
    FAILS = "does not hold"
    OPEN = "not decided"
    NONE = "no evidence"


_WORST_FIRST = (Standing.NONE, Standing.FAILS, Standing.OPEN, Standing.CORRECTED, Standing.HOLDS)


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence: where it stands in the book, what it says, and what follows for the claim."""

    link: str
    text: str
    standing: Standing
    measured: bool = False
    """Whether the text holds an interval that runs were recorded for."""


@dataclass(frozen=True)
class Measurement:
    """A claim of the book with what the runs measure for it, the page that shows it, and how to print it."""

    judged: Judged
    page: str
    digits: int = 1

    @property
    def verdict(self) -> Verdict:
        """What the interval says of the claim."""
        return self.judged.verdict


@dataclass(frozen=True)
class Row:
    """A statement with its evidence."""

    statement: Statement
    evidence: tuple[Evidence, ...]

    @property
    def standing(self) -> Standing:
        """The worst that any piece of the evidence says; with none, or one missing, no verdict."""
        found = {piece.standing for piece in self.evidence} or {Standing.NONE}
        return next(standing for standing in _WORST_FIRST if standing in found)


def ledger_results(statements: Iterable[Statement] = STATEMENTS) -> dict[str, Result]:
    """Run the checks of the ledger rows that the statements name, by id."""
    wanted = {name for statement in statements for name in statement.ledger}
    return {entry.id: ledger.run(entry) for entry in ENTRIES if entry.id in wanted}


def measurements(statements: Iterable[Statement] | None = None) -> dict[str, Measurement]:
    """The claims that the shipped records decide, by id.

    Parameters
    ----------
    statements
        Read only the records of experiments with a claim that one of these names; all unless given.
    """
    wanted = None if statements is None else {name for one in statements for name in one.measured}
    return {
        name: Measurement(judged, experiment.page, experiment.digits)
        for experiment in experiments()
        if wanted is None or wanted & {claim.id for claim in experiment.claims}
        for name, judged in experiment.judged().items()
    }


def score(
    results: Mapping[str, Result],
    measured: Mapping[str, Measurement],
    guards: Mapping[str, Mapping[str, str]],
    statements: Iterable[Statement] = STATEMENTS,
) -> list[Row]:
    """The scorecard: each statement with what its evidence says.

    Parameters
    ----------
    results
        Of the ledger's checks, by id.
    measured
        What the records decide, by id.
    guards
        The named guards of the pages, as `guards_of` finds them.
    statements
        The claims to be judged.
    """
    return [
        Row(
            statement,
            (
                *(_of_ledger(name, results.get(name)) for name in statement.ledger),
                *(_of_claim(name, measured.get(name), _SUPPORTS) for name in statement.supports),
                *(_of_claim(name, measured.get(name), _OPPOSES) for name in statement.opposes),
                *(_of_claim(name, measured.get(name), _QUALIFIES) for name in statement.qualifies),
                *(_of_guard(guard, guards, Standing.HOLDS) for guard in statement.shown_by),
                *(_of_guard(guard, guards, Standing.FAILS) for guard in statement.refuted_by),
                *(_of_guard(guard, guards, Standing.CORRECTED) for guard in statement.corrected_by),
            ),
        )
        for statement in statements
    ]


_SUPPORTS = {
    Verdict.HOLDS: Standing.HOLDS,
    Verdict.DOES_NOT_HOLD: Standing.FAILS,
    Verdict.NOT_DECIDED: Standing.OPEN,
}
_OPPOSES = {
    Verdict.HOLDS: Standing.FAILS,
    Verdict.DOES_NOT_HOLD: Standing.HOLDS,
    Verdict.NOT_DECIDED: Standing.OPEN,
}
_QUALIFIES = {
    Verdict.HOLDS: Standing.CORRECTED,
    Verdict.DOES_NOT_HOLD: Standing.HOLDS,
    Verdict.NOT_DECIDED: Standing.OPEN,
}


def _of_claim(name: str, found: Measurement | None, consequence: Mapping[Verdict, Standing]) -> Evidence:
    if found is None:
        return Evidence("", f"no runs for {name}", Standing.NONE)
    claim, interval, _ = found.judged
    text = f"{claim.text}: {interval:.{found.digits}f}, {found.verdict}"
    return Evidence(f"[{name}](#ch:{found.page})", text, consequence[found.verdict], measured=True)


def _of_ledger(name: str, found: Result | None) -> Evidence:
    """An equation that is wrong in print has a form that holds; a sentence that is wrong does not hold."""
    if found is None or not found.as_listed:
        return Evidence("", f"the check of {name} did not run, or failed", Standing.NONE)
    entry = found.entry
    if found.print_holds:
        standing = Standing.HOLDS
    elif entry.verdict is Listed.WRONG and not entry.numbered:
        standing = Standing.FAILS
    else:
        standing = Standing.CORRECTED
    text = f"{entry.title}: {'as printed' if found.print_holds else f'{entry.verdict} in print'}"
    return Evidence(f"[{entry.name}](#row:{entry.id})", text, standing)


def _of_guard(guard: Guard, guards: Mapping[str, Mapping[str, str]], standing: Standing) -> Evidence:
    if guard.name not in guards.get(guard.page, {}):
        return Evidence("", f"no guard on {guard.page} is called {guard.name}", Standing.NONE)
    return Evidence(f"[guards](#ch:{guard.page})", f"{guard.shows}: asserted", standing)
