"""What is missing of an experiment is run and recorded once, by this process or by an engine's workers."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import torch
from helpers.runs import NoWork, by_key, killed, unwatched
from helpers.tables import tiny_cell, tiny_table

from pdenet.data import DataError, ImageData, load_images
from pdenet.runs import network_arm
from pdenet.runs.files import append, read
from pdenet.runs.lock import claimed
from pdenet.runs.plan import Job, checkpoint_path, claim_path, plan
from pdenet.runs.runner import RunError, run_apart, run_here, run_unit, train_and_record
from pdenet.runs.training import fit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pdenet.runs.arm import Arm
    from pdenet.runs.record import Record
    from pdenet.runs.table import Cell

CELLS = tiny_cell(1), tiny_cell(2)
TINY = tiny_table(*CELLS)


@pytest.fixture
def images() -> ImageData:
    return load_images("digits")


@pytest.fixture
def job(images: ImageData, tmp_path: Path) -> Job:
    return Job(TINY, CELLS, images, tmp_path / "mine.jsonl", device="cpu")


def test_an_engine_gives_the_records_of_this_process(job: Job, one_thread: None) -> None:
    reports: list[tuple[int, int, str]] = []
    with ThreadPoolExecutor(2) as executor:
        assert run_apart(job, executor, lambda *report: reports.append(report)) == []
    here = replace(job, out=job.out.with_name("here.jsonl"))
    assert run_here(here, unwatched) == []
    assert by_key(read(job.out)) == by_key(read(here.out))
    assert len(read(job.out)) == 4
    assert [report[:2] for report in reports] == [(0, 4), (2, 4), (4, 4)]
    assert sorted(os.listdir(job.out.parent)) == ["here.jsonl", "mine.jsonl"], "nothing is left behind"
    run_apart(job, NoWork())
    run_apart(replace(job, seeds=(1,)), NoWork())


def test_what_takes_longest_is_handed_out_first(job: Job) -> None:
    handed: list[str] = []

    class Watched(ThreadPoolExecutor):
        def submit(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Any:
            handed.append(arguments[0].arm.name)
            return super().submit(function, *arguments, **options)

    with Watched(1) as executor:
        run_apart(job, executor)
    assert handed == ["PDE net, 2 layers", "PDE net, 1 layers"]


def killed_after(epoch: int, job: Job, cell: Cell, seeds: tuple[int, ...]) -> Path:
    """Leave the checkpoint of a run that was killed after an epoch."""
    path = checkpoint_path(job.out, cell.key(seeds[0], job.images))
    images = job.images
    assert images is not None
    killed(
        epoch,
        lambda kill: fit(
            cell.build(seeds), images, cell.protocol, device="cpu", checkpoint=path, progress=kill
        ),
    )
    return path


@pytest.mark.parametrize("way", ["here", "apart"])
def test_a_new_command_goes_on_from_the_checkpoints_of_a_killed_one(
    job: Job, images: ImageData, one_thread: None, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though it was asked for other seeds, and would group them otherwise."""
    cell = CELLS[0]
    killed_after(1, job, cell, (1, 2))
    job = replace(job, arms=(cell,), seeds=(0, 1, 2, 3))
    epochs: list[tuple[tuple[int, ...], int]] = []

    def counted(model: Any, *arguments: Any, progress: Any = None, **options: Any) -> list[Record]:
        def count(epoch: int, *_: object) -> None:
            epochs.append((model.seeds, epoch))

        return fit(model, *arguments, progress=count, **options)

    monkeypatch.setattr(network_arm, "fit", counted)
    if way == "here":
        run_here(job, unwatched)
    else:
        with ThreadPoolExecutor(1) as executor:
            run_apart(job, executor)
    assert sorted(epochs) == [((0, 3), 1), ((0, 3), 2), ((1, 2), 2)]
    expected = [
        *fit(cell.build((1, 2)), images, cell.protocol, device="cpu"),
        *fit(cell.build((0, 3)), images, cell.protocol, device="cpu"),
    ]
    assert {r.key: r.history for r in read(job.out)} == {r.key: r.history for r in expected}
    assert os.listdir(job.out.parent) == ["mine.jsonl"]


@pytest.mark.parametrize("way", ["here", "apart"])
def test_a_checkpoint_whose_runs_are_recorded_is_swept_away(job: Job, images: ImageData, way: str) -> None:
    """Killed between its records and the end, a command leaves it behind."""
    job = replace(job, arms=CELLS[:1])
    run_here(job, unwatched)
    stale = checkpoint_path(job.out, CELLS[0].key(0, images))
    stale.write_bytes(b"of a run whose records are safe")
    before = job.out.read_bytes()
    if way == "here":
        run_here(job, unwatched)
    else:
        run_apart(job, NoWork())
    assert not stale.exists()
    assert job.out.read_bytes() == before


