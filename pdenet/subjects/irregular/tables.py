"""Tables of the page on irregular series: errors of arms, as geometric means over seeds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from pdenet.page.tables import markdown_table
from pdenet.subjects.irregular.arms import MAIN, arm_name
from pdenet.subjects.irregular.claims import (
    REGULAR,
    SHARED,
    blind,
    brief_even,
    brief_gru,
    brief_ode,
    even_blind,
    flat,
    long_name,
    replayed_gru,
    replayed_ode,
)
from pdenet.subjects.irregular.measures import WINDOWS
from pdenet.subjects.irregular.networks import DECAY, GRU, ODE, TIME
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
    "recurrent": brief_gru,
    "recurrent, gaps withheld": blind,
    "recurrent, regular times": brief_even,
    "recurrent, regular times, gaps withheld": even_blind,
    "recurrent, trained for repetition": replayed_gru,
    "latent ODE": brief_ode,
    "latent ODE, state of one number": flat,
    "latent ODE, trained for repetition": replayed_ode,
}
"""Nets that have lost something on purpose, beside those that have not, after short trainings."""


def error(results: Results, arm: str, window: str) -> float:
    """Geometric mean error of an arm over seeds, in radians; NaN without runs."""
    found = error_of(results, arm, window)
    return math.nan if found is None else found.estimate


def training_error(results: Results, arm: str) -> float:
    """Root mean square error, noise included, on the series of the training at its end; mean over seeds."""
    losses = [record.history["train_loss"][-1] or math.nan for record in results.records(arm)]
    return float(np.sqrt(losses).mean())


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
    for steps, name_of in ((LONG, long_name), (CONFIG.steps, arm_name)):
        for kind, sampling in kinds.items():
            arms = [name_of(ODE, sampling), name_of(GRU, sampling), arm_name(TRUE, sampling)]
            found = [error_of(results, arm, "ahead") for arm in arms]
            if found[0] is not None or found[1] is not None:
                rows.append([kind, steps, *("–" if one is None else f"{one:.3f}" for one in found)])
    return markdown_table(["times", "steps", *(f"{name}, ahead (rad)" for name in (ODE, GRU, TRUE))], rows)


def steps_table(results: Results) -> str:
    """How errors fall with the steps of the training, and what is left of the training's own error."""
    rows = []
    for name, steps, arm in (
        (GRU, CONFIG.steps, arm_name(GRU)),
        (GRU, LONG, long_name(GRU)),
        (ODE, CONFIG.steps, arm_name(ODE)),
        (ODE, LONG, long_name(ODE)),
    ):
        records = results.records(arm)
        if records:
            left = training_error(results, arm)
            errors = [error_of(results, arm, window) for window in ("between", "ahead")]
            shown = ["–" if one is None else f"{one:.3f}" for one in errors]
            rows.append([name, steps, len(records), f"{left:.3f}", *shown])
    return markdown_table(
        ["net", "steps", "seeds", "in training (rad)", "between (rad)", "ahead (rad)"], rows
    )
