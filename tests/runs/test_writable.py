"""Whether a file can be written is found out beforehand, and nothing is left of the attempt."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from pdenet.runs.writable import check_kind, check_writable

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_there_stays_as_it_is_to_the_byte(tmp_path: Path) -> None:
    file, missing = tmp_path / "runs.jsonl", tmp_path / "a" / "b" / "runs.jsonl"
    file.write_bytes(b"torn")
    file.chmod(0o640)
    before = file.stat()
    check_writable(file)
    check_writable(missing)
    after = file.stat()
    assert file.read_bytes() == b"torn"
    assert (after.st_ino, after.st_mode, after.st_mtime_ns) == (
        before.st_ino,
        before.st_mode,
        before.st_mtime_ns,
    )
    assert list(missing.parent.iterdir()) == []
    assert sorted(os.listdir(tmp_path)) == ["a", "runs.jsonl"]
    assert (check_kind(file), check_kind(missing)) == (True, False)


def test_what_a_killed_attempt_left_is_removed_by_the_next(tmp_path: Path) -> None:
    (tmp_path / ".runs.jsonl.probe-0123.tmp").write_bytes(b"")
    (tmp_path / ".other.jsonl.probe-0123.tmp").write_bytes(b"")
    check_writable(tmp_path / "runs.jsonl")
    assert os.listdir(tmp_path) == [".other.jsonl.probe-0123.tmp"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS])
def test_a_drive_that_takes_no_more_is_refused(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match=r"cannot be written \(.*\); name another file") as caught:
        check_writable(tmp_path / "runs.jsonl")
    assert (caught.value.errno, caught.value.filename) == (number, str(tmp_path / "runs.jsonl"))
    assert list(tmp_path.iterdir()) == []


def test_a_drive_that_does_not_say_when_it_has_written_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(os, "fsync", fail)
    check_writable(tmp_path / "runs.jsonl")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to the superuser"
)
def test_what_is_read_only_is_refused(tmp_path: Path) -> None:
    file, folder = tmp_path / "runs.jsonl", tmp_path / "folder"
    file.touch(mode=0o400)
    folder.mkdir(mode=0o500)
    for path in (file, folder / "runs.jsonl"):
        with pytest.raises(PermissionError, match="cannot be written"):
            check_writable(path)
