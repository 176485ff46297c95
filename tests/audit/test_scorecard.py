"""The stored page of the scorecard is what the score says: verdicts, numbers, digits, links."""

from pathlib import Path

import nbformat
import pytest

from pdenet.audit.guards import guards_of
from pdenet.audit.ledger import ENTRIES, Finding, Result
from pdenet.audit.ledger import Verdict as Listed
from pdenet.audit.score import SOURCES, STATEMENTS, Row, measurements, score

BOOK = Path(__file__).parents[2] / "book"
BY_ID = {entry.id: entry for entry in ENTRIES}


@pytest.fixture(scope="module")
def printed() -> str:
    cells = nbformat.read(BOOK / "scorecard.ipynb", as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return "\n".join(output.get("data", {}).get("text/markdown", "") for output in outputs)


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """With the rows of the ledger as listed, which other tests check."""
    results = {name: as_listed(name) for statement in STATEMENTS for name in statement.ledger}
    return score(results, measurements(), guards_of(BOOK))


def as_listed(name: str) -> Result:
    entry = BY_ID[name]
    of_print = () if entry.verdict is Listed.OK else (Finding("shown", False),)
    return Result(entry, (Finding("shown", True),), of_print, 0.0)


def line(*cells: str) -> str:
    """A row of a table as the page prints it."""
    return f"| {' | '.join(cells)} |"


def test_every_claim_stands_on_the_page_with_its_verdict_and_evidence(rows: list[Row], printed: str) -> None:
    for row in rows:
        links = ", ".join(piece.link or piece.text for piece in row.evidence)
        text = row.statement.text + " *(our reading)*" * row.statement.ours
        wanted = line(row.statement.id, text, f"**{row.standing}**", links)
        assert wanted in printed, row.statement.id
    assert [len(statements) for statements in SOURCES.values()] == [30, 42, 38]
    assert [row.statement.id for row in rows if row.statement.ours] == [
        "IV.7",
        "V.2",
        "R2.3",
        "R2.4",
        "R4.3",
        "R5.7",
        "R5.8",
        "R7.3",
        "R8.4",
        "R9.2",
        "R9.4",
        "R11.2",
        "R11.4",
        "P3.3",
        "P3.4",
        "P4.5",
        "P10.4",
        "P11.3",
        "P11.4",
        "P12.3",
        "P14.2",
        "P14.3",
    ]


def test_every_measured_number_stands_on_the_page_as_it_is_rounded(rows: list[Row], printed: str) -> None:
    pieces = [
        (row.statement.id, piece) for row in rows for piece in row.evidence if "#row:" not in piece.link
    ]
    wanted = [line(name, piece.link, piece.text, str(piece.standing)) for name, piece in pieces]
    lines = printed.splitlines()
    assert [text for text in wanted if text not in lines] == []
    assert len(wanted) == sum("](#ch:" in text.split(" | ")[1] for text in lines if text.count(" | ") == 3)
