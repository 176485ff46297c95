"""What tests of runs share: ways to run an experiment, and what must agree between two runs of one thing."""

from __future__ import annotations

from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pdenet.runs.arm import Arm
    from pdenet.runs.loop import Progress
    from pdenet.runs.record import Record


@contextmanager
def unwatched(_: object) -> Iterator[Any]:
    yield lambda *_: None


class NoWork(Executor):
    """An engine that must not be asked."""

    def submit(self, *_: object, **__: object) -> NoReturn:
        message = "everything is recorded, but a unit was submitted"
        raise AssertionError(message)


class KilledError(Exception):
    """Stands for a kill, which leaves the state of the last epoch and nothing else."""


def kill_after(epoch: int) -> Progress:
    """What a training reports to, and is killed by after an epoch."""

    def kill(now: int, *_: object) -> None:
        if now == epoch:
            raise KilledError

    return kill


def killed(epoch: int, run: Callable[[Progress], object]) -> None:
    """Run until it is killed after an epoch."""
    with pytest.raises(KilledError):
        run(kill_after(epoch))


def substance(record: Record) -> dict[str, Any]:
    """A record without when it was made and how long that took."""
    found = {name: value for name, value in asdict(record).items() if name not in ("date", "seconds")}
    found["measured"] = {what: value for what, value in found["measured"].items() if what != "cpu_seconds"}
    return found


def by_key(records: list[Record]) -> dict[str, dict[str, Any]]:
    """The substance of records, of which none may stand twice."""
    assert len({record.key for record in records}) == len(records), "a run is recorded twice"
    return {record.key: substance(record) for record in records}


def refuse(*_: object, **__: object) -> NoReturn:
    """In the place of what must not be done."""
    message = "something was built, drawn or solved"
    raise AssertionError(message)


def named(arms: tuple[Arm, ...], name: str) -> Arm:
    """The one arm of that name."""
    (arm,) = (arm for arm in arms if arm.name == name)
    return arm
