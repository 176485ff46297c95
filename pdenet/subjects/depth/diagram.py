"""The grid's runs read back: how near each setting comes to what the thesis prints, and what depth costs."""

import math
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from pdenet.runs.protocol import described
from pdenet.runs.record import Record
from pdenet.subjects.depth.experiment import EPOCHS, PRINTED, Network, Setting

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
        self._runs: list[tuple[Record, list[float]]] = []
        for record in records:
            if record.data["name"] != data_name:
                continue
            accuracies = [math.nan if a is None else 100 * a for a in record.history["test_accuracy"]]
            if record.diverged_at is not None:
                last = record.diverged_at - 1
                accuracies[last:] = [math.nan] * (len(accuracies) - last)
            self._runs.append((record, accuracies))
        self._courses: dict[tuple[Setting, Network, int], Floats] = {}

    def course(self, setting: Setting, network: Network, depth: int) -> Floats:
        """Test accuracy in per cent, (seed, epoch), as far as all seeds go; empty if there is no run.

        From the epoch in which a network diverged it is NaN.
        """
        place = setting, network, depth
        if place not in self._courses:
            self._courses[place] = self._find(*place)
        return self._courses[place]

    def _find(self, setting: Setting, network: Network, depth: int) -> Floats:
        """Of a seed with several runs, which differ in their number of epochs, the longest."""
        model, training = setting.spec(network, depth).describe(), _length_apart(described(setting.config()))
        runs: dict[int, list[float]] = {}
        for record, accuracies in self._runs:
            if record.model == model and _length_apart(record.training) == training:
                runs[record.seed] = max(runs.get(record.seed, []), accuracies, key=len)
        epochs = min(map(len, runs.values()), default=0)
        return np.array([runs[seed][:epochs] for seed in sorted(runs)]).reshape(len(runs), epochs)

    def epochs(self, setting: Setting, places: Iterable[tuple[Network, int]] = PRINTED) -> int:
        """Epochs that all of these places have; 0 if one has no run."""
        return min(int(self.course(setting, *place).shape[1]) for place in places)

    def cell(self, setting: Setting, network: Network, depth: int, epoch: int | None = EPOCHS) -> Floats:
        """Accuracy by seed after `epoch`, or each seed's best for None; empty if there is no such run.

        A diverged network has labelled nothing right: 0.
        """
        course = np.nan_to_num(self.course(setting, network, depth))
        if course.shape[1] < (epoch or EPOCHS):
            return np.empty(0)
        return course.max(1) if epoch is None else course[:, epoch - 1]

    def row(self, setting: Setting, epoch: int | None = EPOCHS) -> dict[tuple[Network, int], Floats]:
        """The printed cells for which there are runs: accuracies by seed."""
        cells = {place: self.cell(setting, *place, epoch) for place in PRINTED}
        return {place: found for place, found in cells.items() if len(found)}

    def distance(self, setting: Setting, epoch: int | None = EPOCHS) -> float:
        """Largest difference of a mean over seeds from what is printed, points; NaN if a cell is missing."""
        row = self.row(setting, epoch)
        if len(row) < len(PRINTED):
            return math.nan
        return max(abs(float(found.mean()) - PRINTED[place]) for place, found in row.items())

    def lower_bound(self, setting: Setting, epoch: int | None = EPOCHS) -> float:
        """The same over the cells that there are: no less than this is the distance. NaN if there is none."""
        row = self.row(setting, epoch)
        return max((abs(found.mean() - PRINTED[place]) for place, found in row.items()), default=math.nan)

    def loss(self, setting: Setting, epoch: int = EPOCHS, network: Network = "(39)") -> float:
        """Points lost from 5 to 50 layers, means over seeds; NaN if a run is missing."""
        shallow, deep = (self.cell(setting, network, depth, epoch) for depth in (5, 50))
        return float(shallow.mean() - deep.mean()) if len(shallow) and len(deep) else math.nan


def _length_apart(training: Mapping[str, object]) -> dict[str, object]:
    """A training without its number of epochs: of two that agree in the rest, one is the longer."""
    return {name: value for name, value in training.items() if name != "epochs"}


def steps(setting: Setting, epochs: int = EPOCHS, images: int = 60_000) -> int:
    """Steps of the optimiser in so many epochs."""
    return epochs * math.ceil(images / setting.batch_size)
