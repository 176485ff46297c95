"""The application, and the options that several commands share."""

from typing import Annotated, Literal

import typer
from rich.console import Console

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Residual networks as PDEs: train them, reproduce the thesis's tables, check its equations.",
)
errors = Console(stderr=True)

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
