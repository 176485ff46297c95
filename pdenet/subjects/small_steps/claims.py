"""What is claimed of fields that are learned through layers; committed before the runs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from pdenet.runs.claims import Claim
from pdenet.runs.intervals import log_mean_interval, mean_interval
from pdenet.subjects.small_steps.arms import LAYERS, arm_name

if TYPE_CHECKING:
    from pdenet.runs.interval import Interval
    from pdenet.runs.results import Results

FIELD, FLOW = "from the field", "from the flow"


def _ratio(layers: int, results: Results) -> Interval | None:
    """How many times as far the field is from Euler's rate as from the flow's increment."""
    name = arm_name(layers)
    if name not in results:
        return None
    return log_mean_interval(results.values(name, FIELD) / results.values(name, FLOW))


def _slope(results: Results) -> Interval | None:
    """The power of the number of layers with which the distance to the pendulum's rate falls, by seed."""
    names = [arm_name(layers) for layers in LAYERS]
    if any(name not in results for name in names):
        return None
    distances = np.log(results.paired(names, FIELD))
    if not distances.size:
        return None
    return mean_interval(np.polyfit(np.log(LAYERS), distances, 1)[0])


_claim = partial(Claim, family="learned fields")
CLAIMS = (
    *(
        _claim(
            f"SS{number}",
            f"through {arm_name(layers)}, what is learned is nearer to the flow's increment than to Euler's"
            " (ratio of distances)",
            threshold=1.0,
            measure=partial(_ratio, layers),
        )
        for number, layers in enumerate(LAYERS, 1)
    ),
    _claim(
        "SS5",
        "the distance of the learned rate to the true one falls with the layers at least as their power -0.9",
        threshold=-0.9,
        direction="below",
        measure=_slope,
    ),
)
"""What a residual block that fits a flow has learned: the flow, or a step of its equation."""
