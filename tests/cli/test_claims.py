"""``pdenet claims``: what the runs decide, from the book's records or from others."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.command import call
from helpers.tables import record_of

from pdenet.data import load_images
from pdenet.runs.files import append, shipped
from pdenet.subjects.catalogue import SUBJECTS, experiment, experiments
from pdenet.subjects.tables.experiment import TABLE_4_1


def test_the_claims_of_a_subject_are_those_of_its_experiments() -> None:
    result = call("claims", "tables", "--json")
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)
    expected = [
        (name, id_, str(one.verdict), one.found.estimate)
        for name in SUBJECTS["tables"]
        for id_, one in experiment(name).judged().items()
    ]
    assert [(r["experiment"], r["id"], r["verdict"], r["estimate"]) for r in rows] == expected
    assert {row["id"] for row in rows} >= {"4.1b", "4.2k", "C9", "T1, 27"}


def test_a_claim_is_told_with_what_was_measured_and_what_is_needed() -> None:
    (first, *_) = json.loads(call("claims", "irregular", "--json").stdout)
    claim, found, _ = experiment("irregular").judged()["5.3a"]
    assert first == {
        "experiment": "irregular",
        "id": "5.3a",
        "claim": claim.text,
        "estimate": found.estimate,
        "low": found.low,
        "high": found.high,
        "n": 10,
        "direction": "above",
        "threshold": 1.0,
        "verdict": "holds",
    }


def test_the_table_has_a_line_a_claim_and_counts_the_verdicts() -> None:
    printed = " ".join(call("claims", "irregular").output.split())
    judged = experiment("irregular").judged()
    assert f"{judged['5.3a'].found:.4f}" in printed, "one digit more than on the page"
    assert all(f"│ {id_} │" in printed for id_ in judged)
    words = [str(one.verdict) for one in judged.values()]
    counts = ", ".join(f"{word}: {words.count(word)}" for word in sorted(set(words)))
    assert counts in printed


def test_without_a_name_all_are_judged() -> None:
    rows = json.loads(call("claims", "--json").stdout)
    assert len(rows) == sum(len(one.judged()) for one in experiments()) > 90
    assert len({row["id"] for row in rows}) == len(rows), "an id stands for one claim in the whole book"


def test_other_records_are_judged_by_what_they_hold(tmp_path: Path) -> None:
    """Runs of another image set count where it is named; claims without runs are left out."""
    digits, out = load_images("digits"), tmp_path / "mine.jsonl"
    append(out, [record_of(cell, digits, seed, 0.98) for cell in TABLE_4_1.cells[:2] for seed in range(3)])
    named = json.loads(call("claims", "table-4.1", "--records", out, "--data", "digits", "--json").stdout)
    ours = {row["id"]: row["verdict"] for row in named if not row["id"].startswith("T1")}
    assert ours == {"4.1b": "not decided"}
    other = json.loads(call("claims", "table-4.1", "--records", out, "--json").stdout)
    assert [row["id"] for row in other] == []
    same = json.loads(call("claims", "irregular", "--records", shipped("irregular.jsonl"), "--json").stdout)
    assert same == json.loads(call("claims", "irregular", "--json").stdout)


def test_an_unknown_name_lists_what_there_is() -> None:
    result = call("claims", "table-9")
    assert isinstance(result.exception, ValueError)
    assert "there is no experiment 'table-9'; there are tables, table-4.1" in str(result.exception)


def test_an_experiment_without_claims_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    without = replace(experiment("depth"), claims=())
    monkeypatch.setattr("pdenet.subjects.depth.experiment.DEPTH", without)
    assert json.loads(call("claims", "depth", "--json").stdout) == []
    assert call("claims", "depth").exit_code == 0
