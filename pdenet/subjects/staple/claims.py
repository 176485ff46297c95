"""What is claimed of links and skips.

Thresholds and spans were fixed after a look at how proteins of 10 and 12 residues fold and at links in those
of 14. Of the proteins that judge, folding with 14 residues and linked with 16, a handful was seen before, but
for one thing: a first record of folding with 14 had moves of one or two residues, with which most of a linked
chain's conformations cannot reach the native one. It gave way to moves of three.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pdenet.runs.claims import Claim
from pdenet.runs.intervals import mean_interval, paired_interval
from pdenet.subjects.staple.arms import FASTER, FoldingArm, LinkArm, SkipArm
from pdenet.subjects.staple.measures import log_mean_of

if TYPE_CHECKING:
    from pdenet.runs.interval import Interval
    from pdenet.runs.results import Results

LINKED, FOLDING, SKIPPED = LinkArm(residues=16), FoldingArm(residues=14), SkipArm()
SMALL = FoldingArm(residues=12, together=2)
"""Not judged: with so small moves most conformations of a linked chain never fold."""


def _mean(arm: str, what: str, results: Results) -> Interval | None:
    if arm not in results:
        return None
    return mean_interval(results.values(arm, what))


def _ratio(what: str, results: Results) -> Interval | None:
    if FOLDING.name not in results:
        return None
    return log_mean_of(results.values(FOLDING.name, what))


def _closing_over_span(results: Results) -> Interval | None:
    if LINKED.name not in results:
        return None
    closing, span = (results.values(LINKED.name, f"rank with {what}") for what in ("closing", "span"))
    return paired_interval(closing, span)


_claim = partial(Claim, family="staple")
CLAIMS = (
    _claim(
        "ST1",
        "the rarer a free chain closes a native link, the more the link raises the folding temperature"
        " (rank correlation within a protein)",
        measure=partial(_mean, LINKED.name, "rank with closing"),
    ),
    _claim(
        "ST2",
        "how rarely it closes tells this better than how many bonds it spans (difference of correlations)",
        measure=_closing_over_span,
    ),
    _claim(
        "ST3",
        "most links that a free chain closes by chance are of the native conformation (share)",
        threshold=0.5,
        measure=partial(_mean, LINKED.name, "native of closed"),
    ),
    _claim(
        "ST4",
        "a rigid native link over three bonds makes a protein fold faster (ratio of times)",
        threshold=1.0,
        measure=partial(_ratio, f"short, {FASTER}"),
    ),
    _claim(
        "ST5",
        "a rigid native link over five or seven bonds makes a protein fold faster (ratio of times)",
        threshold=1.0,
        measure=partial(_ratio, f"middle, {FASTER}"),
    ),
    _claim(
        "ST6",
        "a rigid native link over nine bonds or more makes a protein fold faster (ratio of times)",
        threshold=1.0,
        measure=partial(_ratio, f"long, {FASTER}"),
    ),
    _claim(
        "ST7",
        "a loose native link over nine bonds or more makes a protein fold faster (ratio of times)",
        threshold=1.0,
        measure=partial(_ratio, f"loose, {FASTER}"),
    ),
    _claim(
        "ST8",
        "a skip at a random place lowers the gradient of random layers in less than one place in twenty"
        " (share)",
        threshold=0.05,
        direction="below",
        measure=partial(_mean, SKIPPED.name, "lowered"),
    ),
)
