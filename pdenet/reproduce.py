"""Train what is missing of a table, in this process or on the workers of an engine: each run once, none lost.

A unit of work is one cell's network with a few of its missing seeds. Whoever trains it keeps its state after
every epoch in a checkpoint beside the records, so a killed worker or command costs an epoch. Only the
command itself appends records, and only those that are not there yet. An engine is any
`concurrent.futures.Executor`; `engine` gives that of Dask, which hands the unit of a dead worker to another.
"""

import glob
import logging
import os
import platform
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, as_completed
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import torch

from pdenet.data import DataError, ImageData, load_images
from pdenet.experiments import Cell, Table
from pdenet.models import ResidualNet
from pdenet.records import Record, append, read
from pdenet.training import Progress, TrainingConfig, fit, run_keys

try:
    import fcntl
except ImportError:  # not a POSIX system: two commands on one file are then the user's business
    fcntl = None  # type: ignore[assignment]

# Seeds that a worker trains side by side. More share the cost of a step's Python among them; fewer keep more
# workers busy at the end. Not made to depend on the number of workers: the last bits of a run can depend on
# which seeds are beside it.
GROUP = 5
_CONNECT_SECONDS = 20

_alone = threading.Lock()


class ReproduceError(ValueError):
    """Runs that ended in an error; the records of the others are safe."""


@dataclass(frozen=True)
class Job:
    """What is to be there in the end: the runs of a table's cells for these seeds, recorded in `out`."""

    table: Table
    images: ImageData
    config: TrainingConfig
    seeds: tuple[int, ...]
    out: Path
    device: str = "auto"

    def __post_init__(self) -> None:
        object.__setattr__(self, "out", self.out.absolute())  # workers have a working directory of their own

    def keys(self, cell: Cell, seeds: Sequence[int]) -> tuple[str, ...]:
        """The keys of the cell's runs, one a seed."""
        return tuple(run_keys(cell.build(seeds), self.images, self.config))

    def missing(self, cell: Cell) -> tuple[int, ...]:
        """The cell's seeds that have no record now."""
        return cell.missing(self.table.read(self.out), self.images, self.config, self.seeds)


@dataclass(frozen=True)
class Unit:
    """What is trained in one go: a cell's network with a few seeds. Small, for it travels to workers.

    `checkpoint` is where its state is kept; `claim` is a file that is there while the command runs that made
    this unit.
    """

    cell: Cell
    seeds: tuple[int, ...]
    keys: tuple[str, ...]
    checkpoint: Path
    claim: Path

    @property
    def title(self) -> str:
        """The cell and its seeds, for people."""
        return f"{self.cell.column}, {self.cell.depth} layers, seeds {', '.join(map(str, self.seeds))}"


def select(table: Table, columns: Iterable[str] = (), depths: Iterable[int] = ()) -> Table:
    """The part of a table with these columns and depths; an empty choice is all.

    Raises
    ------
    ValueError
        If the table lacks a column or a depth, or has no cell where they meet.
    """
    columns, depths = tuple(columns), tuple(depths)
    if unknown := [repr(column) for column in columns if column not in table.columns]:
        message = (
            f"{table.name} has no column {', '.join(unknown)}; it has {', '.join(map(repr, table.columns))}"
        )
        raise ValueError(message)
    if unknown := [str(depth) for depth in depths if depth not in table.depths]:
        message = (
            f"{table.name} has no depth {', '.join(unknown)}; it has {', '.join(map(str, table.depths))}"
        )
        raise ValueError(message)
    cells = [
        cell
        for cell in table.cells
        if (not columns or cell.column in columns) and (not depths or cell.depth in depths)
    ]
    if not cells:
        message = f"{table.name} has no cell where the columns and the depths chosen meet"
        raise ValueError(message)
    return replace(table, cells=tuple(cells))


def checkpoint_path(out: Path, key: str) -> Path:
    """Where the run whose first seed has this key keeps its state, beside its records."""
    return out.with_name(f"{out.name}.{key[:12]}.checkpoint.pt")


