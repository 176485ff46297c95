"""The ledger as text: rows for the book's page and for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pdenet.page.tables import markdown_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pdenet.audit.ledger.entry import Finding, Result


def print_verdict(result: Result) -> str:
    """What the checks say of the printed form: "holds" or "fails"."""
    return "holds" if result.print_holds else "fails"


def correction_verdict(result: Result) -> str:
    """What the checks say of the corrected form: "holds" or "fails"; empty where the print needs none."""
    if not result.printed_findings:
        return ""
    return "holds" if result.holds else "fails"


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
        ]
        for result in results
    ]
    return markdown_table(["equation", "what it is", "the print", "the correction", "listed as"], lines)


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
    items = [
        ("Printed" if entry.holds else "Printed, and holds", entry.printed),
        ("Holds", entry.holds),
        ("Why" if entry.holds else "To say", entry.reason),
        ("If", entry.assumptions),
        ("Shown", _listed(result.findings)),
        ("The print, in the same check", _listed(result.printed_findings)),
    ]
    lines = [f"- *{name}:* {text}" for name, text in items if text]
    return f"(row:{entry.id})=\n{here}**{title} {entry.title}** ({entry.verdict})\n\n" + "\n".join(lines)


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
        "printed": entry.printed,
        "holds_form": entry.holds or entry.printed,
        "reason": entry.reason,
        "assumptions": entry.assumptions,
        "print_holds": result.print_holds,
        "correction_holds": result.holds,
        "as_listed": result.as_listed,
        "shown": [{"text": finding.text, "holds": finding.holds} for finding in result.findings],
        "shown_of_print": [{"text": f.text, "holds": f.holds} for f in result.printed_findings],
        "seconds": round(result.seconds, 3),
    }


def _listed(findings: Sequence[Finding]) -> str:
    """Findings in a line; one that does not hold is marked, also for who sees no colour."""
    marked = (finding.text if finding.holds else f"✗ {finding.text}" for finding in findings)
    # Finding texts are plain: what Markdown would take for markup is not.
    return "; ".join(marked).replace("*", r"\*").replace("_", r"\_").replace("$", r"\$").replace("<", r"\<")
