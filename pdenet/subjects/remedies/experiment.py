"""The remedies against depth: which networks stand side by side, and how all of them are trained."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pdenet.runs.shown import Images
from pdenet.runs.table import Cell, Table
from pdenet.runs.training import TrainingConfig
from pdenet.subjects.remedies import claims
from pdenet.subjects.remedies.networks import ALONE, DEPTHS, NETWORKS, PLAIN, spec

if TYPE_CHECKING:
    from pdenet.runs.experiment import Mode

CONFIG = TrainingConfig(epochs=4, batch_size=16)
"""One protocol for all. Small batches give many optimiser steps for few passes through 200 layers."""
PART = Images(train=2000, test=2000)


def _cell(depth: int, column: str, name: str) -> Cell:
    return Cell(depth=depth, column=column, spec=spec(name, depth), protocol=CONFIG, shown=PART, device="cpu")


CELLS = (
    _cell(0, ALONE, PLAIN),
    *(_cell(depth, name, name) for name in NETWORKS for depth in DEPTHS),
)


def _arms(mode: Mode) -> tuple[Cell, ...]:
    if mode == "full":
        return CELLS
    short = replace(CONFIG, epochs=1)
    return tuple(replace(cell, protocol=short, most=3) for cell in CELLS if cell.depth < max(DEPTHS))


REMEDIES = Table(
    "remedies",
    "Remedies: accuracy on the test images",
    _arms,
    claims.REMEDIES,
    page="remedies",
)
