"""``pdenet equations``: what the ledger shows, and an exit code if a correction fails."""

import json
from dataclasses import replace

import pytest
from helpers.command import call

from pdenet.audit import ledger


def test_equations_prints_what_the_ledger_shows() -> None:
    result = call("equations", "--only", "24, 25", "--json")
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)
    assert [(r["id"], r["print_holds"], r["correction_holds"]) for r in rows] == [
        ("24", True, True),
        ("25", False, True),
    ]
    table = call("equations", "--only", "25").stdout
    assert "fails" in table
    assert rows[1]["shown"][0]["text"][:20] in table
    assert "entries: 1, prints that fail their check: 1" in table


def test_equations_exits_with_one_if_a_correction_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    (entry,) = ledger.find(["24"])
    broken = replace(entry, check=lambda: [ledger.Finding("two and two: 5", False)])
    monkeypatch.setattr(ledger, "ENTRIES", (broken,))
    result = call("equations")
    assert result.exit_code == 1
    assert "(24): print fails, listed as ok" in result.stdout


def test_equations_runs_the_planted_forms() -> None:
    result = call("equations", "--faults", "--only", "24,25", "--json")
    assert result.exit_code == 0, result.output
    trials = json.loads(result.stdout)
    assert [trial["id"] for trial in trials] == ["24", "24", "25", "25"]
    assert not any(trial["survives"] for trial in trials)
    assert trials[2]["planted"] == "as the thesis has it"
    assert trials[2]["refused_by"] == ["conv1d with the list minus (24)"]
    table = call("equations", "--faults", "--only", "24").stdout
    assert "the list turned round" in table
    assert "rows: 1, wrong forms: 2, that pass the check: 0" in table


@pytest.mark.parametrize("survives", [True, False], ids=["one passes", "too few"])
def test_equations_exits_with_one_if_a_wrong_form_passes_or_is_missing(
    monkeypatch: pytest.MonkeyPatch, survives: bool
) -> None:
    (entry,) = ledger.find(["24"])
    blind = ledger.Fault("nothing wrong", entry.check)
    faults = (*entry.faults, blind) if survives else entry.faults[:1]
    monkeypatch.setattr(ledger, "ENTRIES", (replace(entry, faults=faults),))
    result = call("equations", "--faults")
    assert result.exit_code == 1
    assert ("(24): nothing wrong, and its check does not see it" in result.stdout) == survives
    assert call("equations").exit_code == 0  # the row itself fares as listed


def test_equations_names_its_entries_where_one_is_unknown() -> None:
    assert "no entry '99'; its entries are 1, 2, 3" in str(call("equations", "--only", "99").exception)
