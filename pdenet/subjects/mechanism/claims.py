"""What the recorded networks of (39) and (40) became: claims judged by their portraits, nothing is run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdenet.runs.claims import Claim
from pdenet.runs.intervals import mean_interval, rank_interval
from pdenet.subjects.mechanism.portraits import COLUMNS, DEPTHS, recorded_flow, recorded_portrait

if TYPE_CHECKING:
    from collections.abc import Callable

    from pdenet.runs.interval import Interval
    from pdenet.runs.results import Results
    from pdenet.subjects.mechanism.portraits import Flow, Place, Portrait

SMOOTH = 1.0  # roughness below which layers count as samples of a smooth function; 2 is random order
FAMILY = "networks as ODEs"
SMALL_STEP = 5.0  # per cent by which halved steps may move the last image


def _of(place: Place, measure: Callable[[Portrait], Interval]) -> Callable[[Results], Interval]:
    """Measured on the portrait, whatever experiment asks: the runs are those of the tables."""
    return lambda _: measure(recorded_portrait(place))


def _of_layers(place: Place, measure: Callable[[Flow], Interval]) -> Callable[[Results], Interval]:
    """The same on the layers read as linear maps."""
    return lambda _: measure(recorded_flow(place))


def trained(places: tuple[Place, ...]) -> tuple[Claim, ...]:
    """The claims that the trained networks at these places are ODEs."""
    return tuple(
        claim
        for place in places
        for claim in (
            Claim(
                f"5a {place[0]}, {place[1]} layers",
                f"{place[0]}, {place[1]} layers: parameters vary smoothly from layer to layer (roughness)",
                threshold=SMOOTH,
                direction="below",
                family=FAMILY,
                measure=_of(place, lambda net: mean_interval(net.rough)),
            ),
            Claim(
                f"5b {place[0]}, {place[1]} layers",
                f"{place[0]}, {place[1]} layers: halving every step moves the image little (per cent)",
                threshold=SMALL_STEP,
                direction="below",
                family=FAMILY,
                measure=_of(place, lambda net: mean_interval(net.halved)),
            ),
        )
    )


def layers(depth: int) -> tuple[Claim, ...]:
    """The claims about what trained layers of (39) do.

    Within one equation: a rank correlation over both would mostly say that (40) moves images less and is more
    accurate, whatever the reason.
    """
    place = "(39)", depth
    return (
        Claim(
            "4.3g",
            f"the {depth} trained layers, were they linear, would spread a digit (pixels²)",
            measure=_of_layers(place, lambda net: mean_interval(net.variance)),
        ),
        Claim(
            "4.3v",
            f"of {depth} layers of (39), networks with more shift after training end worse "
            "(rank correlation)",
            direction="below",
            measure=_of_layers(place, lambda net: rank_interval(net.shift, net.accuracies)),
        ),
    )


TRAINED = trained(tuple((equation, depth) for equation in COLUMNS for depth in DEPTHS))
LAYERS = layers(max(DEPTHS))
