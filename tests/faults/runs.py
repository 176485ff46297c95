"""What is attacked: small runs with their records and checkpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.descent import DESCENT
from helpers.runs import by_key, killed, unwatched
from helpers.tables import tiny_cell

from pdenet.data import load_images
from pdenet.runs.experiment import Experiment
from pdenet.runs.files import read
from pdenet.runs.plan import Job
from pdenet.runs.runner import run_here
from pdenet.runs.training import TrainingConfig, fit

if TYPE_CHECKING:
    from pathlib import Path

    from pdenet.runs.loop import Progress

DESCENTS = Experiment("descent", "Descents", lambda mode: (DESCENT,), seeds=3)
PART = load_images("digits").subset(100, 50)
CONFIG = TrainingConfig(epochs=3, batch_size=50)
CELL = tiny_cell(1, config=CONFIG)


def job_into(folder: Path) -> Job:
    """Three seeds of a descent, recorded in a file of this folder."""
    return Job(DESCENTS, (DESCENT,), None, folder / "runs.jsonl", device="cpu")


def run_into(folder: Path) -> None:
    """Run what is missing."""
    run_here(job_into(folder), unwatched)


def difference(folder: Path, straight: Path) -> str:
    """How records and files in a folder differ from those of an undisturbed run; empty if they do not."""
    found, wanted = (by_key(read(job_into(one).out)) for one in (folder, straight))
    if found != wanted:
        return f"{len(found)} records, other than the {len(wanted)} of an undisturbed run"
    left = sorted(path.name for path in folder.iterdir() if path.name != "runs.jsonl")
    return f"left behind: {', '.join(left)}" if left else ""


def leave_checkpoint(folder: Path) -> Path:
    """The state of a network's two seeds after all epochs but the last."""
    path = folder / "run.pt"
    killed(CONFIG.epochs - 1, lambda kill: resume(path, kill))
    return path


def resume(path: Path, progress: Progress | None = None) -> list[object]:
    """Go on from a checkpoint; what the records say that a run determines."""
    records = fit(CELL.build(2), PART, CONFIG, device="cpu", checkpoint=path, resume=True, progress=progress)
    return [(record.history, record.trunk) for record in records]
