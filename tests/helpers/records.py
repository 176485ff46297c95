"""Records of runs that were never made, for tests of what is done with records."""

from typing import Any

from pdenet.runs.record import Record


def made(accuracies: list[float | None], *, seed: int = 0, **fields: Any) -> Record:
    """A run with this course of test accuracies, shares of 1; it diverged where the course ends in None."""
    given = {
        "model": {},
        "training": {},
        "data": {},
        "history": {"train_loss": [0.1] * len(accuracies), "test_accuracy": accuracies},
        "diverged_at": len(accuracies) if accuracies[-1] is None else None,
        "seconds": 1.0,
        "machine": {},
        "versions": {},
        "date": "2026-01-01",
        "trunk": {},
    }
    return Record(seed=seed, **given | fields)
