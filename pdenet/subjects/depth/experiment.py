"""Which experiment was it? The settings that were run, and what is claimed of the nearest."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pdenet.runs.experiment import Experiment
from pdenet.runs.shown import Images
from pdenet.subjects.depth.claims import CLAIMS
from pdenet.subjects.depth.plan import DOUBLE, FINALISTS, PLAN, SECOND, Run

if TYPE_CHECKING:
    from pdenet.runs.experiment import Mode

BOOK_IMAGES = Images(10_000, 2_000)


def _arms(mode: Mode) -> tuple[Run, ...]:
    if mode == "full":
        return (*PLAN, *SECOND)
    small = (Run.of(DOUBLE, *place, epochs=3, seeds=2) for place in (("(39)", 5), ("(39)", 50), ("(40)", 50)))
    return tuple(replace(run, shown=BOOK_IMAGES) for run in small)


DEPTH = Experiment(
    "depth",
    "Which experiment was it: a grid of what the thesis does not say",
    _arms,
    CLAIMS,
    seeds=max(FINALISTS.values()),
    page="depth",
)
