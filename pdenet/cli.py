"""The command line: train a network, reproduce a table, time the operator, check the equations."""

import json
import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table as RichTable

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Residual networks as PDEs: train them, reproduce the thesis's tables, check its equations.",
)
_errors = Console(stderr=True)

EpochsOption = Annotated[int, typer.Option(min=1, help="Passes over the training images.")]
SeedsOption = Annotated[
    int, typer.Option(min=1, help="How many networks, trained side by side: seeds 0, 1, ...")
]
DatasetOption = Annotated[
    Literal["auto", "mnist", "digits"],
    typer.Option(
        help="auto: MNIST if it is in $PDENET_DATA or the user's cache or can be downloaded, "
        "else scikit-learn's digits.",
    ),
]
DeviceOption = Annotated[str, typer.Option(help="auto, cpu, cuda, ...")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
BatchOption = Annotated[int, typer.Option(min=1, help="Images a step.")]
RateOption = Annotated[float, typer.Option(help="Adam's learning rate.")]
PixelsOption = Annotated[
    Literal["unit", "standard"],
    typer.Option(
        help="unit: pixels from 0 to 1. standard: mean 0, deviation 1.",
    ),
]


@app.command()
def train(
    model: Annotated[
        Literal["pde1", "pde2", "resnet", "plain"],
        typer.Option(
            help="pde1, pde2: equations (39), (40) of the thesis. resnet: one free 3x3 kernel a layer. "
            "plain: the same without the skip.",
        ),
    ] = "pde1",
    depth: Annotated[int, typer.Option(min=0, help="Number of layers.")] = 5,
    epochs: EpochsOption = 50,
    seeds: SeedsOption = 1,
    dataset: DatasetOption = "auto",
    device: DeviceOption = "auto",
    batch_size: BatchOption = 128,
    learning_rate: RateOption = 1e-3,
    pixels: PixelsOption = "unit",
    init: Annotated[
        Literal["uniform", "symmetric", "normal"] | None,
        typer.Option(
            help="Law of the trunk's initial parameters: uniform on [0, scale), uniform on [-scale, scale), "
            "normal with deviation scale. Default: the network's own.",
        ),
    ] = None,
    init_scale: Annotated[float, typer.Option(min=0, help="Scale of --init.")] = 1.0,
    init_zero: Annotated[
        str,
        typer.Option(help="With --init, parameters that start at zero, by name, comma between: gamma,beta."),
    ] = "",
    bias: Annotated[
        bool | None, typer.Option(help="Whether a layer adds a learned number. Default: the network's own.")
    ] = None,
    widths: Annotated[str, typer.Option(help="Hidden widths of the classifier, comma between.")] = "256,128",
    activation: Annotated[
        Literal["relu", "tanh", "none"],
        typer.Option(help="Between the classifier's layers."),
    ] = "relu",
    out: Annotated[Path | None, typer.Option(help="File of JSON lines to append the records to.")] = None,
    resume: Annotated[
        bool, typer.Option(help="Go on from the checkpoint that a killed run left beside --out.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Train one kind of network, several seeds at once, and keep a record of each seed.

    Example: pdenet train --model pde1 --depth 15 --epochs 5 --seeds 3 --out runs.jsonl
    """
    from pdenet.data import load_images
    from pdenet.experiments import build
    from pdenet.models import Init
    from pdenet.reproduce import train_and_record
    from pdenet.training import TrainingConfig

    if resume and out is None:
        raise typer.BadParameter("--resume needs --out FILE: the checkpoint lies beside it")
    options: dict[str, Any] = {"widths": _integers("--widths", widths), "activation": activation}
    if init is not None:
        options["init"] = Init(init, init_scale, tuple(filter(None, init_zero.split(","))))
    elif init_zero or init_scale != 1.0:
        raise typer.BadParameter("--init-scale and --init-zero go with --init LAW")
    if bias is not None:
        options["bias"] = bias
    config = TrainingConfig(epochs, batch_size, learning_rate, pixels)
    images = load_images(dataset)
    network = build(model, depth, seeds, **options)
    with _epoch_bar(f"{model}, {depth} layers", epochs) as report:
        records = train_and_record(
            network, images, config, device=device, out=out, resume=resume, progress=report
        )
    if as_json:
        typer.echo(json.dumps([_summary(record) for record in records]))
        return
    table = RichTable(
        "seed", "test accuracy", "last loss", "seconds", title=f"{model}, {depth} layers, {images.title}"
    )
    for record in records:
        loss = record.history["train_loss"][-1]
        result = f"diverged in epoch {record.diverged_at}" if record.diverged_at else f"{record.accuracy:.2%}"
        table.add_row(
            str(record.seed), result, "-" if loss is None else f"{loss:.4f}", f"{record.seconds:.1f}"
        )
    Console().print(table)


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
    from pdenet.data import load_images
    from pdenet.experiments import TABLES
    from pdenet.reproduce import Job, engine, select, train_apart, train_here
    from pdenet.training import TrainingConfig

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


@app.command()
def bench(
    depth: Annotated[int, typer.Option(min=1, help="Number of layers.")] = 50,
    batch_size: BatchOption = 128,
    size: Annotated[int, typer.Option(min=1, help="Rows and columns of an image.")] = 28,
    rounds: Annotated[int, typer.Option(min=1, help="Steps of each contender; they take turns.")] = 20,
    only: Annotated[
        str, typer.Option(help="Contenders, comma between: fused,conv2d,slices,compile,compile-conv2d,jax.")
    ] = "",
    memory: Annotated[bool, typer.Option(help="Also measure peak memory at depths 5, 50 and 500.")] = True,
    epoch: Annotated[
        bool, typer.Option(help="Also take an epoch of training apart: operator, classifier, the rest.")
    ] = True,
    sweep: Annotated[
        bool, typer.Option(help="Also measure cost against depth, batch, seeds and image size.")
    ] = False,
    device: DeviceOption = "cpu",
    out: Annotated[
        Path | None,
        typer.Option(help="File to save the result in, as JSON; the book shows results/bench-*.json."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Time the residual stack, forward and backward, beside what a user would write; print the ratios.

    Five-point and nine-point stencils, one thread and all, beside the measured peaks of the machine.

    Example: pdenet bench --depth 50 --only fused,conv2d
    """
    from pdenet import bench as benchmark
    from pdenet.bench_report import notes_of, tables_of
    from pdenet.epoch_parts import EPOCH_STEPS
    from pdenet.machine import choose_device
    from pdenet.records import write_atomic

    names = benchmark.available() if not only else only.split(",")
    if unknown := [name for name in names if name not in benchmark.available()]:
        hint = "; jax is not installed here" if "jax" in unknown else ""
        message = f"{', '.join(unknown)}: contenders here are {','.join(benchmark.available())}{hint}"
        raise typer.BadParameter(message, param_hint="--only")
    problem = benchmark.Problem(depth, batch_size, size, device=choose_device(device).type)
    result: dict[str, Any] = {}
    events = benchmark.run(
        problem,
        names,
        rounds,
        benchmark.MEMORY_DEPTHS if memory else (),
        sweep=sweep,
        epoch_steps=EPOCH_STEPS if epoch else 0,
    )
    with _errors.status("warming up") as status:
        for kind, value in events:
            if kind == "progress":
                status.update(value["doing"])
            else:
                result = value
    if out is not None:
        text = json.dumps(result, indent=1) + "\n"
        write_atomic(out, lambda file: file.write(text.encode()))
    if as_json:
        typer.echo(json.dumps(result))
        return
    console = Console()
    for table in tables_of(result):
        printed = RichTable(table.columns[0], title=table.title)
        for heading in table.columns[1:]:
            printed.add_column(heading, justify="right")
        for row in table.rows:
            printed.add_row(*row)
        console.print(printed)
    for line in notes_of(result):
        console.print(line, markup=False, highlight=False)


@app.command()
def equations(
    only: Annotated[str, typer.Option(help="Entries to check, comma between: 24,35,U3. Default: all.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Check every equation of the thesis: as printed, and as it holds.

    Exit status 1 if a correction fails, or a print fares otherwise than the ledger says.

    Example: pdenet equations --only 24,35
    """
    from pdenet.symbolic import ledger
    from pdenet.symbolic.ledger.page import as_data, correction_verdict, print_verdict

    entries = ledger.find(filter(None, only.replace(" ", "").split(","))) if only else ledger.ENTRIES
    results = []
    with _errors.status("") as status:
        for number, entry in enumerate(entries, start=1):
            status.update(f"{number} of {len(entries)}: {entry.name} {entry.title}")
            results.append(ledger.run(entry))
    wrong = [result for result in results if not result.as_listed]
    if as_json:
        typer.echo(json.dumps([as_data(result) for result in results], ensure_ascii=False))
    else:
        console = Console()
        printed = RichTable("equation", "print", "correction", "what was shown")
        for result in results:
            verdicts = print_verdict(result), correction_verdict(result)
            printed.add_row(result.entry.name, *verdicts, escape(result.shown))
        console.print(printed)
        failing = sum(not result.print_holds for result in results)
        seconds = sum(result.seconds for result in results)
        console.print(
            f"entries: {len(results)}, prints that fail their check: {failing}, time: {seconds:.0f} s"
        )
        for result in wrong:
            expected = (
                f"listed as {result.entry.verdict}, correction {correction_verdict(result) or 'not needed'}"
            )
            console.print(f"{result.entry.name}: print {print_verdict(result)}, {expected}", style="bold red")
    if wrong:
        raise typer.Exit(1)


@app.command()
def info(as_json: JsonOption = False) -> None:
    """Say what is here: versions, device, image sets, recorded runs.

    Example: pdenet info --json
    """
    from pdenet.data import DataError, load_images
    from pdenet.experiments import TABLES
    from pdenet.machine import choose_device, describe_machine, describe_versions
    from pdenet.records import read, shipped

    try:
        images = load_images("auto", download=False)
        data: dict[str, str | None] = {"name": images.name, "title": images.title, "source": images.source}
    except DataError as error:
        data = {"name": None, "title": "none", "source": str(error)}
    recorded = {}
    for name in TABLES:
        try:
            recorded[name] = len(read(shipped(f"{name}.jsonl")))
        except FileNotFoundError:
            recorded[name] = 0
    facts = {
        "versions": describe_versions(),
        "machine": describe_machine(choose_device()),
        "data": data,
        "recorded_runs": recorded,
    }
    if as_json:
        typer.echo(json.dumps(facts))
        return
    printed = RichTable("what", "here", show_header=False)
    for key, value in facts["versions"].items():
        printed.add_row(key, value)
    for key, value in facts["machine"].items():
        printed.add_row(key, str(value))
    printed.add_row("images", f"{data['title']}: {data['source']}")
    for name, count in recorded.items():
        printed.add_row(f"recorded runs of {name}", str(count))
    Console().print(printed)


def _integers(flag: str, text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(",") if part)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is not a list of integers such as 256,128", param_hint=flag
        ) from None


def _summary(record: Any) -> dict[str, Any]:
    return {
        "key": record.key,
        "seed": record.seed,
        "accuracy": None if math.isnan(record.accuracy) else record.accuracy,
        "diverged_at": record.diverged_at,
        "train_loss": record.history["train_loss"][-1],
        "seconds": record.seconds,
        "data": record.data["name"],
    }


@contextmanager
def _epoch_bar(title: str, epochs: int) -> Iterator[Any]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("epochs, {task.fields[state]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=_errors) as bar:
        task = bar.add_task(title, total=epochs, state="starting")

        def report(epoch: int, _: int, losses: list[float], accuracies: list[float]) -> None:
            state = f"accuracy {min(accuracies):.2%} to {max(accuracies):.2%}"
            bar.update(task, completed=epoch, state=state)

        yield report


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


def main() -> None:
    """Run the command line; an error that a user can mend is one line, not a traceback."""
    try:
        app()
    except (ValueError, OSError) as error:
        _errors.print(f"[bold red]error:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(2)
