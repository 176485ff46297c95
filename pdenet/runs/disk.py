"""Files as a disk keeps them: replaced whole or not at all, and what is left of a writer that was killed."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import secrets
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from pdenet.checks.places import place, regular
from pdenet.runs.lock import is_at, lock

if TYPE_CHECKING:
    from collections.abc import Callable

# What a drive says that cannot sync a folder (VirtualBox, WSL, some FUSE and CIFS), or a folder that may be
# written and not read. What a disk says that fails (EIO, ENOSPC, EDQUOT) is not among them.
_UNSUPPORTED = {
    errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EACCES, errno.EPERM, errno.EBADF,
    errno.EISDIR, errno.ENOTTY,
}  # fmt: skip
_NAME = 200  # bytes of a file's name that its temporary file repeats; 255 is what a file system takes
_STALE = 3600.0  # seconds after which a temporary file has no writer, where locks cannot tell


def write_atomic(path: str | os.PathLike[str], write: Callable[[BinaryIO], object]) -> None:
    """Write a file so that it is there in full or not at all, whatever happens meanwhile.

    A link stays a link: what it leads to is replaced. The new file has the mode of the earlier one, and its
    owner where the system lets us; without an earlier one it follows the umask. A device (``/dev/null``)
    and a pipe that somebody reads are never replaced but written to.

    Parameters
    ----------
    path : path
        The file; an earlier one stays as it is until the new one is safely on the disk.
    write : callable
        Given a binary file open for writing, writes the whole content.

    Raises
    ------
    OSError
        If the file cannot be written, or is a folder, a socket, a disk, or a pipe that nobody reads; whatever
        `write` raises passes through. No temporary file stays behind.
    """
    path = place("path", path)
    earlier = _status(path)
    if earlier is not None and not stat.S_ISREG(earlier.st_mode):
        _write_through(path, earlier.st_mode, write)
        return
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary, file = _temporary(target, private=earlier is not None)
    try:
        write(file)
        file.flush()
        if earlier is not None:
            _give(file.fileno(), earlier)
        sync(file.fileno())
        if os.name != "posix":
            file.close()  # such a system renames no open file; elsewhere it is locked until it has its name
        temporary.replace(target)
    except BaseException as error:
        with contextlib.suppress(OSError):
            file.close()
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(path)  # a full disk does not say which file it refused
        raise
    file.close()
    sync_folder(target.parent)


def sweep(path: str | os.PathLike[str]) -> None:
    """Remove the temporary files that killed writers of `path` left; those of living ones stay.

    A living writer holds a lock on its temporary file. Where there are no locks, those of the last hour stay.
    """
    target = Path(os.path.realpath(place("path", path)))
    for left in target.parent.glob(f"{glob.escape(_stem(target))}.*.tmp"):
        with contextlib.suppress(OSError):  # another swept at the same time, or it is not ours to remove
            descriptor = os.open(left, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
            try:
                mine = lock(descriptor)
                if mine or (mine is None and time.time() - os.fstat(descriptor).st_mtime > _STALE):
                    left.unlink(missing_ok=True)
            finally:
                os.close(descriptor)


def sync(descriptor: int) -> None:
    """See an open file or folder to the disk, where that is possible.

    Raises
    ------
    OSError
        If the disk fails.
    """
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise


def sync_folder(folder: Path) -> None:
    """See to the disk which files a folder has, where that is possible.

    Raises
    ------
    OSError
        If the disk fails.
    """
    if not hasattr(os, "O_DIRECTORY"):
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        if error.errno in _UNSUPPORTED:
            return
        raise
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)


def _status(path: Path) -> os.stat_result | None:
    """What is at the path, or at the end of a link; None if nothing is."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _temporary(target: Path, *, private: bool) -> tuple[Path, BinaryIO]:
    """A new file beside the target, locked, so that `sweep` sees that its writer lives.

    Not tempfile.mkstemp: its files are private to the user, and a new result should follow the umask. What
    replaces an earlier file, which may be private, is private until it has that file's mode.
    """
    while True:
        path = target.with_name(f"{_stem(target)}.{secrets.token_hex(8)}.tmp")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags, 0o600 if private else 0o666)
        if lock(descriptor, wait=True) is None or is_at(descriptor, path):
            return path, os.fdopen(descriptor, "wb")
        os.close(descriptor)  # swept between its making and its locking


def _stem(target: Path) -> str:
    return "." + os.fsencode(target.name)[:_NAME].decode(errors="ignore")


def _give(descriptor: int, earlier: os.stat_result) -> None:
    """Give an open file the owner and the mode of an earlier one, where the system lets us."""
    if not hasattr(os, "fchown"):
        return
    for owner in (earlier.st_uid, -1):  # who may not give a file away may still give it to a group of his
        with contextlib.suppress(OSError):
            os.fchown(descriptor, owner, earlier.st_gid)
            break
    with contextlib.suppress(OSError):  # drives without modes
        os.fchmod(descriptor, stat.S_IMODE(earlier.st_mode))


def _write_through(path: Path, mode: int, write: Callable[[BinaryIO], object]) -> None:
    """Write to a device or a pipe, which is not ours to replace."""
    regular(path, mode, or_kinds=(stat.S_IFCHR, stat.S_IFIFO))
    try:
        descriptor = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        if error.errno != errno.ENXIO:
            raise
        raise OSError(error.errno, "nobody reads this pipe; give the path of a file", str(path)) from None
    with os.fdopen(descriptor, "wb") as file:
        if hasattr(os, "O_NONBLOCK"):
            os.set_blocking(descriptor, True)
        write(file)
