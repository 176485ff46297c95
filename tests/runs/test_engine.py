"""Which workers there can be; and one that is killed in the middle of a run, of which nothing is lost."""

import multiprocessing
import os
import signal
import sys
import threading
import time
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from helpers.runs import substance, unwatched
from helpers.tables import tiny_cell, tiny_table

from pdenet.data import load_images
from pdenet.runs.engine import engine
from pdenet.runs.files import read
from pdenet.runs.plan import Job, plan
from pdenet.runs.runner import run_apart, run_here
from pdenet.runs.training import TrainingConfig

needs_cluster = pytest.mark.skipif(
    find_spec("distributed") is None or not hasattr(signal, "SIGKILL"),
    reason="the cluster is Dask's, pip install distributed, and the kill is a POSIX system's",
)

EPOCHS = 30
PATIENCE = 240  # seconds, for a machine that is busy with other things


class Killer(threading.Thread):
    """Waits until both units have two epochs behind them, kills a worker, and watches the checkpoints."""

    def __init__(self, checkpoints: list[Path]) -> None:
        super().__init__(daemon=True)
        self.checkpoints, self.over = checkpoints, threading.Event()
        self.epochs: list[dict[Path, int]] = []  # at the kill, and after it
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            give_up = time.monotonic() + PATIENCE
            while len(now := self.look()) < 2 or min(now.values()) < 2:
                if time.monotonic() > give_up or self.over.wait(0.01):
                    message = f"two checkpoints of two epochs did not appear: {now}"
                    raise TimeoutError(message)
            workers = [child for child in multiprocessing.active_children() if "Dask Worker" in child.name]
            assert len(workers) == 2, workers
            assert workers[0].pid is not None
            os.kill(workers[0].pid, signal.SIGKILL)
            self.epochs.append(now)
            while not self.over.wait(0.05):
                self.epochs.append(self.look())
        except Exception as error:
            self.error = error

    def look(self) -> dict[Path, int]:
        """Epochs that each unit has behind it, as its checkpoint says."""
        epochs = {}
        for path in self.checkpoints:
            try:
                epochs[path] = torch.load(path, weights_only=True)["epoch"]
            except FileNotFoundError:
                continue
        return epochs


@needs_cluster
def test_a_killed_worker_loses_nothing_and_repeats_nothing(tmp_path: Path, one_thread: None) -> None:
    cells = tuple(tiny_cell(depth, config=TrainingConfig(EPOCHS, 500)) for depth in (1, 2))
    images = load_images("digits")
    job = Job(tiny_table(*cells), cells, images, tmp_path / "apart.jsonl", device="cpu")
    here = replace(job, out=tmp_path / "here.jsonl")
    run_here(here, unwatched)

    killer = Killer([unit.checkpoint for cell in cells for unit in plan(job, cell)])
    ends: list[str] = []
    with engine("2") as executor:
        killer.start()
        try:
            assert run_apart(job, executor, lambda *report: ends.append(report[2])) == []
        finally:
            killer.over.set()
            killer.join()
    assert killer.error is None, killer.error
    assert max(killer.epochs[0].values()) < EPOCHS, "the worker was killed too late to tell anything"
    for path in killer.checkpoints:
        course = [epochs[path] for epochs in killer.epochs if path in epochs]
        assert course == sorted(course), "the run was begun anew, not gone on with"

    records = read(job.out)
    assert len(records) == 4
    found, expected = ({r.key: substance(r) for r in read(file)} for file in (job.out, here.out))
    assert found.keys() == expected.keys()
    for key, record in expected.items():
        assert [name for name in record if found[key][name] != record[name]] == []
    assert ends == ["", *(title for title in ends[1:] if title)], "a unit ended that has no name"
    assert len(ends) == 3, "each unit ended once"
    assert sorted(os.listdir(tmp_path)) == ["apart.jsonl", "here.jsonl"], "nothing is left behind"


@pytest.mark.parametrize("workers", ["many", "0", "-2", "2.5", ""])
def test_workers_are_a_number_or_an_address(workers: str) -> None:
    with pytest.raises(ValueError, match="number of processes, such as 4, or the address"), engine(workers):
        pass


def test_without_the_engine_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ValueError, match=r"pip install 'pdenet\[cluster\]'"), engine("2"):
        pass
