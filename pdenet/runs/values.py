"""What no run can have left: a seed of -1, an accuracy of 7.5, text where a number is meant."""

from __future__ import annotations

from datetime import datetime
from types import NoneType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_NUMBERS = {int, float, NoneType}  # None stands for a number that was not finite; a switch is no number
_OBJECTS = ("model", "training", "data", "history", "machine", "versions", "trunk", "measured")
_SHOWN = 60  # characters of a wrong value in a message


def fault(fields: dict[str, Any]) -> str:
    """What is wrong with the fields of a record, in the kinds that JSON has; empty if nothing is."""
    for name in _OBJECTS:
        if not isinstance(fields.get(name, {}), dict):
            return f"field {name} is not an object"
    for name, (holds, wanted) in _RULES.items():
        if not holds(fields[name]):
            shown = repr(fields[name])
            shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."
            return f"field {name} is {shown}, not {wanted}"
    epochs = len(fields["history"].get("train_loss", ()))
    if fields["diverged_at"] is not None and epochs and fields["diverged_at"] > epochs:
        return f"it diverged in epoch {fields['diverged_at']} of {epochs}"
    return ""


def _is_whole(value: Any, least: int) -> bool:
    return type(value) is int and value >= least


def _are_numbers(values: Any) -> bool:
    return isinstance(values, list) and set(map(type, values)) <= _NUMBERS


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_data(data: dict[str, Any]) -> bool:
    counts = [data[name] for name in ("train", "test") if name in data]
    return (
        _is_text(data.get("name"))
        and _is_text(data.get("checksum"))
        and all(_is_whole(count, 0) for count in counts)
    )


def _is_history(history: dict[str, Any]) -> bool:
    return all(map(_are_numbers, history.values())) and all(
        share is None or 0 <= share <= 1 for share in history.get("test_accuracy", ())
    )


def _is_time(value: Any) -> bool:
    return type(value) in _NUMBERS and (value is None or value >= 0)


def _is_date(value: Any) -> bool:
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True


def _is_trunk(trunk: dict[str, Any]) -> bool:
    return all(_shape(values) is not None for values in trunk.values())


def _shape(values: Any) -> tuple[int, ...] | None:
    """Of nested lists of numbers; None if they are no array of numbers."""
    if not isinstance(values, list):
        return () if type(values) in _NUMBERS else None
    if _are_numbers(values):
        return (len(values),)
    shapes = {_shape(part) for part in values}
    shape = shapes.pop()
    return None if shape is None or shapes else (len(values), *shape)


# A table, so that a field is added in one place; what a model and a training are, only they know.
_RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "seed": (lambda seed: _is_whole(seed, 0), "a whole number from 0"),
    "data": (_is_data, "name and checksum, with counts of images from 0"),
    "history": (_is_history, "lists of finite numbers, accuracies from 0 to 1"),
    "diverged_at": (lambda epoch: epoch is None or _is_whole(epoch, 1), "a whole number from 1, or null"),
    "seconds": (_is_time, "a finite number from 0, or null"),
    "date": (_is_date, "a date such as 2026-11-21"),
    "trunk": (_is_trunk, "arrays of numbers"),
}
