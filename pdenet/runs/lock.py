"""A lock on a file, held by one process at a time, gone with it however it ends."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

try:
    import fcntl
except ImportError:  # not a POSIX system: two commands on one file are then the user's business
    fcntl = None  # type: ignore[assignment]


@contextmanager
def claimed(path: Path) -> Iterator[bool]:
    """Whether this process holds the file `path` now: one at a time may.

    The claim is a lock on a file, so it ends with the process, however that ends.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        if fcntl is not None:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                yield False
                return
            except OSError:
                pass  # a file system without locks: as without fcntl
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                break
        os.close(descriptor)  # its last owner removed the file between our opening and our locking it
    try:
        yield True
    finally:
        with suppress(PermissionError):  # some systems keep a file that is open
            path.unlink(missing_ok=True)
        os.close(descriptor)
