"""``pdenet run``: what is missing of an experiment; ``pdenet reproduce``: the same, by a table's columns."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as RichTable

from pdenet.cli.options import (
    BatchOption,
    DatasetOption,
    DeviceOption,
    EpochsOption,
    JsonOption,
    SeedsOption,
    app,
    errors,
)
from pdenet.cli.train import epoch_bar, integers

if TYPE_CHECKING:
    from pdenet.runs.arm import Arm
    from pdenet.runs.experiment import Experiment, Mode
    from pdenet.runs.intervals import Interval
    from pdenet.runs.plan import Job, Unit
    from pdenet.runs.results import Results
    from pdenet.runs.table import CellResult, Place, Table

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
        help="Records to continue from and append to. Default: results/SUBJECT.jsonl, the book's own in a "
        "checkout; in mode book NAME-book.jsonl here."
    ),
]


@app.command()
def run(
    name: Annotated[
        str | None, typer.Argument(help="Which experiment, or all of a subject; none lists them.")
    ] = None,
    arms: Annotated[
        list[str] | None,
        typer.Option("--arm", help="Only this arm, or those that fit, such as 'latent ODE*'."),
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(min=1, help="Runs of each arm: seeds 0, 1, ... Default: as planned.")
    ] = None,
    mode: Annotated[
        Literal["book", "full"],
        typer.Option(help="full: what the records hold, hours. book: the same in small, minutes."),
    ] = "full",
    dataset: DatasetOption = "auto",
    device: DeviceOption = "auto",
    workers: WorkersOption = None,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Only say what is missing, and its time.")
    ] = False,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run what is missing of an experiment: each run once, none lost; without a name, list the experiments.

    Command or worker, what is killed at any moment goes on where it stopped. In a checkout of the book the
    full runs are there already; to run everything anew, name a new file.

    Example: pdenet run irregular --arm "latent ODE*" --seeds 3 --out mine.jsonl

    Example: pdenet run table-4.1 --mode book --workers 2
    """
    from pdenet.runs.plan import Job, select
    from pdenet.subjects.catalogue import experiments

    if name is None:
        _list(as_json=as_json)
        return
    chosen = experiments(name)
    jobs = []
    for experiment in chosen:
        of_mode = experiment.arms(mode)
        if not of_mode:
            typer.echo(f"{experiment.name} runs nothing; it reads the records of {experiment.subject}")
            continue
        path = _default_out(experiment, mode) if out is None else out
        images = _images(of_mode, dataset)
        wanted = None if seeds is None else tuple(range(seeds))
        # With several experiments, a pattern need fit the arms of one.
        fitting = of_mode if len(chosen) > 1 else select(of_mode, arms or ())
        jobs.append(Job(experiment, tuple(fitting), images, path, wanted, device))
    if len(chosen) > 1 and arms:
        chosen_arms = select([arm for job in jobs for arm in job.arms], arms)
        jobs = [replace(job, arms=tuple(arm for arm in job.arms if arm in chosen_arms)) for job in jobs]
    if estimate:
        _estimate(jobs, as_json=as_json)
        return
    for job in jobs:
        _work(job, workers)
    _show(jobs, as_json=as_json)


