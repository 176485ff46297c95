"""A file is replaced whole or not at all; links, modes, devices and pipes stay what they are."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

import pytest
import torch
from helpers.records import ordinary

from pdenet.runs import disk, lock
from pdenet.runs.disk import sweep, write_atomic
from pdenet.runs.files import append

POSIX = pytest.mark.skipif(os.name != "posix", reason="modes, pipes and devices are POSIX")
ROOT = pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() != 0, reason="only root makes devices")


def new(file: IO[bytes]) -> None:
    file.write(b"new")


def test_the_file_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "state.bin"
    write_atomic(path, lambda file: torch.save({"epoch": 1}, file))
    write_atomic(path, lambda file: torch.save({"epoch": 2}, file))
    assert torch.load(path)["epoch"] == 2
    assert list(path.parent.iterdir()) == [path]


def test_the_earlier_file_stays_if_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "state.bin"
    path.write_bytes(b"earlier")

    def fail(file: IO[bytes]) -> None:
        file.write(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(OSError, match=r"No space left.*state\.bin"):
        write_atomic(path, fail)
    assert path.read_bytes() == b"earlier"
    assert list(tmp_path.iterdir()) == [path]


@POSIX
def test_a_new_file_follows_the_umask(tmp_path: Path) -> None:
    write_atomic(tmp_path / "state.bin", new)
    (tmp_path / "plain").touch()
    assert (tmp_path / "state.bin").stat().st_mode == (tmp_path / "plain").stat().st_mode


@POSIX
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755])
def test_an_earlier_file_leaves_its_mode(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "state.bin"
    path.touch()
    path.chmod(mode)
    seen: list[int] = []

    def write(file: IO[bytes]) -> None:
        seen.extend(stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir() if one != path)
        new(file)

    write_atomic(path, write)
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert seen == [0o600], "what may be private is so from the first byte"


@ROOT
def test_an_earlier_file_leaves_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "state.bin"
    path.touch()
    os.chown(path, 12, 34)
    write_atomic(path, new)
    assert (path.stat().st_uid, path.stat().st_gid) == (12, 34)


@POSIX
def test_an_owner_that_we_may_not_give_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.bin"
    path.touch(0o600)

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "fchown", refuse)
    write_atomic(path, new)
    assert path.read_bytes() == b"new"


@POSIX
def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    target = tmp_path / "there" / "real"
    target.write_bytes(b"old")
    (tmp_path / "link").symlink_to("there/real")
    (tmp_path / "second").symlink_to("link")
    write_atomic(tmp_path / "second", new)
    assert (tmp_path / "second").is_symlink()
    assert (tmp_path / "link").is_symlink()
    assert target.read_bytes() == b"new"
    target.unlink()
    write_atomic(tmp_path / "link", new)
    assert target.read_bytes() == b"new", "as opening a link to nothing makes the file"
    assert sorted(os.listdir(tmp_path)) == ["link", "second", "there"]
    assert os.listdir(tmp_path / "there") == ["real"]


@POSIX
def test_a_loop_of_links_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OSError, match=r"/a'"):
        write_atomic(tmp_path / "a", new)


@ROOT
def test_a_device_is_written_to_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "null"
    try:
        os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("this system lets nobody make devices")
    write_atomic(path, new)
    append(path, [ordinary()])
    assert stat.S_ISCHR(path.stat().st_mode)
    assert list(tmp_path.iterdir()) == [path]


@POSIX
def test_a_pipe_is_written_to_if_somebody_reads_and_refused_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(OSError, match=r"nobody reads this pipe; give the path of a file.*pipe"):
        write_atomic(path, new)
    got: list[bytes] = []
    big = bytes(1 << 20)  # more than a pipe holds
    reader = threading.Thread(target=lambda: got.append(path.read_bytes()))
    reader.start()
    deadline = time.monotonic() + 20
    while True:
        try:
            write_atomic(path, lambda file: file.write(big))
            break
        except OSError:  # the reader has not come yet
            assert time.monotonic() < deadline
            time.sleep(0.01)
    reader.join(20)
    assert got == [big]
    assert stat.S_ISFIFO(path.stat().st_mode)
    with pytest.raises(OSError, match="not a regular file but a pipe"):
        append(path, [ordinary()])


@POSIX
def test_a_folder_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    def never(file: IO[bytes]) -> None:
        raise AssertionError

    with pytest.raises(IsADirectoryError, match="not a regular file but a folder"):
        write_atomic(tmp_path, never)


def test_a_home_is_expanded_and_a_long_name_is_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    name = "ö" * 120  # 240 bytes; a file system takes 255
    write_atomic(f"~/{name}", new)
    assert os.listdir(tmp_path) == [name]


# What a drive cannot do


@pytest.mark.parametrize(
    "number",
    [errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EACCES, errno.EPERM, errno.EBADF],
)
@pytest.mark.parametrize("call", ["fsync", "open"])
def test_a_folder_that_cannot_be_synced_is_left_at_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, call: str
) -> None:
    refuse_folders(monkeypatch, call, number)
    append(tmp_path / "runs.jsonl", [ordinary()])
    write_atomic(tmp_path / "state.bin", new)
    assert sorted(os.listdir(tmp_path)) == ["runs.jsonl", "state.bin"]


def test_a_disk_that_fails_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_folders(monkeypatch, "fsync", errno.EIO)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        write_atomic(tmp_path / "state.bin", new)


def refuse_folders(monkeypatch: pytest.MonkeyPatch, call: str, number: int) -> None:
    """Let folders answer one of the system's calls with an error, as some drives do."""
    real = getattr(os, call)

    def refuse(what: Any, *arguments: Any, **options: Any) -> Any:
        if stat.S_ISDIR(os.stat(what).st_mode if Path(str(what)).exists() or call == "fsync" else 0):
            raise OSError(number, os.strerror(number))
        return real(what, *arguments, **options)

    monkeypatch.setattr(os, call, refuse)


# What is left behind

KILLED = """
import os, signal, sys
from pdenet.runs.disk import write_atomic
write_atomic(sys.argv[1], lambda file: os.kill(os.getpid(), signal.SIGKILL))
"""


def test_what_a_killed_writer_left_is_swept_and_what_a_living_one_writes_stays(tmp_path: Path) -> None:
    pytest.importorskip("fcntl", reason="this system has no file locks")
    path = tmp_path / "runs [1].pt"
    subprocess.run([sys.executable, "-c", KILLED, path], check=False)
    assert len(os.listdir(tmp_path)) == 1
    (tmp_path / ".runs [1].pt.other").touch()

    def sweep_meanwhile(file: IO[bytes]) -> None:
        sweep(path)
        assert len(os.listdir(tmp_path)) == 2, "the dead one's is gone, the living one's is there"
        new(file)

    write_atomic(path, sweep_meanwhile)
    assert path.read_bytes() == b"new"
    assert sorted(os.listdir(tmp_path)) == [".runs [1].pt.other", "runs [1].pt"]


def test_without_locks_only_what_is_old_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "fcntl", None)
    old, young = tmp_path / ".a.pt.0.tmp", tmp_path / ".a.pt.1.tmp"
    old.touch()
    young.touch()
    os.utime(old, (0, 0))
    sweep(tmp_path / "a.pt")
    assert os.listdir(tmp_path) == [".a.pt.1.tmp"]


def test_a_file_that_is_swept_before_it_is_locked_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = iter([False, True])
    monkeypatch.setattr(disk, "is_at", lambda *_: next(found))
    write_atomic(tmp_path / "a", new)
    assert (tmp_path / "a").read_bytes() == b"new"
