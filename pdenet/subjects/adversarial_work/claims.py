"""What is claimed of the loss as a potential; committed before the runs.

That the work is the difference of the losses on every path is a theorem and no claim: tests hold it. What can
come out either way is how well a quadrature finds it, what an attack is worth in its terms, and whether the
forces that are used in place of the gradient go round in circles.

A pilot of two seeds that are not recorded, 100 and 101, was seen before: attacks were worth 14 random changes
of the same length at the smallest radius, trained or not, and 39 to 55 at the largest if trained; fields that
are no gradient had loops of 5 to 47 per cent. Ten seeds place such ratios within a few per cent.

AW21 and AW22 were added by a reader when the records of the others were there, and committed before theirs.
Seen had been their seeds 0 to 2 (trained 10.0 to 11.6, as drawn 12.7 to 14.7); so they count from seed 3 on.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from pdenet.runs.claims import Claim
from pdenet.runs.intervals import log_mean_interval, mean_interval, paired_interval
from pdenet.runs.results import mean
from pdenet.subjects.adversarial_work.arms import AFFINE, NEAR, RELU, TANH, UNTRAINED, at, near
from pdenet.subjects.adversarial_work.fields import CLIPPED, GUIDED, SIGN, STOPPED, UNIT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pdenet.runs.interval import Interval
    from pdenet.runs.results import Results

TANH_DRAWN, RELU_DRAWN = f"{TANH}, {UNTRAINED}", f"{RELU}, {UNTRAINED}"
NAMED = {
    CLIPPED: "the clipped gradient",
    SIGN: "the sign of the gradient",
    UNIT: "the gradient at unit length",
    GUIDED: "guided backpropagation",
    STOPPED: "the gradient with half of the first layer stopped",
}


def _worth(results: Results, arm: str, radius: float, among: tuple[str, ...]) -> NDArray[np.float64]:
    """How many random changes of its length the climb is worth, by seed that all those arms have."""
    climb, random = (results.paired([arm, *among], at(name, radius))[0] for name in ("climb", "random"))
    return np.asarray(climb / random)


def worth(arm: str, radius: float, results: Results) -> Interval | None:
    """The geometric mean over seeds of what the climb is worth in random changes."""
    return log_mean_interval(_worth(results, arm, radius, ())) if arm in results else None


def _worth_more(arm: str, drawn: str, radius: float, results: Results) -> Interval | None:
    """The same over that of the network before training, paired by seed."""
    if arm not in results or drawn not in results:
        return None
    return log_mean_interval(_worth(results, arm, radius, (drawn,)) / _worth(results, drawn, radius, (arm,)))


def _worth_near(arm: str, drawn: str, results: Results) -> Interval | None:
    """The same near the images, of the seeds that had not been looked at before."""
    arms = [near(arm), near(drawn)]
    if not all(name in results for name in arms):
        return None
    climbs, randoms = (results.paired(arms, at(name, NEAR), since=3) for name in ("climb", "random"))
    trained, before = (climb / random for climb, random in zip(climbs, randoms, strict=True))
    return log_mean_interval(trained / before)


def _over(arm: str, above: str, below: str, results: Results) -> Interval | None:
    if arm not in results:
        return None
    return log_mean_interval(results.values(arm, above) / results.values(arm, below))


def explained(arm: str, radius: float, results: Results) -> Interval | None:
    """Of what the rise exceeds its first order by, the share that the tangent of the logits has as well."""
    if arm not in results:
        return None
    names = ("climb", "first order", "tangent of the logits")
    rise, first, tangent = (results.values(arm, at(name, radius)) for name in names)
    return mean_interval((tangent - first) / (rise - first))


def _straighter(arm: str, radius: float, results: Results) -> Interval | None:
    if arm not in results:
        return None
    chord, climb = (results.values(arm, at(f"cosine, {name}", radius)) for name in ("straight", "climb"))
    return paired_interval(chord, climb)


def loop(kind: str) -> str:
    """What the loop of a field is called in a record."""
    return f"loop of {kind}, 200 panels"


def _grown(results: Results) -> Interval | None:
    if RELU not in results or RELU_DRAWN not in results:
        return None
    trained, drawn = results.paired([RELU, RELU_DRAWN], loop(SIGN))
    return log_mean_interval(trained / drawn)


_claim = partial(Claim, family="potential")
CLAIMS = (
    _claim(
        "AW1",
        "on tanh networks Gauss's rule converges with a power of the panels above 6",
        threshold=6.0,
        measure=mean(TANH, "order"),
    ),
    _claim(
        "AW2",
        "on ReLU networks with a power below 1.5",
        threshold=1.5,
        direction="below",
        measure=mean(RELU, "order"),
    ),
    _claim(
        "AW3",
        "there, with panels that end at the kinks as well, with a power above 4",
        threshold=4.0,
        measure=mean(RELU, "order, split"),
    ),
    _claim(
        "AW4",
        "at radius 0.1 an attack on a trained tanh network is worth less than 1.25 times as many random"
        " changes of its length as one on the same network before training (ratio)",
        threshold=1.25,
        direction="below",
        measure=partial(_worth_more, TANH, TANH_DRAWN, 0.1),
    ),
    _claim(
        "AW5",
        "the same of ReLU networks",
        threshold=1.25,
        direction="below",
        measure=partial(_worth_more, RELU, RELU_DRAWN, 0.1),
    ),
    _claim(
        "AW6",
        "at radius 1 it is worth more than 1.5 times as many (tanh)",
        threshold=1.5,
        measure=partial(_worth_more, TANH, TANH_DRAWN, 1.0),
    ),
    _claim(
        "AW7",
        "the same of ReLU networks",
        threshold=1.5,
        measure=partial(_worth_more, RELU, RELU_DRAWN, 1.0),
    ),
    _claim(
        "AW8",
        "at radius 0.5 the loss of a trained tanh network rises by more than 1.5 times what its gradient"
        " predicts for the same change (ratio of means)",
        threshold=1.5,
        measure=partial(_over, TANH, at("climb", 0.5), at("first order", 0.5)),
    ),
    _claim(
        "AW9",
        "more than half of the excess comes with logits that are linear in the change, by the softmax alone"
        " (tanh, share)",
        threshold=0.5,
        measure=partial(explained, TANH, 0.5),
    ),
    _claim("AW10", "the same of ReLU networks", threshold=0.5, measure=partial(explained, RELU, 0.5)),
    _claim(
        "AW11",
        "at radius 0.5 the loss of a trained affine model rises by more than 1.25 times its first order",
        threshold=1.25,
        measure=partial(_over, AFFINE, at("climb", 0.5), at("first order", 0.5)),
    ),
    _claim(
        "AW12",
        "the sum of gradients times steps misses more than two per cent of the work of a climb"
        " (ReLU, radius 1, ratio)",
        threshold=0.98,
        direction="below",
        measure=partial(_over, RELU, at("sum of the steps", 1.0), at("climb", 1.0)),
    ),
    _claim(
        "AW13",
        "the straight line to where a climb ends goes more along the force than the climb itself"
        " (tanh, radius 1, difference of mean cosines)",
        threshold=0.0,
        measure=partial(_straighter, TANH, 1.0),
    ),
    *(
        _claim(
            f"AW{14 + n}",
            f"{NAMED[kind]} of a trained ReLU network goes round: loops leave more than two per cent of the"
            " sum of sizes (share)",
            threshold=0.02,
            measure=mean(RELU, loop(kind)),
        )
        for n, kind in enumerate(NAMED)
    ),
    _claim(
        "AW19",
        "loops of the true gradient get smaller by more than half with four times as many panels"
        " (ReLU, ratio)",
        threshold=0.5,
        direction="below",
        measure=partial(_over, RELU, "loop of gradient, 400 panels", "loop of gradient, 100 panels"),
    ),
    _claim(
        "AW20",
        "loops of the sign of the gradient are larger after training than before (ReLU, ratio)",
        threshold=1.0,
        measure=_grown,
    ),
    _claim(
        "AW21",
        f"at radius {NEAR} an attack on a trained tanh network is worth fewer random changes than one on the"
        " same network before training (ratio)",
        threshold=1.0,
        direction="below",
        measure=partial(_worth_near, TANH, TANH_DRAWN),
    ),
    _claim(
        "AW22",
        "the same of ReLU networks",
        threshold=1.0,
        direction="below",
        measure=partial(_worth_near, RELU, RELU_DRAWN),
    ),
)
