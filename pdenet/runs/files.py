"""Files of records: append-only JSON lines, read back as a list; and files written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

try:
    import fcntl
except ImportError:  # not a POSIX system: appending works, only without a lock against other processes
    fcntl = None  # type: ignore[assignment]

from pdenet.runs.record import Record, RecordError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class RecordWarning(UserWarning):
    """A broken line of a record file that was left out."""


def append(path: str | os.PathLike[str], records: Iterable[Record]) -> None:
    """Append records to a file of JSON lines, all in one write, and see them to the disk.

    The file and its folder are made if need be. If the disk fills up, earlier records stay as they are. Where
    the system has file locks, processes that append to one file wait for each other.

    Parameters
    ----------
    path : path
        The file, by convention ``*.jsonl``.
    records : iterable of Record
        Numbers that are not finite are written as null.

    Raises
    ------
    OSError
        If the file cannot be written in full; it names the file.
    RecordError
        If a value has no place in JSON; nothing is written then.
    """
    path = Path(path)
    block = "".join(record.to_json() + "\n" for record in records).encode()
    if not block:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    with _open_to_append(path) as (descriptor, locked):
        size = os.fstat(descriptor).st_size
        if size and not _ends_in_newline(descriptor):
            block = b"\n" + block
        try:
            written = os.write(descriptor, block)
            if written != len(block):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(descriptor)
        except OSError as error:
            # Take the fragment back, unless another process may have appended behind it.
            if locked:
                with contextlib.suppress(OSError):
                    os.ftruncate(descriptor, size)
            raise OSError(
                error.errno,
                f"could not append ({error.strerror}); records written before are intact",
                str(path),
            ) from error
    if is_new:
        _sync_folder(path.parent)


def read(path: str | os.PathLike[str]) -> list[Record]:
    """Return the records of a file in the order they were written.

    Parameters
    ----------
    path : path
        A file that `append` wrote.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    RecordError
        If a line is of a schema that this version does not read.

    Warns
    -----
    RecordWarning
        For each line that is no record (torn by a killed process, or damaged); it is left out of the list and
        stays in the file.
    """
    path = Path(path)
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        raise FileNotFoundError(
            errno.ENOENT,
            "no such file of records; `pdenet train` or pdenet.runs.files.append makes one",
            str(path),
        ) from None
    records = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            records.append(Record.from_json(line))
        except RecordError as error:
            message = f"{path}, line {number}: {error}"
            raise RecordError(message) from None
        except ValueError as error:
            # What `append` wrote whole ends in a newline, so only the text after the last one can be torn.
            what = "torn, its write was cut short" if number == len(lines) else f"not a record ({error})"
            warnings.warn(f"{path}, line {number}: {what}; left out", RecordWarning, stacklevel=2)
    return records


def results_folders() -> tuple[Path, Path]:
    """Where results that come with the book can be: in the installed package, or in a checkout."""
    package = Path(__file__).resolve().parents[1]
    return package / "results", package.parent / "results"


def shipped(name: str) -> Path:
    """Return the path of a record file that comes with the book, in a checkout or in the installed package.

    Parameters
    ----------
    name : str
        File name, such as ``tables.jsonl``.

    Raises
    ------
    FileNotFoundError
        If there is no such file; it lists those there are.
    """
    folders = results_folders()
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    available = sorted({file.name for folder in folders for file in folder.glob("*.jsonl")})
    raise FileNotFoundError(
        errno.ENOENT, f"no such file ships with pdenet; there are: {', '.join(available) or 'none'}", name
    )


def write_atomic(path: str | os.PathLike[str], write: Callable[[BinaryIO], object]) -> None:
    """Write a file so that it is there in full or not at all, whatever happens meanwhile.

    Parameters
    ----------
    path : path
        The file; an earlier one stays as it is until the new one is safely on the disk.
    write : callable
        Given a binary file open for writing, writes the whole content.

    Raises
    ------
    OSError
        If the file cannot be written; whatever `write` raises passes through. No temporary file stays behind.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not tempfile.mkstemp: its files are private to the user, and the result should follow the umask.
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(path)  # a full disk does not say which file it refused
        raise
    _sync_folder(path.parent)


@contextlib.contextmanager
def _open_to_append(path: Path) -> Iterator[tuple[int, bool]]:
    """Give the file's descriptor and whether it is locked against other processes."""
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
    try:
        locked = False
        if fcntl is not None:
            # Some network file systems have no locks; a single O_APPEND write is then all there is.
            with contextlib.suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                locked = True
        yield descriptor, locked
    finally:
        os.close(descriptor)


def _ends_in_newline(descriptor: int) -> bool:
    os.lseek(descriptor, -1, os.SEEK_END)
    return os.read(descriptor, 1) == b"\n"


def _sync_folder(folder: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
