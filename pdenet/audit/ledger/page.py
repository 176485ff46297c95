"""The ledger as text: rows for the book's page and for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pdenet.audit.ledger.entry import NOT_IN_THESIS, Kind, Verdict
from pdenet.page.tables import markdown_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pdenet.audit.ledger.entry import Entry, Finding, Result
    from pdenet.audit.ledger.planted import Trial


def print_verdict(result: Result) -> str:
    """What the checks say of the printed form: "holds" or "fails"."""
    return "holds" if result.print_holds else "fails"


def correction_verdict(result: Result) -> str:
    """What the checks say of the corrected form: "holds" or "fails"; empty where the print needs none."""
    if not result.printed_findings:
        return ""
    return "holds" if result.holds else "fails"


CHAPTERS = {
    "I": range(1, 2),
    "II": range(2, 21),
    "III": range(21, 39),
    "IV": range(39, 41),
    "V": range(41, 45),
}
"""Numbers of the equations in each chapter of the thesis."""


def by_chapter(results: Sequence[Result]) -> dict[str, list[Result]]:
    """Results by chapter of the thesis, then its claims without a number, then what the book adds.

    Parameters
    ----------
    results : sequence of Result
        What the checks have shown.
    """
    groups: dict[str, list[Result]] = {name: [] for name in (*CHAPTERS, "claims", "ours")}
    for result in results:
        entry = result.entry
        if entry.numbered:
            number = int(entry.id.rstrip("ab"))
            name = next(name for name, numbers in CHAPTERS.items() if number in numbers)
        else:
            name = "ours" if entry.ours else "claims"
        groups[name].append(result)
    return groups


def counts(entries: Sequence[Entry]) -> str:
    """A Markdown table: entries by kind of fault and by verdict, with the numbers of the equations.

    Parameters
    ----------
    entries : sequence of Entry
        Rows of the ledger.
    """
    theirs = [entry for entry in entries if not entry.ours]
    verdicts = [verdict for verdict in Verdict if verdict is not Verdict.OK]
    lines: list[list[object]] = []
    for kind in Kind:
        some = [entry for entry in theirs if entry.kind is kind]
        numbers = [[e.id for e in some if e.numbered and e.verdict is verdict] for verdict in verdicts]
        claims = [entry.id for entry in some if not entry.numbered]
        total = sum(map(len, numbers))
        lines.append(
            [str(kind), total, *(", ".join(ids) or "–" for ids in numbers), ", ".join(claims) or "–"]
        )
    header = ["kind of fault", "equations", *map(str, verdicts), "claims without a number"]
    return markdown_table(header, lines)


def overview(results: Sequence[Result]) -> str:
    """A Markdown table, one line an entry: links to the equation and to its row, the verdicts.

    Parameters
    ----------
    results : sequence of Result
        What the checks have shown.
    """
    lines = [
        [
            f"[{result.entry.name}](#{result.entry.label})",
            f"[{result.entry.title}](#row:{result.entry.id})",
            print_verdict(result),
            correction_verdict(result),
            str(result.entry.verdict),
            str(result.entry.kind or ""),
        ]
        for result in results
    ]
    header = ["equation", "what it is", "the print", "the correction", "listed as", "kind"]
    return markdown_table(header, lines)


def row(result: Result) -> str:
    """A paragraph and a list in MyST, with the label ``row:ID``: what is printed, what holds, what was shown.

    An equation that no chapter derives yet gets its own label here, so that links to it lead somewhere.

    Parameters
    ----------
    result : Result
        What the checks of one entry have shown.
    """
    entry = result.entry
    here = "" if entry.page else f"({entry.label})=\n"
    title = f"[{entry.name}](#{entry.label})" if entry.page else entry.name
    found = "Stated" if entry.ours else "Read as" if entry.paraphrase else "Printed"
    beside = set(result.besides)
    same = [finding for finding in result.printed_findings if finding.what not in beside]
    apart = [finding for finding in result.printed_findings if finding.what in beside]
    words = f"{entry.verdict}, {entry.kind}" if entry.kind else str(entry.verdict)
    items = [
        (found if entry.holds else f"{found}, and holds", entry.printed.removeprefix(NOT_IN_THESIS)),
        ("Holds", entry.holds),
        ("Why" if entry.holds else "To say", entry.reason),
        ("If", entry.assumptions),
        ("Our reading", entry.reading),
        ("Shown", _listed(result.findings)),
        ("The print, in the same check", _listed(same)),
        ("The print, besides", _listed(apart)),
        ("Refused by this check", _plain("; ".join(fault.what for fault in entry.faults))),
    ]
    lines = [f"- *{name}:* {text}" for name, text in items if text]
    return f"(row:{entry.id})=\n{here}**{title} {entry.title}** ({words})\n\n" + "\n".join(lines)


def as_data(result: Result) -> dict[str, Any]:
    """The result as plain data, for a program that reads it.

    Parameters
    ----------
    result : Result
        What the checks of one entry have shown.
    """
    entry = result.entry
    return {
        "id": entry.id,
        "title": entry.title,
        "verdict": str(entry.verdict),
        "kind": str(entry.kind) if entry.kind else None,
        "printed": entry.printed,
        "holds_form": entry.holds or entry.printed,
        "reason": entry.reason,
        "assumptions": entry.assumptions,
        "reading": entry.reading,
        "print_holds": result.print_holds,
        "correction_holds": result.holds,
        "as_listed": result.as_listed,
        "decided_by": list(result.decided_by),
        "shown": [{"text": finding.text, "holds": finding.holds} for finding in result.findings],
        "shown_of_print": [{"text": f.text, "holds": f.holds} for f in result.printed_findings],
        "seconds": round(result.seconds, 3),
    }


def trial_as_data(trial: Trial) -> dict[str, Any]:
    """What a check says of a wrong form as plain data.

    Parameters
    ----------
    trial : Trial
        Of one wrong form.
    """
    return {
        "id": trial.entry.id,
        "planted": trial.what,
        "refused_by": list(trial.refused_by),
        "survives": trial.survives,
    }


def _listed(findings: Sequence[Finding]) -> str:
    """Findings in a line; one that does not hold is marked, also for who sees no colour."""
    marked = (finding.text if finding.holds else f"✗ {finding.text}" for finding in findings)
    return _plain("; ".join(marked))


def _plain(text: str) -> str:
    """The text of findings and faults, which is plain: what Markdown would take for markup is not."""
    return text.replace("*", r"\*").replace("_", r"\_").replace("$", r"\$").replace("<", r"\<")
