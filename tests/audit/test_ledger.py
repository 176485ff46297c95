"""The ledger: one test an entry, and what the ledger, its page and the chapters promise each other."""

import functools
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
import sympy as sp
from matplotlib.figure import Figure

from pdenet.audit.ledger import ENTRIES, Entry, Fault, Finding, Kind, Result, Verdict, find, run
from pdenet.audit.ledger.entry import NOT_IN_THESIS, OWN, above, agree, below, close, order, zero
from pdenet.audit.ledger.figure import draw_board
from pdenet.audit.ledger.page import by_chapter, counts, overview, row
from pdenet.audit.ledger.planted import LEAST, try_faults

PART = Path(__file__).parents[2] / "book" / "part1"
NUMBERS = [*map(str, range(1, 16)), "16a", "16b", *map(str, range(17, 45))]
CLAIMS = ["U-ReLU", "U-path", *(f"U{n}" for n in range(1, 10)), *(f"S{n}" for n in range(1, 8))]


def right() -> list[Finding]:
    return [Finding("two and two: 4", True)]


def wrong() -> list[Finding]:
    return [Finding("two and two: 5", False)]


def elsewhere() -> list[Finding]:
    return [Finding("three and three: 7", False)]


def example(**changes: object) -> Entry:
    parts = {
        "id": "7",
        "title": "Sum",
        "verdict": Verdict.WRONG,
        "printed": "$2+2=5$",
        "holds": "$2+2=4$",
        "reason": "Five is not four.",
        "check": right,
        "check_printed": wrong,
        "kind": Kind.ARGUMENT,
    }
    return Entry(**parts | changes)  # type: ignore[arg-type]


OK: dict[str, object] = {
    "verdict": Verdict.OK,
    "holds": "",
    "reason": "",
    "check_printed": None,
    "kind": None,
}


@functools.cache
def shown(entry_id: str) -> Result:
    """What the checks of a row of the ledger have shown, once for all tests."""
    return run(*find([entry_id]))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_an_entry_fares_as_listed(entry: Entry) -> None:
    result = shown(entry.id)
    assert result.holds, [finding.text for finding in result.findings if not finding.holds]
    assert result.as_listed, f"listed as {entry.verdict}, but the print passes: {result.printed_findings}"


def test_every_equation_and_every_claim_has_one_entry() -> None:
    ids = [entry.id for entry in ENTRIES]
    assert [entry.id for entry in ENTRIES if entry.numbered] == NUMBERS
    own = [name for name in ids if name.startswith(OWN)]
    assert len(set(own)) == len(own)
    assert sorted(ids) == sorted(NUMBERS + CLAIMS + own)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_a_check_refuses_what_is_planted(entry: Entry) -> None:
    """By something that it looks at in the form that holds, too: else it is another check."""
    trials = try_faults(shown(entry.id))
    assert len(trials) >= LEAST
    assert len({trial.what for trial in trials}) == len(trials)
    assert [(trial.what, trial.elsewhere) for trial in trials if trial.survives] == []


def test_the_ledger_is_read_without_torch() -> None:
    code = "import sys, pdenet.audit.ledger; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# Findings


@pytest.mark.parametrize(
    ("finding", "holds", "text"),
    [
        (zero("x", sp.sin(1) ** 2 + sp.cos(1) ** 2 - 1), True, "x: difference 0"),
        (zero("x", sp.Symbol("a") - 1), False, "x: difference a - 1"),
        (zero("x", sp.eye(2) - sp.eye(2)), True, "x: difference 0"),
        (zero("x", sp.eye(2)), False, "x: difference not 0"),
        (below("x", 3e-16, 1e-12), True, "x: off by less than 1e-12"),
        (below("x", 0.01, 0.1), True, "x: off by less than 0.1"),
        (below("x", -0.25, 1e-3), False, "x: off by 0.25"),
        (below("x", float("nan"), 1e-3), False, "x: off by nan"),
        (above("x", 2.0, 0.1), True, "x: 2, above 0.1"),
        (above("x", 0.05, 0.1), False, "x: 0.05, not above 0.1"),
        (above("x", float("inf"), 0.1), False, "x: inf, not above 0.1"),
        (close("x", 1.7241, 1.724, 1e-3), True, "x: 1.72, predicted 1.72"),
        (close("x", float("nan"), 1.0, 1e-3), False, "x: nan, predicted 1"),
        (agree("x", np.array([True, False]), np.array([True, False])), True, "x: 0 exceptions in 2"),
        (agree("x", np.array([True, False]), np.array([True, True])), False, "x: 1 exceptions in 2"),
        (agree("x", np.ones(2, dtype=bool), np.ones(2, dtype=bool)), False, "x: 0 exceptions in 2"),
        (order("x", [0.2, 0.1], [4e-2, 1e-2], 2), True, "x: order 2.00, predicted 2"),
        (order("x", [10, 20], [4e-2, 2e-2], -2), False, "x: order -1.00, predicted -2"),
    ],
)
def test_a_finding_says_what_came_out(finding: Finding, holds: bool, text: str) -> None:
    assert finding == Finding(text, holds)


