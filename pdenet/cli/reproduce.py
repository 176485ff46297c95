"""``pdenet reproduce``: what is missing of a table of the thesis, by its columns and depths."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from pdenet.cli.options import (
    BatchOption,
    DatasetOption,
    DeviceOption,
    EpochsOption,
    JsonOption,
    SeedsOption,
    app,
    numbers_of,
)
from pdenet.cli.output import print_json
from pdenet.cli.reports import print_table, table_as_data
from pdenet.cli.work import OutOption, WorkersOption, check_ahead, work


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
        for cell in select_cells(TABLES[table], columns or (), numbers_of("--depths", depths))
    )
    chosen = replace(TABLES[table], arms=lambda mode: cells)
    path = Path("results", chosen.file) if out is None else out
    check_ahead(device, workers, path)
    images = load_images(dataset)
    job = Job(chosen, cells, images, path, tuple(range(seeds)), device)
    work(job, workers)
    if as_json:
        print_json({"table": table, "data": images.name, **table_as_data(job)})
        return
    title = f"{chosen.title}, per cent, {epochs} epochs, {seeds} seeds, {images.title}"
    print_table(chosen, job, title)
