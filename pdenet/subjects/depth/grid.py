"""Which experiment was it? What the thesis leaves open, laid out as a grid, and how near each point comes.

The thesis says Adam at 1e-3, fifty epochs, MNIST, and prints six accuracies of its two equations. It does not
say how parameters start, how wide the classifier is, whether it has activations, how many images a step has,
or how pixels are scaled. A `Setting` is one way to fill these gaps, `PLAN` the runs that were made, `Diagram`
what came out. ``python -m pdenet.phase`` trains what is missing of the plan.
"""

import argparse
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from pdenet.data.image_data import ImageData
from pdenet.data.images import load_images
from pdenet.models import Init, ResidualNet
from pdenet.models.classifier import Activation
from pdenet.runs.files import append, read, shipped
from pdenet.runs.record import Record
from pdenet.runs.training import TrainingConfig, fit, run_keys
from pdenet.subjects.depth.reparametrised import arm

FILE = "phase.jsonl"
EPOCHS = 50

STARTS: dict[str, Init] = {
    "uniform, gamma 0": Init("uniform", 1.0, zero=("gamma",)),
    "uniform": Init("uniform", 1.0),
    "normal, gamma 0": Init("normal", 1.0, zero=("gamma",)),
    "normal": Init("normal", 1.0),
    "normal 0.1": Init("normal", 0.1),
    "symmetric 1/3": Init("symmetric", 1 / 3),
}
"""Laws of the parameters before training; the first is that of our Tables 4.1 and 4.2."""

Network = Literal["(39)", "(40)", "(39), start of (40)", "(40), start of (39)"]

PRINTED: dict[tuple[Network, int], float] = {
    ("(39)", 5): 97.4,
    ("(39)", 15): 96.5,
    ("(39)", 27): 95.8,
    ("(39)", 50): 89.2,
    ("(40)", 27): 97.0,
    ("(40)", 50): 96.9,
}
"""Per cent, by equation and layers: what Tables 4.1 and 4.2 of the thesis print."""


@dataclass(frozen=True)
class Setting:
    """One way to fill the gaps of the thesis's description.

    Parameters
    ----------
    start
        Law of the trunk's parameters, a key of `STARTS`.
    widths, activation
        The classifier's hidden widths and what stands between its layers.
    batch_size
        Images a step.
    pixels
        As in `TrainingConfig`.

    Raises
    ------
    ValueError
        If there is no such start.
    """

    start: str = "uniform, gamma 0"
    widths: tuple[int, ...] = (256, 128)
    activation: Activation = "relu"
    batch_size: int = 128
    pixels: Literal["unit", "standard"] = "unit"

    def __post_init__(self) -> None:
        if self.start not in STARTS:
            message = f"start must be one of {', '.join(map(repr, STARTS))}; got {self.start!r}"
            raise ValueError(message)

    @property
    def label(self) -> str:
        """The setting in a line."""
        classifier = "-".join(map(str, self.widths)) + ("" if self.activation == "relu" else " linear")
        pixels = "" if self.pixels == "unit" else ", standard pixels"
        return f"{self.start}; {classifier}; batch {self.batch_size}{pixels}"

    def network(self, network: Network, depth: int, seeds: int | Iterable[int] = 1) -> ResidualNet:
        """Networks of `depth` layers that start as this setting says."""
        return arm(
            network, depth, seeds, init=STARTS[self.start], widths=self.widths, activation=self.activation
        )

    def config(self, epochs: int = EPOCHS) -> TrainingConfig:
        """How they are trained."""
        return TrainingConfig(epochs, self.batch_size, pixels=self.pixels)


@dataclass(frozen=True)
class Run:
    """Networks of one setting, equation and depth, one a seed, trained for so many epochs."""

    setting: Setting
    network: Network
    depth: int
    epochs: int = EPOCHS
    seeds: tuple[int, ...] = (0,)

    def build(self, seeds: Iterable[int] | None = None) -> ResidualNet:
        """The networks; `seeds` is a choice among those of the run."""
        return self.setting.network(self.network, self.depth, self.seeds if seeds is None else seeds)

    @property
    def config(self) -> TrainingConfig:
        """How they are trained."""
        return self.setting.config(self.epochs)

    def missing(self, records: Iterable[Record], data: ImageData) -> tuple[int, ...]:
        """Seeds of which `records` holds no run on this data."""
        done = {record.key for record in records}
        keys = run_keys(self.build(), data, self.config)
        return tuple(seed for seed, key in zip(self.seeds, keys, strict=True) if key not in done)


ENDS: tuple[tuple[Network, int], ...] = (("(39)", 5), ("(39)", 50), ("(40)", 50))
SHORT = 3  # epochs of a first look
OURS = Setting()
"""The setting of our Tables 4.1 and 4.2; its runs are theirs."""

NARROW = (64, 32)


