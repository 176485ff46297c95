"""What the analysis predicts for trained networks with a remedy; points of a per cent, paired by seed."""

from __future__ import annotations

from pdenet.runs.claims import Claim
from pdenet.runs.results import Measure, ahead, mean
from pdenet.runs.table import CHANCE, cell_name
from pdenet.subjects.remedies.networks import (
    DEPTHS,
    IMPLICIT,
    PERIODIC,
    PERIODIC_POSITIVE,
    PLAIN,
    POSITIVE,
    SCALED,
    SMALL,
)

SHALLOW, DEEP = DEPTHS
DEAD = 100 * CHANCE


def _lead(column: str, other: str) -> Measure:
    """Of the deep networks."""
    return ahead(cell_name(DEEP, column), cell_name(DEEP, other))


def _loss(column: str) -> Measure:
    """From the shallow networks to the deep ones."""
    return ahead(cell_name(SHALLOW, column), cell_name(DEEP, column))


def _beats(name: str, column: str, other: str, called: str) -> Claim:
    return Claim(name, f"of {DEEP} layers, '{column}' beats {called}", measure=_lead(column, other))


REMEDIES = (
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
    _beats("4.4j", SCALED, PERIODIC, f"'{PERIODIC}'"),
    _beats("4.4k", PERIODIC_POSITIVE, PERIODIC, f"'{PERIODIC}'"),
)
