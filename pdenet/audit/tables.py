"""The scorecard's tables, as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdenet.page.tables import markdown_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pdenet.audit.score import Row


def verdicts(rows: Iterable[Row]) -> str:
    """Each statement with its verdict, and links to its evidence."""
    lines = [
        [
            row.statement.id,
            row.statement.text + " *(our reading)*" * row.statement.ours,
            f"**{row.standing}**",
            ", ".join(piece.link or piece.text for piece in row.evidence),
        ]
        for row in rows
    ]
    return markdown_table(["", "claim", "verdict", "evidence"], lines)


def pieces(rows: Iterable[Row]) -> str:
    """What each piece of evidence says; rows of the ledger stand in the ledger."""
    lines = [
        [row.statement.id, piece.link, piece.text, str(piece.standing)]
        for row in rows
        for piece in row.evidence
        if "#row:" not in piece.link
    ]
    return markdown_table(["claim", "page", "what is measured or asserted", "for the claim"], lines)


def deciding(rows: Iterable[Row]) -> str:
    """Each statement with its verdict and the piece of evidence that decides: the first that says as much.

    If that is an assertion or a check, the first measurement among the evidence stands beside it.
    """
    lines = []
    for row in rows:
        piece = next(piece for piece in row.evidence if piece.standing is row.standing)
        measured = next((piece for piece in row.evidence if piece.measured), piece)
        shown = [piece] if piece.measured or measured is piece else [piece, measured]
        text = row.statement.text + " *(our reading)*" * row.statement.ours
        told = "; ".join(f"{one.text} ({one.link})" for one in shown)
        lines.append([row.statement.id, text, f"**{row.standing}**", told])
    return markdown_table(["", "claim", "verdict", "what decides, and what was measured"], lines)