def _plan() -> tuple[Run, ...]:
    """First a look at corners of the grid, few epochs at the ends; then all six cells where that leads."""
    looks = [
        *(Setting(start, NARROW) for start in STARTS),
        *(Setting(start, NARROW, batch_size=1024) for start in ("normal 0.1", "uniform, gamma 0", "uniform")),
        *(Setting(start, NARROW, pixels="standard") for start in ("uniform, gamma 0", "uniform")),
        *(Setting(start, NARROW, activation="none") for start in ("uniform, gamma 0", "normal 0.1")),
    ]
    wide = Setting("uniform")
    curves = [Setting(widths=NARROW, batch_size=1024), *(Setting(batch_size=size) for size in (4096, 2048))]
    return (
        *_runs(wide, [("(40)", 50)], 4),
        *_runs(wide, [("(39)", 5), ("(39)", 27)], SHORT),
        *_runs(wide, [("(39)", 50)]),  # its classifier dies on the way, so that the other cells cannot help
        *_runs(Setting(widths=NARROW, batch_size=256), [("(39)", 50)], 30),
        *(run for setting in looks[: len(STARTS)] for run in _runs(setting, ENDS, SHORT)),
        *(run for setting in curves for run in _runs(setting, PRINTED)),
        *(run for setting in looks[len(STARTS) :] for run in _runs(setting, ENDS, SHORT)),
    )


def _runs(
    setting: Setting,
    places: Iterable[tuple[Network, int]],
    epochs: int = EPOCHS,
    seeds: tuple[int, ...] = (0,),
) -> list[Run]:
    return [Run(setting, network, depth, epochs, seeds) for network, depth in places]


PLAN = _plan()
SETTINGS = tuple(dict.fromkeys([OURS, *(run.setting for run in PLAN)]))
"""The settings of the grid, ours first."""


def recorded() -> list[Record]:
    """The records that come with the book for the plan and for our own setting, which the tables hold."""
    found: dict[str, Record] = {}
    for name in (FILE, "table-4.1.jsonl", "table-4.2.jsonl"):
        try:
            records = read(shipped(name))
        except FileNotFoundError:
            continue
        for record in records:
            found.setdefault(record.key, record)
    return list(found.values())


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
        self._courses: dict[tuple[Setting, Network, int], np.ndarray] = {}

    def course(self, setting: Setting, network: Network, depth: int) -> np.ndarray:
        """Test accuracy in per cent, (seed, epoch), as far as all seeds go; empty if there is no run.

        From the epoch in which a network diverged it is NaN.
        """
        place = setting, network, depth
        if place not in self._courses:
            self._courses[place] = self._find(*place)
        return self._courses[place]

    def _find(self, setting: Setting, network: Network, depth: int) -> np.ndarray:
        """Of a seed with several runs, which differ in their number of epochs, the longest."""
        model, training = setting.network(network, depth).describe(), _length_apart(asdict(setting.config()))
        runs: dict[int, list[float]] = {}
        for record, accuracies in self._runs:
            if record.model == model and _length_apart(record.training) == training:
                runs[record.seed] = max(runs.get(record.seed, []), accuracies, key=len)
        epochs = min(map(len, runs.values()), default=0)
        return np.array([runs[seed][:epochs] for seed in sorted(runs)]).reshape(len(runs), epochs)

    def epochs(self, setting: Setting, places: Iterable[tuple[Network, int]] = PRINTED) -> int:
        """Epochs that all of these places have; 0 if one has no run."""
        return min(self.course(setting, *place).shape[1] for place in places)

    def cell(self, setting: Setting, network: Network, depth: int, epoch: int | None = EPOCHS) -> np.ndarray:
        """Accuracy by seed after `epoch`, or each seed's best for None; empty if there is no such run.

        A diverged network has labelled nothing right: 0.
        """
        course = np.nan_to_num(self.course(setting, network, depth))
        if course.shape[1] < (epoch or EPOCHS):
            return np.empty(0)
        return course.max(1) if epoch is None else course[:, epoch - 1]

    def row(self, setting: Setting, epoch: int | None = EPOCHS) -> dict[tuple[Network, int], np.ndarray]:
        """The printed cells for which there are runs: accuracies by seed."""
        cells = {place: self.cell(setting, *place, epoch) for place in PRINTED}
        return {place: found for place, found in cells.items() if len(found)}

    def distance(self, setting: Setting, epoch: int | None = EPOCHS) -> float:
        """Largest difference of a mean over seeds from what is printed, points; NaN if a cell is missing."""
        row = self.row(setting, epoch)
        if len(row) < len(PRINTED):
            return math.nan
        return max(abs(found.mean() - PRINTED[place]) for place, found in row.items())

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


def train(plan: Sequence[Run], data: ImageData, out: Path, device: str = "auto") -> Iterator[str]:
    """Train what `out` lacks of the plan, append it run by run, and say of each what came out.

    Killed at any moment, it loses the run it was at.
    """
    for number, run in enumerate(plan, start=1):
        missing = run.missing(read(out) if out.exists() else [], data)
        if not missing:
            continue
        records = fit(run.build(missing), data, run.config, device=device)
        append(out, records)
        found = ", ".join("diverged" if math.isnan(r.accuracy) else f"{r.accuracy:.1%}" for r in records)
        yield f"{number} of {len(plan)}: {run.setting.label}; {run.network}, {run.depth} layers: {found}"


def main(arguments: Sequence[str] | None = None) -> None:
    """``python -m pdenet.phase``: train what is missing of the plan."""
    parser = argparse.ArgumentParser(prog="python -m pdenet.phase", description=main.__doc__)
    parser.add_argument("--out", type=Path, default=Path("results", FILE), help="records to append to")
    parser.add_argument("--data", default="auto", choices=("auto", "mnist", "digits"), help="image set")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda")
    chosen = parser.parse_args(arguments)
    for line in train(PLAN, load_images(chosen.data), chosen.out, chosen.device):
        print(line, flush=True)


if __name__ == "__main__":
    main()