@pytest.mark.parametrize(("steps", "errors"), [([1.0], [1.0]), ([1, 2], [0.1, 0.0]), ([1, 2], [0.1])])
def test_an_order_needs_positive_pairs(steps: list[float], errors: list[float]) -> None:
    with pytest.raises(ValueError, match="two or more positive steps and errors"):
        order("x", steps, errors, 1)


# Entries and results


def test_a_wrong_print_must_come_with_reason_correction_and_check() -> None:
    with pytest.raises(ValueError, match="entry 7 is wrong: it needs holds, reason, check_printed, kind"):
        example(holds="", reason="", check_printed=None, kind=None)
    with pytest.raises(ValueError, match="entry 7 is ok: what is printed is what holds"):
        example(verdict=Verdict.OK, kind=None)


def test_what_is_ours_has_two_faults_that_its_check_refuses() -> None:
    ours: dict[str, object] = OK | {"id": "B99", "printed": NOT_IN_THESIS + "$2+2=4$"}
    five = Fault("five", wrong)
    assert five.refused
    assert not Fault("four", right).refused
    assert example(**ours, faults=(five, five)).name == "B99"
    with pytest.raises(ValueError, match="entry B99 is the book's own: plant two faults"):
        example(**ours, faults=(five,))


def test_a_print_that_is_ok_has_no_kind_of_fault() -> None:
    assert example(kind=Kind.SLIP).kind == "slip"
    with pytest.raises(ValueError, match="entry 7 is ok, and has no kind of fault; got constant"):
        example(**OK | {"kind": Kind.CONSTANT})


def test_a_check_without_findings_is_refused() -> None:
    with pytest.raises(ValueError, match="entry 7 returned no finding"):
        run(example(check=list))
    with pytest.raises(ValueError, match="entry 7 returned no finding"):
        run(example(check_printed=list))


def test_a_result_is_as_listed_only_if_the_correction_holds_and_the_wrong_print_fails() -> None:
    assert run(example()).as_listed
    assert not run(example(check_printed=right)).as_listed
    assert not run(example(check=wrong)).as_listed
    assert run(example(**OK)).as_listed
    assert not run(example(**OK, check=wrong)).as_listed


def test_a_print_must_fail_in_the_check_that_the_correction_passes() -> None:
    both = run(example(check_printed=lambda: [*wrong(), *elsewhere()]))
    assert (both.decided_by, both.besides) == (("two and two",), ("three and three",))
    assert both.as_listed
    other = run(example(check_printed=elsewhere))
    assert not other.print_holds
    assert not other.as_listed


def test_a_planted_form_survives_unless_the_same_check_sees_it() -> None:
    faults = Fault("five", wrong), Fault("four", right), Fault("seven", elsewhere)
    trials = try_faults(run(example(faults=faults)))
    assert [(trial.what, trial.survives) for trial in trials] == [
        ("as the thesis has it", False),
        ("five", False),
        ("four", True),
        ("seven", True),
    ]
    assert trials[-1].elsewhere == ("three and three",)
    assert [trial.what for trial in try_faults(run(example(**OK, faults=faults)))] == [
        "five",
        "four",
        "seven",
    ]


def test_a_form_of_another_size_is_seen_by_the_same_check() -> None:
    def ring(sites: int, holds: bool) -> list[Finding]:
        return [Finding(f"hops on a ring of {sites}: {'as' if holds else 'not as'} they must be", holds)]

    odd = Fault("an odd ring", lambda: ring(5, holds=False))
    (trial,) = try_faults(run(example(**OK, check=lambda: ring(8, holds=True), faults=(odd,))))
    assert trial.refused_by == ("hops on a ring of 5",)


@pytest.mark.parametrize(
    ("text", "what"),
    [("a: b, off: off by less than 1", "a: b, off"), ("an even kernel", "an even kernel")],
)
def test_what_was_looked_at_ends_at_the_last_colon(text: str, what: str) -> None:
    assert Finding(text, True).what == what


def test_find_keeps_the_order_and_knows_both_halves_of_16() -> None:
    assert [entry.id for entry in find(["17", "16", "U3"])] == ["16a", "16b", "17", "U3"]
    with pytest.raises(ValueError, match="no entry '99'; its entries are 1, 2, 3"):
        find(["99"])


# The page


