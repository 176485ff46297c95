"""What is claimed of equal units; committed before the records, some four to eight seeds having been seen.

Nothing is claimed of rounding: what it does is a matter of the machine, and is only reported.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from pdenet.runs.claims import Claim
from pdenet.runs.intervals import mean_interval, wilson_interval
from pdenet.subjects.symmetry_breaking.arms import ESCAPES, MARKS, XOR

if TYPE_CHECKING:
    from pdenet.runs.interval import Interval
    from pdenet.runs.results import Results

TWO = ESCAPES[0].name
LITTLE = 0.01
"""An error or loss that counts as learned: of exclusive or, a sixteenth of that of equal units."""


def _saddles(results: Results) -> Interval | None:
    """Share of equal units, of two to four, at rest where some way apart leads down and none together."""
    if any(arm.name not in results for arm in ESCAPES):
        return None
    values = [
        (results.values(arm.name, "lowest apart") < 0) & (results.values(arm.name, "lowest together") > 0)
        for arm in ESCAPES
    ]
    found = np.concatenate(values)
    return wilson_interval(int(found.sum()), len(found))


def _slope(results: Results) -> Interval | None:
    """How far the slope of the times is off the law, two units."""
    if TWO not in results:
        return None
    return mean_interval(np.abs(results.values(TWO, "slope over law") - 1))


def _times(results: Results) -> Interval | None:
    """The largest error of the predicted times over sizes, seed by seed the mean over two, three and four."""
    if any(arm.name not in results for arm in ESCAPES):
        return None
    return mean_interval(np.mean([results.values(arm.name, "time off") for arm in ESCAPES], axis=0))


def _learned(results: Results) -> Interval | None:
    """Share of pairs that reach the teacher after a push of 1e-4."""
    if TWO not in results:
        return None
    found = results.values(TWO, "loss pushed") < 1e-10
    return wilson_interval(int(found.sum()), len(found))


def _xor(size: str, results: Results) -> Interval | None:
    """Share of equal starts that learn exclusive or after a push of that size."""
    if XOR.name not in results:
        return None
    found = results.values(XOR.name, f"error at {size}") < LITTLE
    return wilson_interval(int(found.sum()), len(found))


def _bends(results: Results) -> Interval | None:
    """How much more the logarithm of a difference grows in one decade of steps than in the one before."""
    if XOR.name not in results:
        return None
    early, middle, late = (np.log(results.values(XOR.name, f"growth at {mark}")) for mark in MARKS)
    return mean_interval((late - middle) / (middle - early))


_claim = partial(Claim, family="symmetry")
CLAIMS = (
    _claim(
        "SY1",
        "two, three or four equal units come to rest at a saddle, from which some way apart leads down and"
        " no way together (share)",
        threshold=0.8,
        measure=_saddles,
    ),
    _claim(
        "SY2",
        "the time of escape grows with the logarithm of the push as the lowest eigenvalue says, to two per"
        " cent (relative error of the slope, two units)",
        threshold=0.02,
        direction="below",
        measure=_slope,
    ),
    _claim(
        "SY3",
        "the linear law, with no number fitted, gives the time of each escape to one per cent (largest"
        " relative error over five pushes)",
        threshold=0.01,
        direction="below",
        measure=_times,
    ),
    _claim(
        "SY4",
        "a pair that is pushed apart by 1e-4 reaches its teacher (share of pairs with a loss below 1e-10)",
        threshold=0.8,
        measure=_learned,
    ),
    _claim(
        "SY5",
        "on exclusive or, a push by 1e-2 lets more than half of equal pairs learn in 6000 steps (share)",
        threshold=0.5,
        measure=partial(_xor, "1e-02"),
    ),
    _claim(
        "SY6",
        "on exclusive or, a push by 1e-12 lets fewer than half of equal pairs learn in 6000 steps (share)",
        threshold=0.5,
        direction="below",
        measure=partial(_xor, "1e-12"),
    ),
    _claim(
        "SY7",
        "on exclusive or a difference grows no faster than a power of the steps: its logarithm gains in the"
        " decade up to 30000 less than three times what it gained in the decade before, where a constant"
        " rate gives ten (ratio)",
        threshold=3.0,
        direction="below",
        measure=_bends,
    ),
)
