"""Which networks stand side by side, and how all of them are trained."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pdenet.runs.shown import Images
from pdenet.runs.table import Cell, Table
from pdenet.runs.training import TrainingConfig
from pdenet.subjects.two_channels import claims
from pdenet.subjects.two_channels.networks import ALONE, DEPTHS, FIRST, IN_TURN, NETWORKS, spec

if TYPE_CHECKING:
    from pdenet.runs.experiment import Mode

CONFIG = TrainingConfig(epochs=5, batch_size=64)
"""One short protocol for all: a tenth of the tables' epochs, a third of their images, half as many a step."""
PART = Images(train=20_000, test=10_000)


def _cell(depth: int, column: str, name: str) -> Cell:
    return Cell(depth=depth, column=column, spec=spec(name, depth), protocol=CONFIG, shown=PART, device="cpu")


CELLS = (
    _cell(0, ALONE, FIRST),
    _cell(0, IN_TURN, IN_TURN),  # no layers: the classifier on squared pixels
    *(_cell(depth, name, name) for name in NETWORKS for depth in DEPTHS),
)


def _arms(mode: Mode) -> tuple[Cell, ...]:
    if mode == "full":
        return CELLS
    short, few = replace(CONFIG, epochs=1), Images(train=2000, test=2000)
    return tuple(replace(cell, protocol=short, shown=few, most=3) for cell in CELLS)


TWO_CHANNELS = Table(
    "two-channels",
    "Two channels that take turns: accuracy on the test images",
    _arms,
    claims.CLAIMS,
    page="two-channels",
    digits=2,
)
