"""What is given where something else is meant, from tables: it is refused in words and at once."""

from __future__ import annotations

import os
import signal
import socket
from typing import TYPE_CHECKING, Any

import numpy as np
from helpers.impossible import IMPOSSIBLE, NO_RECORD
from helpers.records import ordinary, unsealed

from faults.runs import resume
from faults.tally import Tally, quiet
from pdenet.checks.numbers import real, whole
from pdenet.checks.places import place
from pdenet.checks.words import flag, one_of
from pdenet.data import load_images
from pdenet.models.named import build
from pdenet.runs.disk import write_atomic
from pdenet.runs.files import append, read
from pdenet.runs.intervals import mean_interval, rank_interval, wilson_interval
from pdenet.runs.training import TrainingConfig

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PATIENCE = 20  # seconds for what must not wait


def lines(folder: Path) -> Tally:
    """Lines that are no records between two that are: the two are read, and the others said."""
    tally = Tally("a line that no record can be")
    path = folder / "runs.jsonl"
    wrong = [unsealed(ordinary(), **changes) for changes, _ in IMPOSSIBLE] + [line for line, _ in NO_RECORD]
    good = [ordinary(1), ordinary(2)]
    for line in wrong:
        path.write_text("\n".join((good[0].to_json(), line, good[1].to_json(), "")), encoding="utf-8")
        with quiet():
            tally.check(line[:60], lambda: read(path) != good)
    return tally


def files(folder: Path) -> Tally:
    """Pipes, devices, folders and sockets where a file is meant: refused at once, and still there."""
    tally = Tally("what is no file where a file is meant")
    os.mkfifo(folder / "pipe")
    (folder / "folder").mkdir()
    (folder / "a").symlink_to("b")
    (folder / "b").symlink_to("a")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))
        for path in (folder / "pipe", folder / "folder", folder / "a", folder / "socket"):
            tally.check(f"read {path.name}", _refused, read, path)
            tally.check(f"append to {path.name}", _refused, _add, path)
            tally.check(f"replace {path.name}", _refused, _replace, path)
            tally.check(f"resume from {path.name}", _refused, resume, path)
        for device in ("/dev/zero", "/dev/full", "/dev/null"):
            tally.check(f"read {device}", _refused, read, device)
    tally.check("left", lambda: sorted(os.listdir(folder)) != ["a", "b", "folder", "pipe", "socket"])
    return tally


def calls(folder: Path) -> Tally:
    """Arguments of the wrong kind, from the table below: an error in words."""
    tally = Tally("an argument that cannot be")
    for call, attempts in REFUSED:
        for arguments in attempts:
            tally.check(f"{call.__name__}{arguments!r}", _refused, call, *arguments)
    return tally


def _refused(call: Callable[..., object], *arguments: object) -> str:
    """What is wrong about how a call is refused; empty if it is refused in words, at once."""
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(PATIENCE)
    try:
        call(*arguments)
    except _TooLongError:
        return f"still waiting after {PATIENCE} s"
    except (OSError, TypeError, ValueError) as error:
        return "" if str(error) else f"{type(error).__name__} without a word"
    finally:
        signal.alarm(0)
    return "accepted"


class _TooLongError(Exception):
    """Nothing came back in time."""


def _too_long(*_: object) -> None:
    raise _TooLongError


def _write(file: Any) -> None:
    file.write(b"new")


def _add(path: Path) -> None:
    append(path, [ordinary()])


def _replace(path: Path) -> None:
    write_atomic(path, _write)


NAN, INF = float("nan"), float("inf")
NO_NUMBERS: list[Any] = ["12", "", True, None, np.True_, [1], 1j, NAN, INF, -INF]
NO_SAMPLES: list[Any] = ["12", ["0.9"], [True], [], [[1.0]], [NAN], [INF, 1.0], [1j]]
REFUSED: list[tuple[Callable[..., object], list[tuple[Any, ...]]]] = [
    (whole, [("n", value) for value in (*NO_NUMBERS, 2.5)]),
    (real, [("x", value) for value in NO_NUMBERS]),
    (flag, [("on", value) for value in ("false", "", 0, 1.0, None, [True])]),
    (one_of, [("word", value, ["a"]) for value in ("b", "", None, 1)]),
    (place, [("out", value) for value in ("", "a\0b", None, b"x", 3)]),
    (mean_interval, [(value,) for value in NO_SAMPLES]),
    (rank_interval, [(value, value) for value in NO_SAMPLES]),
    (wilson_interval, [(3, 2), (-1, 2), (0, 0), (0.5, 2), ("1", 2), (True, 2), (NAN, 2)]),
    (TrainingConfig, [(0,), (1, 0), (1, -1), (1, 1, 0.0), (1, 1, INF), (1, 1, 0.1, "grey")]),
    (load_images, [("cifar",), ("",)]),
    (build, [("vgg", 1), ("pde1", -1)]),
]
KINDS = (lines, files, calls)
