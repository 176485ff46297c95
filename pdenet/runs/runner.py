"""Train what is missing of a table, in this process or on the workers of an engine: each run once, none lost.

A unit of work is one cell's network with a few of its missing seeds. Whoever trains it keeps its state after
every epoch in a checkpoint beside the records, so a killed worker or command costs an epoch. Only the
command itself appends records, and only those that are not there yet. An engine is any
`concurrent.futures.Executor`; `engine` gives that of Dask, which hands the unit of a dead worker to another.
"""

import glob
import platform
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, as_completed
from contextlib import AbstractContextManager, ExitStack
from functools import cache
from pathlib import Path

import torch

from pdenet.data.image_data import DataError, ImageData
from pdenet.data.images import load_images
from pdenet.models import ResidualNet
from pdenet.runs.files import append, read
from pdenet.runs.lock import _claimed
from pdenet.runs.plan import Job, Unit, _claim_path, checkpoint_path, plan
from pdenet.runs.record import Record
from pdenet.runs.table import Cell
from pdenet.runs.training import Progress, TrainingConfig, fit, run_keys

# Seeds that a worker trains side by side. More share the cost of a step's Python among them; fewer keep more
# workers busy at the end. Not made to depend on the number of workers: the last bits of a run can depend on
# which seeds are beside it.
GROUP = 5

_alone = threading.Lock()


class ReproduceError(ValueError):
    """Runs that ended in an error; the records of the others are safe."""


def train_and_record(
    network: ResidualNet,
    images: ImageData,
    config: TrainingConfig,
    *,
    device: str = "auto",
    out: Path | None = None,
    resume: bool = False,
    progress: Progress | None = None,
) -> list[Record]:
    """Train in this process, append the records to `out`, and drop the checkpoint once they are safe there.

    With `resume`, a run goes on from its checkpoint, and one whose records are all in `out` is not run again.
    """
    if out is None:
        return fit(network, images, config, device=device, progress=progress)
    keys = run_keys(network, images, config)
    checkpoint = checkpoint_path(out, keys[0])
    if resume and out.exists():  # killed between its last record and the end: nothing is left to do
        done = {record.key: record for record in read(out)}
        if all(key in done for key in keys):
            _drop(checkpoint)
            return [done[key] for key in keys]
    records = fit(
        network, images, config, device=device, checkpoint=checkpoint, resume=resume, progress=progress
    )
    append(out, records)
    _drop(checkpoint)
    return records


def train_here(job: Job, watch: Callable[[Unit], AbstractContextManager[Progress]]) -> list[Cell]:
    """Train in this process what is missing, cell by cell, all missing seeds of a cell side by side.

    Parameters
    ----------
    watch
        Given a unit, what to enter while it runs; it yields what `fit` reports to.

    Returns
    -------
    list of Cell
        Those left out because another command is training them into the same file.
    """
    _sweep(job)
    left_out = []
    for cell in job.table.cells:
        if not job.missing(cell):
            continue
        with _claimed(_claim_path(job, cell)) as mine:
            if not mine:
                left_out.append(cell)
                continue
            for unit in plan(job, cell):  # read anew: another command may have trained it before we came
                with watch(unit) as progress:
                    train_and_record(
                        cell.build(unit.seeds),
                        job.images,
                        job.config,
                        device=job.device,
                        out=job.out,
                        resume=True,
                        progress=progress,
                    )
    return left_out


