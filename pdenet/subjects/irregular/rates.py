"""Long trainings, and their learning rates: those that err least on validation series.

A rate is chosen for each decoder on seeds that nothing else uses. Nets that differ from a decoder by what was
taken from them or added to them have its rate.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pdenet.subjects.irregular.networks import BLIND, DECAY, FLAT, GRU, ODE, TIME
from pdenet.subjects.irregular.training import CONFIG

if TYPE_CHECKING:
    from pdenet.runs.results import Results
    from pdenet.subjects.irregular.training import SeriesTraining

LONG = 2500
"""Steps of a long training, five times those of `CONFIG`."""

TRIED = {
    ODE: (0.0025, 0.005, 0.01),
    GRU: (0.005, 0.01, 0.02, 0.04),
    TIME: (0.005, 0.01, 0.02, 0.04),
}
"""From 0.01 on halved and doubled until the best of them lies between two others."""
VALIDATION_SEEDS = 3
RATES = {ODE: 0.005, GRU: 0.01, TIME: 0.02}
"""By decoder, as `least_error` finds them; a test compares."""

_LIKE = {DECAY: GRU, BLIND: GRU, FLAT: ODE}


def at_rate(rate: float) -> SeriesTraining:
    """A long training at this rate."""
    return replace(CONFIG, steps=LONG, learning_rate=rate)


def long_training(decoder: str) -> SeriesTraining:
    """The long training of a decoder, at the rate that was chosen for it or for what it is like."""
    return at_rate(RATES[_LIKE.get(decoder, decoder)])


def validation_name(decoder: str, rate: float) -> str:
    """The name of the arm by which a rate is judged."""
    return f"{decoder}; {LONG} steps at rate {rate:g}; validation"


def validation_error(results: Results, decoder: str, rate: float) -> float:
    """Geometric mean over seeds, between and ahead, of the error on validation series; NaN without runs."""
    name = validation_name(decoder, rate)
    found = np.concatenate([results.values(name, window) for window in ("between", "ahead")])
    return float(np.exp(np.log(found).mean())) if len(found) else np.nan


def least_error(results: Results, decoder: str) -> float:
    """The rate, of those tried, with the least error on validation series."""
    return min(TRIED[decoder], key=lambda rate: validation_error(results, decoder, rate))
