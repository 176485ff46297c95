"""What is claimed of weight decay; committed before the records, parts of two draws having been seen.

Seen: of draw 0 a part, of draw 100 all; in that one WD5 fails and WD11 holds. WD1 to WD3 follow from algebra
near zero, if the transition is continuous, which is not given for cross-entropy and tanh. The others could
come out either way. WD2 was not decided by the first six draws, to which the widest network had been cut; it
was then given the 20 of the others, as planned before.

WD12 came later, from a reader of the page, after all other records and before its own: WD4, WD5 and WD11
look from 0.4 of the critical strength on. For the norm the records already say that it falls faster below:
from 0.4 to none it grows by more than the peak would give. For the activity they do not: on the mean of that
stretch it falls less fast than at the peak. The guess is that the claim fails, by a steep first step.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from pdenet.runs.claims import Claim
from pdenet.runs.intervals import mean_interval
from pdenet.subjects.weight_decay.arms import ADAM, BIASED, NEARBY, SWEPT, WHOLE
from pdenet.subjects.weight_decay.measures import EVEN, SWEEP, peak

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pdenet.runs.arm import Arm
    from pdenet.runs.interval import Interval
    from pdenet.runs.results import Results

EIGHT, ONE = SWEPT[8,].name, SWEPT[1,].name
NONE, THREE = SWEPT[()].name, SWEPT[8, 8].name


def curves(results: Results, arm: str, what: str) -> NDArray[np.float64]:
    """What an arm has by strength, (seed, strength).

    Parameters
    ----------
    results
        Runs of the experiment.
    arm
        Its name.
    what
        As in its records.
    """
    return np.array([record.measured[what] for record in results.records(arm)], dtype=float)


def at(results: Results, arm: str, what: str, strength: float) -> NDArray[np.float64]:
    """What a swept arm has at one strength, (seed,)."""
    found: NDArray[np.float64] = curves(results, arm, what)[:, SWEEP.index(strength)]
    return found


def _off(arms: Sequence[Arm], what: str, right: float, results: Results) -> Interval | None:
    """How far a value is off what is predicted, of the arms the largest, over the draws that all have."""
    names = [arm.name for arm in arms]
    if any(name not in results for name in names):
        return None
    values = np.array(results.paired(names, what))
    return mean_interval(np.abs(values - right).max(0))


def _peak(what: str, width: int, results: Results) -> Interval | None:
    """How far the fastest fall is off the critical strength, after 400 steps."""
    return _off((ADAM[width],), f"peak of {what} after 400", 1.0, results)


def _peak_of_whole(results: Results) -> Interval | None:
    """How far the fastest fall of the activity is off, from no decay on, after 400 steps."""
    if WHOLE.name not in results:
        return None
    falls = [peak(EVEN, values) for values in curves(results, WHOLE.name, "activity after 400")]
    return mean_interval(np.abs(np.array(falls) - 1))


def _difference(
    one: tuple[str, str, float], other: tuple[str, str, float], results: Results
) -> Interval | None:
    """Of two accuracies, each of an arm on a way at a strength; points."""
    if one[0] not in results or other[0] not in results:
        return None
    first, second = (at(results, arm, f"{way} accuracy", strength) for arm, way, strength in (one, other))
    both = min(len(first), len(second))  # seeds count from 0, so that these are of the same draws
    return mean_interval(first[:both] - second[:both])


def _share(results: Results) -> Interval | None:
    """Of the accuracy gained from zero weights to the best strength, what is there at 0.95."""
    if EIGHT not in results:
        return None
    whole = curves(results, EIGHT, "heated accuracy")
    none = at(results, EIGHT, "heated accuracy", SWEEP[-1])
    early = at(results, EIGHT, "heated accuracy", 0.95)
    return mean_interval((early - none) / (whole.max(1) - none))


def _apart(results: Results) -> Interval | None:
    """Between both ways at 0.9, 8 units, without sign; points."""
    if EIGHT not in results:
        return None
    first, second = (at(results, EIGHT, f"{way} accuracy", 0.9) for way in ("heated", "cooled"))
    return mean_interval(np.abs(first - second))


_claim = partial(Claim, family="decay")
CLAIMS = (
    _claim(
        "WD1",
        "the weights vanish within a thousandth of the largest singular value of S (1, 8, 32 and 128 units,"
        " the largest relative error)",
        threshold=1e-3,
        direction="below",
        measure=partial(_off, [*NEARBY.values()], "vanishes at", 1.0),
    ),
    _claim(
        "WD2",
        "within a hundredth of it they grow with an exponent of one half to 0.03 (the largest error of four"
        " widths)",
        threshold=0.03,
        direction="below",
        measure=partial(_off, [*NEARBY.values()], "exponent", 0.5),
    ),
    _claim(
        "WD3",
        "with an output bias they vanish within a thousandth of the largest singular value of the centred S"
        " (relative error)",
        threshold=1e-3,
        direction="below",
        measure=partial(_off, [BIASED], "vanishes at", 1.0),
    ),
    _claim(
        "WD4",
        "after 400 steps of Adam the mean hidden activity falls fastest within 0.1 of the critical strength"
        " (distance, 8 units)",
        threshold=0.1,
        direction="below",
        measure=partial(_peak, "activity", 8),
    ),
    _claim(
        "WD5",
        "after 400 steps of Adam the norm of the weights falls fastest within 0.1 of the critical strength"
        " (distance, 8 units)",
        threshold=0.1,
        direction="below",
        measure=partial(_peak, "norm", 8),
    ),
    _claim(
        "WD6",
        "of the accuracy gained on the whole way down less than a quarter is there at 0.95 of the critical"
        " strength (share, 8 units)",
        threshold=0.25,
        direction="below",
        measure=_share,
    ),
    _claim(
        "WD7",
        "a single hidden unit gains fewer than five points of accuracy from 0.95 down to 0.3 (points)",
        threshold=5.0,
        direction="below",
        measure=partial(_difference, (ONE, "heated", 0.3), (ONE, "heated", 0.95)),
    ),
    _claim(
        "WD8",
        "without a hidden layer the accuracy at 0.95 is over ten points above that of 8 units at 0.5",
        threshold=10.0,
        measure=partial(_difference, (NONE, "heated", 0.95), (EIGHT, "heated", 0.5)),
    ),
    _claim(
        "WD9",
        "with three layers a state heated to 0.2 labels over fifty points more right than one cooled to it"
        " (points)",
        threshold=50.0,
        measure=partial(_difference, (THREE, "heated", 0.2), (THREE, "cooled", 0.2)),
    ),
    _claim(
        "WD10",
        "with two layers, heated and cooled states at 0.9 are within two points of accuracy (points)",
        threshold=2.0,
        direction="below",
        measure=_apart,
    ),
    _claim(
        "WD11",
        "with 32 units the norm of the weights falls fastest within 0.1 of the critical strength (distance)",
        threshold=0.1,
        direction="below",
        measure=partial(_peak, "norm", 32),
    ),
    _claim(
        "WD12",
        "from no decay on the mean hidden activity falls fastest within 0.1 of the critical strength"
        " (distance, 8 units, 400 steps of Adam)",
        threshold=0.1,
        direction="below",
        measure=_peak_of_whole,
    ),
)
