"""What tests of runs share: watching nothing, and what must agree between two runs of one thing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from pdenet.runs.record import Record


@contextmanager
def unwatched(_: object) -> Iterator[Any]:
    yield lambda *_: None


def substance(record: Record) -> dict[str, Any]:
    """A record without when it was made and how long that took."""
    return {name: value for name, value in asdict(record).items() if name not in ("date", "seconds")}
