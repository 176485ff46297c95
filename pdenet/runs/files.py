"""Files of records: append-only JSON lines, read back as a list."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from pdenet.checks.places import opened, place, regular
from pdenet.runs.disk import sync, sync_folder, write_atomic
from pdenet.runs.lock import open_locked
from pdenet.runs.record import Record, RecordError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["RecordWarning", "append", "read", "results_folders", "shipped", "write_atomic"]

LONGEST = 1 << 26  # bytes of a line; the longest that ships has 44 thousand


class RecordWarning(UserWarning):
    """A broken line of a record file, or a run on other data, that was left out."""


def append(path: str | os.PathLike[str], records: Iterable[Record], *, once: bool = False) -> None:
    """Append records to a file of JSON lines, all in one write, and see them to the disk.

    The file and its folder are made if need be. If the disk fills up, earlier records stay as they are. Where
    the system has file locks, processes that append to one file wait for each other.

    Parameters
    ----------
    path : path
        The file, by convention ``*.jsonl``. A device such as ``/dev/null`` is written to.
    records : iterable of Record
        Numbers that are not finite are written as null.
    once : bool
        Leave out runs that are in the file already, whoever appended them meanwhile: those with the same key.

    Raises
    ------
    OSError
        If the file cannot be written in full, or is a folder or a pipe; it names the file.
    RecordError
        If a value has no place in JSON, or is one that `read` would leave out; nothing is written then.
    """
    path = place("path", path)
    lines = [(record, f"{record.to_json()}\n") for record in records]
    if not lines:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    with _open_to_append(path) as (descriptor, locked):
        status = os.fstat(descriptor)
        if once and stat.S_ISREG(status.st_mode):
            lines = _missing(lines, path)
        block = "".join(line for _, line in lines).encode()
        if not block:
            return
        if status.st_size and not _ends_in_newline(descriptor):
            block = b"\n" + block
        try:
            written = os.write(descriptor, block)
            if written != len(block):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            sync(descriptor)
        except OSError as error:
            # Take the fragment back, unless another process may have appended behind it.
            if locked:
                with contextlib.suppress(OSError):
                    os.ftruncate(descriptor, status.st_size)
            raise OSError(
                error.errno,
                f"could not append ({error.strerror}); records written before are intact",
                str(path),
            ) from error
    if is_new:
        sync_folder(Path(os.path.realpath(path)).parent)


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
    OSError
        If it cannot be read, or is no regular file: a pipe would be waited for, a device need not end.
    RecordError
        If a line is of a schema that this version does not read.

    Warns
    -----
    RecordWarning
        For each line that is no record (torn by a killed process, damaged, or with a value that no run has);
        it is left out of the list and stays in the file.
    """
    path = place("path", path)
    try:
        file = opened("path", path)
    except FileNotFoundError:
        raise FileNotFoundError(
            errno.ENOENT,
            "no such file of records; `pdenet train` or pdenet.runs.files.append makes one",
            str(path),
        ) from None
    records = []
    with file:
        for number, line in enumerate(_lines(file), start=1):
            if not line.strip():
                continue
            try:
                records.append(_record(line))
            except RecordError as error:
                message = f"{path}, line {number}: {error}"
                raise RecordError(message) from None
            except ValueError as error:
                # What `append` wrote whole ends in a newline, so only what comes after the last can be torn.
                torn = not line.endswith(b"\n") and len(line) <= LONGEST
                what = "torn, its write was cut short" if torn else f"not a record ({error})"
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


def _missing(lines: list[tuple[Record, str]], path: Path) -> list[tuple[Record, str]]:
    """Those lines whose run is not in the file, each run once."""
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", RecordWarning
        )  # who reads is told; what is to be written must be written
        keys = {record.key for record in read(path)}
    found: dict[str, tuple[Record, str]] = {}
    for record, line in lines:
        if record.key not in keys:
            found.setdefault(record.key, (record, line))
    return list(found.values())


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file with their newlines; of one that is too long a little more than is allowed."""
    while line := file.readline(LONGEST + 1):
        if len(line) > LONGEST:
            rest = line
            while rest and not rest.endswith(b"\n"):
                rest = file.readline(LONGEST)
        yield line


def _record(line: bytes) -> Record:
    if len(line) > LONGEST:
        message = f"longer than {LONGEST:,} bytes"
        raise ValueError(message)
    return Record.from_json(line)


@contextlib.contextmanager
def _open_to_append(path: Path) -> Iterator[tuple[int, bool]]:
    """Give the file's descriptor and whether it is locked against other processes."""
    # Some network file systems have no locks; a single O_APPEND write is then all there is. What is no file
    # must not keep us waiting, so that it can be refused.
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0)
    descriptor, locked = open_locked(path, flags, wait=True)
    try:
        regular(path, os.fstat(descriptor).st_mode, or_kinds=(stat.S_IFCHR,))
        yield descriptor, bool(locked)
    finally:
        os.close(descriptor)


def _ends_in_newline(descriptor: int) -> bool:
    os.lseek(descriptor, -1, os.SEEK_END)
    return os.read(descriptor, 1) == b"\n"
