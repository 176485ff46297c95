"""What is missing, and about how long it takes: by the records, in proportion to the work."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from helpers.tables import record_of, tiny_cell

from pdenet.data import load_images
from pdenet.runs import experiment as experiments
from pdenet.runs.estimate import Progress, progress, standing
from pdenet.runs.experiment import Experiment
from pdenet.runs.files import append
from pdenet.runs.shown import Images
from pdenet.runs.training import TrainingConfig

if TYPE_CHECKING:
    from pathlib import Path

    from pdenet.runs.experiment import Mode
    from pdenet.runs.table import Cell

MNIST_SIZE = load_images("digits")  # stands for the whole set, under its name
FULL = tiny_cell(1, config=TrainingConfig(epochs=50))
OTHER = tiny_cell(2, config=TrainingConfig(epochs=50))
BOOK = replace(FULL, protocol=TrainingConfig(epochs=5), shown=Images(6000, 1000))
NEW = tiny_cell(9)


def arms(mode: Mode) -> tuple[Cell, ...]:
    return (FULL, OTHER) if mode == "full" else (BOOK, NEW)


MINE = Experiment("mine", "Mine", arms, seeds=3)


@pytest.fixture(autouse=True)
def ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs of one arm, of 100 and of 300 seconds."""
    monkeypatch.setattr(experiments, "shipped", lambda name: tmp_path / name)
    append(
        tmp_path / "mine.jsonl",
        [
            replace(
                record_of(FULL, MNIST_SIZE, seed), data={"name": "mnist", "checksum": "-"}, seconds=seconds
            )
            for seed, seconds in ((0, 100.0), (1, 300.0))
        ],
    )


def test_what_is_left_of_an_arm_takes_as_long_as_its_runs_took() -> None:
    parts = progress(MINE, [FULL, OTHER], {FULL.name: 3, OTHER.name: 1}, {FULL.name: 0, OTHER.name: 2})
    assert parts[0] == Progress(FULL.name, 0, 3, 600.0)
    assert (parts[1].recorded, parts[1].missing) == (2, 1)
    assert math.isnan(parts[1].seconds), "nobody ran it"
    assert [part.minutes for part in parts] == ["10 min", "unknown"]


def test_a_shorter_run_on_fewer_images_takes_its_share() -> None:
    (part, new) = progress(MINE, [BOOK, NEW], {BOOK.name: 1, NEW.name: 1}, {BOOK.name: 0, NEW.name: 0})
    assert part.seconds == pytest.approx(200 / 10 / 10), "a tenth of the epochs and of the images"
    assert math.isnan(new.seconds)


def test_what_is_done_takes_no_time_even_if_nobody_knows_how_long_it_took() -> None:
    (part,) = progress(MINE, [OTHER], {OTHER.name: 0}, {OTHER.name: 3})
    assert part.seconds == 0


def test_an_experiment_stands_where_its_shipped_records_say() -> None:
    found = standing(MINE)
    assert (found.name, found.recorded, found.missing) == ("mine", 2, 4)
    assert math.isnan(found.seconds)
    assert standing(replace(MINE, arms=lambda mode: (FULL,))) == Progress("mine", 2, 1, 200.0)
    assert standing(replace(MINE, arms=lambda mode: (replace(FULL, most=1),))).missing == 0


def test_a_subject_that_runs_nothing_has_nothing_to_do() -> None:
    assert standing(Experiment("reader", "Reads", subject="mine")) == Progress("reader", 0, 0, 0.0)
