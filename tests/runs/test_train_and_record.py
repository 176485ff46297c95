"""One training recorded in a file: nothing twice, nothing by two at once, nothing that cannot be written."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from helpers.runs import NoWork, by_key, killed, unwatched
from helpers.tables import tiny_cell, tiny_table

from pdenet.data import load_images
from pdenet.models.named import build
from pdenet.runs.files import append, read
from pdenet.runs.lock import claimed
from pdenet.runs.plan import Job, claim_path
from pdenet.runs.runner import run_apart, run_here, train_and_record
from pdenet.runs.training import TrainingConfig, fit

if TYPE_CHECKING:
    from pathlib import Path

    from pdenet.models import ResidualNet
    from pdenet.runs.record import Record

SMALL = load_images("digits").subset(200, 50)
CONFIG = TrainingConfig(epochs=1, batch_size=50)


def three(seeds: Any = 3) -> ResidualNet:
    return build("pde1", 1, seeds, widths=(8,))


def record(out: Path, *, resume: bool = True, **options: Any) -> list[Record]:
    return train_and_record(three(), SMALL, CONFIG, device="cpu", out=out, resume=resume, **options)


@pytest.mark.parametrize("resume", [True, False])
def test_after_a_torn_append_only_what_is_missing_is_recorded(tmp_path: Path, *, resume: bool) -> None:
    out = tmp_path / "runs.jsonl"
    whole = fit(three(), SMALL, CONFIG, device="cpu")
    append(out, whole)
    lines = out.read_bytes().splitlines(keepends=True)
    out.write_bytes(lines[0] + lines[1] + lines[2][:40])
    with pytest.warns(UserWarning, match="torn"):
        found = record(out, resume=resume)
    with pytest.warns(UserWarning, match="left out"):
        assert [r.seed for r in read(out)] == [0, 1, 2]
    assert [(r.key, r.history) for r in found] == [(r.key, r.history) for r in whole]


def test_a_run_that_is_repeated_is_recorded_once(tmp_path: Path) -> None:
    out = tmp_path / "runs.jsonl"
    first, second = record(out, resume=False), record(out, resume=False)
    assert [r.history for r in first] == [r.history for r in second]
    assert [r.seed for r in read(out)] == [0, 1, 2]


def test_while_one_trains_another_leaves_it_alone(tmp_path: Path) -> None:
    pytest.importorskip("fcntl", reason="this system has no file locks")
    out = tmp_path / "runs.jsonl"
    others: list[list[Record]] = []
    record(out, progress=lambda *_: others.append(record(out)))
    assert others == [[]], "nothing was there yet, and nothing was trained"
    assert len(by_key(read(out))) == 3
    assert os.listdir(tmp_path) == ["runs.jsonl"]


def test_what_another_has_recorded_by_then_is_returned(tmp_path: Path) -> None:
    pytest.importorskip("fcntl", reason="this system has no file locks")
    out = tmp_path / "runs.jsonl"
    (_, second, _) = fit(three(), SMALL, CONFIG, device="cpu")
    append(out, [second])
    others: list[list[Record]] = []
    record(out, progress=lambda *_: others.append(record(out)))
    assert [[r.seed for r in found] for found in others] == [[1]]


@pytest.mark.parametrize("seeds", [3, [1, 2]])
def test_the_claim_is_that_of_an_experiment_with_the_same_runs(tmp_path: Path, seeds: Any) -> None:
    pytest.importorskip("fcntl", reason="this system has no file locks")
    cell, images = tiny_cell(1), load_images("digits")
    job = Job(tiny_table(cell), (cell,), images, tmp_path / "runs.jsonl")
    with claimed(claim_path(job, cell)):
        assert train_and_record(cell.build(seeds), images, cell.protocol, device="cpu", out=job.out) == []


def test_an_interrupted_run_leaves_its_claim_and_keeps_its_checkpoint(tmp_path: Path) -> None:
    out = tmp_path / "runs.jsonl"
    killed(1, lambda kill: record(out, progress=kill))
    assert [name.endswith(".checkpoint.pt") for name in os.listdir(tmp_path)] == [True]
    record(out)
    assert os.listdir(tmp_path) == ["runs.jsonl"]


def test_a_rate_from_numpy_resumes_like_any_other(tmp_path: Path) -> None:
    """What a killed run kept could not be read again, since it held NumPy's numbers."""
    path, config = tmp_path / "run.pt", TrainingConfig(2, 50, np.logspace(-3, -2, 2)[0])
    (straight,) = fit(three(1), SMALL, TrainingConfig(2, 50, 1e-3), device="cpu")
    killed(1, lambda kill: fit(three(1), SMALL, config, checkpoint=path, progress=kill))
    (resumed,) = fit(three(1), SMALL, config, checkpoint=path, resume=True)
    assert (resumed.key, resumed.history) == (straight.key, straight.history)


