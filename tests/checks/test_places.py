"""A file is opened at once or refused at once: no pipe is waited for, and nothing endless is read."""

import os
import socket
from pathlib import Path

import pytest

from pdenet.checks.places import opened

POSIX = pytest.mark.skipif(os.name != "posix", reason="pipes with a path are POSIX")


def test_a_file_and_a_link_to_it_are_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"text")
    (tmp_path / "link").symlink_to("file")
    monkeypatch.setenv("HOME", str(tmp_path))
    for path in (tmp_path / "file", str(tmp_path / "link"), "~/file"):
        with opened("data", path) as file:
            assert file.read() == b"text"
    with pytest.raises(FileNotFoundError, match="none"):
        opened("data", tmp_path / "none")


@POSIX
def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    with pytest.raises(OSError, match=r"not a regular file but a pipe; give the path of a file.*link"):
        opened("data", tmp_path / "link")
    with pytest.raises(OSError, match=r"not a regular file but a device.*/dev/null"):
        opened("data", "/dev/null")
    with pytest.raises(IsADirectoryError, match="not a regular file but a folder"):
        opened("data", tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        with pytest.raises(OSError, match=r"/s'"):
            opened("data", tmp_path / "s")


@POSIX
def test_a_refused_file_is_closed_again(tmp_path: Path) -> None:
    before = os.listdir("/dev/fd")
    for _ in range(3):
        with pytest.raises(IsADirectoryError):
            opened("data", tmp_path)
    assert len(os.listdir("/dev/fd")) == len(before)
