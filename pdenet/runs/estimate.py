"""How long what is missing of an experiment would take, going by the runs that come with the book."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from pdenet.runs.shown import Images

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pdenet.runs.arm import Arm
    from pdenet.runs.experiment import Experiment
    from pdenet.runs.results import Results

ALL_IMAGES = 60_000  # of MNIST


@dataclass(frozen=True)
class Progress:
    """How far an experiment, or an arm of it, is.

    Parameters
    ----------
    name
        Of the experiment or the arm.
    recorded, missing
        Runs.
    seconds
        What the missing runs would take one after the other on the machines of the records, or after work in
        proportion; NaN where no record tells.
    """

    name: str
    recorded: int
    missing: int
    seconds: float

    @property
    def minutes(self) -> str:
        """The time in words: ``"12 min"``, ``"unknown"``."""
        return "unknown" if math.isnan(self.seconds) else f"{self.seconds / 60:.0f} min"


def progress(
    experiment: Experiment, arms: Sequence[Arm], missing: Mapping[str, int], recorded: Mapping[str, int]
) -> list[Progress]:
    """Each arm's, given how many of its runs are recorded and missing."""
    shipped = experiment.results()
    full = {arm.name: arm for arm in experiment.arms("full")}
    found = []
    for arm in arms:
        left = missing[arm.name]
        seconds = left * _seconds_a_run(arm, full.get(arm.name), shipped) if left else 0.0
        found.append(Progress(arm.name, recorded[arm.name], left, seconds))
    return found


def standing(experiment: Experiment) -> Progress:
    """How far the records that come with the book are."""
    shipped = experiment.results()
    arms = experiment.arms("full")
    recorded, missing = {}, {}
    for arm in arms:
        wanted = arm.seeds(range(experiment.seeds))
        recorded[arm.name] = len(set(wanted) & set(shipped.seeds(arm.name)))
        missing[arm.name] = len(wanted) - recorded[arm.name]
    parts = progress(experiment, arms, missing, recorded)
    seconds = sum(part.seconds for part in parts if part.missing)
    return Progress(experiment.name, sum(recorded.values()), sum(missing.values()), seconds)


def _seconds_a_run(arm: Arm, full: Arm | None, shipped: Results) -> float:
    """Mean time of the arm's recorded runs, in proportion to the work; NaN without a record."""
    if full is None:
        return math.nan
    seconds = [record.seconds for record in shipped.records(full.name)]
    known = [one for one in seconds if not math.isnan(one)]
    return fmean(known) * _work(arm) / _work(full) if known else math.nan


def _work(arm: Arm) -> float:
    """Passes times images, or steps: what the time of a run goes with."""
    protocol = arm.training
    images = arm.shown.train or ALL_IMAGES if isinstance(arm.shown, Images) else 1
    return float(protocol.get("epochs", protocol.get("steps", 1)) * images)
