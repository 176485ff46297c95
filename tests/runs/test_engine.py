"""Which workers there can be; and one that is killed in the middle of a run, of which nothing is lost."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

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
    find_spec("distributed") is None or find_spec("cryptography") is None or not hasattr(signal, "SIGKILL"),
    reason="the cluster is Dask's, the extra `cluster` installs it, and the kill is a POSIX system's",
)

# What another user of the machine would try who found a port: with no certificate, and with one of their own.
STRANGER = """
import asyncio, sys
from distributed.core import connect
from distributed.security import Security

async def ask(address, security):
    comm = await connect(address, timeout=10, **security.get_connection_args("client"))
    await comm.write({"op": "identity", "reply": True})
    print("answered", address, await comm.read())

for end in sys.argv[1:]:
    for scheme, security in (("tcp", Security()), ("tls", Security.temporary())):
        try:
            asyncio.run(ask(f"{scheme}://{end}", security))
        except OSError as error:
            print("refused", scheme, type(error).__name__)
"""

EPOCHS = 100  # seconds of training, so that no unit ends before the other, on a busy core, has begun
PATIENCE = 240  # seconds, for a machine that is busy with other things


class Killer(threading.Thread):
    """Waits until both units have two epochs behind them, kills a worker, and watches the checkpoints."""

    def __init__(self, checkpoints: list[Path]) -> None:
        super().__init__(daemon=True)
        self.checkpoints, self.over = checkpoints, threading.Event()
        self.epochs: list[dict[Path, int]] = []  # at the kill, and after it
        self.error: Exception | None = None
        self.seen: dict[Path, tuple[tuple[int, int], int]] = {}  # which file it was, and its epoch

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
        """Epochs that each unit has behind it, as its checkpoint says; a file is read once, to leave time."""
        epochs = {}
        for path in self.checkpoints:
            try:
                status = path.stat()
                file = status.st_ino, status.st_mtime_ns
                if self.seen.get(path, (None,))[0] != file:
                    self.seen[path] = file, torch.load(path, weights_only=True)["epoch"]
                epochs[path] = self.seen[path][1]
            except FileNotFoundError:
                continue
        return epochs


@pytest.fixture(scope="module")
def cluster() -> Iterator[Executor]:
    """Two workers for all tests of this file, awake: they take seconds to start and to import."""
    with engine("2") as executor:
        awake: Any = executor
        awake._client.run(import_module, "helpers.tables")
        yield executor


@needs_cluster
def test_a_stranger_on_this_machine_is_refused_by_scheduler_workers_and_nannies(cluster: Any) -> None:
    known = cluster._client.scheduler_info()
    workers = known["workers"].values()
    addresses = [known["address"], *known["workers"], *(worker["nanny"] for worker in workers)]
    assert {address.partition(":")[0] for address in addresses} == {"tls"}
    ends = [address.removeprefix("tls://") for address in addresses]
    assert all(end.startswith("127.0.0.1:") for end in ends)

    command = [sys.executable, "-c", STRANGER, *ends]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()

    assert len(told) == 2 * len(ends) == 10
    assert not [line for line in told if not line.startswith("refused")]


@needs_cluster
def test_no_page_tells_a_stranger_what_is_run(cluster: Any) -> None:
    known = cluster._client.scheduler_info()
    hosts = [known, *known["workers"].values()]
    for port in [host["services"]["dashboard"] for host in hosts if "dashboard" in host["services"]]:
        for page in ("info/main/workers.html", "json/identity.json", "metrics", "api/v1/retire_workers"):
            with pytest.raises(HTTPError, match="404"):
                urlopen(f"http://127.0.0.1:{port}/{page}", timeout=10)


@needs_cluster
def test_a_killed_worker_loses_nothing_and_repeats_nothing(
    tmp_path: Path, one_thread: None, cluster: Executor
) -> None:
    cells = tuple(tiny_cell(depth, config=TrainingConfig(EPOCHS, 500)) for depth in (1, 2))
    images = load_images("digits")
    job = Job(tiny_table(*cells), cells, images, tmp_path / "apart.jsonl", device="cpu")
    here = replace(job, out=tmp_path / "here.jsonl")
    run_here(here, unwatched)

    killer = Killer([unit.checkpoint for cell in cells for unit in plan(job, cell)])
    ends: list[str] = []
    killer.start()
    try:
        assert run_apart(job, cluster, lambda *report: ends.append(report[2])) == []
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


@pytest.mark.parametrize("workers", ["many", "0", "-2", "2.5", "", "True", "1e3", " "])
def test_workers_are_a_number_or_an_address(workers: str) -> None:
    with pytest.raises(ValueError, match="number of processes, such as 4, or the address"), engine(workers):
        pass


def test_a_number_of_workers_that_was_meant_for_something_else_is_refused() -> None:
    with (
        pytest.raises(ValueError, match="workers must be at most 1,024 processes; got 3000000"),
        engine("3000000"),
    ):
        pass


@pytest.mark.parametrize("missing", ["distributed", "cryptography"])
def test_without_the_engine_the_error_says_what_to_install(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ValueError, match=r"in a checkout .*: pip install -e '\.\[cluster\]'"), engine("2"):
        pass