def train_apart(
    job: Job, executor: Executor, report: Callable[[int, int, str], None] = lambda *_: None
) -> list[Cell]:
    """Train what is missing on the workers of an engine; records are appended here, as they come.

    An error in one unit does not keep the others from being trained and recorded.

    Parameters
    ----------
    executor
        Its workers see the folder of `out` under the same path and load the images by themselves.
    report
        Called with the number of runs done, the number of runs, and the unit that just ended ("" at first).

    Returns
    -------
    list of Cell
        Those left out because another command is training them into the same file.

    Raises
    ------
    ReproduceError
        If units ended in an error, after all the others are recorded.
    """
    _sweep(job)
    units, left_out = [], []
    with ExitStack() as stack:
        for cell in job.table.cells:
            if not job.missing(cell):
                continue
            if stack.enter_context(_claimed(_claim_path(job, cell))):
                units += plan(job, cell, GROUP)
            else:
                left_out.append(cell)
        units.sort(key=lambda unit: -unit.cell.depth * len(unit.seeds))  # long ones first: they end together
        futures: dict[Future[list[Record]], Unit] = {}
        failed: list[tuple[Unit, Exception]] = []
        total, done = sum(len(unit.seeds) for unit in units), 0
        try:
            report(done, total, "")
            for unit in units:
                arguments = (unit, job.images.name, job.images.checksum, job.config, job.device)
                futures[executor.submit(train_unit, *arguments)] = unit
            for future in as_completed(futures):
                unit = futures[future]
                try:
                    records = future.result()
                except Exception as error:
                    failed.append((unit, error))
                    continue
                _append_new(job.out, records)
                _drop(unit.checkpoint)
                done += len(records)
                report(done, total, unit.title)
        finally:
            for future in futures:
                future.cancel()
    if failed:
        first, reason = failed[0]
        runs = sum(len(unit.seeds) for unit, _ in failed)
        message = (
            f"{runs} of {total} runs failed; the records of the others are in {job.out}, and the same "
            f"command goes on from where these stopped. {first.title}: {type(reason).__name__}: {reason}"
        )
        raise ReproduceError(message) from reason
    return left_out


def train_unit(
    unit: Unit, images_name: str, checksum: str, config: TrainingConfig, device: str
) -> list[Record]:
    """What a worker does: go on with a unit from its checkpoint, if there is one, and return its records.

    With one thread: a process for each core is faster than threads that wait for each other. A process trains
    one unit at a time, whatever its engine thinks.

    Raises
    ------
    DataError
        If this machine's images are not the ones that the command has.
    ReproduceError
        If this machine does not see the command's folder, or has another version of the package.
    CheckpointError
        If the checkpoint is unreadable.
    """
    with _alone:
        here = platform.node()
        if not unit.claim.exists():
            message = (
                f"the worker on {here} does not see {unit.claim}; workers need the folder of the records, "
                "where checkpoints are kept, under the same path (a shared file system)"
            )
            raise ReproduceError(message)
        images = _images(images_name)
        if images.checksum != checksum:
            message = (
                f"the images {images_name!r} of the worker on {here} have checksum {images.checksum[:12]}, "
                f"those of the command {checksum[:12]}; they need the same files"
            )
            raise DataError(message)
        network = unit.cell.build(unit.seeds)
        if tuple(run_keys(network, images, config)) != unit.keys:
            message = f"the worker on {here} describes {unit.title} otherwise; it needs the same pdenet"
            raise ReproduceError(message)
        threads = torch.get_num_threads()
        torch.set_num_threads(1)  # the fused loops follow
        try:
            return fit(network, images, config, device=device, checkpoint=unit.checkpoint, resume=True)
        finally:
            torch.set_num_threads(threads)


@cache
def _images(name: str) -> ImageData:
    return load_images(name)


def _append_new(out: Path, records: Iterable[Record]) -> None:
    recorded = {record.key for record in read(out)} if out.exists() else set()
    append(out, [record for record in records if record.key not in recorded])


def _drop(checkpoint: Path) -> None:
    """Remove a checkpoint, and what a worker left that was killed while it wrote one."""
    checkpoint.unlink(missing_ok=True)
    for torn in checkpoint.parent.glob(f".{glob.escape(checkpoint.name)}.*.tmp"):
        torn.unlink(missing_ok=True)


def _sweep(job: Job) -> None:
    """Killed between its records and the end, a run leaves its checkpoint behind."""
    for record in read(job.out) if job.out.exists() else []:
        checkpoint_path(job.out, record.key).unlink(missing_ok=True)
