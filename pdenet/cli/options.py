"""The application, and the options that several commands share."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from pdenet.checks.places import place

MOST_SEEDS, MOST_LAYERS = 10_000, 100_000

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Residual networks as PDEs: train them, reproduce the thesis's tables, check its equations.",
)
errors = Console(stderr=True)


def path_of(text: str) -> Path:
    """The path that an option is given, with ``~`` for the user's home wherever the shell left it.

    Raises
    ------
    typer.BadParameter
        If it is none.
    """
    try:
        return place("it", text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def words_of(option: str, text: str) -> tuple[str, ...]:
    """The words of an option, comma between; none in an empty text.

    Raises
    ------
    typer.BadParameter
        If there is nothing before or behind a comma.
    """
    words = tuple(word.strip() for word in text.split(",")) if text else ()
    if not all(words):
        message = f"{text!r} has nothing before or behind a comma"
        raise typer.BadParameter(message, param_hint=option)
    return words


def numbers_of(option: str, text: str) -> tuple[int, ...]:
    """The whole numbers of an option, comma between; none in an empty text.

    Raises
    ------
    typer.BadParameter
        If they are no whole numbers.
    """
    words = text.split(",") if text else []
    if not all(word.strip().isascii() and word.strip().removeprefix("-").isdigit() for word in words):
        message = f"{text!r} is not a list of integers such as 256,128"
        raise typer.BadParameter(message, param_hint=option)
    return tuple(int(word) for word in words)


# Upper limits: whoever asks for more has put another number here. Those of networks and their training are
# the same as in Python, which a test sees to, since to import them takes seconds.
EpochsOption = Annotated[int, typer.Option(min=1, max=1_000_000, help="Passes over the training images.")]
SeedsOption = Annotated[
    int,
    typer.Option(min=1, max=MOST_SEEDS, help="How many networks, trained side by side: seeds 0, 1, ..."),
]
DepthOption = Annotated[int, typer.Option(min=0, max=MOST_LAYERS, help="Number of layers.")]
DatasetOption = Annotated[
    Literal["auto", "mnist", "digits"],
    typer.Option(
        help="auto: MNIST if it is in $PDENET_DATA or the user's cache or can be downloaded, "
        "else scikit-learn's digits.",
    ),
]
DeviceOption = Annotated[str, typer.Option(help="auto, cpu, cuda, ...")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
BatchOption = Annotated[int, typer.Option(min=1, max=1_000_000, help="Images a step.")]
RateOption = Annotated[float, typer.Option(help="Adam's learning rate.")]
PixelsOption = Annotated[
    Literal["unit", "standard"],
    typer.Option(
        help="unit: pixels from 0 to 1. standard: mean 0, deviation 1.",
    ),
]
