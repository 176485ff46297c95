"""Files and folders as they are given."""

import errno
import os
import stat
from pathlib import Path
from typing import Any, BinaryIO

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


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


def opened(name: str, value: Any) -> BinaryIO:
    """The regular file at the path `value`, open for reading.

    It is there at once or refused: who opens a pipe waits for a writer, and a device may never end.

    Raises
    ------
    OSError
        If it cannot be opened, or is a folder, a pipe, a socket or a device.
    TypeError, ValueError
        As `place`.
    """
    path = place(name, value)
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    try:
        regular(path, os.fstat(descriptor).st_mode)
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def regular(path: Path, mode: int, *, or_kinds: tuple[int, ...] = ()) -> None:
    """Refuse what is no regular file, nor of the other kinds that are allowed (such as ``stat.S_IFCHR``).

    Raises
    ------
    OSError
        If it is something else; it says what.
    """
    kind = stat.S_IFMT(mode)
    if kind not in (stat.S_IFREG, *or_kinds):
        number = errno.EISDIR if kind == stat.S_IFDIR else errno.EINVAL
        message = f"not a regular file but {_KINDS.get(kind, 'something else')}; give the path of a file"
        raise OSError(number, message, str(path))
