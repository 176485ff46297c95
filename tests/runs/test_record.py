"""What names a run and nothing else does, what a record tells of it, and which line says it all."""

import dataclasses
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.records import ordinary

from pdenet.runs.files import append, read
from pdenet.runs.record import Record, provenance, run_key


def test_key_depends_on_what_determines_the_run_and_on_nothing_else(tmp_path: Path) -> None:
    same = ordinary(seconds=9.0, date="2027-01-01", machine={}, trunk={}, history={}, versions={})
    assert same.key == ordinary().key
    others = [
        ordinary(seed=1),
        ordinary(model={"name": "pde2"}),
        ordinary(training={"epochs": 3}),
        ordinary(data={"name": "mnist", "checksum": "ab12"}),
        ordinary(data={"name": "digits", "checksum": "cd34"}),
    ]
    assert len({ordinary().key, *(other.key for other in others)}) == 6
    assert ordinary(data={"name": "digits", "checksum": "ab12", "train": 7}).key == ordinary().key


def test_key_survives_the_file_and_is_known_beforehand(tmp_path: Path) -> None:
    run = ordinary(model={"widths": (64, 32), "name": "pde1", "rate": math.nan})
    append(tmp_path / "runs.jsonl", [run])
    assert read(tmp_path / "runs.jsonl")[0].key == run.key
    reordered = {"rate": None, "name": "pde1", "widths": [64, 32]}
    assert run_key(reordered, run.training, 0, "digits", "ab12") == run.key


def test_accuracy_is_the_last_epochs_or_nan() -> None:
    assert ordinary().accuracy == 0.9733333333333334
    assert math.isnan(ordinary(diverged_at=2).accuracy)
    assert math.isnan(ordinary(history={"test_accuracy": []}).accuracy)
    assert math.isnan(ordinary(history={"test_accuracy": [0.9, None]}).accuracy)


def test_provenance_of_somebodys_records_is_no_html() -> None:
    stranger = ordinary(
        machine={"name": "<img src=x onerror=alert(1)>", "device": "cuda"},
        versions={"torch": "<b>"},
        data={"name": "<script>", "checksum": "ab12"},
    )
    assert "<" not in provenance([stranger])
    assert "&lt;img src=x onerror=alert(1)&gt;" in provenance([stranger])


def test_provenance_is_one_line_with_what_is_common_drawn_together() -> None:
    gpu = {"device": "cuda", "name": "NVIDIA H200"}
    runs = [ordinary(0), ordinary(1), ordinary(2), ordinary(7, date="2026-11-23T08:00:00+00:00", machine=gpu)]
    assert provenance(runs) == (
        "2026-11-21 to 2026-11-23; Ökonom 5, 2 threads and NVIDIA H200; pdenet 0.1.0, torch 2.15.0; "
        "seeds 0-2, 7; data digits"
    )
    assert provenance([ordinary(4)]).startswith("2026-11-21; ")
    assert "; seeds 4; " in provenance([ordinary(4)])
    with pytest.raises(ValueError, match="got no records"):
        provenance([])


def test_a_line_holds_every_field_of_the_record_and_its_digest() -> None:
    names = {field.name for field in dataclasses.fields(Record)} | {"digest"}
    assert json.loads(ordinary(measured={"a": 1}).to_json()).keys() == names
    assert json.loads(ordinary().to_json()).keys() == names - {"measured"}


def test_what_else_was_measured_is_read_back() -> None:
    measured = {"accuracy": {"rk4": [0.5, None]}}
    assert Record.from_json(ordinary(measured=measured).to_json()).measured == measured
    assert Record.from_json(ordinary().to_json()).measured == {}


def test_reading_records_needs_no_torch() -> None:
    code = "import sys, pdenet.runs.files; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
