"""Errors over each other, by their logarithms, seed by seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pdenet.runs.intervals import log_mean_interval

if TYPE_CHECKING:
    from pdenet.runs.interval import Interval
    from pdenet.runs.results import Results

Error = tuple[str, str]
"""Of an arm, what is measured."""


def ratio(above: Error, below: Error | float, results: Results) -> Interval | None:
    """One error over another, paired by seed, or over a number; None where there are no runs."""
    named = [above, *([below] if isinstance(below, tuple) else [])]
    if any(arm not in results for arm, _ in named):
        return None
    arms = [arm for arm, _ in named]
    values = [results.paired(arms, what)[place] for place, (_, what) in enumerate(named)]
    other = values[1] if isinstance(below, tuple) else np.float64(below)
    return log_mean_interval(values[0] / other)
