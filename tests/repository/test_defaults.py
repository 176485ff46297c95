"""What functions take where nothing is given is written a second time: a reader of a record relies on it."""

from difflib import unified_diff
from pathlib import Path

from helpers.defaults import defaults

PINNED = Path(__file__).with_name("defaults.txt")


def test_no_default_changed_unseen() -> None:
    """If it was meant to change: python tests/helpers/defaults.py > tests/repository/defaults.txt"""
    pinned = PINNED.read_text(encoding="utf-8").splitlines()
    changed = list(unified_diff(pinned, defaults(), "pinned", "pdenet", lineterm="", n=0))
    assert not changed, "\n".join(["other defaults than tests/repository/defaults.txt says:", *changed])


def test_the_table_holds_the_defaults_that_a_run_depends_on() -> None:
    """Typed here as the thesis or the book says them, so that writing the table anew does not hide a slip."""
    pinned = dict(line.split(": ", 1) for line in PINNED.read_text(encoding="utf-8").splitlines())
    assert pinned["pdenet.runs.training.TrainingConfig [frozen]"] == (
        "epochs=50, batch_size=128, learning_rate=0.001, pixels='unit', loss='cross-entropy', epsilon=1e-08"
    )
    assert pinned["pdenet.models.named.build"] == "seeds=1"
    assert pinned["pdenet.subjects.particle.closed.free_kernel"] == "*mass=1.0, *hbar=1.0"
    assert pinned["pdenet.runs.intervals.mean_interval"] == "level=0.95, *within=(-inf, inf)"
    assert pinned["pdenet.subjects.tables.claims.standard_errors"] == "images=10000"
