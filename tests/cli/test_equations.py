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


def test_equations_names_its_entries_where_one_is_unknown() -> None:
    assert "no entry '99'; its entries are 1, 2, 3" in str(call("equations", "--only", "99").exception)