def test_a_claim_that_a_killed_command_left_is_removed(job: Job) -> None:
    pytest.importorskip("fcntl", reason="this system has no file locks")
    run_here(job, unwatched)
    left, held = (claim_path(job, arm) for arm in job.arms)
    left.touch()
    with claimed(held):
        run_here(job, unwatched)
        assert held.exists()
    assert os.listdir(job.out.parent) == ["mine.jsonl"]


def test_a_broken_checkpoint_is_named_and_costs_no_other_run(job: Job, images: ImageData) -> None:
    broken = checkpoint_path(job.out, CELLS[0].key(0, images))
    broken.write_bytes(b"torn")
    with ThreadPoolExecutor(1) as executor:
        with pytest.raises(RunError, match="2 of 4 runs failed") as caught:
            run_apart(job, executor)
        assert f"PDE net, 1 layers, seeds 0, 1: CheckpointError: {broken} is not a readable" in str(
            caught.value
        )
        assert "delete it to start afresh" in str(caught.value)
        assert len(read(job.out)) == 2
        broken.unlink()
        run_apart(job, executor)
    assert len(by_key(read(job.out))) == 4


def test_here_too_a_broken_checkpoint_costs_no_other_run(job: Job, images: ImageData) -> None:
    broken = checkpoint_path(job.out, CELLS[0].key(0, images))
    broken.write_bytes(b"torn")
    with pytest.raises(RunError, match=r"2 of 4 runs failed.*PDE net, 1 layers, seeds 0, 1: CheckpointError"):
        run_here(job, unwatched)
    assert [record.model["depth"] for record in read(job.out)] == [2, 2]
    assert broken.read_bytes() == b"torn", "it is the user's to delete"
    broken.unlink()
    run_here(job, unwatched)
    assert len(by_key(read(job.out))) == 4


def test_two_commands_on_one_file_train_nothing_twice(job: Job) -> None:
    """The second finds the first at work on a cell, leaves that cell to it, and does the other."""
    pytest.importorskip("fcntl", reason="this system has no file locks")
    left: list[list[Arm]] = []

    @contextmanager
    def meanwhile(unit: Any) -> Iterator[Any]:
        if unit.arm == CELLS[0]:
            with ThreadPoolExecutor(1) as executor:
                left.append(run_apart(job, executor))
        yield lambda *_: None

    assert run_here(job, meanwhile) == []
    assert left == [[CELLS[0]]]
    assert len(by_key(read(job.out))) == 4
    assert os.listdir(job.out.parent) == ["mine.jsonl"]


def test_a_second_command_in_this_process_leaves_what_another_runs(job: Job) -> None:
    pytest.importorskip("fcntl", reason="this system has no file locks")
    left: list[list[Arm]] = []

    @contextmanager
    def meanwhile(unit: Any) -> Iterator[Any]:
        if unit.arm == CELLS[0]:
            left.append(run_here(job, unwatched))
        yield lambda *_: None

    assert run_here(job, meanwhile) == []
    assert left == [[CELLS[0]]]
    assert len(by_key(read(job.out))) == 4


def test_records_that_came_meanwhile_are_not_appended_again(job: Job, images: ImageData) -> None:
    """As from a command on a system without locks."""
    records = fit(CELLS[0].build((0, 1)), images, CELLS[0].protocol, device="cpu")

    class Late(ThreadPoolExecutor):
        def submit(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Any:
            if not job.out.exists():
                append(job.out, records)
            return super().submit(function, *arguments, **options)

    with Late(1) as executor:
        run_apart(job, executor)
    assert len(by_key(read(job.out))) == 4


def test_a_worker_with_other_images_or_another_package_is_refused(job: Job, images: ImageData) -> None:
    (unit,) = plan(job, CELLS[0])
    unit.claim.touch()
    known = (images.name, images.checksum)
    with pytest.raises(DataError, match="they need the same files"):
        run_unit(unit, ("digits", "0" * 64), "cpu")
    with pytest.raises(RunError, match="needs the same pdenet"):
        run_unit(replace(unit, keys=("0", "1")), known, "cpu")
    unit.claim.unlink()
    with pytest.raises(RunError, match="under the same path"):
        run_unit(unit, known, "cpu")


def test_a_worker_trains_with_one_thread_and_gives_the_others_back(
    job: Job, images: ImageData, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = [4]
    asked: list[int] = []

    def set_threads(count: int) -> None:
        threads[0] = count

    def run(*_: object) -> list[Record]:
        asked.append(threads[0])
        return []

    monkeypatch.setattr(torch, "get_num_threads", lambda: threads[0])
    monkeypatch.setattr(torch, "set_num_threads", set_threads)
    monkeypatch.setattr(type(CELLS[0]), "run", run)
    (unit,) = plan(job, CELLS[0])
    unit.claim.touch()
    run_unit(unit, (images.name, images.checksum), "cpu")
    assert (asked, threads) == ([1], [4])


def test_training_without_a_file_keeps_nothing(
    images: ImageData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    cell = CELLS[0]
    records = train_and_record(cell.build(1), images, cell.protocol, device="cpu")
    assert [record.seed for record in records] == [0]
    assert list(tmp_path.iterdir()) == []
