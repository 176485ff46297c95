"""Locks on files, held by one process at a time, gone with it however it ends."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from pdenet.checks.places import place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

try:
    import fcntl
except ImportError:  # not a POSIX system: two commands on one file are then the user's business
    fcntl = None  # type: ignore[assignment]

# How often a file is opened anew that was removed before we had its lock. Some network drives number their
# files anew at each look, so that each looks like another: what has been found by then is taken.
_TRIES = 100


@contextmanager
def claimed(path: Path) -> Iterator[bool]:
    """Whether this process holds the file `path` now: one at a time may.

    The claim is a lock on a file, so it ends with the process, however that ends.
    """
    path = place("path", path)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, mine = open_locked(path, os.O_RDWR | os.O_CREAT)
    if mine is False:
        os.close(descriptor)
        yield False
        return
    try:
        yield True
    finally:
        with suppress(PermissionError):  # some systems keep a file that is open
            path.unlink(missing_ok=True)
        os.close(descriptor)


def release(path: Path) -> None:
    """Remove what a process left of its claim that was killed; a claim that is held stays."""
    if path.exists():
        with claimed(path):
            pass


def open_locked(path: Path, flags: int, *, wait: bool = False) -> tuple[int, bool | None]:
    """Open the file that has this path once its lock is ours, or is known to be another's.

    Parameters
    ----------
    path, flags
        As for ``os.open``; the file's mode follows the umask.
    wait
        Wait for a lock that another holds.

    Returns
    -------
    tuple of int and (bool or None)
        The descriptor, and what `lock` said of it.
    """
    for _ in range(_TRIES):
        descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0), 0o666)
        mine = lock(descriptor, wait=wait)
        if mine is False or is_at(descriptor, path):
            return descriptor, mine
        os.close(descriptor)  # its last owner removed the file between our opening and our locking it
    descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0), 0o666)
    return descriptor, lock(descriptor, wait=wait)


def lock(descriptor: int, *, wait: bool = False) -> bool | None:
    """Whether the open file is now locked by us, until it is closed; None where there are no locks.

    Parameters
    ----------
    descriptor
        Of the open file.
    wait
        Wait for a lock that another holds.
    """
    if fcntl is None:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks: as without fcntl
        return None
    return True


def is_at(descriptor: int, path: Path) -> bool:
    """Whether the open file is still the one that has this path."""
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(descriptor), path.stat())
    return False