def split(
    missing: Sequence[int], begun: Iterable[tuple[int, ...]] = (), most: int | None = None
) -> list[tuple[int, ...]]:
    """Divide missing seeds into groups that are trained side by side.

    Parameters
    ----------
    missing
        Seeds without a record.
    begun
        Groups of which a checkpoint is there; where all seeds of one are still missing, it comes first.
    most
        The other seeds are divided evenly into as few groups as hold no more than this; None: into one.
    """
    groups: list[tuple[int, ...]] = []
    left = list(missing)
    for group in begun:
        if set(group) <= set(left):
            groups.append(group)
            left = [seed for seed in left if seed not in group]
    if left:
        count = 1 if most is None else -(-len(left) // most)
        size, longer = divmod(len(left), count)
        ends = [(i + 1) * size + min(i + 1, longer) for i in range(count)]
        groups += [tuple(left[a:b]) for a, b in zip([0, *ends], ends, strict=False)]
    return groups


def plan(job: Job, cell: Cell, most: int | None = None) -> list[Unit]:
    """The units that train what is missing of a cell now, at most `most` seeds in each that is not begun."""
    missing = job.missing(cell)
    if not missing:
        return []
    keys = dict(zip(missing, job.keys(cell, missing), strict=True))
    begun = []
    for key in keys.values():
        path = checkpoint_path(job.out, key)
        if path.exists() and (seeds := _seeds_in(path)):
            begun.append(seeds)
    return [
        Unit(
            cell,
            seeds,
            tuple(keys[seed] for seed in seeds),
            checkpoint_path(job.out, keys[seeds[0]]),
            _claim_path(job, cell),
        )
        for seeds in split(missing, begun, most)
    ]


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
        with _claimed(job, cell) as mine:
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
            if stack.enter_context(_claimed(job, cell)):
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


@contextmanager
def engine(workers: str) -> Iterator[Executor]:
    """Dask's executor: of a cluster of processes on this machine, or of one that runs elsewhere.

    Parameters
    ----------
    workers
        A number of processes to start here, with one thread each, or a scheduler's address, such as
        ``tcp://host:8786``.

    Raises
    ------
    ValueError
        If it is neither, or Dask is not installed.
    OSError
        If no scheduler answers at the address.
    """
    count = int(workers) if workers.isdecimal() else 0
    if not count and ":" not in workers:
        message = (
            f"workers is a number of processes, such as 4, or the address of a Dask scheduler, such as "
            f"tcp://host:8786; got {workers!r}"
        )
        raise ValueError(message)
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        message = "workers need the package distributed: pip install 'pdenet[cluster]'"
        raise ValueError(message) from error
    with ExitStack() as stack:
        cluster = None
        if count:
            scratch = stack.enter_context(
                tempfile.TemporaryDirectory(prefix="pdenet-", ignore_cleanup_errors=True)
            )
            cluster = LocalCluster(
                n_workers=count,
                threads_per_worker=1,
                processes=True,
                memory_limit=None,  # Dask would kill a worker at its share of the memory; a run has to end
                dashboard_address="127.0.0.1:0",  # any free port; None would still take 8787
                local_directory=scratch,
                silence_logs=logging.ERROR,
            )
            stack.enter_context(cluster)
        try:
            client = stack.enter_context(Client(cluster or workers, timeout=_CONNECT_SECONDS))
        except TimeoutError as error:
            message = f"no Dask scheduler answers at {workers} within {_CONNECT_SECONDS} s"
            raise OSError(message) from error
        yield client.get_executor()


@cache
def _images(name: str) -> ImageData:
    return load_images(name)


def _seeds_in(checkpoint: Path) -> tuple[int, ...] | None:
    """The seeds that a checkpoint is of; None if it cannot be read, which `fit` will say of it."""
    try:
        return tuple(torch.load(checkpoint, map_location="cpu", weights_only=True)["identity"]["seeds"])
    except Exception:  # torch raises a different type for each way in which a file can be broken
        return None


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


def _claim_path(job: Job, cell: Cell) -> Path:
    """The name is that of the cell's runs: a hidden file beside the records, the same for every command."""
    (key,) = job.keys(cell, [0])
    return job.out.with_name(f".{job.out.name}.{key[:12]}.claim.tmp")


@contextmanager
def _claimed(job: Job, cell: Cell) -> Iterator[bool]:
    """Whether this command may train the cell: one at a time may, for a file of records.

    The claim is a lock on a file, so it ends with the process, however that ends.
    """
    path = _claim_path(job, cell)
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        if fcntl is not None:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                yield False
                return
            except OSError:
                pass  # a file system without locks: as without fcntl
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), os.stat(path)):
                break
        os.close(descriptor)  # its last owner removed the file between our opening and our locking it
    try:
        yield True
    finally:
        with suppress(PermissionError):  # some systems keep a file that is open
            path.unlink(missing_ok=True)
        os.close(descriptor)
