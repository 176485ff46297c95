"""Run what is missing of an experiment, here or on the workers of an engine: each run once, none lost.

A unit of work is one arm with a few of its missing seeds. Whoever trains it keeps its state after every epoch
in a checkpoint beside the records, so a killed worker or command costs an epoch. Only the command itself
appends records, and only those that are not there yet. An engine is any `concurrent.futures.Executor`;
`engine` gives that of Dask, which hands the unit of a dead worker to another.
"""

from __future__ import annotations

import platform
import threading
from concurrent.futures import Executor, Future, as_completed
from contextlib import AbstractContextManager, ExitStack
from functools import cache
from typing import TYPE_CHECKING

import torch

from pdenet.checks.places import place
from pdenet.checks.words import flag
from pdenet.data import DataError, ImageData, load_images
from pdenet.runs.arm import Arm, Context
from pdenet.runs.disk import sweep
from pdenet.runs.files import append, read
from pdenet.runs.lock import claimed, release
from pdenet.runs.loop import CheckpointError
from pdenet.runs.plan import Job, Unit, checkpoint_path, claim_beside, claim_path, plan
from pdenet.runs.training import TrainingConfig, common_key, fit, run_keys
from pdenet.runs.writable import check_kind, check_writable

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from pdenet.models import ResidualNet
    from pdenet.runs.loop import Progress
    from pdenet.runs.record import Record

# Seeds that a worker trains side by side. More share the cost of a step's Python among them; fewer keep more
# workers busy at the end. Not made to depend on the number of workers: the last bits of a run can depend on
# which seeds are beside it.
GROUP = 5

_alone = threading.Lock()


class RunError(ValueError):
    """Runs that ended in an error; the records of the others are safe."""


def train_and_record(
    network: ResidualNet,
    images: ImageData,
    config: TrainingConfig,
    *,
    device: str = "auto",
    out: str | os.PathLike[str] | None = None,
    resume: bool = False,
    progress: Progress | None = None,
) -> list[Record]:
    """Train in this process, append the records to `out`, and drop the checkpoint once they are safe there.

    With `resume`, a run goes on from its checkpoint, and one whose records are all in `out` is not run again.
    Nothing is recorded twice. While another command runs the same into `out` it is left to that one, and the
    records returned are those that are there by then: fewer than seeds, or none.

    Raises
    ------
    OSError
        If `out` cannot be written, before anything is trained.
    TypeError, ValueError, CheckpointError
        As `fit`.
    """
    if out is None:
        return fit(network, images, config, device=device, progress=progress)
    out, resume = place("out", out), flag("resume", resume)
    check_writable(out)
    keys = run_keys(network, images, config)
    checkpoint = checkpoint_path(out, keys[0])
    with claimed(claim_beside(out, common_key(network, images, config))) as mine:
        done = {record.key: record for record in read(out)} if out.exists() else {}
        recorded = [done[key] for key in keys if key in done]
        if not mine:
            return recorded
        if resume and len(recorded) == len(keys):  # killed between its last record and the end
            _drop(checkpoint)
            return recorded
        records = fit(
            network, images, config, device=device, checkpoint=checkpoint, resume=resume, progress=progress
        )
        _append_new(out, records)
        _drop(checkpoint)
    return records


def run_here(job: Job, watch: Callable[[Unit], AbstractContextManager[Progress]]) -> list[Arm]:
    """Run in this process what is missing, arm by arm, its missing seeds side by side.

    Parameters
    ----------
    watch
        Given a unit, what to enter while it runs; it yields what a training reports to.

    Returns
    -------
    list of Arm
        Those left out because another command is running them into the same file.

    Raises
    ------
    OSError
        If records are missing and the file cannot be written, before anything is run.
    RunError
        If checkpoints could not be read, after all that has another or none is recorded.
    """
    _prepare(job)
    left_out: list[Arm] = []
    failed: list[tuple[Unit, Exception]] = []
    total = 0
    for arm in job.arms:
        if not job.missing(arm):
            continue
        with claimed(claim_path(job, arm)) as mine:
            if not mine:
                left_out.append(arm)
                continue
            for unit in plan(job, arm):  # read anew: another command may have run it before we came
                total += len(unit.seeds)
                try:
                    with watch(unit) as progress:
                        context = Context(job.images, job.device, unit.checkpoint, progress)
                        _append_new(job.out, arm.run(unit.seeds, context))
                except CheckpointError as error:
                    failed.append((unit, error))
                    continue
                _drop(unit.checkpoint)
    if failed:
        raise _failure(job, failed, total)
    return left_out


