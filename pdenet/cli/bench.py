"""``pdenet bench``: time the operator against its contenders."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table as RichTable

from pdenet.cli.options import (
    MOST_LAYERS,
    BatchOption,
    DeviceOption,
    JsonOption,
    app,
    errors,
    path_of,
    words_of,
)
from pdenet.cli.output import json_text, print_json


@app.command()
def bench(
    depth: Annotated[int, typer.Option(min=1, max=MOST_LAYERS, help="Number of layers.")] = 50,
    batch_size: BatchOption = 128,
    size: Annotated[int, typer.Option(min=1, max=10_000, help="Rows and columns of an image.")] = 28,
    rounds: Annotated[
        int, typer.Option(min=1, max=1_000_000, help="Steps of each contender; they take turns.")
    ] = 20,
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
        typer.Option(
            parser=path_of,
            metavar="FILE",
            help="File to save the result in, as JSON; the book shows results/bench-*.json.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Time the residual stack, forward and backward, beside what a user would write; print the ratios.

    Five-point and nine-point stencils, one thread and all, beside the measured peaks of the machine.

    Example: pdenet bench --depth 50 --only fused,conv2d
    """
    from pdenet.runs.files import write_atomic
    from pdenet.runs.machine import choose_device
    from pdenet.runs.writable import check_writable
    from pdenet.subjects.performance import measure as benchmark
    from pdenet.subjects.performance.contenders import available
    from pdenet.subjects.performance.epoch import EPOCH_STEPS
    from pdenet.subjects.performance.problem import Problem
    from pdenet.subjects.performance.report import notes_of, tables_of

    names = available() if not only else words_of("--only", only)
    if unknown := [name for name in names if name not in available()]:
        hint = "; jax is not installed here" if "jax" in unknown else ""
        message = f"{', '.join(unknown)}: contenders here are {','.join(available())}{hint}"
        raise typer.BadParameter(message, param_hint="--only")
    problem = Problem(depth, batch_size, size, device=choose_device(device).type)
    if out is not None:
        check_writable(out)
    result: dict[str, Any] = {}
    events = benchmark.run(
        problem,
        names,
        rounds,
        benchmark.MEMORY_DEPTHS if memory else (),
        sweep=sweep,
        epoch_steps=EPOCH_STEPS if epoch else 0,
    )
    with errors.status("warming up") as status:
        for kind, value in events:
            if kind == "progress":
                status.update(value["doing"])
            else:
                result = value
    if out is not None:
        text = json_text(result, indent=1) + "\n"
        write_atomic(out, lambda file: file.write(text.encode()))
    if as_json:
        print_json(result)
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
