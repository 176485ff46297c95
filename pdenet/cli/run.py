"""``pdenet reproduce``: train what is missing of a table."""

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table as RichTable

from pdenet.cli.options import (
    BatchOption,
    DatasetOption,
    DeviceOption,
    EpochsOption,
    JsonOption,
    SeedsOption,
    _errors,
    app,
)
from pdenet.cli.train import _epoch_bar, _integers


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
    out: Annotated[
        Path | None,
        typer.Option(
            help="Records to continue from and append to. "
            "Default: results/TABLE.jsonl, the book's own in a checkout."
        ),
    ] = None,
    workers: Annotated[
        str | None,
        typer.Option(
            help="Spread the runs over Dask workers: a number starts that many processes here, of one thread "
            "each (at most one a core); an address, such as tcp://host:8786, is that of a scheduler whose "
            "workers see the folder of --out. Default: train in this process.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Train what is missing of a table of the thesis, and print ours beside the thesis's.

    Command or worker, what is killed at any moment goes on where it stopped. In a checkout of the book the
    full runs are there already; to train everything anew, name a new file.

    Example: pdenet reproduce table-4.1 --epochs 50 --seeds 3 --out mine.jsonl

    Example: pdenet reproduce table-4.1 --column "PDE net" --depths 5,15 --workers 4 --out mine.jsonl
    """
    from pdenet.data.images import load_images
    from pdenet.runs.engine import engine
    from pdenet.runs.plan import Job, select
    from pdenet.runs.runner import train_apart, train_here
    from pdenet.runs.training import TrainingConfig
    from pdenet.subjects.tables.cells import TABLES

    if table not in TABLES:
        raise typer.BadParameter(
            f"{table!r} is not one of {', '.join(map(repr, TABLES))}", param_hint="TABLE"
        )
    chosen = select(TABLES[table], columns or (), _integers("--depths", depths))
    out = Path("results", chosen.file) if out is None else out
    config = TrainingConfig(epochs, batch_size)
    images = load_images(dataset)
    job = Job(chosen, images, config, tuple(range(seeds)), out, device)
    if workers is None:
        left_out = train_here(
            job, lambda unit: _epoch_bar(f"{unit.cell.column}, {unit.cell.depth} layers", epochs)
        )
    else:
        with engine(workers) as executor, _run_bar(chosen.name) as report:
            left_out = train_apart(job, executor, report)
    for cell in left_out:
        _errors.print(
            f"{cell.column}, {cell.depth} layers: left to another command that trains it into {out}"
        )
    records = [r for r in chosen.read(out) if r.seed < seeds]
    results = chosen.results(records, images.name, config)
    if as_json:
        cells = [
            {
                "depth": depth,
                "column": column,
                "thesis": result.cell.thesis,
                "accuracies": [None if math.isnan(a) else a for a in result.accuracies],
                "diverged": result.diverged,
            }
            for (depth, column), result in results.items()
        ]
        typer.echo(
            json.dumps({"table": table, "data": images.name, "training": asdict(config), "cells": cells})
        )
        return
    printed = RichTable(
        "layers", title=f"{chosen.title}, per cent, {epochs} epochs, {seeds} seeds, {images.title}"
    )
    compared = {cell.column for cell in chosen.cells if cell.thesis is not None}
    for column in chosen.columns:
        printed.add_column(f"{column}\nmean [95 % interval]", justify="right")
        if column in compared:
            printed.add_column("thesis", justify="right")
    for depth in chosen.depths:
        row = [str(depth)]
        for column in chosen.columns:
            found = results.get((depth, column))
            row.append("" if found is None else found.text)
            if column in compared:
                thesis = None if found is None else found.cell.thesis
                row.append("" if thesis is None else f"{100 * thesis:.1f}")
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
    with Progress(*columns, console=_errors) as bar:
        task = bar.add_task(title, total=None, last="")

        def report(done: int, total: int, last: str) -> None:
            bar.update(task, completed=done, total=total, last=last and f", last: {last}")

        yield report
