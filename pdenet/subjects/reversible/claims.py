"""What is claimed of reversible networks and of their way back; committed before the runs.

That two networks are as good as each other is a claim of its own, and no lack of a difference: the whole
interval of their distance must lie below half a point. With intervals of 95 % that is two one-sided tests,
each with an error of 2.5 % (Schuirmann 1987), here corrected for the family on top.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from pdenet.runs.claims import Claim
from pdenet.runs.intervals import log_mean_interval
from pdenet.runs.results import ACCURACY, ahead, apart
from pdenet.subjects.reversible.arms import GAP, REBUILT
from pdenet.subjects.reversible.maps import place

if TYPE_CHECKING:
    from pdenet.runs.interval import Interval
    from pdenet.runs.results import Results

SAME = 0.5  # points of accuracy
GROWING = (0.5, 128)
"""Gain and depth at which states of ReLU branches grow far."""
WILD = (8.0, 128)
"""Gain and depth at which a small change of a state of tanh branches grows far."""
LOOKED_AT = 1  # seeds of the maps that were looked at before the claims were made


def _geometric(arm: str, what: str, results: Results, *, since: int = 0) -> Interval | None:
    if arm not in results:
        return None
    (values,) = results.paired([arm], what, since)
    return log_mean_interval(values) if len(values) and np.isfinite(values).all() else None


def _at(arm: str, where: tuple[float, int], what: str, results: Results) -> Interval | None:
    return _geometric(arm, place(*where, what), results, since=LOOKED_AT)


def _times_plain(arm: str, where: tuple[float, int], results: Results) -> Interval | None:
    """How many times as far off the reversible gradient is as the plain one of the same precision."""
    if arm not in results:
        return None
    ours, theirs = (
        results.paired([arm], place(*where, what), LOOKED_AT)[0] for what in ("reversible", "plain")
    )
    return log_mean_interval(ours / theirs) if len(ours) else None


_claim = partial(Claim, family="reversible networks")
CLAIMS = (
    _claim(
        "RV1",
        "a reversible network and a usual residual one of as many numbers label equally many images right"
        " (distance in points)",
        threshold=SAME,
        direction="below",
        measure=apart("in turn", "usual", ACCURACY),
    ),
    _claim(
        "RV2",
        "so do a reversible one and the residual one of the same branches, which move at once (points)",
        threshold=SAME,
        direction="below",
        measure=apart("in turn", "at once", ACCURACY),
    ),
    _claim(
        "RV3",
        "the reversible one is ahead of a linear classifier by more than five points",
        threshold=5.0,
        measure=ahead("in turn", "none", ACCURACY),
    ),
    _claim(
        "RV4",
        "trained, its states come back in float32 to a relative error below 1e-4",
        threshold=1e-4,
        direction="below",
        measure=partial(_geometric, "in turn", REBUILT),
    ),
    _claim(
        "RV5",
        "and its gradient differs from the one with stored states by less than 1e-4",
        threshold=1e-4,
        direction="below",
        measure=partial(_geometric, "in turn", GAP),
    ),
    _claim(
        "RV6",
        "untrained, with ReLU branches of norm 1/2 and 128 blocks in float32, the reversible gradient is"
        " wrong by more than its size",
        threshold=1.0,
        measure=partial(_at, "relu, float32", GROWING, "reversible"),
    ),
    _claim(
        "RV7",
        "where the one with stored states is off by less than 1e-4",
        threshold=1e-4,
        direction="below",
        measure=partial(_at, "relu, float32", GROWING, "plain"),
    ),
    _claim(
        "RV8",
        "with tanh branches of norm 8 and 128 blocks in float32 both are off, within a factor of ten",
        threshold=10.0,
        direction="below",
        measure=partial(_times_plain, "tanh, float32", WILD),
    ),
    _claim(
        "RV9",
        "there float64 brings the reversible gradient below an error of 1e-3",
        threshold=1e-3,
        direction="below",
        measure=partial(_at, "tanh, float64", WILD, "reversible"),
    ),
)
"""Is a reversible network as good, does it come back, and when does it not?"""
