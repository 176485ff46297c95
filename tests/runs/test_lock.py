"""A lock is held by one at a time, goes with whoever holds it, and leaves no file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pdenet.runs import lock
from pdenet.runs.lock import claimed, open_locked

HOLD = """
import sys
from pathlib import Path
from pdenet.runs.lock import claimed
with claimed(Path(sys.argv[1])) as mine:
    print(mine, flush=True)
    sys.stdin.read(1)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "folder" / ".claim.tmp"


def test_one_at_a_time_holds_it_and_the_file_goes_with_it(path: Path) -> None:
    pytest.importorskip("fcntl", reason="this system has no file locks")
    with claimed(path) as first:
        assert first
        assert path.exists()
        with claimed(path) as second:
            assert not second
        assert path.exists(), "whoever did not get it leaves it to its owner"
    assert not path.exists()
    with claimed(path) as third:
        assert third


def test_a_killed_process_holds_nothing(path: Path) -> None:
    pytest.importorskip("fcntl", reason="this system has no file locks")
    command = [sys.executable, "-c", HOLD, str(path)]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    with holder:
        assert holder.stdout.readline() == "True\n"
        with claimed(path) as mine:
            assert not mine
        holder.kill()
    assert path.exists(), "nobody could take it away"
    with claimed(path) as mine:
        assert mine


def test_an_error_gives_it_back(path: Path) -> None:
    with pytest.raises(ZeroDivisionError), claimed(path):
        raise ZeroDivisionError
    assert not path.exists()


def test_without_file_locks_everyone_gets_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "fcntl", None)
    with claimed(path) as first, claimed(path) as second:
        assert first
        assert second


def test_a_drive_that_numbers_its_files_anew_is_no_endless_search(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as some network drives, where no file is at its path."""
    monkeypatch.setattr(os.path, "samestat", lambda *_: False)
    with claimed(path) as mine:
        assert mine


def test_a_file_that_was_removed_while_we_waited_is_not_the_one_we_get(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl", reason="this system has no file locks")
    path.parent.mkdir(parents=True)
    real = fcntl.flock
    removed: list[int] = []

    def flock(descriptor: int, how: int) -> None:
        if not removed:
            removed.append(descriptor)
            path.unlink()
        real(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", flock)
    descriptor, mine = open_locked(path, os.O_RDWR | os.O_CREAT, wait=True)
    assert mine
    assert os.path.samestat(os.fstat(descriptor), path.stat())
    os.close(descriptor)


def test_a_home_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with claimed(Path("~/claim.tmp")):
        assert (tmp_path / "claim.tmp").exists()
