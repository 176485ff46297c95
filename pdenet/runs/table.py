"""A table of trained networks: its cells, their records, and their accuracies."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from pdenet.runs.experiment import Experiment
from pdenet.runs.intervals import mean_interval, prediction_interval
from pdenet.runs.network_arm import NetworkArm

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from pdenet.models import ResidualNet
    from pdenet.runs.interval import Interval
    from pdenet.runs.record import Record
    from pdenet.runs.results import Results

PRINTED = 0.001  # the thesis prints accuracies to a tenth of a per cent
CHANCE = 0.2  # a network that always names one digit is right on a tenth: no better is not to have learned

Place = tuple[int, str]  # number of layers, column


@dataclass(frozen=True, kw_only=True)
class Cell(NetworkArm):
    """One cell of a table: a network, trained and tested, and the accuracy that the thesis prints.

    Parameters
    ----------
    depth, column
        Its place.
    thesis
        What the thesis prints there, a share between 0 and 1; None where it has no such cell.
    since
        Its first seed: of those wanted, the ones below are left out.
    """

    depth: int
    column: str
    thesis: float | None = None
    since: int = 0

    @property
    def name(self) -> str:
        """Column and depth."""
        return cell_name(self.depth, self.column)

    @property
    def weight(self) -> float:
        """Its layers."""
        return float(self.depth)

    def seeds(self, wanted: Sequence[int]) -> tuple[int, ...]:
        """Those of the wanted seeds that the cell has."""
        return tuple(seed for seed in super().seeds(wanted) if seed >= self.since)


def cell_name(depth: int, column: str) -> str:
    """The name of the arm at a place of a table."""
    return f"{column}, {depth} layers"


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
    def per_cent(self) -> NDArray[np.float64]:
        """The accuracies in per cent, (seed,); a diverged network has labelled nothing right."""
        return 100 * np.nan_to_num(self.accuracies)

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
        """Where the thesis's value lies to the 95 % interval of one more run that learns.

        None if the thesis has no value or fewer than two seeds learned. The value is printed to a tenth of a
        per cent, so that half of that is granted on either side.
        """
        if self.cell.thesis is None or self.learned < 2:
            return None
        one_more = prediction_interval(self.alive)
        if self.cell.thesis < one_more.low - PRINTED / 2:
            return "below"
        return "above" if self.cell.thesis > one_more.high + PRINTED / 2 else "inside"

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
class Table(Experiment):
    """An experiment whose arms are the cells of a table of the thesis, or of one that it lacks."""

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Its cells, in the order in which they are trained."""
        return tuple(arm for arm in self.arms("full") if isinstance(arm, Cell))

    @property
    def columns(self) -> tuple[str, ...]:
        """Headings, in the thesis's order."""
        return tuple(dict.fromkeys(cell.column for cell in self.cells))

    @property
    def depths(self) -> tuple[int, ...]:
        """Rows: numbers of layers."""
        return tuple(sorted({cell.depth for cell in self.cells}))

    def cell(self, depth: int, column: str) -> Cell:
        """The cell at a place.

        Raises
        ------
        ValueError
            If the table has none there.
        """
        for cell in self.cells:
            if (cell.depth, cell.column) == (depth, column):
                return cell
        message = f"{self.name} has no cell of {depth} layers in the column {column!r}"
        raise ValueError(message)

    def printed(self, depth: int, column: str) -> float:
        """What the thesis prints at a place, a share between 0 and 1.

        Raises
        ------
        ValueError
            If it prints nothing there.
        """
        thesis = self.cell(depth, column).thesis
        if thesis is None:
            message = f"the thesis prints nothing for {cell_name(depth, column)} in {self.name}"
            raise ValueError(message)
        return thesis

    def found(self, results: Results | None = None) -> dict[Place, CellResult]:
        """The runs by place; places without a run are left out. The runs on record unless given."""
        results = self.results() if results is None else results
        return {
            (arm.depth, arm.column): CellResult(arm, tuple(results.records(name)))
            for name, arm in results.arms.items()
            if isinstance(arm, Cell) and name in results
        }


def select_cells(table: Table, columns: Iterable[str] = (), depths: Iterable[int] = ()) -> tuple[Cell, ...]:
    """The cells of a table with these columns and depths; an empty choice is all.

    Raises
    ------
    ValueError
        If the table lacks a column or a depth, or has no cell where they meet.
    """
    columns, depths = tuple(columns), tuple(depths)
    _check_choice(table.name, "column", columns, table.columns)
    _check_choice(table.name, "depth", depths, table.depths)
    cells = tuple(
        cell
        for cell in table.cells
        if (not columns or cell.column in columns) and (not depths or cell.depth in depths)
    )
    if not cells:
        message = f"{table.name} has no cell where the columns and the depths chosen meet"
        raise ValueError(message)
    return cells


def accuracy_table(table: Table, cells: Mapping[Place, CellResult]) -> tuple[list[str], list[list[str]]]:
    """Heading and rows, as text: our accuracies in per cent, the thesis's beside where it has some."""
    compared = {cell.column for cell in table.cells if cell.thesis is not None}
    header = ["layers"]
    for column in table.columns:
        header += [column, "thesis"] if column in compared else [column]
    rows = []
    for depth in table.depths:
        row = [str(depth)]
        for column in table.columns:
            found = cells.get((depth, column))
            row.append("" if found is None else found.text)
            if column in compared:
                thesis = None if found is None else found.cell.thesis
                row.append("" if thesis is None else f"{100 * thesis:.1f}")
        rows.append(row)
    return header, rows


def _check_choice(table: str, what: str, chosen: Sequence[object], known: Sequence[object]) -> None:
    if unknown := [repr(item) for item in chosen if item not in known]:
        message = f"{table} has no {what} {', '.join(unknown)}; it has {', '.join(map(repr, known))}"
        raise ValueError(message)


@dataclass(frozen=True)
class Recorded:
    """The recorded networks of one configuration: as they started, as they ended, and how well they did.

    `accuracies` are shares between 0 and 1, one a seed. The classifiers are those of the start: a record
    holds none.
    """

    start: ResidualNet
    trained: ResidualNet
    accuracies: NDArray[np.float64]


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
        message = f"all seeds of {cell.column} with {cell.depth} layers diverged; no trunk to look at"
        raise ValueError(message)
    seeds = [run.seed for run in runs]
    trunk = {name: [run.trunk[name] for run in runs] for name in runs[0].trunk}
    start, trained = (result.cell.build(seeds) for _ in range(2))
    return Recorded(start, trained.set_trunk(trunk), np.array([run.accuracy for run in runs]))
