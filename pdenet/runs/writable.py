"""Whether a file can be written, asked before the work whose result goes there."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from pathlib import Path

_PROBE = b"\0" * 4096  # a block: a full disk often still takes the name of a file


def check_writable(path: Path) -> None:
    """Find out whether `path` can be made or added to, and files made beside it; nothing is left there.

    The folder is made if need be. What is at `path` stays as it is, to the byte.

    Raises
    ------
    OSError
        If not: a folder, a device, a pipe, a loop of links, no permission, a full disk, a file where a folder
        should be; it names the path.
    """
    try:
        _check(path)
    except OSError as error:
        reason = f"cannot be written ({error.strerror}); name another file"
        raise OSError(error.errno, reason, str(path)) from error


def _check(path: Path) -> None:
    try:
        there = path.stat()
    except FileNotFoundError:  # nothing yet, or a link whose target is still to be made
        there = None
    if there is not None and stat.S_ISDIR(there.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if there is not None and not stat.S_ISREG(there.st_mode):
        raise OSError(errno.EINVAL, "a device or a pipe, not a file")
    # Beside the link a checkpoint is kept; beside its target the file itself.
    for folder in {path.parent, Path(os.path.realpath(path)).parent}:
        folder.mkdir(parents=True, exist_ok=True)
        _try_out(folder / f".{path.name}.{secrets.token_hex(6)}.checkpoint.pt.{secrets.token_hex(8)}.tmp")
    if there is not None:
        os.close(os.open(path, os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0)))


def _try_out(probe: Path) -> None:
    """Make a file of the longest name that will be needed, and remove it."""
    try:
        with probe.open("xb") as file:
            file.write(_PROBE)
            file.flush()
            os.fsync(file.fileno())
    finally:
        probe.unlink(missing_ok=True)
