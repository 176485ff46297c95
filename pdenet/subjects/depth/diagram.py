"""The grid's runs read back by setting, network and depth."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from pdenet.runs.protocol import described
from pdenet.subjects.depth.plan import SCREEN
from pdenet.subjects.depth.settings import EPOCHS, PRINTED, Network, Setting

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from pdenet.runs.record import Record

    Floats = NDArray[np.float64]


class Diagram:
    """The runs of many settings, read back.

    A number of epochs is free: a run's history holds the accuracy after each, so a run of fifty epochs
    answers for every shorter one.

    Parameters
    ----------
    records
        Runs of the plan and others; those on another image set are left out.
    data_name
        The image set's name.
    """

    def __init__(self, records: Iterable[Record], data_name: str = "mnist") -> None:
        self._records = [record for record in records if record.data["name"] == data_name]
        self._found: dict[tuple[Setting, Network, int], list[Record]] = {}

    def runs(self, setting: Setting, network: Network, depth: int) -> list[Record]:
        """A record a seed, the longest if it has several, which differ in their number of epochs."""
        place = setting, network, depth
        if place not in self._found:
            model, training = (
                setting.spec(network, depth).describe(),
                _length_apart(described(setting.config())),
            )
            longest: dict[int, Record] = {}
            for record in self._records:
                if record.model == model and _length_apart(record.training) == training:
                    known = longest.get(record.seed)
                    if known is None or _length(record) > _length(known):
                        longest[record.seed] = record
            self._found[place] = [longest[seed] for seed in sorted(longest)]
        return self._found[place]

    def course(self, setting: Setting, network: Network, depth: int) -> Floats:
        """Test accuracy in per cent, (seed, epoch), as far as all seeds go; empty if there is no run.

        From the epoch in which a network diverged it is NaN.
        """
        runs = self.runs(setting, network, depth)
        epochs = min(map(_length, runs), default=0)
        return np.array([_accuracies(run)[:epochs] for run in runs]).reshape(len(runs), epochs)

    def measured(self, setting: Setting, network: Network, depth: int, what: str) -> NDArray[Any]:
        """What was measured by epoch, (seed, epoch, ...), as far as all seeds go; empty if there is none."""
        found = [run.measured[what] for run in self.runs(setting, network, depth) if what in run.measured]
        epochs = min(map(len, found), default=0)
        return np.array([values[:epochs] for values in found])

    def epochs(self, setting: Setting, places: Iterable[tuple[Network, int]] = PRINTED) -> int:
        """Epochs that all of these places have; 0 if one has no run."""
        return min(int(self.course(setting, *place).shape[1]) for place in places)

    def cell(self, setting: Setting, network: Network, depth: int, epoch: int = EPOCHS) -> Floats:
        """Accuracy by seed after `epoch`; empty if there is no such run.

        A diverged network has labelled nothing right: 0.
        """
        course = np.nan_to_num(self.course(setting, network, depth))
        return np.empty(0) if course.shape[1] < epoch else course[:, epoch - 1]

    def cells(
        self, setting: Setting, places: Iterable[tuple[Network, int]] = PRINTED, epoch: int = EPOCHS
    ) -> dict[tuple[Network, int], Floats]:
        """Those of the places for which there are runs: accuracies by seed."""
        found = {place: self.cell(setting, *place, epoch) for place in places}
        return {place: accuracies for place, accuracies in found.items() if len(accuracies)}

    def looks(self, setting: Setting) -> dict[tuple[Network, int], Record]:
        """The runs of the screening, where they were made.

        A longer run of the same seed, trained beside other seeds, rounds otherwise and soon goes its own way.
        """
        found = {}
        for place in PRINTED:
            model, training = setting.spec(*place).describe(), described(setting.config(SCREEN))
            for record in self._records:
                if record.model == model and record.training == training:
                    found[place] = record
        return found

    def screened(self, setting: Setting) -> dict[tuple[Network, int], float]:
        """The mean accuracy of those runs over their last five epochs, per cent."""
        return {
            place: float(np.nan_to_num(_accuracies(record)[-5:]).mean())
            for place, record in self.looks(setting).items()
        }

    def loss(self, setting: Setting, epoch: int = EPOCHS, network: Network = "(39)") -> float:
        """Points lost from 5 to 50 layers, means over seeds; NaN if a run is missing."""
        shallow, deep = (self.cell(setting, network, depth, epoch) for depth in (5, 50))
        return float(shallow.mean() - deep.mean()) if len(shallow) and len(deep) else math.nan


def _accuracies(record: Record) -> list[float]:
    course = [math.nan if a is None else 100 * a for a in record.history["test_accuracy"]]
    if record.diverged_at is not None:
        last = record.diverged_at - 1
        course[last:] = [math.nan] * (len(course) - last)
    return course


def _length(record: Record) -> int:
    return len(record.history["test_accuracy"])


def _length_apart(training: Mapping[str, object]) -> dict[str, object]:
    """A training without its number of epochs: of two that agree in the rest, one is the longer."""
    return {name: value for name, value in training.items() if name != "epochs"}


def steps(setting: Setting, epochs: int = EPOCHS, images: int = 60_000) -> int:
    """Steps of the optimiser in so many epochs."""
    return epochs * math.ceil(images / setting.batch_size)
