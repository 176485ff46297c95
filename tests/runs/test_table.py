"""A table: which cells, which runs count for them, what a cell shows; no mean hides a dead network."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from helpers.tables import SHORT, record_of, tiny_cell, tiny_table, trained_for

from pdenet.data import load_images
from pdenet.models.named import build
from pdenet.runs.files import append, read
from pdenet.runs.intervals import mean_interval
from pdenet.runs.results import Results
from pdenet.runs.shown import Images
from pdenet.runs.table import (
    CHANCE,
    Cell,
    CellResult,
    Table,
    accuracy_table,
    recorded,
    select_cells,
)
from pdenet.runs.training import TrainingConfig, fit
from pdenet.subjects.tables.experiment import TABLE_4_1

IMAGES = load_images("digits").subset(200, 50)
ONE_EPOCH = TrainingConfig(epochs=1, batch_size=100)
CELL = tiny_cell(2, config=ONE_EPOCH)
PRINTED = replace(CELL, thesis=0.974)
TABLE = tiny_table(tiny_cell(0), PRINTED, tiny_cell(2, "other"))


def result(accuracies: list[float | None], cell: Cell = CELL) -> CellResult:
    return CellResult(cell, tuple(record_of(cell, IMAGES, i, a) for i, a in enumerate(accuracies)))


def shown(cell: Cell) -> Cell:
    """The cell on the part of the images that these tests have."""
    return replace(cell, shown=Images(200, 50))


# Which cells


def test_cells_have_their_place_and_a_name_that_says_it() -> None:
    assert TABLE.cells[1].name == "PDE net, 2 layers"
    assert TABLE.columns == ("PDE net", "other")
    assert TABLE.depths == (0, 2)
    assert TABLE.cell(2, "PDE net") is PRINTED
    assert [cell.weight for cell in TABLE.cells] == [0, 2, 2]
    with pytest.raises(ValueError, match="tiny has no cell of 7 layers in the column 'PDE net'"):
        TABLE.cell(7, "PDE net")


def test_what_the_thesis_prints_is_a_number_or_an_error() -> None:
    assert TABLE.printed(2, "PDE net") == 0.974
    with pytest.raises(ValueError, match="the thesis prints nothing for other, 2 layers in tiny"):
        TABLE.printed(2, "other")


def test_a_part_of_a_table_is_chosen_by_column_and_depth() -> None:
    part = select_cells(TABLE_4_1, ["PDE net"], [5, 50])
    assert [(cell.column, cell.depth) for cell in part] == [("PDE net", 5), ("PDE net", 50)]
    assert select_cells(TABLE_4_1) == TABLE_4_1.cells
    assert {cell.column for cell in select_cells(TABLE_4_1, depths=[5])} == set(TABLE_4_1.columns)


@pytest.mark.parametrize(
    ("columns", "depths", "message"),
    [
        (["VGG"], [], "table-4.1 has no column 'VGG'; it has 'PDE net', 'c_ResNet'"),
        ([], [4, 5], "table-4.1 has no depth 4; it has 0, 5, 15, 27, 50"),
        (["c_ResNet"], [0], "no cell where the columns and the depths chosen meet"),
    ],
)
def test_an_unknown_part_is_refused(columns: list[str], depths: list[int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        select_cells(TABLE_4_1, columns, depths)


# Which runs


def test_a_table_finds_its_runs_among_others(tmp_path: Any) -> None:
    cell = shown(CELL)
    records = fit(cell.build(2), IMAGES, ONE_EPOCH, device="cpu")
    others = [
        *fit(build("resnet", 2, 1, bias=False, widths=(8,)), IMAGES, ONE_EPOCH, device="cpu"),
        *fit(cell.build([5]), IMAGES, SHORT, device="cpu"),  # another protocol
        *fit(cell.build([6]), load_images("digits"), ONE_EPOCH, device="cpu"),  # all images
    ]
    table = tiny_table(cell)
    found = table.found(table.results(records + others, "digits"))
    assert found.keys() == {(2, "PDE net")}
    assert found[2, "PDE net"].accuracies == [record.accuracy for record in records]
    assert found[2, "PDE net"].interval == mean_interval([record.accuracy for record in records])
    assert table.found(table.results(records, "mnist")) == {}
    append(tmp_path / table.file, records)
    assert table.read(tmp_path / table.file) == read(tmp_path / table.file)


def test_the_runs_are_in_the_order_of_their_seeds_and_of_two_of_one_seed_the_file_s_first() -> None:
    cell = shown(CELL)
    table = tiny_table(cell)
    found = table.found(table.results([record_of(cell, IMAGES, seed) for seed in (3, 0, 1)], "digits"))
    assert found[2, "PDE net"].seeds == [0, 1, 3]


# What a cell shows


def test_a_cell_with_a_diverged_seed_has_no_mean() -> None:
    cell = shown(CELL)
    table = tiny_table(cell)
    records = fit(cell.build(2), IMAGES, ONE_EPOCH, device="cpu")
    nothing: dict[str, list[float | None]] = {"train_loss": [math.nan], "test_accuracy": [0.0]}
    records[0] = replace(records[0], diverged_at=1, history=nothing)
    found = table.found(table.results(records, "digits"))[2, "PDE net"]
    assert found.interval is None
    assert found.diverged == 1
    assert found.text == f"diverged, {100 * found.accuracies[1]:.1f}"
    assert found.per_cent.tolist() == [0.0, 100 * records[1].accuracy], "it labelled nothing right"


@pytest.mark.parametrize(
    ("accuracies", "text"),
    [
        ([0.98, 0.98], "98.0 [98.0, 98.0]"),
        ([0.98], "98.0"),
        ([0.98, 0.11, None], "98.0, 11.0, diverged"),
        ([0.98, 0.96, 0.11, 0.11], "97.0, 2 of 4 learned"),
        ([0.11] * 4, "0 of 4 learned"),
    ],
)
def test_a_mean_never_hides_a_network_that_learned_nothing(accuracies: list[float | None], text: str) -> None:
    assert result(accuracies).text == text


@pytest.mark.parametrize(
    ("thesis", "place"),
    [(0.9, "below"), (0.955, "inside"), (0.97, "inside"), (0.995, "inside"), (0.999, "above"), (None, None)],
)
def test_the_thesis_lies_where_one_more_run_that_learns_would(
    thesis: float | None, place: str | None
) -> None:
    """Four runs of 97 to 98 leave one more anywhere from 95.5 to 99.5: a printed number is one run."""
    cell = replace(CELL, thesis=thesis)
    found = result([0.97, 0.98, 0.97, 0.98, CHANCE / 2], cell)
    assert found.thesis_lies == place
    assert CellResult(cell, found.records[3:]).thesis_lies is None


def test_a_printed_table_has_ours_beside_the_thesis_where_it_has_a_value() -> None:
    cells = {(2, "PDE net"): result([0.98, 0.98], PRINTED), (2, "other"): result([0.5])}
    header, rows = accuracy_table(TABLE, cells)
    assert header == ["layers", "PDE net", "thesis", "other"]
    assert rows == [["0", "", "", ""], ["2", "98.0 [98.0, 98.0]", "97.4", "50.0"]]


# The networks that records hold


def test_a_recorded_network_is_rebuilt_as_it_started_and_as_it_ended() -> None:
    cell = shown(CELL)
    model = cell.build([0, 4])
    start = {name: part.detach().clone() for name, part in model.trunk().items()}
    records = fit(model, IMAGES, ONE_EPOCH, device="cpu")
    again = recorded(CellResult(cell, tuple(records)))
    for name, part in model.trunk().items():
        assert torch.equal(again.start.trunk()[name], start[name])
        assert torch.allclose(again.trained.trunk()[name], part, rtol=1e-6)
        assert not torch.equal(again.trained.trunk()[name], start[name])
    assert again.start.seeds == again.trained.seeds == (0, 4)
    np.testing.assert_array_equal(again.accuracies, [record.accuracy for record in records])


def test_a_network_that_diverged_is_not_rebuilt() -> None:
    cell = shown(CELL)
    records = fit(cell.build([0, 1]), IMAGES, ONE_EPOCH, device="cpu")
    broken = replace(records[0], diverged_at=1)
    assert recorded(CellResult(cell, (broken, records[1]))).trained.seeds == (1,)
    with pytest.raises(ValueError, match="all seeds of PDE net with 2 layers diverged; no trunk to look at"):
        recorded(CellResult(cell, (broken,)))


def test_a_table_is_asked_for_its_runs_of_any_results() -> None:
    """`found` shows the arms of the results, which may be those of another mode."""
    cell = shown(trained_for(CELL, SHORT))
    table = Table("tiny", "Tiny", lambda mode: (cell if mode == "book" else CELL,))
    records = [record_of(cell, IMAGES)]
    assert table.found(table.results(records, "digits")) == {}
    assert table.found(table.results(records, "digits", "book")).keys() == {(2, "PDE net")}
    assert table.found(Results([cell], records, "digits")).keys() == {(2, "PDE net")}
