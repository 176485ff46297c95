"""``pdenet train``: train one network for a few seeds."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table as RichTable

from pdenet.cli.options import (
    BatchOption,
    DatasetOption,
    DepthOption,
    DeviceOption,
    EpochsOption,
    JsonOption,
    PixelsOption,
    RateOption,
    SeedsOption,
    app,
    errors,
    numbers_of,
    path_of,
    words_of,
)
from pdenet.cli.output import print_json


@app.command()
def train(
    model: Annotated[
        Literal["pde1", "pde2", "resnet", "plain"],
        typer.Option(
            help="pde1, pde2: equations (39), (40) of the thesis. resnet: one free 3x3 kernel a layer. "
            "plain: the same without the skip.",
        ),
    ] = "pde1",
    depth: DepthOption = 5,
    epochs: EpochsOption = 50,
    seeds: SeedsOption = 1,
    dataset: DatasetOption = "auto",
    device: DeviceOption = "auto",
    batch_size: BatchOption = 128,
    learning_rate: RateOption = 1e-3,
    pixels: PixelsOption = "unit",
    loss: Annotated[
        Literal["cross-entropy", "double softmax", "minus probability", "squared error"],
        typer.Option(help="What is made small. All but cross-entropy are mistakes, to be looked at."),
    ] = "cross-entropy",
    init: Annotated[
        Literal["uniform", "symmetric", "normal", "constant"] | None,
        typer.Option(
            help="Law of the trunk's initial parameters: uniform on [0, scale), uniform on [-scale, scale), "
            "normal with deviation scale, all at scale. Default: the network's own.",
        ),
    ] = None,
    init_scale: Annotated[float, typer.Option(min=0, max=1e6, help="Scale of --init.")] = 1.0,
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
    out: Annotated[
        Path | None,
        typer.Option(parser=path_of, metavar="FILE", help="File of JSON lines to append the records to."),
    ] = None,
    resume: Annotated[
        bool, typer.Option(help="Go on from the checkpoint that a killed run left beside --out.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Train one kind of network, several seeds at once, and keep a record of each seed.

    Example: pdenet train --model pde1 --depth 15 --epochs 5 --seeds 3 --out runs.jsonl
    """
    from pdenet.data.images import load_images
    from pdenet.models import Init
    from pdenet.models.named import build
    from pdenet.runs.machine import choose_device
    from pdenet.runs.runner import train_and_record
    from pdenet.runs.training import TrainingConfig
    from pdenet.runs.writable import check_writable

    if resume and out is None:
        message = "--resume needs --out FILE: the checkpoint lies beside it"
        raise typer.BadParameter(message)
    options: dict[str, Any] = {"widths": numbers_of("--widths", widths), "activation": activation}
    if init is not None:
        options["init"] = Init(init, init_scale, words_of("--init-zero", init_zero))
    elif init_zero or init_scale != 1.0:
        message = "--init-scale and --init-zero go with --init LAW"
        raise typer.BadParameter(message)
    if bias is not None:
        options["bias"] = bias
    config = TrainingConfig(epochs, batch_size, learning_rate, pixels, loss)
    choose_device(device)  # here and below, before anything is read or built
    if out is not None:
        check_writable(out)
    images = load_images(dataset)
    network = build(model, depth, seeds, **options)
    with epoch_bar(f"{model}, {depth} layers", epochs) as report:
        records = train_and_record(
            network, images, config, device=device, out=out, resume=resume, progress=report
        )
    if len(records) < seeds:
        errors.print(f"left to another command that runs it into {out}", highlight=False, soft_wrap=True)
    if as_json:
        print_json([_summary(record) for record in records])
        return
    table = RichTable(
        "seed", "test accuracy", "last loss", "seconds", title=f"{model}, {depth} layers, {images.title}"
    )
    for record in records:
        last = record.history["train_loss"][-1]
        result = f"diverged in epoch {record.diverged_at}" if record.diverged_at else f"{record.accuracy:.2%}"
        table.add_row(
            str(record.seed), result, "-" if last is None else f"{last:.4f}", f"{record.seconds:.1f}"
        )
    Console().print(table)


def _summary(record: Any) -> dict[str, Any]:
    return {
        "key": record.key,
        "seed": record.seed,
        "accuracy": record.accuracy,
        "diverged_at": record.diverged_at,
        "train_loss": record.history["train_loss"][-1],
        "seconds": record.seconds,
        "data": record.data["name"],
    }


@contextmanager
def epoch_bar(title: str, epochs: int | None) -> Iterator[Any]:
    """A bar for the epochs of one training; it yields what the training reports to."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("epochs, {task.fields[state]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=errors) as bar:
        task = bar.add_task(title, total=epochs, state="starting")

        def report(epoch: int, total: int, losses: list[float], tests: list[float]) -> None:
            words, found = ("accuracy", tests) if tests else ("loss", losses)
            low, high = (f"{v:.2%}" if tests else f"{v:.3g}" for v in (min(found), max(found)))
            bar.update(task, total=total, completed=epoch, state=f"{words} {low} to {high}")

        yield report
