"""What is missing of a table is trained and recorded once, by this process or by an engine's workers."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers.runs import substance, unwatched

from pdenet.data import DataError, ImageData, load_images
from pdenet.runs import runner as reproduce
from pdenet.runs.engine import engine
from pdenet.runs.files import append, read
from pdenet.runs.plan import Job, checkpoint_path, plan, select, split
from pdenet.runs.record import Record
from pdenet.runs.runner import ReproduceError, train_apart, train_here
from pdenet.runs.table import Cell, Table
from pdenet.runs.training import TrainingConfig, fit
from pdenet.subjects.tables.cells import TABLE_4_1

SMALL = {"widths": (8,)}
TINY = Table(
    "tiny", "Tiny", (Cell(1, "PDE net", "pde1", options=SMALL), Cell(2, "PDE net", "pde1", options=SMALL))
)


@pytest.fixture
def images() -> ImageData:
    return load_images("digits")


@pytest.fixture
def job(images: ImageData, tmp_path: Path) -> Job:
    return Job(TINY, images, TrainingConfig(2, 500), (0, 1), tmp_path / "mine.jsonl", "cpu")


def by_key(records: list[Record]) -> dict[str, dict[str, Any]]:
    assert len({record.key for record in records}) == len(records), "a run is recorded twice"
    return {record.key: substance(record) for record in records}


class NoWork(Executor):
    """An engine that must not be asked."""

    def submit(self, *_: Any, **__: Any) -> Any:
        msg = "everything is recorded, but a unit was submitted"
        raise AssertionError(msg)


@pytest.mark.parametrize(
    ("missing", "begun", "most", "groups"),
    [
        (range(10), [], 5, [(0, 1, 2, 3, 4), (5, 6, 7, 8, 9)]),
        (range(7), [], 5, [(0, 1, 2, 3), (4, 5, 6)]),
        ([2, 7, 9], [], None, [(2, 7, 9)]),
        (range(3), [], 5, [(0, 1, 2)]),
        (range(10), [(0, 1, 2)], 5, [(0, 1, 2), (3, 4, 5, 6), (7, 8, 9)]),
        (range(3, 6), [(0, 3), (4, 5)], None, [(4, 5), (3,)]),
        ([1, 2], [(1, 2), (2, 1)], 1, [(1, 2)]),
        ([], [], 5, []),
    ],
)
def test_missing_seeds_are_divided_evenly_and_checkpoints_are_taken_up(
    missing: Any, begun: Any, most: int | None, groups: list[tuple[int, ...]]
) -> None:
    assert split(missing, begun, most) == groups


@pytest.mark.parametrize("seeds", [1, 5, 6, 11, 23])
def test_what_remains_after_some_groups_is_divided_into_the_same_groups(seeds: int) -> None:
    """A restarted command then trains what the first one would have, to the last bit."""
    groups = split(range(seeds), (), 5)
    for done in groups:
        left = [seed for seed in range(seeds) if seed not in done]
        assert split(left, (), 5) == [group for group in groups if group != done]


def test_a_part_of_a_table_is_chosen_by_column_and_depth() -> None:
    part = select(TABLE_4_1, ["PDE net"], [5, 50])
    assert [(cell.column, cell.depth) for cell in part.cells] == [("PDE net", 5), ("PDE net", 50)]
    assert (part.name, part.reads, part.file) == (TABLE_4_1.name, TABLE_4_1.reads, TABLE_4_1.file)
    assert select(TABLE_4_1) == TABLE_4_1
    assert {cell.column for cell in select(TABLE_4_1, depths=[5]).cells} == set(TABLE_4_1.columns)


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
        select(TABLE_4_1, columns, depths)


def test_an_engine_gives_the_records_of_this_process(job: Job, one_thread: None) -> None:
    reports: list[tuple[int, int, str]] = []
    with ThreadPoolExecutor(2) as executor:
        assert train_apart(job, executor, lambda *report: reports.append(report)) == []
    here = replace(job, out=job.out.with_name("here.jsonl"))
    assert train_here(here, unwatched) == []
    assert by_key(read(job.out)) == by_key(read(here.out))
    assert len(read(job.out)) == 4
    assert [report[:2] for report in reports] == [(0, 4), (2, 4), (4, 4)]
    assert sorted(os.listdir(job.out.parent)) == ["here.jsonl", "mine.jsonl"], "nothing is left behind"
    train_apart(job, NoWork())
    train_apart(replace(job, seeds=(1,)), NoWork())


def test_ten_seeds_of_a_cell_are_two_units(job: Job) -> None:
    job = replace(job, seeds=tuple(range(10)))
    units = plan(job, TINY.cells[0], reproduce.GROUP)
    assert [unit.seeds for unit in units] == [(0, 1, 2, 3, 4), (5, 6, 7, 8, 9)]
    assert len({unit.checkpoint for unit in units}) == 2
    assert [len(unit.seeds) for unit in plan(job, TINY.cells[0])] == [10]


def killed_after(epoch: int, job: Job, cell: Cell, seeds: tuple[int, ...]) -> Path:
    """Leave the checkpoint of a run that was killed after an epoch."""

    class Killed(Exception):
        pass

    def kill(now: int, *_: object) -> None:
        if now == epoch:
            raise Killed

    path = checkpoint_path(job.out, job.keys(cell, seeds)[0])
    with pytest.raises(Killed):
        fit(cell.build(seeds), job.images, job.config, device="cpu", checkpoint=path, progress=kill)
    return path


@pytest.mark.parametrize("way", ["here", "apart"])
def test_a_new_command_goes_on_from_the_checkpoints_of_a_killed_one(
    job: Job, one_thread: None, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though it was asked for other seeds, and would group them otherwise."""
    cell = TINY.cells[0]
    killed_after(1, job, cell, (1, 2))
    job = replace(job, table=Table("tiny", "Tiny", (cell,)), seeds=(0, 1, 2, 3))
    epochs: list[tuple[tuple[int, ...], int]] = []

    def counted(model: Any, *arguments: Any, progress: Any = None, **options: Any) -> list[Record]:
        def count(epoch: int, *_: object) -> None:
            epochs.append((model.seeds, epoch))

        return fit(model, *arguments, progress=count, **options)

    monkeypatch.setattr(reproduce, "fit", counted)
    if way == "here":
        train_here(job, unwatched)
    else:
        with ThreadPoolExecutor(1) as executor:
            train_apart(job, executor)
    assert sorted(epochs) == [((0, 3), 1), ((0, 3), 2), ((1, 2), 2)]
    expected = [
        *fit(cell.build((1, 2)), job.images, job.config, device="cpu"),
        *fit(cell.build((0, 3)), job.images, job.config, device="cpu"),
    ]
    assert {r.key: r.history for r in read(job.out)} == {r.key: r.history for r in expected}
    assert os.listdir(job.out.parent) == ["mine.jsonl"]


