"""The claims that the thesis draws from its tables, and those a critic would, judged by our runs."""

import math
from collections.abc import Mapping

import numpy as np

from pdenet.claims import Claim, Direction, Interval, mean_interval, paired_interval
from pdenet.experiments import CellResult

Place = tuple[int, str]  # number of layers, column

ALONE, SHALLOW, MIDDLE, DEEP = ((depth, "PDE net") for depth in (0, 5, 27, 50))
CONTROL = (5, "c_ResNet")
FIRM, FIRM_DEEP = (5, "c_ResNet, small start"), (50, "c_ResNet, small start")


def per_cent(result: CellResult) -> np.ndarray:
    """Accuracies of a cell's seeds in per cent, (seed,); a diverged network has labelled nothing right."""
    return 100 * np.nan_to_num(result.accuracies)


def judge_table_4_1(results: Mapping[Place, CellResult]) -> dict[str, tuple[Claim, Interval]]:
    """Claims about Table 4.1 with what our runs measure for each, by the claim's id.

    Accuracies are in per cent, differences in points of a per cent and paired by seed: networks of one seed
    start from the same classifier and see the images in the same order.

    Parameters
    ----------
    results
        Our runs by (layers, column), as `Table.results` gives them.

    Raises
    ------
    KeyError
        If a cell that a claim is about has no run.
    """

    def gain(place: Place, other: Place) -> Interval:
        return paired_interval(per_cent(results[place]), per_cent(results[other]))

    def fall(place: Place) -> float:
        """Points that the thesis's PDE net loses from 5 layers to this cell."""
        first, last = (results[which].cell.thesis or math.nan for which in (SHALLOW, place))
        return round(100 * (first - last), 1)

    def comparison(name: str, text: str, threshold: float = 0.0, direction: Direction = "above") -> Claim:
        return Claim(name, text, "comparison", threshold, direction)

    best = 100 * max(result.cell.thesis or 0.0 for result in results.values())
    judged = [
        (
            comparison("4.1a", "the classifier alone beats every network in the thesis's table", best),
            mean_interval(per_cent(results[ALONE])),
        ),
        (
            comparison("4.1b", "five PDE layers in front of the classifier help it"),
            gain(SHALLOW, ALONE),
        ),
        (
            comparison("4.1c", "PDE net and c_ResNet of 5 layers agree to half a point", 0.5, "below"),
            _size(gain(SHALLOW, CONTROL)),
        ),
        (
            comparison(
                "4.1d", "5-layer PDE net and small-start c_ResNet agree to half a point", 0.5, "below"
            ),
            _size(gain(SHALLOW, FIRM)),
        ),
        (
            comparison("4.1e", "the PDE net loses accuracy from 5 to 50 layers"),
            gain(SHALLOW, DEEP),
        ),
        (
            comparison("4.1f", "it loses less to 50 layers than in the thesis", fall(DEEP), "below"),
            gain(SHALLOW, DEEP),
        ),
        (
            comparison("4.1g", "it loses less to 27 layers than in the thesis", fall(MIDDLE), "below"),
            gain(SHALLOW, MIDDLE),
        ),
        (
            comparison("4.1h", "the small-start c_ResNet loses accuracy from 5 to 50 layers"),
            gain(FIRM, FIRM_DEEP),
        ),
        (
            comparison("4.1i", "of 50 layers, the small-start c_ResNet beats the PDE net"),
            gain(FIRM_DEEP, DEEP),
        ),
    ]
    return {claim.id: (claim, measured) for claim, measured in judged}


def _size(d: Interval) -> Interval:
    """The interval of |d| from that of d."""
    return Interval(abs(d.estimate), max(d.low, -d.high, 0.0), max(-d.low, d.high), d.n, d.level)
