"""Small experiments, to stand in the catalogue under a name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helpers.tables import SHORT, tiny_cell
from pdenet.runs.experiment import Experiment
from pdenet.runs.shown import Images
from pdenet.runs.table import Cell, Table
from pdenet.subjects.irregular.arms import SeriesArm
from pdenet.subjects.irregular.networks import GRU
from pdenet.subjects.irregular.system import REST
from pdenet.subjects.irregular.training import SeriesTraining

if TYPE_CHECKING:
    from pdenet.runs.experiment import Mode

CELLS = tiny_cell(1), tiny_cell(2)


def _cells(mode: Mode) -> tuple[Cell, ...]:
    if mode == "full":
        return CELLS
    return tuple(replace(cell, protocol=replace(SHORT, epochs=1), shown=Images(200, 50)) for cell in CELLS)


TINY = Table("tiny", "Tiny nets", _cells, seeds=2)
OTHER = Table("other", "Other nets", lambda mode: (tiny_cell(2), tiny_cell(3)), seeds=1, subject="tiny")

FEW = SeriesTraining(steps=30, batch=4, series=6)
SERIES_ARMS = (
    SeriesArm(decoder=REST, protocol=None, test=4),
    SeriesArm(decoder=GRU, protocol=FEW, test=4),
)
SERIES = Experiment("series", "Few series", lambda mode: SERIES_ARMS, seeds=2, digits=3)
