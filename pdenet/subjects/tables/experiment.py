"""Tables 4.1 and 4.2 of the thesis and the controls that it lacks: four experiments with one file of records.

Two more, on fresh seeds and on a part of the images, keep their own, so that the others stay as they are.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from pdenet.runs.shown import Images
from pdenet.runs.table import Cell, Table
from pdenet.runs.training import TrainingConfig
from pdenet.subjects.tables import claims
from pdenet.subjects.tables.networks import (
    FRESH,
    SEEDS,
    brightness,
    channels,
    controls,
    fresh,
    table_4_1,
    table_4_2,
)

if TYPE_CHECKING:
    from pdenet.runs.experiment import Mode

SUBJECT = "tables"  # one file of records: a cell that two tables have is the same networks
PAGE = "experiment"
BOOK = TrainingConfig(epochs=3)
BOOK_IMAGES = Images(10_000, 2_000)


def _arms(cells: tuple[Cell, ...], mode: Mode) -> tuple[Cell, ...]:
    if mode == "full":
        return cells
    return tuple(replace(cell, protocol=BOOK, shown=BOOK_IMAGES, most=3) for cell in cells)


TABLE_4_1 = Table(
    "table-4.1",
    "Table 4.1: accuracy on the test images",
    partial(_arms, table_4_1()),
    (*claims.TABLE_4_1, *claims.PRINTED),
    subject=SUBJECT,
    page=PAGE,
)
TABLE_4_2 = Table(
    "table-4.2",
    "Table 4.2: the second equation, accuracy on the test images",
    partial(_arms, table_4_2()),
    claims.TABLE_4_2,
    subject=SUBJECT,
    page=PAGE,
)
CONTROLS = Table(
    "controls",
    "Controls: accuracy on the test images",
    partial(_arms, controls()),
    claims.CONTROLS,
    subject=SUBJECT,
    page=PAGE,
)
BRIGHTNESS = Table(
    "brightness",
    "Layers that only make the image brighter: accuracy on the test images",
    partial(_arms, brightness()),
    claims.BRIGHTNESS,
    subject=SUBJECT,
    page=PAGE,
)
CHANNELS = Table(
    "channels",
    "Residual networks with several channels, trained short: accuracy on the test images",
    partial(_arms, channels()),
    claims.CHANNELS,
    seeds=5,
    page=PAGE,
)
AGAIN = Table(
    "fresh",
    "(40) and the classifier alone on ten more seeds: accuracy on the test images",
    partial(_arms, fresh()),
    claims.FRESH,
    seeds=SEEDS + FRESH,
    page=PAGE,
)
TABLES = {table.name: table for table in (TABLE_4_1, TABLE_4_2, CONTROLS, BRIGHTNESS, CHANNELS, AGAIN)}
