"""The remedies side by side: which cells, on which images, and that no network is trained twice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import torch
from helpers.records import made
from helpers.runs import unwatched

from pdenet.data import load_images
from pdenet.runs.claims import Verdict
from pdenet.runs.files import read
from pdenet.runs.plan import Job
from pdenet.runs.runner import run_here
from pdenet.runs.shown import Images
from pdenet.runs.table import CellResult, cell_name, recorded
from pdenet.runs.training import TrainingConfig
from pdenet.subjects.remedies.experiment import CELLS, PART, REMEDIES
from pdenet.subjects.remedies.networks import ALONE, DEPTHS, IMPLICIT, NETWORKS, PLAIN, POSITIVE, SCALED

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from pdenet.runs.loop import Progress
    from pdenet.runs.plan import Unit
    from pdenet.runs.record import Record


def test_every_network_has_a_description_of_its_own() -> None:
    described = [str(cell.model) for cell in CELLS]
    assert len(set(described)) == len(CELLS) == 1 + 2 * len(NETWORKS)
    assert REMEDIES.depths == (0, *DEPTHS)
    assert {cell.device for cell in CELLS} == {"cpu"}, "as all records are"


def test_the_part_of_a_small_set_is_all_of_it() -> None:
    part = PART.of(load_images("digits").subset(50, 30))
    assert (len(part.train_labels), len(part.test_labels)) == (50, 30)


def test_what_is_missing_is_trained_and_nothing_twice(tmp_path: Path) -> None:
    short, few = TrainingConfig(epochs=1, batch_size=16), Images(32, 20)
    cells = tuple(replace(cell, protocol=short, shown=few) for cell in CELLS if cell.column == ALONE)
    job = Job(REMEDIES, cells, load_images("digits"), tmp_path / "runs.jsonl", (0,))
    entered: list[tuple[int, ...]] = []

    def watch(unit: Unit) -> AbstractContextManager[Progress]:
        entered.append(unit.seeds)
        return unwatched(unit)

    for seeds in ((0,), (0, 1), (0, 1)):
        run_here(replace(job, seeds=seeds), watch)
    assert [record.seed for record in read(job.out)] == [0, 1]
    assert entered == [(0,), (1,)]


def test_mode_book_leaves_the_deepest_out() -> None:
    book = REMEDIES.arms("book")
    assert {cell.name for cell in book} == {cell.name for cell in CELLS if cell.depth < max(DEPTHS)}
    assert {cell.training["epochs"] for cell in book} == {1}


def runs(accuracies: dict[tuple[int, str], list[float]]) -> list[Record]:
    """Runs that end with these accuracies, by seed, for the cells named; their trunks are as they start."""
    found = []
    for place, values in accuracies.items():
        cell = REMEDIES.cell(*place)
        trunk = {name: part.detach() for name, part in cell.build(len(values)).trunk().items()}
        found += [
            made(
                [value],
                seed=seed,
                model=cell.model,
                training=cell.training,
                data={"name": "mnist[2000+2000]", "checksum": "-"},
                trunk={name: part[seed].tolist() for name, part in trunk.items()},
            )
            for seed, value in enumerate(values)
        ]
    return found


def test_predictions_are_judged_where_there_are_runs_and_can_fail() -> None:
    accuracies = {
        (200, PLAIN): [0.10, 0.11, 0.10],
        (200, SCALED): [0.90, 0.91, 0.92],
        (50, SCALED): [0.90, 0.92, 0.91],
        (200, IMPLICIT): [0.80, 0.81, 0.80, 0.99],
    }
    judged = REMEDIES.judged(REMEDIES.results(runs(accuracies)))
    assert {name: one.verdict for name, one in judged.items()} == {
        "4.4a": Verdict.HOLDS,
        "4.4b": Verdict.DOES_NOT_HOLD,
        "4.4c": Verdict.HOLDS,
        "4.4f": Verdict.NOT_DECIDED,
    }
    assert judged["4.4c"].found.estimate == pytest.approx(100 * (0.91 - 0.31 / 3))


def test_a_rebuilt_network_has_the_recorded_trunk() -> None:
    place = (50, POSITIVE)
    results = REMEDIES.results(runs({place: [0.5, 0.6]}))
    found = REMEDIES.found(results)
    assert found.keys() == {place}
    assert results.seeds(cell_name(*place)) == [0, 1]
    again = recorded(CellResult(found[place].cell, found[place].records)).trained
    assert torch.allclose(again.trunk()["beta"], REMEDIES.cell(*place).build(2).trunk()["beta"])
