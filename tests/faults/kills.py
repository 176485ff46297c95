"""Kill a run at every call that touches a file, and at random moments; then go on with it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from typing import TYPE_CHECKING, Any, Self

from faults.children import child, done, ended
from faults.runs import difference, run_into
from faults.tally import Tally, quiet

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Iterator
    from pathlib import Path

CALLS = ("open", "write", "fsync", "replace", "unlink", "close", "ftruncate", "fchmod", "lseek")
RANDOM = 30  # kills at a moment that no call marks


class Points:
    """The calls that touch files, counted in this process, which is killed at one of them.

    Parameters
    ----------
    last
        At which; it is never reached if it is larger than the number of calls.
    """

    def __init__(self, last: int) -> None:
        self.last, self.count = last, 0

    def install(self) -> None:
        """Put a count in front of each call."""
        for name in CALLS:
            setattr(os, name, self._counted(getattr(os, name)))
        real = os.fdopen

        def fdopen(descriptor: int, *arguments: Any, **options: Any) -> Any:
            return _Torn(real(descriptor, *arguments, **options), self)

        os.fdopen = fdopen  # type: ignore[assignment]

    def reached(self) -> bool:
        """Count a call; whether it is the one to be killed at."""
        self.count += 1
        return self.count == self.last

    def _counted(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            if self.reached():
                if real.__name__ == "write":  # half of it gets through
                    real(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
                _kill()
            return real(*arguments, **options)

        return counted


class _Torn:
    """A file whose write is cut short if its point is reached."""

    def __init__(self, file: io.BufferedIOBase, points: Points) -> None:
        self._file, self._points = file, points

    def write(self, block: Any) -> int:
        if self._points.reached():
            self._file.write(bytes(block)[: len(block) // 2])
            self._file.flush()
            _kill()
        return self._file.write(block)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._file)


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def kill_points(folder: Path) -> Tally:
    """A run killed at each call, then gone on with: the records of a run that nobody disturbed, each once."""
    tally = Tally("a run killed at a call that touches a file, then resumed")
    straight = _fresh(folder / "straight")
    done(run_into, straight)
    for at in range(1, _count(folder) + 1):
        tally.check(f"call {at}", _killed_at, at, folder / "killed", straight)
    return tally


def random_kills(folder: Path) -> Tally:
    """A run killed at moments that no call marks, then gone on with."""
    tally = Tally("a run killed at a random moment, then resumed")
    straight = _fresh(folder / "straight")
    started = time.monotonic()
    done(run_into, straight)
    length = time.monotonic() - started
    chance = random.Random(0)
    for _ in range(RANDOM):
        wait = chance.uniform(0, length)
        tally.check(f"after {wait:.3f} s", _killed_after, wait, folder / "killed", straight)
    return tally


def _count(folder: Path) -> int:
    """How many calls an undisturbed run makes."""
    told = folder / "count"
    write = told.write_text

    def work() -> None:
        points = Points(-1)
        points.install()
        run_into(_fresh(folder / "counted"))
        points.last = 0
        write(str(points.count))

    if done(work) != 0:
        message = "the run that is only counted failed"
        raise RuntimeError(message)
    return int(told.read_text())


def _killed_at(at: int, folder: Path, straight: Path) -> str:
    def work() -> None:
        Points(at).install()
        run_into(folder)

    _fresh(folder)
    status = done(work)
    if status != -signal.SIGKILL:
        return f"it ended with status {status} and was not killed"
    return _resumed(folder, straight)


def _killed_after(wait: float, folder: Path, straight: Path) -> str:
    number = child(run_into, _fresh(folder))
    time.sleep(wait)
    os.kill(number, signal.SIGKILL)
    ended(number)
    return _resumed(folder, straight)


def _resumed(folder: Path, straight: Path) -> str:
    with quiet():
        status = done(run_into, folder)
        if status:
            return f"the resumed run ended with status {status}"
        return difference(folder, straight)


def _fresh(folder: Path) -> Path:
    """The folder, empty."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