def test_a_row_shows_both_forms_and_marks_what_fails() -> None:
    text = row(run(example(page="somewhere")))
    assert text.startswith("(row:7)=\n**[(7)](#eq:7) Sum** (wrong, argument)")
    for line in ("*Printed:* $2+2=5$", "*Holds:* $2+2=4$", "*Why:* Five", "✗ two and two: 5"):
        assert line in text
    assert "(eq:7)=" in row(run(example()))  # no chapter has it: the label is here
    assert "[(7)](#eq:7)" in overview([run(example())])


def test_a_row_says_what_is_ours_in_it() -> None:
    faults = (Fault("five < six", wrong),)
    ours = {"reading": "As a sum.", "paraphrase": True, "check_printed": lambda: [*wrong(), *elsewhere()]}
    text = row(run(example(**ours, faults=faults)))
    assert "Sum** (wrong, argument)" in text
    assert "*Read as:* $2+2=5$" in text
    assert "*Our reading:* As a sum." in text
    assert "*The print, in the same check:* ✗ two and two: 5\n" in text
    assert "*The print, besides:* ✗ three and three: 7\n" in text
    assert text.endswith(r"*Refused by this check:* five \< six")


def test_a_row_of_ours_is_no_print() -> None:
    text = row(run(example(**OK | {"id": "S9", "printed": NOT_IN_THESIS + "$2+2=4$"})))
    assert "*Stated, and holds:* $2+2=4$" in text
    assert "Printed" not in text


def test_rows_are_counted_by_kind_and_verdict() -> None:
    claim = example(id="U1", kind=Kind.SLIP)
    ours = example(**OK | {"id": "S1", "printed": NOT_IN_THESIS + "$2+2=4$"})
    lines = counts([example(), example(id="8"), claim, ours]).splitlines()
    assert [line.split(" | ") for line in lines[2:]] == [
        ["| slip", "0", "–", "–", "–", "U1 |"],
        ["| constant", "0", "–", "–", "–", "– |"],
        ["| argument", "2", "–", "–", "7, 8", "– |"],
    ]


def test_rows_are_grouped_by_chapter() -> None:
    ids = ["1", "16a", "20", "21", "38", "39", "44"]
    claims = [example(id="U1"), example(**OK | {"id": "U7", "printed": NOT_IN_THESIS + "$2+2=4$"})]
    groups = by_chapter([run(one) for one in (*(example(id=name) for name in ids), *claims)])
    assert {name: [result.entry.id for result in group] for name, group in groups.items()} == {
        "I": ["1"],
        "II": ["16a", "20"],
        "III": ["21", "38"],
        "IV": ["39"],
        "V": ["44"],
        "claims": ["U1"],
        "ours": ["U7"],
    }


def test_the_board_has_a_symbol_for_each_row() -> None:
    groups = by_chapter([run(example(id=name)) for name in ("1", "2", "3")])
    figure = Figure()
    ax = figure.add_subplot()
    draw_board(ax, groups)
    assert [text.get_text() for text in ax.texts] == ["1", "2", "3"]
    points = np.concatenate([np.asarray(drawn.get_offsets()) for drawn in ax.collections])
    assert sorted(map(tuple, points)) == [(0, -1), (0, 0), (1, -1)]


def test_every_print_that_is_not_ok_is_of_one_kind() -> None:
    theirs = [entry for entry in ENTRIES if not entry.ours]
    assert all((entry.kind is None) == (entry.verdict is Verdict.OK) for entry in theirs)
    assert {entry.kind for entry in theirs} == {None, *Kind}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_the_chapter_has_the_label_and_the_mark(entry: Entry) -> None:
    """What no chapter derives has its label on the ledger's page."""
    if not entry.page:
        return
    cells = [cell.source for cell in nbformat.read(PART / f"{entry.page}.ipynb", as_version=4).cells]
    labelled = [
        source for source in cells if re.search(rf"^\({re.escape(entry.label)}\)=$", source, re.MULTILINE)
    ]
    assert len(labelled) == 1, f"{entry.page} has {len(labelled)} cells with the label {entry.label}"
    marked = f"[⚑ print](#row:{entry.id})" in labelled[0]
    assert marked == (entry.verdict is not Verdict.OK), f"{entry.verdict}: mark {marked}"
    assert f"[{entry.name}](#row:{entry.id})" in cells[-1], "the chapter does not end with a link to the row"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_texts_stand_in_one_line_and_findings_are_plain(entry: Entry) -> None:
    for text in (entry.title, entry.printed, entry.holds, entry.reason, entry.assumptions, entry.reading):
        assert "\n" not in text
        assert text.count("$") % 2 == 0
    assert entry.title == entry.title.strip(". ")
    for sentence in filter(None, (entry.reason, entry.reading)):
        assert sentence.endswith(".")
