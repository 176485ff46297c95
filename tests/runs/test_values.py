"""Lines that say what no run can have said are set aside with a warning, and are not written."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from helpers.records import fields_of, ordinary, unsealed

from pdenet.runs.files import RecordWarning, append, read, shipped
from pdenet.runs.record import Record, RecordError

if TYPE_CHECKING:
    from pathlib import Path

NUMBER = "lists of finite numbers, accuracies from 0 to 1"
HISTORY: dict[str, Any] = {"train_loss": [0.7, 0.3], "test_accuracy": [0.9, 0.95]}
DATA = {"name": "digits", "checksum": "ab12"}
IMPOSSIBLE: list[tuple[dict[str, Any], str]] = [
    ({"seed": -1}, "field seed is -1, not a whole number from 0"),
    ({"seed": True}, "field seed is True"),
    ({"seed": None}, "field seed is None"),
    ({"seed": "0"}, "field seed is '0'"),
    ({"seed": 1.0}, "field seed is 1.0"),
    ({"data": {}}, "field data is {}, not name and checksum"),
    ({"data": {**DATA, "checksum": ""}}, "field data"),
    ({"data": {**DATA, "checksum": None}}, "field data"),
    ({"data": {**DATA, "name": 7}}, "field data"),
    ({"data": {**DATA, "train": -3}}, "field data"),
    ({"data": {**DATA, "test": True}}, "field data"),
    ({"data": "digits"}, "field data is not an object"),
    ({"history": {**HISTORY, "test_accuracy": [0.9, 7.5]}}, NUMBER),
    ({"history": {**HISTORY, "test_accuracy": [-0.1]}}, NUMBER),
    ({"history": {**HISTORY, "test_accuracy": ["0.9"]}}, NUMBER),
    ({"history": {**HISTORY, "test_accuracy": [True]}}, NUMBER),
    ({"history": {**HISTORY, "test_accuracy": 0.9}}, NUMBER),
    ({"history": {**HISTORY, "test_accuracy": [[0.9]]}}, NUMBER),
    ({"history": {**HISTORY, "train_loss": {"0": 1.0}}}, NUMBER),
    ({"history": []}, "field history is not an object"),
    ({"diverged_at": 0}, "field diverged_at is 0, not a whole number from 1, or null"),
    ({"diverged_at": 1.5}, "field diverged_at"),
    ({"diverged_at": False}, "field diverged_at"),
    ({"diverged_at": 3}, "it diverged in epoch 3 of 2"),
    ({"seconds": -1.0}, "field seconds is -1.0"),
    ({"seconds": "9"}, "field seconds"),
    ({"date": "yesterday"}, "field date is 'yesterday', not a date such as 2026-11-21"),
    ({"date": 20261121}, "field date"),
    ({"trunk": {"alpha": [[1.0], [1.0, 2.0]]}}, "field trunk"),
    ({"trunk": {"alpha": [1.0, "2"]}}, "field trunk"),
    ({"trunk": {"alpha": [False]}}, "field trunk"),
    ({"trunk": {"alpha": {"0": 1.0}}}, "field trunk"),
    ({"machine": None}, "field machine is not an object"),
    ({"measured": [1.0]}, "field measured is not an object"),
]
NO_RECORD = [
    (unsealed(ordinary(), schema=True), "not a JSON object with a schema number"),
    (unsealed(ordinary(), schema=1.0), "not a JSON object with a schema number"),
    (unsealed(ordinary(), schema=0), "not a JSON object with a schema number"),
    (unsealed(ordinary(), measured={"error": float("inf")}), "not JSON compliant"),
    (unsealed(ordinary(), measured={"error": float("nan")}), "not JSON compliant"),
    (unsealed(ordinary()).replace("1.5,", "1e999,"), "not JSON compliant"),
    (unsealed(ordinary())[:-1] + ',"seed":99}', "a key stands twice in it"),
    (
        unsealed(ordinary()).replace('"name":"pde1"', '"name":"pde1","name":"pde2"'),
        "a key stands twice in it",
    ),
    (unsealed(ordinary()).replace("Ökonom", "\\ud800"), "surrogates not allowed"),
    ("[" * 100_000, "nested too deeply"),
    (unsealed(ordinary()).replace('"model":{', '"model":{"a":' + "[" * 600 + "]" * 600 + ","), "too deeply"),
    ("[]", "not a JSON object"),
    ("7", "not a JSON object"),
    ("null", "not a JSON object"),
]


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
