"""A table of trained networks: its cells, their records, and their accuracies."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pdenet.data.image_data import ImageData
from pdenet.models import ResidualNet
from pdenet.models.named import build
from pdenet.ops.seeding import as_seeds
from pdenet.runs.files import read, shipped
from pdenet.runs.intervals import Interval, mean_interval
from pdenet.runs.record import Record
from pdenet.runs.training import TrainingConfig, run_keys

Floats = NDArray[np.float64]


PRINTED = 0.001  # the thesis prints accuracies to a tenth of a per cent
CHANCE = 0.2  # a network that always names one digit is right on a tenth: no better is not to have learned


@dataclass(frozen=True)
class Cell:
    """One cell of a table: a network, trained and tested, and the accuracy that the thesis prints.

    `thesis` is a share between 0 and 1, None where the thesis has no such cell; `options` are those of the
    network's class that differ from its defaults.
    """

    depth: int
    column: str
    model: str
    thesis: float | None = None
    options: dict[str, Any] = field(default_factory=dict)

    def build(self, seeds: int | Iterable[int]) -> ResidualNet:
        """The cell's networks."""
        return build(self.model, self.depth, seeds, **self.options)

    @cached_property
    def description(self) -> dict[str, Any]:
        """What the networks' records say of them."""
        return self.build(1).describe()

    def missing(
        self, records: Sequence[Record], data: ImageData, config: TrainingConfig, seeds: Iterable[int]
    ) -> tuple[int, ...]:
        """The seeds for which `records` holds no run of this cell on this data with this configuration."""
        done = {record.key for record in records}
        chosen = as_seeds(seeds)
        keys = run_keys(self.build(chosen), data, config)
        return tuple(seed for seed, key in zip(chosen, keys, strict=True) if key not in done)


@dataclass(frozen=True)
class CellResult:
    """Our runs of a cell: accuracies by seed, and their mean with a 95 % interval over seeds."""

    cell: Cell
    records: tuple[Record, ...]

    @property
    def accuracies(self) -> list[float]:
        """Accuracy on the test images after the last epoch, between 0 and 1, one a seed."""
        return [record.accuracy for record in self.records]

    @property
    def diverged(self) -> int:
        """Number of seeds whose loss stopped being finite; their accuracy is NaN."""
        return sum(record.diverged_at is not None for record in self.records)

    @property
    def interval(self) -> Interval | None:
        """Mean over seeds and its Student t interval; None if a seed diverged, which no mean may hide."""
        return None if self.diverged else mean_interval(self.accuracies)

    @property
    def seeds(self) -> list[int]:
        """The seeds, in the order of `accuracies`."""
        return [record.seed for record in self.records]

    @property
    def alive(self) -> list[float]:
        """Accuracies of the seeds that learned: those that end above `CHANCE`."""
        return [accuracy for accuracy in self.accuracies if accuracy > CHANCE]  # False for NaN

    @property
    def learned(self) -> int:
        """Number of seeds that end above `CHANCE`."""
        return len(self.alive)

    @property
    def thesis_lies(self) -> Literal["below", "inside", "above"] | None:
        """Where the thesis's value lies to the range of the seeds that learned, ends included.

        None if the thesis has no value or no seed learned. The value is printed to a tenth of a per cent, so
        that half of that is granted on either side.
        """
        if self.cell.thesis is None or not self.alive:
            return None
        if self.cell.thesis < min(self.alive) - PRINTED / 2:
            return "below"
        return "above" if self.cell.thesis > max(self.alive) + PRINTED / 2 else "inside"

    @property
    def text(self) -> str:
        """Mean and interval in per cent; where a mean would hide a dead seed, the seeds or their number."""
        interval, seeds = self.interval, len(self.records)
        if interval is not None and self.learned == seeds > 1:
            return f"{_per_cent(interval.estimate)} [{_per_cent(interval.low)}, {_per_cent(interval.high)}]"
        if seeds <= 3:
            return ", ".join(_per_cent(accuracy) for accuracy in self.accuracies)
        mean = f"{_per_cent(sum(self.alive) / self.learned)}, " if self.alive else ""
        return f"{mean}{self.learned} of {seeds} learned"


def _per_cent(share: float) -> str:
    return "diverged" if math.isnan(share) else f"{100 * share:.1f}"


@dataclass(frozen=True)
class Table:
    """A table of the thesis, or of controls that it lacks.

    A cell that another table has as well is the same networks, so that runs of one serve the other; `reads`
    names the tables whose records are looked through for such runs.
    """

    name: str
    title: str
    cells: tuple[Cell, ...]
    reads: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """Name of the file that its runs are recorded in."""
        return f"{self.name}.jsonl"

    @property
    def columns(self) -> tuple[str, ...]:
        """Headings, in the thesis's order."""
        return tuple(dict.fromkeys(cell.column for cell in self.cells))

    @property
    def depths(self) -> tuple[int, ...]:
        """Rows: numbers of layers."""
        return tuple(dict.fromkeys(cell.depth for cell in self.cells))

    def read(self, out: Path) -> list[Record]:
        """The records in `out`, and those beside it in the files of the tables that this one `reads`.

        A file that is not there has no records; of two records of one run the first is kept.
        """
        files = dict.fromkeys([*(out.with_name(f"{name}.jsonl") for name in self.reads), out])
        return _distinct(record for file in files if file.exists() for record in read(file))

    def recorded(self) -> list[Record]:
        """The records of its cells that come with the book; none where their file does not yet."""
        found = []
        for name in (*self.reads, self.name):
            try:
                found += read(shipped(f"{name}.jsonl"))
            except FileNotFoundError:
                continue
        models = [cell.description for cell in self.cells]
        return _distinct(record for record in found if record.model in models)

    def results(
        self, records: Iterable[Record], data_name: str, config: TrainingConfig
    ) -> dict[tuple[int, str], CellResult]:
        """Our runs by (depth, column): those on the data set of that name with that configuration."""
        training = asdict(config)
        fitting = [r for r in records if r.training == training and r.data["name"] == data_name]
        found = {}
        for cell in self.cells:
            runs = {r.seed: r for r in fitting if r.model == cell.description}
            if runs:
                found[cell.depth, cell.column] = CellResult(cell, tuple(runs[seed] for seed in sorted(runs)))
        return found


def _distinct(records: Iterable[Record]) -> list[Record]:
    found: dict[str, Record] = {}
    for record in records:
        found.setdefault(record.key, record)
    return list(found.values())


@dataclass(frozen=True)
class Recorded:
    """The recorded networks of one configuration: as they started, as they ended, and how well they did.

    `accuracies` are shares between 0 and 1, one a seed. The classifiers are those of the start: a record
    holds none.
    """

    start: ResidualNet
    trained: ResidualNet
    accuracies: Floats


def recorded(result: CellResult) -> Recorded:
    """The networks of a cell of a table, rebuilt from its records; a seed that diverged is left out.

    Raises
    ------
    ValueError
        If every seed diverged.
    """
    runs = [run for run in result.records if run.diverged_at is None]
    if not runs:
        cell = result.cell
        raise ValueError(f"all seeds of {cell.column} with {cell.depth} layers diverged; no trunk to look at")
    seeds = [run.seed for run in runs]
    trunk = {name: [run.trunk[name] for run in runs] for name in runs[0].trunk}
    start, trained = (result.cell.build(seeds) for _ in range(2))
    return Recorded(start, trained.set_trunk(trunk), np.array([run.accuracy for run in runs]))
