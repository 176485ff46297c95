"""What is claimed of equal units; committed before the records, some four to eight seeds having been seen.

When twenty seeds had been seen, three things were changed. Twenty more were run, since twenty of twenty could
not have decided SY1 or SY4 beside six others. SY1 counts data, not committees, which share their inputs. SY8
says what SY7 had meant, as three of twenty pairs do not go towards 1/6; seeds from 20 on alone judge it.

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
    from numpy.typing import NDArray

    from pdenet.runs.interval import Interval
    from pdenet.runs.results import Results
    from pdenet.subjects.symmetry_breaking.system import Array

TWO = ESCAPES[0].name
LITTLE = 0.01
"""An error that counts as learned: of exclusive or, a sixteenth of that of equal units."""
BETWEEN, FRESH = 0.2, 20
"""An error between 1/6 and 1/4; the first seed that had not been seen when SY8 was written."""


def _saddles(results: Results) -> Interval | None:
    """Share of data on which two, three and four units rest where a way apart leads down, none together."""
    if any(arm.name not in results for arm in ESCAPES):
        return None
    values = [
        (results.values(arm.name, "lowest apart") < 0) & (results.values(arm.name, "lowest together") > 0)
        for arm in ESCAPES
    ]
    found = np.all(values, axis=0)
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


def gains(results: Results) -> Array:
    """What the logarithm of a difference gains in a decade of steps, over its gain in the one before."""
    early, middle, late = (np.log(results.values(XOR.name, f"growth at {mark}")) for mark in MARKS)
    ratio: Array = (late - middle) / (middle - early)
    return ratio


def to_the_sixth(results: Results) -> NDArray[np.bool_]:
    """Whether equal pairs are on the way to 1/6, seed by seed; the others rest at 1/4."""
    found: NDArray[np.bool_] = results.values(XOR.name, "error at 0e+00") < BETWEEN
    return found


def _bends(results: Results) -> Interval | None:
    return mean_interval(gains(results)) if XOR.name in results else None


def _fresh_bends(results: Results) -> Interval | None:
    """The same of fresh seeds alone, and of pairs that go towards 1/6."""
    if XOR.name not in results:
        return None
    chosen = to_the_sixth(results) & (np.array(results.seeds(XOR.name)) >= FRESH)
    return mean_interval(gains(results)[chosen]) if chosen.sum() > 1 else None


_claim = partial(Claim, family="symmetry")
CLAIMS = (
    _claim(
        "SY1",
        "two, three and four equal units come to rest at a saddle, from which some way apart leads down and"
        " no way together (share of data)",
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
    _claim(
        "SY8",
        "the same of pairs that go towards 1/6, on seeds that had not been seen (ratio)",
        threshold=3.0,
        direction="below",
        measure=_fresh_bends,
    ),
)
