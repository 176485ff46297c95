"""Whether a file can be written, asked before the work whose result goes there."""

from __future__ import annotations

import errno
import glob
import os
import secrets
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_CANNOT_SYNC = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}  # drives that write, and do not say when
_PROBE = b"\0" * 4096  # a block: a full disk often still takes the name of a file


def check_writable(path: Path) -> None:
    """Find out whether `path` can be made or added to, and files made beside it; nothing is left there.

    The folder is made if need be. What is at `path` stays as it is, to the byte.

    Raises
    ------
    OSError
        If not: as `check_kind`, or no permission, a full disk, a file where a folder should be.
    """
    there = check_kind(path)
    with _named(path):
        # Beside a link a checkpoint is kept; beside its target the file itself.
        for folder in {path.parent, Path(os.path.realpath(path)).parent}:
            folder.mkdir(parents=True, exist_ok=True)
            for left in folder.glob(f".{glob.escape(path.name)}.probe-*.tmp"):  # by a command that was killed
                left.unlink(missing_ok=True)
            _try_out(folder / f".{path.name}.probe-{secrets.token_hex(19)}.tmp")
        if there:
            os.close(os.open(path, os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0)))


def check_kind(path: Path) -> bool:
    """Whether there is a file at `path`; what is something else is refused without being opened.

    Raises
    ------
    OSError
        If it is a folder, a device, a pipe or a loop of links, or behind a file; it names the path.
    """
    with _named(path):
        try:
            mode = path.stat().st_mode
        except FileNotFoundError:  # nothing yet, or a link whose target is still to be made
            return False
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "a device or a pipe is there, not a regular file")
    return True


@contextmanager
def _named(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = f"cannot be written ({error.strerror}); name another file"
        raise OSError(error.errno, reason, str(path)) from error


def _try_out(probe: Path) -> None:
    """Make a file whose name is as long as that of a checkpoint being written, and remove it."""
    try:
        with probe.open("xb") as file:
            file.write(_PROBE)
            file.flush()
            try:
                os.fsync(file.fileno())
            except OSError as error:
                if error.errno not in _CANNOT_SYNC:
                    raise
    finally:
        probe.unlink(missing_ok=True)
