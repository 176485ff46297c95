"""The work of a command: its jobs run here or by workers, with bars that show how far they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pdenet.cli.options import errors, path_of
from pdenet.cli.train import epoch_bar

if TYPE_CHECKING:
    from pdenet.runs.plan import Job, Unit

WorkersOption = Annotated[
    str | None,
    typer.Option(
        help="Spread the runs over Dask workers: a number starts that many processes here, of one thread "
        "each (at most one a core); an address, such as tcp://host:8786, is that of a scheduler whose "
        "workers see the folder of --out. Default: run in this process.",
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        parser=path_of,
        metavar="FILE",
        help="Records to continue from and append to. Default: results/SUBJECT.jsonl, the book's own in a "
        "checkout; in mode book NAME-book.jsonl here.",
    ),
]


MOST_WORKERS = 1024


def check_ahead(device: str, workers: str | None, out: Path | None) -> None:
    """Refuse what cannot be run with, before anything is read or built.

    Raises
    ------
    typer.BadParameter
        If more workers are to be started than any machine has cores.
    ValueError
        If the device is none; what a cluster elsewhere has is known there.
    OSError
        If the records cannot be in such a file.
    """
    from pdenet.runs.machine import choose_device
    from pdenet.runs.writable import check_kind

    if workers is not None and workers.isdecimal() and float(workers) > MOST_WORKERS:
        message = f"at most {MOST_WORKERS:,} processes, one a core; got {workers}"
        raise typer.BadParameter(message, param_hint="--workers")
    if workers is None or ":" not in workers:
        choose_device(device)
    if out is not None:
        check_kind(out)


def work(job: Job, workers: str | None) -> None:
    """Run what is missing of the job, here or by workers; say which arms another command runs."""
    from pdenet.runs.engine import engine
    from pdenet.runs.runner import run_apart, run_here

    if workers is None:
        left_out = run_here(job, _watch)
    else:
        with engine(workers) as executor, _run_bar(job.experiment.name) as report:
            left_out = run_apart(job, executor, report)
    for arm in left_out:
        errors.print(f"{arm.name}: left to another command that runs it into {job.out}")


def _watch(unit: Unit) -> Any:
    training = unit.arm.training
    return epoch_bar(unit.arm.name, training.get("epochs"))


@contextmanager
def _run_bar(title: str) -> Iterator[Any]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("runs{task.fields[last]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=errors) as bar:
        task = bar.add_task(title, total=None, last="")

        def report(done: int, total: int, last: str) -> None:
            bar.update(task, completed=done, total=total, last=last and f", last: {last}")

        yield report
