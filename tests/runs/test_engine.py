"""A cluster whose worker is killed in the middle of a run: every run is recorded once, as without a kill."""

import multiprocessing
import os
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from helpers.runs import substance, unwatched

from pdenet.data import load_images
from pdenet.runs.engine import engine
from pdenet.runs.files import read
from pdenet.runs.plan import Job, plan
from pdenet.runs.runner import train_apart, train_here
from pdenet.runs.table import Cell, Table
from pdenet.runs.training import TrainingConfig

pytest.importorskip("distributed", reason="the cluster is Dask's: pip install distributed")
if not hasattr(signal, "SIGKILL"):
    pytest.skip("this system has no SIGKILL", allow_module_level=True)

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
                    msg = f"two checkpoints of two epochs did not appear: {now}"
                    raise TimeoutError(msg)
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


def test_a_killed_worker_loses_nothing_and_repeats_nothing(tmp_path: Path, one_thread: None) -> None:
    cells = tuple(Cell(depth, "PDE net", "pde1", options={"widths": (8,)}) for depth in (1, 2))
    job = Job(
        Table("tiny", "Tiny", cells),
        load_images("digits"),
        TrainingConfig(EPOCHS, 500),
        (0, 1),
        tmp_path / "apart.jsonl",
        "cpu",
    )
    here = replace(job, out=tmp_path / "here.jsonl")
    train_here(here, unwatched)

    killer = Killer([unit.checkpoint for cell in cells for unit in plan(job, cell)])
    ends: list[str] = []
    with engine("2") as executor:
        killer.start()
        try:
            assert train_apart(job, executor, lambda *report: ends.append(report[2])) == []
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