def run_apart(
    job: Job, executor: Executor, report: Callable[[int, int, str], None] = lambda *_: None
) -> list[Arm]:
    """Run what is missing on the workers of an engine; records are appended here, as they come.

    An error in one unit does not keep the others from being run and recorded.

    Parameters
    ----------
    executor
        Its workers see the folder of `out` under the same path and load the images by themselves.
    report
        Called with the number of runs done, the number of runs, and the unit that just ended ("" at first).

    Returns
    -------
    list of Arm
        Those left out because another command is running them into the same file.

    Raises
    ------
    OSError
        If records are missing and the file cannot be written, before anything is run.
    RunError
        If units ended in an error, after all the others are recorded.
    """
    _prepare(job)
    units, left_out = [], []
    with ExitStack() as stack:
        for arm in job.arms:
            if not job.missing(arm):
                continue
            if stack.enter_context(claimed(claim_path(job, arm))):
                units += plan(job, arm, GROUP)
            else:
                left_out.append(arm)
        units.sort(key=lambda unit: -unit.arm.weight * len(unit.seeds))  # long ones first: they end together
        futures: dict[Future[list[Record]], Unit] = {}
        failed: list[tuple[Unit, Exception]] = []
        total, done = sum(len(unit.seeds) for unit in units), 0
        images = None if job.images is None else (job.images.name, job.images.checksum)
        try:
            report(done, total, "")
            for unit in units:
                futures[executor.submit(run_unit, unit, images, job.device)] = unit
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
        raise _failure(job, failed, total)
    return left_out


def _failure(job: Job, failed: list[tuple[Unit, Exception]], total: int) -> RunError:
    first, reason = failed[0]
    runs = sum(len(unit.seeds) for unit, _ in failed)
    error = RunError(
        f"{runs} of {total} runs failed; the records of the others are in {job.out}, and the same "
        f"command goes on from where these stopped. {first.title}: {type(reason).__name__}: {reason}"
    )
    error.__cause__ = reason
    return error


def run_unit(unit: Unit, images: tuple[str, str] | None, device: str) -> list[Record]:
    """What a worker does: go on with a unit from its checkpoint, if there is one, and return its records.

    With one thread: a process for each core is faster than threads that wait for each other. A process trains
    one unit at a time, whatever its engine thinks.

    Parameters
    ----------
    unit
        What to run.
    images
        Name and checksum of the command's image set; None where the arm reads none.
    device
        Where to train.

    Raises
    ------
    DataError
        If this machine's images are not the ones that the command has.
    RunError
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
            raise RunError(message)
        found = None if images is None else _images(*images)
        if tuple(unit.arm.key(seed, found) for seed in unit.seeds) != unit.keys:
            message = f"the worker on {here} describes {unit.title} otherwise; it needs the same pdenet"
            raise RunError(message)
        threads = torch.get_num_threads()
        torch.set_num_threads(1)  # the fused loops follow
        try:
            return unit.arm.run(unit.seeds, Context(found, device, unit.checkpoint))
        finally:
            torch.set_num_threads(threads)


def _images(name: str, checksum: str) -> ImageData:
    images = _loaded(name)
    if images.checksum != checksum:
        message = (
            f"the images {name!r} of the worker on {platform.node()} have checksum {images.checksum[:12]}, "
            f"those of the command {checksum[:12]}; they need the same files"
        )
        raise DataError(message)
    return images


@cache
def _loaded(name: str) -> ImageData:
    return load_images(name)


def _append_new(out: Path, records: Iterable[Record]) -> None:
    append(out, records, once=True)


def _drop(checkpoint: Path) -> None:
    """Remove a checkpoint, and what a worker left that was killed while it wrote one."""
    checkpoint.unlink(missing_ok=True)
    sweep(checkpoint)


def _prepare(job: Job) -> None:
    """Sweep what killed commands left, and see that records can be written if some are to come."""
    check_kind(job.out)  # before it is read: a pipe is waited for, and a device may never end
    missing = [(arm, job.missing(arm)) for arm in job.arms]
    for arm, seeds in missing:
        for seed in set(job.wanted(arm)).difference(seeds):  # killed between its records and the end
            checkpoint_path(job.out, arm.key(seed, job.images)).unlink(missing_ok=True)
        if not seeds:
            release(claim_path(job, arm))
    if any(seeds for _, seeds in missing):
        check_writable(job.out)
