"""Records of runs that were never made, for tests of what is done with records."""

import json
from typing import Any

from pdenet.runs.record import Record


def made(accuracies: list[float | None], *, seed: int = 0, **fields: Any) -> Record:
    """A run with this course of test accuracies, shares of 1; it diverged where the course ends in None."""
    given = {
        "model": {},
        "training": {},
        "data": {},
        "history": {"train_loss": [0.1] * len(accuracies), "test_accuracy": accuracies},
        "diverged_at": len(accuracies) if accuracies[-1:] == [None] else None,
        "seconds": 1.0,
        "machine": {},
        "versions": {},
        "date": "2026-01-01",
        "trunk": {},
    }
    return Record(seed=seed, **given | fields)


def ordinary(seed: int = 0, **changes: Any) -> Record:
    """A run with something in every field."""
    fields: dict[str, Any] = {
        "model": {"name": "pde1", "depth": 5, "widths": [64, 32]},
        "training": {"epochs": 2, "learning_rate": 1e-3},
        "seed": seed,
        "data": {"name": "digits", "checksum": "ab12"},
        "history": {"train_loss": [0.7, 1 / 3], "test_accuracy": [0.91, 0.9733333333333334]},
        "seconds": 1.5,
        "machine": {"device": "cpu", "name": "Ökonom 5", "threads": 2},
        "versions": {"pdenet": "0.1.0", "torch": "2.15.0"},
        "date": "2026-11-21T10:00:00+00:00",
        "trunk": {"alpha": [0.5, -0.25]},
    }
    return Record(**fields | changes)


def fields_of(record: Record) -> dict[str, Any]:
    """What a line says of a record, without the line's digest."""
    fields: dict[str, Any] = json.loads(record.to_json())
    del fields["digest"]
    return fields


def unsealed(record: Record, **changes: Any) -> str:
    """The line that older versions wrote, without a digest; `changes` may be what no record holds."""
    return json.dumps({**fields_of(record), **changes}, separators=(",", ":"), ensure_ascii=False)
