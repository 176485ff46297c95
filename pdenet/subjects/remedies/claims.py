"""What the analysis predicts for trained networks with a remedy; points of a per cent, paired by seed.

All networks but the small start draw their parameters as the tables do. How wide a small start is was chosen
there, after a first look at results.
"""

from __future__ import annotations

from dataclasses import replace

from pdenet.runs.claims import Claim
from pdenet.runs.results import Measure, ahead, mean
from pdenet.runs.table import CHANCE, Place, cell_name
from pdenet.subjects.remedies.networks import (
    ALONE,
    DEPTHS,
    IMPLICIT,
    NETWORKS,
    PERIODIC,
    PERIODIC_POSITIVE,
    PLAIN,
    POSITIVE,
    SCALED,
    SMALL,
)

SHALLOW, DEEP = DEPTHS
DEAD = 100 * CHANCE
NONE: Place = (0, ALONE)  # no layers


def _lead(column: str, other: str) -> Measure:
    """Of the deep networks."""
    return ahead(cell_name(DEEP, column), cell_name(DEEP, other))


def _loss(column: str) -> Measure:
    """From the shallow networks to the deep ones."""
    return ahead(cell_name(SHALLOW, column), cell_name(DEEP, column))


def _beats(name: str, column: str, other: str, called: str) -> Claim:
    return Claim(name, f"of {DEEP} layers, '{column}' beats {called}", measure=_lead(column, other))


def _together(family: str, *claims: Claim) -> tuple[Claim, ...]:
    return tuple(replace(claim, family=family) for claim in claims)


_PREDICTED = (
    Claim(
        "4.4a",
        f"with {DEEP} layers and no remedy nothing is learned",
        threshold=DEAD,
        direction="below",
        measure=mean(cell_name(DEEP, PLAIN)),
    ),
    Claim(
        "4.4b",
        f"nor with {DEEP} implicit steps",
        threshold=DEAD,
        direction="below",
        measure=mean(cell_name(DEEP, IMPLICIT)),
    ),
    _beats("4.4c", SCALED, PLAIN, "no remedy"),
    _beats("4.4d", POSITIVE, PLAIN, "no remedy"),
    _beats("4.4e", PERIODIC, PLAIN, "no remedy"),
    Claim(
        "4.4f",
        f"'{SCALED}' loses less than two points from {SHALLOW} to {DEEP} layers",
        threshold=2,
        direction="below",
        measure=_loss(SCALED),
    ),
    Claim(
        "4.4g",
        f"'{POSITIVE}' loses accuracy from {SHALLOW} to {DEEP} layers",
        measure=_loss(POSITIVE),
    ),
    Claim(
        "4.4h",
        f"of {DEEP} positive layers, those on a torus are better",
        measure=_lead(PERIODIC_POSITIVE, POSITIVE),
    ),
    Claim(
        "4.4i",
        f"of {DEEP} layers, the small start is as good as '{SCALED}', or better",
        threshold=-0.5,
        measure=_lead(SMALL, SCALED),
    ),
)


def _afterwards(claim: Claim) -> Claim:
    return replace(claim, text=f"{claim.text} (worded after a first look)")


_AFTERWARDS = (
    _afterwards(_beats("4.4j", SCALED, PERIODIC, f"'{PERIODIC}'")),
    _afterwards(_beats("4.4k", PERIODIC_POSITIVE, PERIODIC, f"'{PERIODIC}'")),
)

CLAIMS = _together("remedies", *_PREDICTED, *_AFTERWARDS)
"""Nine predictions, and two comparisons that were put into words once results were seen; one family."""


def _helps(depth: int, column: str) -> Claim:
    name = cell_name(depth, column)
    return Claim(
        f"4.4, {name}",
        f"{name}: better than the classifier alone",
        family="remedies, classifier alone",
        measure=ahead(name, cell_name(*NONE)),
    )


AGAINST_ALONE = {(depth, column): _helps(depth, column) for column in NETWORKS for depth in DEPTHS}
"""Whether layers with a remedy are better than none, by place; a family of its own."""

REMEDIES = (*CLAIMS, *AGAINST_ALONE.values())
