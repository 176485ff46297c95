"""The thesis's tables as data: which networks make which cell, what the thesis prints there, what our runs give."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from typing import Any

from pdenet.claims import Interval, mean_interval
from pdenet.data import ImageData
from pdenet.models import ConvResNet, PDENet, ResidualNet
from pdenet.records import Record, run_key
from pdenet.symbolic import PDE1, PDE2
from pdenet.training import TrainingConfig

MODELS: dict[str, Callable[..., ResidualNet]] = {
    "pde1": partial(PDENet, PDE1),
    "pde2": partial(PDENet, PDE2),
    "resnet": ConvResNet,
}


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

    `thesis` is a share between 0 and 1; `column` is the thesis's heading.
    """

    depth: int
    column: str
    model: str
    thesis: float

    @cached_property
    def description(self) -> dict[str, Any]:
        """What the network's records say of it."""
        return build(self.model, self.depth).describe()

    def missing(
        self, records: Sequence[Record], data: ImageData, config: TrainingConfig, seeds: Iterable[int]
    ) -> tuple[int, ...]:
        """The seeds for which `records` holds no run of this cell on this data with this configuration."""
        done = {record.key for record in records}
        return tuple(
            seed
            for seed in seeds
            if run_key(self.description, asdict(config), seed, data.name, data.checksum) not in done
        )


@dataclass(frozen=True)
class CellResult:
    """What our runs give for a cell: the accuracies by seed, and their mean with a 95 % interval over seeds."""

    cell: Cell
    records: tuple[Record, ...]

    @property
    def accuracies(self) -> list[float]:
        """Accuracy on the test images after the last epoch, between 0 and 1, one a seed."""
        return [record.accuracy for record in self.records]

    @property
    def interval(self) -> Interval:
        """Mean over seeds and its Student t interval."""
        return mean_interval(self.accuracies)


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


def _table_4_1() -> Table:
    printed = {5: (0.974, 0.975), 15: (0.965, 0.973), 27: (0.958, 0.970), 50: (0.892, 0.962)}
    cells = []
    for depth, (pde, resnet) in printed.items():
        cells += [Cell(depth, "PDE net", "pde1", pde), Cell(depth, "c_ResNet", "resnet", resnet)]
    return Table("table-4.1", "Table 4.1: accuracy on the test images after 50 epochs", tuple(cells))


TABLE_4_1 = _table_4_1()
TABLES = {table.name: table for table in (TABLE_4_1,)}
