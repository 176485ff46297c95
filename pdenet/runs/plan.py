"""What is to be run: a job, and the units of work that it is divided into."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from pdenet.data.image_data import ImageData
from pdenet.runs.table import Cell, Table
from pdenet.runs.training import TrainingConfig, run_keys


@dataclass(frozen=True)
class Job:
    """What is to be there in the end: the runs of a table's cells for these seeds, recorded in `out`."""

    table: Table
    images: ImageData
    config: TrainingConfig
    seeds: tuple[int, ...]
    out: Path
    device: str = "auto"

    def __post_init__(self) -> None:
        object.__setattr__(self, "out", self.out.absolute())  # workers have a working directory of their own

    def keys(self, cell: Cell, seeds: Sequence[int]) -> tuple[str, ...]:
        """The keys of the cell's runs, one a seed."""
        return tuple(run_keys(cell.build(seeds), self.images, self.config))

    def missing(self, cell: Cell) -> tuple[int, ...]:
        """The cell's seeds that have no record now."""
        return cell.missing(self.table.read(self.out), self.images, self.config, self.seeds)


@dataclass(frozen=True)
class Unit:
    """What is trained in one go: a cell's network with a few seeds. Small, for it travels to workers.

    `checkpoint` is where its state is kept; `claim` is a file that is there while the command runs that made
    this unit.
    """

    cell: Cell
    seeds: tuple[int, ...]
    keys: tuple[str, ...]
    checkpoint: Path
    claim: Path

    @property
    def title(self) -> str:
        """The cell and its seeds, for people."""
        return f"{self.cell.column}, {self.cell.depth} layers, seeds {', '.join(map(str, self.seeds))}"


def select(table: Table, columns: Iterable[str] = (), depths: Iterable[int] = ()) -> Table:
    """The part of a table with these columns and depths; an empty choice is all.

    Raises
    ------
    ValueError
        If the table lacks a column or a depth, or has no cell where they meet.
    """
    columns, depths = tuple(columns), tuple(depths)
    if unknown := [repr(column) for column in columns if column not in table.columns]:
        message = (
            f"{table.name} has no column {', '.join(unknown)}; it has {', '.join(map(repr, table.columns))}"
        )
        raise ValueError(message)
    if unknown := [str(depth) for depth in depths if depth not in table.depths]:
        message = (
            f"{table.name} has no depth {', '.join(unknown)}; it has {', '.join(map(str, table.depths))}"
        )
        raise ValueError(message)
    cells = [
        cell
        for cell in table.cells
        if (not columns or cell.column in columns) and (not depths or cell.depth in depths)
    ]
    if not cells:
        message = f"{table.name} has no cell where the columns and the depths chosen meet"
        raise ValueError(message)
    return replace(table, cells=tuple(cells))


def checkpoint_path(out: Path, key: str) -> Path:
    """Where the run whose first seed has this key keeps its state, beside its records."""
    return out.with_name(f"{out.name}.{key[:12]}.checkpoint.pt")


def split(
    missing: Sequence[int], begun: Iterable[tuple[int, ...]] = (), most: int | None = None
) -> list[tuple[int, ...]]:
    """Divide missing seeds into groups that are trained side by side.

    Parameters
    ----------
    missing
        Seeds without a record.
    begun
        Groups of which a checkpoint is there; where all seeds of one are still missing, it comes first.
    most
        The other seeds are divided evenly into as few groups as hold no more than this; None: into one.
    """
    groups: list[tuple[int, ...]] = []
    left = list(missing)
    for group in begun:
        if set(group) <= set(left):
            groups.append(group)
            left = [seed for seed in left if seed not in group]
    if left:
        count = 1 if most is None else -(-len(left) // most)
        size, longer = divmod(len(left), count)
        ends = [(i + 1) * size + min(i + 1, longer) for i in range(count)]
        groups += [tuple(left[a:b]) for a, b in zip([0, *ends], ends, strict=False)]
    return groups


def plan(job: Job, cell: Cell, most: int | None = None) -> list[Unit]:
    """The units that train what is missing of a cell now, at most `most` seeds in each that is not begun."""
    missing = job.missing(cell)
    if not missing:
        return []
    keys = dict(zip(missing, job.keys(cell, missing), strict=True))
    begun = []
    for key in keys.values():
        path = checkpoint_path(job.out, key)
        if path.exists() and (seeds := _seeds_in(path)):
            begun.append(seeds)
    return [
        Unit(
            cell,
            seeds,
            tuple(keys[seed] for seed in seeds),
            checkpoint_path(job.out, keys[seeds[0]]),
            _claim_path(job, cell),
        )
        for seeds in split(missing, begun, most)
    ]


def _seeds_in(checkpoint: Path) -> tuple[int, ...] | None:
    """The seeds that a checkpoint is of; None if it cannot be read, which `fit` will say of it."""
    try:
        return tuple(torch.load(checkpoint, map_location="cpu", weights_only=True)["identity"]["seeds"])
    except Exception:  # torch raises a different type for each way in which a file can be broken
        return None


def _claim_path(job: Job, cell: Cell) -> Path:
    """The name is that of the cell's runs: a hidden file beside the records, the same for every command."""
    (key,) = job.keys(cell, [0])
    return job.out.with_name(f".{job.out.name}.{key[:12]}.claim.tmp")
