"""Small tables, whose networks are trained in a moment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from helpers.records import made
from pdenet.models.named import spec
from pdenet.runs.protocol import described
from pdenet.runs.table import Cell, Table
from pdenet.runs.training import TrainingConfig

if TYPE_CHECKING:
    from pdenet.data import ImageData
    from pdenet.runs.record import Record

SHORT = TrainingConfig(epochs=2, batch_size=500)
SMALL: dict[str, Any] = {"widths": (8,)}


def tiny_cell(depth: int, column: str = "PDE net", config: TrainingConfig = SHORT) -> Cell:
    """A PDE net with a small classifier."""
    return Cell(depth=depth, column=column, spec=spec("pde1", depth, **SMALL), protocol=config)


def tiny_table(*cells: Cell, name: str = "tiny", seeds: int = 2) -> Table:
    """The table of these cells, whatever the mode."""
    return Table(name, "Tiny", lambda mode: cells, seeds=seeds)


def trained_for(cell: Cell, config: TrainingConfig) -> Cell:
    """The cell under another protocol."""
    return replace(cell, protocol=config)


def record_of(cell: Cell, images: ImageData, seed: int = 0, accuracy: float | None = 0.9) -> Record:
    """A run of the cell on these images that was never made."""
    data = {"name": images.name, "checksum": images.checksum}
    return made([accuracy], seed=seed, model=cell.model, training=described(cell.protocol), data=data)
