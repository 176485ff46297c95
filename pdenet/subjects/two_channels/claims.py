"""What the analysis suggests for trained networks of two channels; put into words before they were trained.

Differences are in points of a per cent, paired by seed. Where some seeds learn nothing, a difference has no
interval of Student's; there the networks are compared by how many times as many images one labels wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pdenet.runs.claims import Claim
from pdenet.runs.intervals import wilson_interval
from pdenet.runs.results import ahead, apart, errs_more
from pdenet.runs.table import CHANCE, cell_name
from pdenet.subjects.two_channels.networks import ALONE, AT_ONCE, DEPTHS, FIRST, FREE, IN_TURN, SECOND

if TYPE_CHECKING:
    from pdenet.runs.claims import Direction
    from pdenet.runs.interval import Interval
    from pdenet.runs.results import Measure, Results

FAMILY = "two channels"
SHALLOW, DEEP = DEPTHS[0], DEPTHS[-1]


def _deep(column: str) -> str:
    return cell_name(DEEP, column)


def _share_that_learns(arm: str) -> Measure:
    """The share of the seeds that end above chance."""

    def measure(results: Results) -> Interval | None:
        values = results.values(arm)
        return wilson_interval(int(np.sum(values > 100 * CHANCE)), len(values)) if len(values) else None

    return measure


def _claim(
    letter: str, text: str, measure: Measure, threshold: float = 0.0, direction: Direction = "above"
) -> Claim:
    return Claim(
        f"2.5{letter}", text, threshold=threshold, direction=direction, family=FAMILY, measure=measure
    )


CLAIMS = (
    _claim(
        "a",
        f"'{IN_TURN}' loses less than a point from {SHALLOW} to {DEEP} layers",
        ahead(cell_name(SHALLOW, IN_TURN), _deep(IN_TURN)),
        1.0,
        "below",
    ),
    _claim(
        "b",
        f"of {DEEP} layers, {FIRST} errs more often than '{IN_TURN}' (ratio)",
        errs_more(_deep(FIRST), _deep(IN_TURN)),
        1.0,
    ),
    _claim(
        "c",
        f"of {DEEP} layers, '{IN_TURN}' and {SECOND} agree to half a point",
        apart(_deep(IN_TURN), _deep(SECOND)),
        0.5,
        "below",
    ),
    _claim(
        "d",
        f"of {DEEP} layers, '{AT_ONCE}' errs more often than '{IN_TURN}' (ratio)",
        errs_more(_deep(AT_ONCE), _deep(IN_TURN)),
        1.0,
    ),
    _claim(
        "e",
        f"of {DEEP} layers, fewer than half of the seeds '{AT_ONCE}' learn (share)",
        _share_that_learns(_deep(AT_ONCE)),
        0.5,
        "below",
    ),
    _claim(
        "f",
        f"of {DEEP} layers, '{FREE}' errs more often than '{IN_TURN}' (ratio)",
        errs_more(_deep(FREE), _deep(IN_TURN)),
        1.0,
    ),
    _claim(
        "g",
        f"{SHALLOW} layers '{IN_TURN}' in front of the classifier help it",
        ahead(cell_name(SHALLOW, IN_TURN), cell_name(0, ALONE)),
    ),
    _claim(
        "h",
        f"{DEEP} layers '{IN_TURN}' in front of the classifier help it",
        ahead(_deep(IN_TURN), cell_name(0, ALONE)),
    ),
    _claim(
        "i",
        f"{SHALLOW} layers '{IN_TURN}' are better than none, read as squares",
        ahead(cell_name(SHALLOW, IN_TURN), cell_name(0, IN_TURN)),
    ),
)
"""One family, by Holm."""
