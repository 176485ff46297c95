"""The thesis's tables as data: the networks of each cell, what the thesis prints, what our runs give."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property, partial
from typing import Any

from pdenet.claims import Interval, mean_interval
from pdenet.data import ImageData
from pdenet.models import ConvResNet, Init, PDENet, ResidualNet
from pdenet.records import Record
from pdenet.seeding import as_seeds
from pdenet.symbolic import PDE1, PDE2
from pdenet.training import TrainingConfig, run_keys

MODELS: dict[str, Callable[..., ResidualNet]] = {
    "pde1": partial(PDENet, PDE1),
    "pde2": partial(PDENet, PDE2),
    "resnet": ConvResNet,
}


CHANCE = 0.2  # a network that always names one digit is right on a tenth: no better is not to have learned


def build(name: str, depth: int, seeds: int | Iterable[int] = 1, **options: Any) -> ResidualNet:
    """The network called `name` (a key of `MODELS`), with the options of its class.

    Raises
    ------
    ValueError
        If there is no such network, or its class refuses the options.
    """
    if name not in MODELS:
        message = f"model must be one of {', '.join(map(repr, MODELS))}; got {name!r}"
        raise ValueError(message)
    return MODELS[name](depth=depth, seeds=seeds, **options)


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
    def learned(self) -> int:
        """Number of seeds that end above `CHANCE`."""
        return sum(accuracy > CHANCE for accuracy in self.accuracies)  # False for NaN

    @property
    def text(self) -> str:
        """Mean and interval in per cent; the seeds one by one where a mean would hide a dead one."""
        interval = self.interval
        if interval is None or self.learned < len(self.records) or interval.n == 1:
            return ", ".join(_per_cent(accuracy) for accuracy in self.accuracies)
        return f"{_per_cent(interval.estimate)} [{_per_cent(interval.low)}, {_per_cent(interval.high)}]"


def _per_cent(share: float) -> str:
    return "diverged" if math.isnan(share) else f"{100 * share:.1f}"


@dataclass(frozen=True)
class Table:
    """A table of the thesis."""

    name: str
    title: str
    cells: tuple[Cell, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Headings, in the thesis's order."""
        return tuple(dict.fromkeys(cell.column for cell in self.cells))

    @property
    def depths(self) -> tuple[int, ...]:
        """Rows: numbers of layers."""
        return tuple(dict.fromkeys(cell.depth for cell in self.cells))

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


SMALL_START = Init("symmetric", 0.1)  # kernels that are a small correction to the skip at every layer


def _table_4_1() -> Table:
    printed = {5: (0.974, 0.975), 15: (0.965, 0.973), 27: (0.958, 0.970), 50: (0.892, 0.962)}
    cells = [Cell(0, "PDE net", "pde1")]  # a control that the thesis lacks: the classifier on raw pixels
    for depth, (pde, resnet) in printed.items():
        cells += [Cell(depth, "PDE net", "pde1", pde), Cell(depth, "c_ResNet", "resnet", resnet)]
    options = {"init": SMALL_START}  # and another: a control that does not start dead
    cells += [Cell(depth, "c_ResNet, small start", "resnet", options=options) for depth in printed]
    return Table("table-4.1", "Table 4.1: accuracy on the test images", tuple(cells))


TABLE_4_1 = _table_4_1()
TABLES = {table.name: table for table in (TABLE_4_1,)}
