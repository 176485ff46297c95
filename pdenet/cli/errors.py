"""What a command says of its failure: one line where the user can mend it."""

import os
import sys
from typing import NoReturn

import typer
from rich.markup import escape

from pdenet.cli.options import errors

# Words of torch's allocators, whose errors are plain RuntimeErrors.
_NO_MEMORY = ("not enough memory", "out of memory", "allocate memory", "storage size calculation overflow")


def line_of(error: Exception) -> str | None:
    """What to say of an error in a line, as markup; None if it is a fault of the program."""
    if isinstance(error, typer.Abort):
        return "aborted"
    words = str(error)
    if hasattr(error, "format_message"):  # of the options' parser, wherever its classes are in this version
        words = error.format_message()
    elif isinstance(error, MemoryError) or any(known in words.lower() for known in _NO_MEMORY):
        words = f"not enough memory for this; ask for fewer or smaller networks ({words or 'MemoryError'})"
    elif not isinstance(error, ValueError | OSError):
        return None
    return escape(" ".join("".join(c if c.isprintable() else " " for c in words).split()))


def say(markup: str) -> None:
    """Print a line on standard error, however long it is."""
    errors.print(markup, highlight=False, soft_wrap=True)


def leave() -> NoReturn:
    """Exit quietly after standard output was closed by its reader, also when Python flushes it at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(1)
