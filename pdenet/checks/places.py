"""Files and folders as they are given."""

import os
from pathlib import Path
from typing import Any


def place(name: str, value: Any) -> Path:
    """The path `value`, called `name`, with a leading ``~`` expanded.

    A shell expands ``~`` at the start of a word only, so ``--out=~/runs.jsonl`` arrives here as typed.

    Raises
    ------
    TypeError
        If it is no path.
    ValueError
        If it is empty, or holds a byte that no path can hold, or starts with the home of nobody.
    """
    try:
        text = os.fspath(value)
    except TypeError:
        text = None
    if not isinstance(text, str):
        message = f"{name} must be a path; got {value!r}"
        raise TypeError(message)
    if not text or "\0" in text:
        message = f"{name} must be a path, not empty and without null characters; got {value!r}"
        raise ValueError(message)
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        message = f"{name}: {error}; got {value!r}"
        raise ValueError(message) from None