@app.command()
def reproduce(
    table: Annotated[str, typer.Argument(help="Which table: table-4.1, table-4.2, controls.")],
    epochs: EpochsOption = 50,
    seeds: SeedsOption = 10,
    dataset: DatasetOption = "auto",
    device: DeviceOption = "auto",
    batch_size: BatchOption = 128,
    columns: Annotated[
        list[str] | None,
        typer.Option("--column", help="Only this column; give it once for each. Default: all."),
    ] = None,
    depths: Annotated[str, typer.Option(help="Only these depths, comma between: 5,15. Default: all.")] = "",
    out: OutOption = None,
    workers: WorkersOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train what is missing of a table of the thesis, and print ours beside the thesis's.

    The same as `pdenet run` with a table's name, with columns and depths to choose from, and with other
    lengths of training.

    Example: pdenet reproduce table-4.1 --epochs 50 --seeds 3 --out mine.jsonl

    Example: pdenet reproduce table-4.1 --column "PDE net" --depths 5,15 --workers 4 --out mine.jsonl
    """
    from pdenet.data import load_images
    from pdenet.runs.plan import Job
    from pdenet.runs.table import select_cells
    from pdenet.runs.training import TrainingConfig
    from pdenet.subjects.tables.experiment import TABLES

    if table not in TABLES:
        message = f"{table!r} is not one of {', '.join(map(repr, TABLES))}"
        raise typer.BadParameter(message, param_hint="TABLE")
    config = TrainingConfig(epochs, batch_size)
    cells = tuple(
        replace(cell, protocol=config)
        for cell in select_cells(TABLES[table], columns or (), integers("--depths", depths))
    )
    chosen = replace(TABLES[table], arms=lambda mode: cells)
    images = load_images(dataset)
    path = Path("results", chosen.file) if out is None else out
    job = Job(chosen, cells, images, path, tuple(range(seeds)), device)
    _work(job, workers)
    if as_json:
        typer.echo(json.dumps({"table": table, "data": images.name, **_table_as_data(job)}))
        return
    title = f"{chosen.title}, per cent, {epochs} epochs, {seeds} seeds, {images.title}"
    _print_table(chosen, job, title)


def _default_out(experiment: Experiment, mode: Mode) -> Path:
    return Path("results", experiment.file) if mode == "full" else Path(f"{experiment.name}-book.jsonl")


def _images(arms: Sequence[Arm], dataset: str) -> Any:
    from pdenet.data import load_images

    return load_images(dataset) if any(arm.shown.of_images for arm in arms) else None


def _work(job: Job, workers: str | None) -> None:
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


def _list(*, as_json: bool) -> None:
    from pdenet.runs.estimate import standing
    from pdenet.subjects.catalogue import experiments

    found = [(experiment, standing(experiment)) for experiment in experiments()]
    if as_json:
        rows = [
            {"name": e.name, "title": e.title, "recorded": p.recorded, "missing": p.missing} for e, p in found
        ]
        typer.echo(json.dumps(rows))
        return
    printed = RichTable("experiment", "what it is", title="pdenet run NAME")
    for heading in ("recorded", "missing", "about"):
        printed.add_column(heading, justify="right")
    for experiment, progress in found:
        if progress.recorded + progress.missing:
            counts = str(progress.recorded), str(progress.missing)
            printed.add_row(experiment.name, experiment.title, *counts, progress.minutes)
        else:
            printed.add_row(experiment.name, experiment.title, "-", "-", "reads others' records")
    Console().print(printed)


def _estimate(jobs: Sequence[Job], *, as_json: bool) -> None:
    from pdenet.runs.estimate import progress

    parts = []
    for job in jobs:
        missing = {arm.name: len(job.missing(arm)) for arm in job.arms}
        recorded = {arm.name: len(job.wanted(arm)) - missing[arm.name] for arm in job.arms}
        parts += progress(job.experiment, job.arms, missing, recorded)
    if as_json:
        rows = [{**vars(p), "seconds": None if math.isnan(p.seconds) else p.seconds} for p in parts]
        typer.echo(json.dumps(rows))
        return
    printed = RichTable("arm")
    for heading in ("recorded", "missing", "about"):
        printed.add_column(heading, justify="right")
    for part in parts:
        counts = str(part.recorded), str(part.missing)
        printed.add_row(part.name, *counts, part.minutes if part.missing else "")
    console = Console()
    console.print(printed)
    left = [part for part in parts if part.missing]
    known = [part.seconds for part in left if not math.isnan(part.seconds)]
    said = f"missing runs: {sum(part.missing for part in left)}"
    if known:
        said += f"; about {sum(known) / 60:.0f} min one after the other, by the runs that come with the book"
    if len(known) < len(left):
        said += f"; of {'some' if known else 'all'} the time is unknown"
    console.print(said)


def _show(jobs: Sequence[Job], *, as_json: bool) -> None:
    from pdenet.runs.table import Table

    if as_json:
        typer.echo(json.dumps({job.experiment.name: _as_data(job) for job in jobs}))
        return
    for job in jobs:
        if isinstance(job.experiment, Table):
            _print_table(job.experiment, job, f"{job.experiment.title}, per cent")
            continue
        printed = RichTable("arm", "seeds", "measured, mean [95 % interval]", title=job.experiment.title)
        for name, found in _as_data(job).items():
            shown = ", ".join(f"{what} {text}" for what, text in found["measured"].items())
            printed.add_row(name, str(len(found["seeds"])), shown)
        Console().print(printed)


def _results(job: Job) -> Results:
    """The job's runs that are in its file; of other arms, modes and seeds none."""
    from pdenet.runs.results import Results

    records = job.experiment.read(job.out)
    if job.seeds is not None:
        records = [record for record in records if record.seed in job.seeds]
    return Results(job.arms, records, "mnist" if job.images is None else job.images.name)


def _as_data(job: Job) -> dict[str, Any]:
    """What the runs in the job's file measure, by arm: plain numbers, with their intervals as text."""
    from pdenet.runs.results import ACCURACY

    results = _results(job)
    found = {}
    for arm in job.arms:
        records = results.records(arm.name)
        first = next((record.measured for record in records if record.measured), {})
        numbers = [what for what, value in first.items() if isinstance(value, float)]
        if any(not math.isnan(record.accuracy) for record in records):
            numbers.insert(0, ACCURACY)
        measured = {what: _in_words(results.interval(arm.name, what)) for what in numbers}
        found[arm.name] = {"seeds": results.seeds(arm.name), "measured": measured}
    return found


def _in_words(found: Interval | None) -> str:
    if found is None:
        return "not of every seed, for some diverged"
    return f"{found:.4g}" if found.n > 1 else f"{found.estimate:.4g}"


def _table_as_data(job: Job) -> dict[str, Any]:
    cells = _cells(job)
    return {
        "training": job.arms[0].training,
        "cells": [
            {
                "depth": depth,
                "column": column,
                "thesis": result.cell.thesis,
                "accuracies": [None if math.isnan(a) else a for a in result.accuracies],
                "diverged": result.diverged,
            }
            for (depth, column), result in cells.items()
        ],
    }


def _cells(job: Job) -> dict[Place, CellResult]:
    """The job's runs by place."""
    table: Any = job.experiment
    found: dict[Place, CellResult] = table.found(_results(job))
    return found


def _print_table(table: Table, job: Job, title: str) -> None:
    from pdenet.runs.table import accuracy_table

    header, rows = accuracy_table(table, _cells(job))
    printed = RichTable(title=title)
    for heading in header:
        printed.add_column(heading, justify="left" if heading == "layers" else "right")
    for row in rows:
        printed.add_row(*row)
    Console().print(printed)


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