def test_a_broken_checkpoint_is_named_and_costs_no_other_run(job: Job) -> None:
    broken = checkpoint_path(job.out, job.keys(TINY.cells[0], [0])[0])
    broken.write_bytes(b"torn")
    with ThreadPoolExecutor(1) as executor:
        with pytest.raises(ReproduceError, match="2 of 4 runs failed") as caught:
            train_apart(job, executor)
        assert f"PDE net, 1 layers, seeds 0, 1: CheckpointError: {broken} is not a readable" in str(
            caught.value
        )
        assert "delete it to start afresh" in str(caught.value)
        assert len(read(job.out)) == 2
        broken.unlink()
        train_apart(job, executor)
    assert len(by_key(read(job.out))) == 4


def test_two_commands_on_one_file_train_nothing_twice(job: Job) -> None:
    """The second finds the first at work on a cell, leaves that cell to it, and does the other."""
    pytest.importorskip("fcntl", reason="this system has no file locks")
    left: list[list[Cell]] = []

    @contextmanager
    def meanwhile(unit: Any) -> Iterator[Any]:
        if unit.cell == TINY.cells[0]:
            with ThreadPoolExecutor(1) as executor:
                left.append(train_apart(job, executor))
        yield lambda *_: None

    assert train_here(job, meanwhile) == []
    assert left == [[TINY.cells[0]]]
    assert len(by_key(read(job.out))) == 4
    assert os.listdir(job.out.parent) == ["mine.jsonl"]


def test_records_that_came_meanwhile_are_not_appended_again(job: Job) -> None:
    """As from a command on a system without locks."""
    records = fit(TINY.cells[0].build((0, 1)), job.images, job.config, device="cpu")

    class Late(ThreadPoolExecutor):
        def submit(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Any:
            if not job.out.exists():
                append(job.out, records)
            return super().submit(function, *arguments, **options)

    with Late(1) as executor:
        train_apart(job, executor)
    assert len(by_key(read(job.out))) == 4


def test_a_worker_with_other_images_or_another_package_is_refused(job: Job) -> None:
    (unit,) = plan(job, TINY.cells[0])
    unit.claim.touch()
    arguments = (job.images.name, job.images.checksum, job.config, "cpu")
    with pytest.raises(DataError, match="they need the same files"):
        reproduce.train_unit(unit, "digits", "0" * 64, *arguments[2:])
    with pytest.raises(ReproduceError, match="needs the same pdenet"):
        reproduce.train_unit(replace(unit, keys=("0", "1")), *arguments)
    unit.claim.unlink()
    with pytest.raises(ReproduceError, match="under the same path"):
        reproduce.train_unit(unit, *arguments)


@pytest.mark.parametrize("workers", ["many", "0", "-2", "2.5", ""])
def test_workers_are_a_number_or_an_address(workers: str) -> None:
    with pytest.raises(ValueError, match="number of processes, such as 4, or the address"), engine(workers):
        pass


def test_without_the_engine_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(ValueError, match=r"pip install 'pdenet\[cluster\]'"), engine("2"):
        pass
