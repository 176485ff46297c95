"""``--json`` of every command is JSON as the standard has it, whatever the other options and the numbers."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import pytest
import torch
import typer
from helpers.command import ONE_EPOCH, left
from helpers.tables import record_of

from pdenet.audit import ledger
from pdenet.cli.options import app
from pdenet.cli.output import json_text
from pdenet.data import load_images
from pdenet.models import PDENet
from pdenet.runs.files import append
from pdenet.runs.loop import Course
from pdenet.subjects import catalogue
from pdenet.subjects.tables.experiment import TABLE_4_1, TABLES

if TYPE_CHECKING:
    from pathlib import Path

CELL = ("--column", "PDE net", "--depths", "0", "--seeds", "1")
DIGITS = ("--dataset", "digits", "--device", "cpu")
COMMANDS: list[tuple[str, ...]] = [
    ("info",),
    ("run",),
    ("run", "series", "--estimate"),
    ("run", "irregular", "--estimate", "--arm", "latent*"),
    ("run", "tables", "--estimate", "--seeds", "30", "--dataset", "digits"),
    ("run", "table-4.1", "--estimate", "--mode", "book", "--dataset", "digits"),
    ("run", "mechanism"),
    ("run", "series", "--out", "some.jsonl", "--seeds", "1"),
    ("run", "tiny", "--seeds", "1", "--mode", "book", *DIGITS),
    ("reproduce", "table-4.1", *CELL, *ONE_EPOCH),
    ("train", "--depth", "1", *ONE_EPOCH),
    ("train", "--depth", "1", "--learning-rate", "1e30", "--seeds", "2", "--out", "x.jsonl", *ONE_EPOCH),
    ("claims",),
    ("claims", "irregular"),
    ("claims", "depth"),
    ("claims", "table-4.1", "--records", "one.jsonl", "--data", "digits"),
    ("equations", "--only", "24,25,U3"),
]


def refuse(constant: str) -> NoReturn:
    message = f"{constant} is not JSON"
    raise AssertionError(message)


def strict(text: str) -> Any:
    return json.loads(text, parse_constant=refuse)


@pytest.fixture(autouse=True)
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small experiments beside those of the book, and a file with one run, whose interval is infinite."""
    monkeypatch.chdir(tmp_path)
    for name in ("tiny", "series"):
        monkeypatch.setitem(catalogue.EXPERIMENTS, name, f"helpers.experiments:{name.upper()}")
    digits = load_images("digits")
    append(tmp_path / "one.jsonl", [record_of(cell, digits, 0, 0.98) for cell in TABLE_4_1.cells[:2]])


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_it_is_read_by_every_reader(command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = left(capsys, *command, "--json")
    assert status == 0, err
    assert strict(out) is not None
    assert out.count("\n") == 1, "one line"


def test_no_command_is_left_out() -> None:
    commands: Any = typer.main.get_command(app)
    with_json = {
        name
        for name, one in commands.commands.items()
        if any("--json" in option.opts for option in one.params)
    }
    assert with_json == {command[0] for command in COMMANDS} | {"bench"}, "which has a test below"


def test_a_run_that_diverged_has_no_number(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = Course(1, [[math.nan, math.inf]], [[0.1, 0.1]], 1.0)
    monkeypatch.setattr("pdenet.runs.training.learn", lambda *_, **__: lost)
    status, out, _ = left(capsys, "train", "--depth", 1, "--seeds", 2, "--json", *ONE_EPOCH)
    assert status == 0
    assert [(row["accuracy"], row["train_loss"], row["diverged_at"]) for row in strict(out)] == [
        (None, None, 1)
    ] * 2


def test_a_table_whose_runs_diverged_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cell = TABLE_4_1.cells[0]
    monkeypatch.setitem(TABLES, "table-4.1", replace(TABLE_4_1, arms=lambda mode: (cell,)))
    whole = record_of(cell, load_images("digits"), 0, 0.98)
    append(tmp_path / "lost.jsonl", [replace(whole, diverged_at=1)])
    config = whole.training
    given = ("--epochs", config["epochs"], "--batch-size", config["batch_size"], *DIGITS)
    status, out, err = left(
        capsys, "reproduce", "table-4.1", "--seeds", 1, "--out", "lost.jsonl", *given, "--json"
    )
    assert status == 0, err
    assert strict(out)["cells"][0]["accuracies"] == [None]


def test_a_finding_is_true_or_false_though_arrays_were_compared(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (entry,) = ledger.find(["24"])
    compared: Any = np.float64(1) > 0
    found = replace(entry, check=lambda: [ledger.Finding("compared", compared)])
    monkeypatch.setattr(ledger, "ENTRIES", (found,))
    status, out, err = left(capsys, "equations", "--json")
    assert status == 0, err
    assert strict(out)[0]["shown"] == [{"text": "compared", "holds": True}]


def test_a_saved_benchmark_is_the_same_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    result = {
        "rows": [{"ratio": np.float32(0.5), "peak": math.inf, "fits": np.True_, "at": (1, torch.tensor(2))}]
    }
    monkeypatch.setattr(
        "pdenet.subjects.performance.measure.run", lambda *_, **__: iter([("result", result)])
    )
    status, out, err = left(capsys, "bench", "--out", "bench.json", "--json")
    assert status == 0, err
    expected = {"rows": [{"ratio": 0.5, "peak": None, "fits": True, "at": [1, 2]}]}
    assert strict(out) == strict((tmp_path / "bench.json").read_text()) == expected


def test_numbers_that_are_none_are_null_at_any_depth() -> None:
    given = {"a": [math.nan, {"b": (np.float64("inf"), np.array([1.0, -np.inf]))}], 3: PDENet.__name__}
    assert strict(json_text(given)) == {"a": [None, {"b": [None, [1.0, None]]}], "3": "PDENet"}
