"""The scorecard: no verdict without evidence, and every verdict follows from it."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest

from pdenet.audit.figures import draw_forms
from pdenet.audit.guards import guards_of
from pdenet.audit.ledger import ENTRIES, Finding, Result, run
from pdenet.audit.ledger import Verdict as Listed
from pdenet.audit.score import (
    STATEMENTS,
    Evidence,
    Measurement,
    Row,
    Standing,
    ledger_results,
    measurements,
    score,
)
from pdenet.audit.statement import Guard, Statement
from pdenet.audit.tables import deciding
from pdenet.runs.claims import Claim, Judged
from pdenet.runs.interval import Interval
from pdenet.subjects.catalogue import experiment

BOOK = Path(__file__).parents[2] / "book"


BY_ID = {entry.id: entry for entry in ENTRIES}


NEEDED = {"holds": (1.0, 2.0), "does not hold": (-2.0, -1.0), "not decided": (-1.0, 1.0)}


def measurement(word: str, name: str = "m") -> Measurement:
    """A claim that an interval makes hold, fail or stay open."""
    low, high = NEEDED[word]
    judged = Judged(Claim(name, "it is so"), Interval((low + high) / 2, low, high, 10))
    return Measurement(judged, "experiment")


def standing(
    *,
    results: Mapping[str, Result] | None = None,
    measured: Mapping[str, Measurement] | None = None,
    guards: Mapping[str, Mapping[str, str]] | None = None,
    **named: Any,
) -> Standing:
    statement = Statement("I.9", "It is so.", **named)
    (row,) = score(results or {}, measured or {}, guards or {}, [statement])
    return row.standing


@pytest.fixture(scope="module")
def shipped() -> dict[str, Measurement]:
    return measurements()


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.id)
def test_without_any_one_of_its_pieces_a_statement_has_no_verdict(statement: Statement) -> None:
    measured = {name: measurement("holds", name) for name in statement.measured}
    results = {name: as_listed(name) for name in statement.ledger}
    asserted = (*statement.shown_by, *statement.refuted_by, *statement.corrected_by)
    guards = pages(asserted)
    (row,) = score(results, measured, guards, [statement])
    assert row.standing is not Standing.NONE
    for name in measured:
        (row,) = score(results, without(measured, name), guards, [statement])
        assert row.standing is Standing.NONE
    for name in results:
        (row,) = score(without(results, name), measured, guards, [statement])
        assert row.standing is Standing.NONE
    for missing in asserted:
        others = pages(guard for guard in asserted if guard != missing)
        (row,) = score(results, measured, others, [statement])
        assert row.standing is Standing.NONE


def pages(guards: Iterable[Guard]) -> dict[str, dict[str, str]]:
    """Named guards of each page that there would be with these."""
    found: dict[str, dict[str, str]] = {}
    for guard in guards:
        found.setdefault(guard.page, {})[guard.name] = "assert True"
    return found


def without(found: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {other: value for other, value in found.items() if other != name}


def as_listed(name: str) -> Result:
    """What the checks of a ledger row show where it fares as listed; test_ledger.py runs them."""
    entry = BY_ID[name]
    printed = () if entry.verdict is Listed.OK else (Finding("shown", False),)
    return Result(entry, (Finding("shown", True),), printed, 0.0)


@pytest.mark.parametrize(
    ("word", "supports", "opposes", "qualifies"),
    [
        ("holds", Standing.HOLDS, Standing.FAILS, Standing.CORRECTED),
        ("does not hold", Standing.FAILS, Standing.HOLDS, Standing.HOLDS),
        ("not decided", Standing.OPEN, Standing.OPEN, Standing.OPEN),
    ],
)
def test_what_a_measured_claim_means_for_a_statement(
    word: str, supports: Standing, opposes: Standing, qualifies: Standing
) -> None:
    measured = {"m": measurement(word), "yes": measurement("holds")}
    assert standing(measured=measured, supports=("m",)) is supports
    assert standing(measured=measured, opposes=("m",)) is opposes
    assert standing(measured=measured, supports=("yes",), qualifies=("m",)) is qualifies


def test_a_guard_counts_by_its_page_and_name() -> None:
    guard = Guard("page", "arithmetic", "one and one are two")
    there = {"page": {"arithmetic": "assert 1 + 1 == 2"}}
    assert standing(guards=there, shown_by=(guard,)) is Standing.HOLDS
    assert standing(guards=there, refuted_by=(guard,)) is Standing.FAILS
    assert standing(guards=there, corrected_by=(guard,)) is Standing.CORRECTED
    nowhere: list[dict[str, dict[str, str]]] = [
        {"page": {"other": "assert True"}},
        {"other": there["page"]},
        {"page": {}},
        {},
    ]
    for elsewhere in nowhere:
        assert standing(guards=elsewhere, shown_by=(guard,)) is Standing.NONE


def test_the_worst_piece_decides() -> None:
    measured = {word: measurement(word) for word in NEEDED}
    assert standing(measured=measured, supports=("holds", "not decided")) is Standing.OPEN
    assert standing(measured=measured, supports=("holds", "not decided", "does not hold")) is Standing.FAILS
    assert standing(measured=measured, supports=("does not hold", "nowhere")) is Standing.NONE


def test_a_wrong_equation_is_corrected_and_a_wrong_sentence_fails() -> None:
    results = {name: run(BY_ID[name]) for name in ("24", "13", "U-ReLU", "U2")}
    assert standing(results=results, ledger=("24",)) is Standing.HOLDS
    assert standing(results=results, ledger=("13",)) is Standing.CORRECTED
    assert standing(results=results, ledger=("U2",)) is Standing.CORRECTED
    assert standing(results=results, ledger=("U-ReLU",)) is Standing.FAILS


def test_only_the_rows_that_are_named_are_run() -> None:
    found = ledger_results([Statement("I.9", "It is so.", ("24", "U2"))])
    assert found.keys() == {"24", "U2"}
    assert all(result.as_listed for result in found.values())


def test_a_check_that_fails_gives_no_verdict() -> None:
    broken = Result(BY_ID["24"], (Finding("two and two: 5", False),), (), 0.0)
    assert standing(results={"24": broken}, ledger=("24",)) is Standing.NONE


def test_the_shipped_records_decide_every_statement(shipped: dict[str, Measurement]) -> None:
    named = {name for statement in STATEMENTS for name in statement.measured}
    assert named <= shipped.keys()
    results = {name: as_listed(name) for statement in STATEMENTS for name in statement.ledger}
    for row in score(results, shipped, guards_of(BOOK)):
        assert row.standing is not Standing.NONE, row.statement.id


def test_every_link_leads_to_a_page_of_the_book(shipped: dict[str, Measurement]) -> None:
    labels = {
        label
        for page in (*BOOK.rglob("*.ipynb"), *BOOK.rglob("*.md"))
        for label in re.findall(r"\((ch:[\w-]+)\)=", page.read_text(encoding="utf-8"))
    }
    assert {f"ch:{found.page}" for found in shipped.values()} <= labels


def test_what_a_row_cites_is_printed_on_the_page_that_it_links(shipped: dict[str, Measurement]) -> None:
    printed: dict[str, str] = {}
    for statement in STATEMENTS:
        for name in (*statement.supports, *statement.opposes, *statement.qualifies):
            page = shipped[name].page
            if page not in printed:
                printed[page] = printed_on(page_with_the_label(page))
            assert shipped[name].judged.claim.text in printed[page], (statement.id, name, page)


def page_with_the_label(name: str) -> Path:
    (page,) = (path for path in BOOK.rglob("*.ipynb") if f'"(ch:{name})=' in path.read_text(encoding="utf-8"))
    return page


def printed_on(page: Path) -> str:
    """What the cells of a page printed, as text."""
    cells = nbformat.read(page, as_version=4).cells
    outputs = [o for cell in cells for o in cell.get("outputs", [])]
    return "".join(o.get("text", "") + o.get("data", {}).get("text/markdown", "") for o in outputs)


def test_only_the_records_that_statements_name_are_read() -> None:
    found = measurements([Statement("R1.9", "A claim.", supports=("SS1",))])
    assert set(found) == {claim.id for claim in experiment("small-steps").claims}


@pytest.mark.usefixtures("book_style")
def test_forms_and_what_follows_stand_in_columns_of_their_own() -> None:
    form = Statement("R1.1", "It is the same.", ledger=("24",), form=True)
    follows = [Statement(f"R1.{n}", "So it is.", supports=("none",)) for n in (2, 3)]
    rows = [Row(one, ()) for one in (form, *follows)]
    left, right = draw_forms(rows, {"R1": "a step", "R2": "a staple"}).axes
    assert [text.get_text() for text in left.texts] == ["1", "not claimed"]
    assert [text.get_text() for text in right.texts] == ["2", "3", "not claimed"]
    assert [tick.get_text() for tick in left.get_yticklabels()] == ["a step  R1", "a staple  R2"]


def test_what_decides_stands_beside_the_first_measurement() -> None:
    shown = Evidence("[guards](#ch:a)", "seen", Standing.CORRECTED)
    measured = Evidence("[A1](#ch:a)", "more: 2 [1, 3], holds", Standing.HOLDS, measured=True)
    statement = Statement("R1.1", "It is so.", supports=("A1",))
    rows = [Row(statement, (measured, shown)), Row(statement, (measured,))]
    by_guard, by_claim = deciding(rows).split("\n")[2:]
    assert by_guard.endswith("| seen ([guards](#ch:a)); more: 2 [1, 3], holds ([A1](#ch:a)) |")
    assert by_claim.endswith("| more: 2 [1, 3], holds ([A1](#ch:a)) |")
