"""Lines that say what no run can have said are set aside with a warning, and are not written."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from helpers.impossible import DATA, IMPOSSIBLE, NO_RECORD
from helpers.records import fields_of, ordinary, unsealed

from pdenet.runs.files import RecordWarning, append, read, shipped
from pdenet.runs.record import Record, RecordError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("changes", "reason"), IMPOSSIBLE, ids=[str(changes) for changes, _ in IMPOSSIBLE])
def test_a_value_that_no_run_has_is_set_aside(tmp_path: Path, changes: dict[str, Any], reason: str) -> None:
    assert_left_out(tmp_path, unsealed(ordinary(), **changes), reason)


@pytest.mark.parametrize(("line", "reason"), NO_RECORD, ids=range(len(NO_RECORD)))
def test_a_line_that_is_no_record_is_set_aside(tmp_path: Path, line: str, reason: str) -> None:
    assert_left_out(tmp_path, line, reason)


def assert_left_out(folder: Path, line: str, reason: str) -> None:
    path = folder / "runs.jsonl"
    good = ordinary(1)
    path.write_text(f"{line}\n{unsealed(good)}\n", encoding="utf-8")
    with pytest.warns(RecordWarning, match=rf"line 1: not a record \(.*{re.escape(reason)}.*left out"):
        assert read(path) == [good]


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": -1},
        {"data": {}},
        {"history": {"test_accuracy": [7.5]}},
        {"diverged_at": 0},
        {"trunk": {"alpha": ["1"]}},
    ],
    ids=str,
)
def test_what_would_be_set_aside_is_not_written(tmp_path: Path, changes: dict[str, Any]) -> None:
    """Or a run would be made, recorded and never found again."""
    with pytest.raises(RecordError, match="this is no record, and is not written: "):
        append(tmp_path / "runs.jsonl", [ordinary(0), ordinary(**changes)])
    assert list(tmp_path.iterdir()) == []


def test_what_a_run_can_have_is_read() -> None:
    possible: list[dict[str, Any]] = [
        {"seconds": None},
        {"diverged_at": 2, "history": {"train_loss": [1.0, None], "test_accuracy": [0, None]}},
        {"history": {}},
        {"history": {"train_loss": [-3.5, 2]}},
        {"trunk": {"alpha": [], "kernel": [[[0.5, None, 1]]], "bias": 2}},
        {"data": {**DATA, "train": 0, "test": 10, "source": "drawn"}},
        {"measured": {"by depth": {"5": [1, None, "text", True]}}},
        {"date": "2026-11-21"},
    ]
    for changes in possible:
        Record.from_json(unsealed(ordinary(), **changes))


# Digests


def test_a_line_that_was_changed_is_set_aside(tmp_path: Path) -> None:
    line = ordinary().to_json()
    assert_left_out(tmp_path, line.replace("0.91", "0.92"), "damaged: it says something else")
    assert_left_out(tmp_path, line.replace('"seed":0', '"seed":7'), "damaged")
    assert_left_out(tmp_path, line.replace('"schema":1', '"schema":3'), "damaged")
    sealed = json.loads(line)
    for digest in (None, "", "0" * 64, 7, [sealed["digest"]], sealed["digest"].upper()):
        assert_left_out(tmp_path, json.dumps({**sealed, "digest": digest}), "damaged")


def test_every_flipped_bit_of_a_line_is_seen(tmp_path: Path) -> None:
    """Or it changes nothing of what the line says, such as the end of a number beyond a float's digits."""
    path = tmp_path / "runs.jsonl"
    whole = ordinary().to_json().encode()
    for at in range(len(whole)):
        damaged = bytearray(whole)
        damaged[at] ^= 1 << at % 8
        path.write_bytes(bytes(damaged) + b"\n")
        with pytest.warns(RecordWarning) as caught:
            found = read(path)
        assert found == [], f"byte {at}"
        assert len(caught) >= 1


def test_a_digest_is_of_what_a_line_says_and_not_of_how_it_is_written() -> None:
    fields = json.loads(ordinary().to_json())
    turned = json.dumps(dict(reversed(fields.items())), indent=1)
    assert Record.from_json(turned) == ordinary()


def test_lines_of_older_versions_are_read_as_they_are() -> None:
    assert Record.from_json(unsealed(ordinary())) == ordinary()
    line = shipped("adjoint.jsonl").read_text(encoding="utf-8").splitlines()[0]
    assert "digest" not in json.loads(line)
    assert fields_of(Record.from_json(line)) == json.loads(line)
