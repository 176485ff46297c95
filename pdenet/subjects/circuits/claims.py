"""What is claimed of circuits drawn at random; committed before the records, two seeds having been seen."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from pdenet.runs.claims import Claim
from pdenet.runs.intervals import log_mean_interval, mean_interval
from pdenet.subjects.circuits.arms import PLATEAU, RULES
from pdenet.subjects.circuits.measures import SHIFTS

if TYPE_CHECKING:
    from pdenet.runs.interval import Interval
    from pdenet.runs.results import Results

QUARTER, SMALL = f"{SHIFTS[0]:.3g}", f"{SHIFTS[2]:.3g}"


def _ratio(above: str, below: str, factor: float, results: Results) -> Interval | None:
    """Geometric mean over seeds of one value over another, times a factor."""
    if RULES.name not in results:
        return None
    one, other = (np.array(results.values(RULES.name, what)) for what in (above, below))
    return log_mean_interval(factor * one / other)


def _mean(arm: str, what: str, results: Results) -> Interval | None:
    return mean_interval(results.values(arm, what)) if arm in results else None


def _off(results: Results) -> Interval | None:
    """How far the mean of what the rule measures with shots is off, of the slope."""
    if RULES.name not in results:
        return None
    means = np.array(results.values(RULES.name, f"rule at {QUARTER}"))
    return log_mean_interval(np.abs(means - 1))


_claim = partial(Claim, family="circuits")
CLAIMS = (
    _claim(
        "QC1",
        "the best of nine central differences is over a thousand times as far from the gradient as the"
        " shift rule (ratio of errors)",
        threshold=1000.0,
        measure=partial(_ratio, "best difference", "shift error", 1.0),
    ),
    _claim(
        "QC2",
        "measured with shots, the steepest slope of a circuit scatters by a shift of 0.1 more than nine times"
        " as much as by a quarter turn (ratio)",
        threshold=9.0,
        measure=partial(_ratio, f"deviation at {SMALL}", f"deviation at {QUARTER}", 1.0),
    ),
    _claim(
        "QC3",
        "with shots the mean of the shift rule at a quarter turn is off the slope by less than one per cent"
        " (share)",
        threshold=0.01,
        direction="below",
        measure=_off,
    ),
    _claim(
        "QC4",
        "the same values taken for a difference quotient, over pi instead of 2, fall short of the slope by"
        " more than a third (ratio)",
        threshold=2 / 3,
        direction="below",
        measure=partial(_mean, RULES.name, f"difference at {QUARTER}"),
    ),
    _claim(
        "QC5",
        "fitted over 2 to 8 qubits, the variance of a slope beside the observable more than halves with two"
        " qubits more (halvings a qubit)",
        threshold=0.5,
        measure=partial(_mean, PLATEAU.name, "halvings"),
    ),
)
