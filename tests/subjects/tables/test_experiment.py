"""The tables as experiments: which runs are theirs, and where these come from."""

import hashlib
from datetime import datetime
from itertools import product
from pathlib import Path

import pytest
from helpers.tables import record_of

from pdenet.data import DataError, load_images
from pdenet.runs.files import append, read, shipped
from pdenet.runs.network_arm import NetworkArm
from pdenet.runs.protocol import described
from pdenet.runs.record import run_key
from pdenet.runs.training import TrainingConfig
from pdenet.subjects.catalogue import experiments
from pdenet.subjects.tables.experiment import TABLE_4_1, TABLE_4_2, TABLES

LONG = [table for name, table in TABLES.items() if name != "channels"]  # fifty epochs
RECORDS = read(shipped("tables.jsonl"))
DIGITS = load_images("digits")
MNIST_CHECKSUM = "39275f1036140499a747bb59d5ee356f2e2ec956b8256f6bba44296de6e47540"


def test_the_keys_of_the_first_runs_have_not_changed() -> None:
    """New options of the networks must not orphan records: 39 keys, as they were before there was any."""
    training = described(TrainingConfig())
    keys = sorted(
        run_key(cell.model, training, seed, "mnist", MNIST_CHECKSUM)
        for cell, seed in product(TABLE_4_1.cells, range(3))
    )
    assert len(set(keys)) == 39
    digest = hashlib.sha256("\n".join(keys).encode()).hexdigest()
    assert digest == "bea89eed121048af47b801111a012ded5b1eb209bc6b2db36797f87d8afe59fa"
    assert set(keys) <= {record.key for record in RECORDS}


def test_a_table_has_the_runs_of_another_s_cells_that_are_the_same_networks(tmp_path: Path) -> None:
    shared, own = TABLE_4_1.cell(5, "PDE net"), TABLE_4_2.cell(5, "PDE 2")
    out = tmp_path / TABLE_4_1.file
    append(out, [record_of(shared, DIGITS, 0), record_of(shared, DIGITS, 1)])
    append(out, [record_of(own, DIGITS, 0), record_of(shared, DIGITS, 1, 0.5), record_of(shared, DIGITS, 2)])
    known = TABLE_4_2.read(out)
    assert len(known) == len({record.key for record in known}) == 4
    found = TABLE_4_2.found(TABLE_4_2.results(known, "digits"))
    assert found.keys() == {(5, "PDE 1"), (5, "PDE 2")}
    assert found[5, "PDE 1"].seeds == [0, 1, 2]
    assert found[5, "PDE 1"].accuracies == [0.9, 0.9, 0.9], "of two records of one run the first counts"
    assert [record.key for record in TABLE_4_1.read(out)] == [record.key for record in known]


def test_tables_share_a_file() -> None:
    own = ("fresh", "channels")
    assert {table.file for table in TABLES.values() if table.name not in own} == {"tables.jsonl"}
    assert [TABLES[name].file for name in own] == ["fresh.jsonl", "channels.jsonl"]
    assert TABLES["table-4.1"] is TABLE_4_1


def test_shipped_runs_are_those_of_the_tables_cells() -> None:
    for table in TABLES.values():
        found = table.recorded()
        assert len({record.key for record in found}) == len(found)
        assert all(any(record.model == cell.model for cell in table.cells) for record in found)
    first = [record for record in TABLE_4_1.recorded() if record.model["name"] == "PDENet"]
    shared = [record for record in first if record.model["depth"] == 27]
    assert shared
    assert {record.key for record in shared} <= {record.key for record in TABLE_4_2.recorded()}


def test_every_record_says_where_it_comes_from() -> None:
    assert RECORDS
    for record in RECORDS:
        where = f"{record.model['name']}, {record.model['depth']} layers, seed {record.seed}"
        assert record.machine.get("device") in ("cpu", "cuda"), where
        assert record.machine.get("name"), where
        assert record.machine["device"] != "cpu" or record.machine["threads"] >= 1, where
        assert {"pdenet", "torch", "python"} <= record.versions.keys(), where
        assert all(record.versions.values()), where
        date = datetime.fromisoformat(record.date)
        assert date.utcoffset() is not None, where
        assert datetime.fromisoformat("2026-01-01T00:00:00+00:00") < date, where
        data = {"name": "mnist", "checksum": MNIST_CHECKSUM, "train": 60_000, "test": 10_000}
        assert record.data == data, where
        assert record.seconds > 0, where


def test_every_record_is_a_full_run_of_a_cell_and_stands_once() -> None:
    arms = [arm for one in experiments("tables") for arm in one.arms("full")]
    cells = [arm for arm in arms if isinstance(arm, NetworkArm)]
    assert len(cells) == len(arms)
    assert len({record.key for record in RECORDS}) == len(RECORDS), "a run stands twice"
    for record in RECORDS:
        where = f"{record.model['name']}, {record.model['depth']} layers, seed {record.seed}"
        found = [cell for cell in cells if (cell.model, cell.training) == (record.model, record.training)]
        assert found, where
        assert record.training == described(TrainingConfig()), where
        assert record.seed < TABLE_4_1.seeds, where
        assert {len(course) for course in record.history.values()} == {record.training["epochs"]}, where
        found[0].build([record.seed]).set_trunk({k: [v] for k, v in record.trunk.items()})  # fits, or raises


def test_records_are_of_the_images_that_are_here() -> None:
    try:
        mnist = load_images("mnist", download=False)
    except DataError as error:
        pytest.skip(f"needs MNIST: {error}")
    assert mnist.checksum == MNIST_CHECKSUM


def test_mode_book_is_the_same_networks_in_minutes() -> None:
    for table in LONG:
        full, book = table.arms("full"), table.arms("book")
        assert [arm.name for arm in book] == [arm.name for arm in full]
        assert [arm.model for arm in book] == [arm.model for arm in full]
        assert {arm.training["epochs"] for arm in book} == {3}
        assert {arm.training["epochs"] for arm in full} == {50}
    assert {arm.training["epochs"] for arm in TABLES["channels"].arms("full")} == {6}
