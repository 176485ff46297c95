"""What is claimed of the networks that are trained with a softmax too many, beside what the thesis prints.

The networks are those of `DOUBLE`. Comparisons among them read the mean of the last epochs (`LATE`), paired
by seed; those with the thesis read the last epoch, as one run of one more pair would be read.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from pdenet.runs.claims import Claim
from pdenet.runs.intervals import prediction_interval
from pdenet.runs.results import LATE, ahead, apart, errs_more
from pdenet.subjects.depth.plan import ALONE, DOUBLE, Run
from pdenet.subjects.depth.settings import PRINTED

if TYPE_CHECKING:
    from pdenet.runs.claims import Direction
    from pdenet.runs.interval import Interval
    from pdenet.runs.results import Measure, Results
    from pdenet.subjects.depth.settings import Network

FAMILY = "softmax twice"
BEST = 97.5  # the best accuracy of the thesis's Table 4.1, per cent


def _name(network: Network, depth: int) -> str:
    return Run.of(DOUBLE, network, depth).name


FIRST, DEEP, SECOND_DEEP = _name("(39)", 5), _name("(39)", 50), _name("(40)", 50)
CONTROL, NO_LAYERS = _name("c_ResNet", 5), _name(*ALONE)


def _one_more(arm: str, other: str) -> Measure:
    """Where the difference of one more pair of runs would lie."""

    def measure(results: Results) -> Interval | None:
        first, second = results.paired([arm, other])
        return prediction_interval(first - second) if len(first) else None

    return measure


def _claim(
    name: str,
    text: str,
    measure: Measure,
    threshold: float = 0.0,
    direction: Direction = "above",
    against: Literal["value", "draw"] = "value",
) -> Claim:
    return Claim(
        name, text, threshold=threshold, direction=direction, against=against, family=FAMILY, measure=measure
    )


_drawn = partial(_claim, against="draw")

CLAIMS = (
    _claim("D1", "(39) of 50 layers errs more often than of 5 (ratio)", errs_more(DEEP, FIRST, LATE), 1.0),
    _drawn(
        "D2",
        "one more pair of runs would lose less than the thesis's",
        _one_more(FIRST, DEEP),
        round(PRINTED["(39)", 5] - PRINTED["(39)", 50], 1),
        "below",
    ),
    _claim(
        "D3", "of 50 layers, (39) errs more often than (40) (ratio)", errs_more(DEEP, SECOND_DEEP, LATE), 1.0
    ),
    _drawn(
        "D4",
        "one more pair of runs would be less apart than the thesis's",
        _one_more(SECOND_DEEP, DEEP),
        round(PRINTED["(40)", 50] - PRINTED["(39)", 50], 1),
        "below",
    ),
    _claim(
        "D5", "fifty layers of (40) in front of the classifier help it", ahead(SECOND_DEEP, NO_LAYERS, LATE)
    ),
    _drawn(
        "D6",
        "one more classifier alone would beat the best number of the thesis's Table 4.1",
        lambda results: results.one_more(NO_LAYERS),
        BEST,
        "above",
    ),
    _claim(
        "D7",
        "of 5 layers, (39) and c_ResNet agree to half a point",
        apart(FIRST, CONTROL, LATE),
        0.5,
        "below",
    ),
)
