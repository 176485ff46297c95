"""Tables of the page on irregular series: errors of arms, as geometric means over seeds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from pdenet.page.tables import markdown_table
from pdenet.subjects.irregular.arms import MAIN, arm_name
from pdenet.subjects.irregular.claims import REGULAR, SHARED, long_name
from pdenet.subjects.irregular.measures import WINDOWS
from pdenet.subjects.irregular.networks import BLIND, DECAY, FLAT, GRU, ODE, TIME
from pdenet.subjects.irregular.rates import LONG
from pdenet.subjects.irregular.ratios import error_of
from pdenet.subjects.irregular.system import CONTROLS, TRUE
from pdenet.subjects.irregular.training import CONFIG

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pdenet.runs.results import Results

LEARNERS = (ODE, GRU, DECAY, TIME)
MAIN_ARMS = {name: long_name(name) for name in LEARNERS} | {name: arm_name(name) for name in CONTROLS}
"""What is compared at irregular times, by what a reader calls it."""
BROKEN_ARMS = {
    "recurrent, as above": long_name(GRU),
    "recurrent, gaps withheld": long_name(BLIND),
    "recurrent, regular times": long_name(GRU, REGULAR),
    "recurrent, regular times, gaps withheld": long_name(BLIND, REGULAR),
    "recurrent, trained for repetition": long_name(GRU, targets="seen"),
    "latent ODE, as above": long_name(ODE),
    "latent ODE, state of one number": long_name(FLAT),
    "latent ODE, trained for repetition": long_name(ODE, targets="seen"),
}
"""Nets that have lost something on purpose, beside those that have not."""


def error(results: Results, arm: str, window: str) -> float:
    """Geometric mean error of an arm over seeds, in radians; NaN without runs."""
    found = error_of(results, arm, window)
    return math.nan if found is None else found.estimate


def errors_table(results: Results, arms: Mapping[str, str], windows: Sequence[str] = WINDOWS) -> str:
    """A line for each arm that has runs: its errors by window, with their intervals."""
    found = {
        name: [error_of(results, arm, window) for window in windows]
        for name, arm in arms.items()
        if arm in results
    }
    rows = [
        [name, *("–" if one is None else f"{one:.3f}" for one in errors)] for name, errors in found.items()
    ]
    return markdown_table(["", *(f"{window} (rad)" for window in windows)], rows)


def times_table(results: Results) -> str:
    """Errors ahead by the kind of the times."""
    kinds = {"irregular, each its own": MAIN, "irregular, shared by all": SHARED, "regular": REGULAR}
    rows = []
    for kind, sampling in kinds.items():
        arms = [long_name(ODE, sampling), long_name(GRU, sampling), arm_name(TRUE, sampling)]
        found = [error_of(results, arm, "ahead") for arm in arms]
        rows.append([kind, *("–" if one is None else f"{one:.3f}" for one in found)])
    return markdown_table(["times", *(f"{name}, ahead (rad)" for name in (ODE, GRU, TRUE))], rows)


def steps_table(results: Results) -> str:
    """How errors fall with the steps of the training, and what is left of the training's own error."""
    rows = []
    for name, steps, arm in (
        (GRU, CONFIG.steps, arm_name(GRU)),
        (GRU, LONG, long_name(GRU)),
        (GRU, 2 * LONG, long_name(GRU, steps=2 * LONG)),
        (ODE, CONFIG.steps, arm_name(ODE)),
        (ODE, LONG, long_name(ODE)),
    ):
        records = results.records(arm)
        if records:
            left = np.sqrt([record.history["train_loss"][-1] or np.nan for record in records]).mean()
            errors = [error_of(results, arm, window) for window in ("between", "ahead")]
            shown = ["–" if one is None else f"{one:.3f}" for one in errors]
            rows.append([name, steps, len(records), f"{left:.3f}", *shown])
    return markdown_table(
        ["net", "steps", "seeds", "in training (rad)", "between (rad)", "ahead (rad)"], rows
    )
