"""A lock is held by one at a time, goes with whoever holds it, and leaves no file."""

import subprocess
import sys
from pathlib import Path

import pytest

from pdenet.runs import lock
from pdenet.runs.lock import claimed

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
