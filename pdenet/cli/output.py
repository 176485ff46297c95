"""What a command prints for a program that reads it: strict JSON."""

import json
import math
from collections.abc import Mapping
from typing import Any

import typer


def print_json(value: Any) -> None:
    """Print the value as one line of JSON on standard output."""
    typer.echo(json_text(value))


def json_text(value: Any, indent: int | None = None) -> str:
    """The value as JSON: NumPy's and torch's numbers as plain ones, those that are not finite as null."""
    return json.dumps(_plain(value), ensure_ascii=False, allow_nan=False, indent=indent)


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
