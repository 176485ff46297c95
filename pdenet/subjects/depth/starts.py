"""Where the accuracy of fifty layers comes from: claims on networks that differ in their start, in full."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pdenet.runs.claims import Claim
from pdenet.runs.intervals import paired_interval
from pdenet.runs.results import LATE, ahead
from pdenet.subjects.depth.plan import OURS, Run

if TYPE_CHECKING:
    from pdenet.runs.interval import Interval
    from pdenet.runs.results import Results
    from pdenet.subjects.depth.settings import Network

DEPTH = 50
SEEDS = 5
NETWORKS: tuple[Network, ...] = ("(39)", "(39), start of (40)", "(40)")
"""The two equations, and the one of `ARMS` that decides: the first with the start of the second."""
RUNS = tuple(Run.of(OURS, network, DEPTH, seeds=SEEDS if "start" in network else 10) for network in NETWORKS)
NAMES = {run.network: run.name for run in RUNS}


def _over_half(network: Network, results: Results) -> Interval | None:
    """Points of (40)'s lead over (39) that a network has beyond one half of it, paired by seed."""
    first, second, crossed = results.paired([NAMES["(39)"], NAMES["(40)"], NAMES[network]], LATE)
    return paired_interval(crossed - first, (second - first) / 2) if len(first) > 1 else None


_claim = partial(Claim, family="starts")
CLAIMS = (
    _claim(
        "W3",
        "of 50 layers, (39) from the start of (40) beats (39)",
        measure=ahead(NAMES["(39), start of (40)"], NAMES["(39)"], LATE),
    ),
    _claim(
        "W4",
        "the start alone gives more than half of what (40) is ahead of (39)",
        measure=partial(_over_half, "(39), start of (40)"),
    ),
)
"""Committed before the runs; points, means of the last ten epochs."""