def unwritable(folder: Path) -> dict[str, Path]:
    """Places where no record can be written, whoever asks."""
    (folder / "file").touch()
    (folder / "folder").mkdir()
    (folder / "loop").symlink_to("loop")
    (folder / "to the folder").symlink_to("folder")
    os.mkfifo(folder / "pipe")
    names = ("folder", "loop", "to the folder", "pipe", "file/below", "n" * 256, "n" * 230)
    return {**{name: folder / name for name in names}, "device": type(folder)("/dev/full")}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in its folders")
@pytest.mark.parametrize(
    "kind", ["folder", "loop", "to the folder", "pipe", "file/below", "n" * 256, "n" * 230, "device"]
)
def test_an_output_that_cannot_be_written_is_refused_before_anything_is_trained(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = unwritable(tmp_path)[kind]
    before = sorted(os.listdir(tmp_path))

    def refuse(*_: object, **__: object) -> None:
        message = "an epoch was begun"
        raise AssertionError(message)

    monkeypatch.setattr("pdenet.runs.training.learn", refuse)
    cell = tiny_cell(1)
    with pytest.raises(OSError, match=r"cannot be written .* name another file") as caught:
        record(out)
    assert caught.value.filename == str(out)
    with pytest.raises(OSError, match=r"cannot be written"):
        fit(three(), SMALL, CONFIG, device="cpu", checkpoint=out)
    job = Job(tiny_table(cell), (cell,), load_images("digits"), out)
    with pytest.raises(OSError, match="cannot be written"):
        run_here(job, unwatched)
    with pytest.raises(OSError, match="cannot be written"):
        run_apart(job, NoWork())
    assert sorted(os.listdir(tmp_path)) == before, "nothing is left behind"


def test_what_is_complete_is_read_where_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cell = tiny_cell(1)
    job = Job(tiny_table(cell), (cell,), load_images("digits"), tmp_path / "runs.jsonl", (0,), "cpu")
    append(job.out, cell.run((0,), _context(job)))
    monkeypatch.setattr("pdenet.runs.runner.check_writable", lambda path: pytest.fail(f"asked for {path}"))
    assert run_here(job, lambda unit: pytest.fail(f"began {unit}")) == []


def _context(job: Job) -> Any:
    from pdenet.runs.arm import Context

    return Context(job.images, "cpu")


def test_a_link_to_a_file_that_is_not_there_yet_is_followed(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    out = tmp_path / "runs.jsonl"
    out.symlink_to("there/mine.jsonl")
    record(out)
    assert len(read(tmp_path / "there" / "mine.jsonl")) == 3
    assert out.is_symlink()


def test_a_path_is_text_or_a_path_with_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    train_and_record(three(), SMALL, CONFIG, device="cpu", out="~/a/runs.jsonl")
    fit(three(), SMALL, CONFIG, device="cpu", checkpoint="~/run.pt")
    assert sorted(os.listdir(tmp_path)) == ["home"]
    assert sorted(os.listdir(tmp_path / "home")) == ["a", "run.pt"]
    job = Job(tiny_table(), (), None, "~/a/runs.jsonl")  # type: ignore[arg-type]
    assert job.out == tmp_path / "home" / "a" / "runs.jsonl"
    assert len(job.experiment.read("~/a/runs.jsonl")) == 3
