"""The claims of the sources, each with evidence that is there."""

from pathlib import Path

import pytest

from pdenet.audit.guards import guards_of
from pdenet.audit.score import SOURCES, STATEMENTS
from pdenet.audit.statement import Statement

BOOK = Path(__file__).parents[2] / "book"


def test_every_statement_has_its_own_id_and_a_chapter_of_its_source() -> None:
    names = [statement.id for statement in STATEMENTS]
    assert len(set(names)) == len(names)
    chapters = [[*dict.fromkeys(one.chapter for one in statements)] for statements in SOURCES.values()]
    assert chapters == [
        ["I", "II", "III", "IV", "V", "VI"],
        ["R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R10", "R11"],
        ["P1", "P2", "P3", "P4", "P5", "P6", "P10", "P11", "P12", "P14"],
    ]


def test_a_statement_without_evidence_cannot_be_made() -> None:
    with pytest.raises(ValueError, match=r"I\.9 names no evidence"):
        Statement("I.9", "It is so.")
    with pytest.raises(ValueError, match="names no evidence that could decide it"):
        Statement("I.9", "It is so.", qualifies=("4.2m",))


def test_every_named_guard_of_the_book_is_evidence_and_all_evidence_is_there() -> None:
    named = {(page, name) for page, guards in guards_of(BOOK).items() for name in guards}
    cited = [
        (guard.page, guard.name)
        for statement in STATEMENTS
        for guard in (*statement.shown_by, *statement.refuted_by, *statement.corrected_by)
    ]
    assert named == set(cited)
