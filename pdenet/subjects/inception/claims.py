"""What is claimed of two families at one budget; committed before the runs.

A pilot on the seeds 100 and 101, which are not among those recorded, set batches and rates. With sizes that
vary, after four epochs in batches of 50, the residual networks labelled 70 and 76 % of the digits right
(76 and 75 % in batches of 25) and those of Inception 79 %, so that IN3 was expected; of fixed sizes, of one
size of kernel and of longer trainings nothing was known. On maps, one seed, 6 steps, six epochs, the residual
network of six blocks reached 0.98 at half the rate and 0.99 at this one; at half the rate that of two blocks
0.96, one block of Inception 0.89 and one of 11x11 0.87. Of 12 steps nothing was known.

How many seeds: ten at first. If the interval of IN1 is then wider than 2 points to either side, the four arms
that it is made of get more, until it is not; the width alone decides that, never where the interval lies.

IN16 to IN20 were added after the records of IN1 to IN15 were seen, on ten seeds (five of maps and of the
longer trainings), and before their own. IN1 was then 7.2 points, and 3.0 more or less, so that ten seeds more
were run. IN8 had not been decided on five seeds, so that five more were run; IN16 and IN17 speak of these
alone. The lead of IN3 seemed none of several sizes (IN5 and IN6, undecided, were near zero), so that IN18 and
IN19 ask for the skip, the other thing in which the families differ and that can be exchanged, and IN20 for
the rate, which was chosen for both at once.

After twenty seeds the interval of IN1 reached 2.03 points to either side, so that two more were run. Those of
IN5, IN18 and IN19 were too wide for their margin of 2 (2.1, on ten seeds, and 6 to 7, on five); they got as
many, for the width again. IN21 was added then, before its runs: the lead of IN3 was found at all sizes alike,
so that it is asked whether digits that are hard to see and all of one size do the same.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pdenet.runs.claims import Claim
from pdenet.runs.intervals import mean_interval, paired_interval
from pdenet.runs.results import ACCURACY, ahead, apart, widened
from pdenet.subjects.inception.arms import (
    DEEP,
    FAR,
    FIXED,
    INCEPTION,
    LONG,
    ONE_SIZE,
    RATES,
    RESIDUAL,
    SKIPPED,
    SMALL,
    UNSKIPPED,
    VARIED,
    WIDE,
    canvas_name,
    map_name,
)
from pdenet.subjects.inception.training import CanvasTraining, MapTraining

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pdenet.runs.interval import Interval
    from pdenet.runs.results import Measure, Results

MARGIN = 2.0
"""Points within which two accuracies, or two leads, count as equal here."""
SHORT, USUAL = CanvasTraining.epochs, CanvasTraining.learning_rate
FRESH = 5
"""The first seed of the longer trainings that was not seen when IN16 and IN17 were claimed."""


def canvas_pair(
    first: str, second: str, sizes: tuple[float, float], *, epochs: int = SHORT
) -> tuple[str, str]:
    """Names of the arms of two families with the same sizes and epochs."""
    one, other = (canvas_name(title, sizes, epochs=epochs) for title in (first, second))
    return one, other


def interaction(first: str, second: str, epochs: int = SHORT, *, since: int = 0) -> Measure:
    """By how much the lead of a family over another is larger where sizes vary, over seeds from one on."""

    def measure(results: Results) -> Interval | None:
        found = _widening(results, first, second, (epochs,), since)
        return None if found is None else mean_interval(found[0])

    return measure


def _widening(
    results: Results, first: str, second: str, epochs: tuple[int, ...], since: int
) -> list[NDArray[np.float64]] | None:
    """By how much the lead is larger where sizes vary, by epochs and seed; None if no seed has all runs."""
    arms = [
        arm
        for count in epochs
        for sizes in (VARIED, FIXED)
        for arm in canvas_pair(first, second, sizes, epochs=count)
    ]
    if not all(arm in results for arm in arms):
        return None
    values = results.paired(arms, ACCURACY, since)
    if not len(values[0]):
        return None
    fours = [values[at : at + 4] for at in range(0, len(values), 4)]
    return [a - b - (c - d) for a, b, c, d in fours]


def fading(results: Results) -> Interval | None:
    """By how much the interaction is larger after the short trainings than after the long ones."""
    found = _widening(results, INCEPTION, RESIDUAL, (SHORT, LONG), FRESH)
    return None if found is None else paired_interval(found[0], found[1])


def best_of_rates(results: Results) -> Interval | None:
    """The lead of Inception over the residual network, each at that of three rates where its mean is best.

    Paired by the seeds that all have.
    """
    chosen: list[NDArray[np.float64]] = []
    for title in (INCEPTION, RESIDUAL):
        arms = [canvas_name(title, VARIED, rate=rate) for rate in (RATES[0], USUAL, RATES[1])]
        if not all(arm in results for arm in arms):
            return None
        chosen.append(max(results.paired(arms), key=lambda values: float(values.mean())))
    return paired_interval(chosen[0], chosen[1]) if len(chosen[0]) == len(chosen[1]) else None


def size(measure: Measure) -> Measure:
    """The size of what is measured, whatever its sign."""

    def found(results: Results) -> Interval | None:
        interval = measure(results)
        return None if interval is None else abs(interval)

    return found


def _maps(first: str, second: str, steps: int, *, epochs: int = MapTraining.epochs) -> Measure:
    one, other = (map_name(title, steps, epochs=epochs) for title in (first, second))
    return ahead(one, other, ACCURACY)


_sizes, _steps = partial(Claim, family="sizes"), partial(Claim, family="steps")
_longer = partial(Claim, family="steps, longer")
CLAIMS = (
    _sizes(
        "IN1",
        "sizes that vary make Inception's lead over the residual network larger",
        measure=interaction(INCEPTION, RESIDUAL),
    ),
    _sizes(
        "IN2",
        "they change it by less than 2 points, either way",
        threshold=MARGIN,
        direction="below",
        measure=size(interaction(INCEPTION, RESIDUAL)),
    ),
    _sizes(
        "IN3",
        "sizes vary: Inception is ahead of the residual network",
        measure=ahead(*canvas_pair(INCEPTION, RESIDUAL, VARIED)),
    ),
    _sizes(
        "IN4",
        "sizes fixed: Inception is ahead as well",
        measure=ahead(*canvas_pair(INCEPTION, RESIDUAL, FIXED)),
    ),
    _sizes(
        "IN5",
        "sizes vary: kernels of one size in all branches come within 2 points of Inception's",
        threshold=MARGIN,
        direction="below",
        measure=apart(*canvas_pair(INCEPTION, ONE_SIZE, VARIED)),
    ),
    _sizes(
        "IN6",
        "sizes that vary make the lead of kernels of several sizes over one size larger",
        measure=interaction(INCEPTION, ONE_SIZE),
    ),
    _sizes(
        "IN7",
        f"{LONG} epochs, sizes vary: Inception is still more than 2 points ahead of the residual network",
        threshold=MARGIN,
        measure=ahead(*canvas_pair(INCEPTION, RESIDUAL, VARIED, epochs=LONG)),
    ),
    _sizes(
        "IN8",
        f"{LONG} epochs: sizes that vary make Inception's lead larger",
        measure=interaction(INCEPTION, RESIDUAL, LONG),
    ),
    _steps(
        "IN9",
        "6 steps: residual, 6 blocks is more than 2 points ahead of residual, 1 block",
        threshold=MARGIN,
        measure=_maps(DEEP, "residual, 1 block", 6),
    ),
    _steps(
        "IN10",
        "6 steps: it is more than 2 points ahead of one block that sees as far (11x11)",
        threshold=MARGIN,
        measure=_maps(DEEP, FAR, 6),
    ),
    _steps(
        "IN11",
        "12 steps: the same",
        threshold=MARGIN,
        measure=_maps(DEEP, FAR, 12),
    ),
    _steps(
        "IN12",
        "6 steps: residual, 6 blocks is ahead of inception, 3 blocks",
        measure=_maps(DEEP, WIDE, 6),
    ),
    _steps(
        "IN13",
        "12 steps: residual, 6 blocks is ahead of inception, 3 blocks",
        measure=_maps(DEEP, WIDE, 12),
    ),
    _steps(
        "IN14",
        "with 12 steps instead of 6 its lead over inception, 3 blocks is larger",
        measure=widened((map_name(DEEP, 12), map_name(WIDE, 12)), (map_name(DEEP, 6), map_name(WIDE, 6))),
    ),
    _steps(
        "IN15",
        "12 steps: inception, 6 blocks comes within 2 points of residual, 6 blocks",
        threshold=MARGIN,
        direction="below",
        measure=apart(map_name(DEEP, 12), map_name("inception, 6 blocks", 12)),
    ),
    _sizes(
        "IN16",
        f"{LONG} epochs, the seeds from {FRESH} on: sizes that vary make Inception's lead larger",
        measure=interaction(INCEPTION, RESIDUAL, LONG, since=FRESH),
    ),
    _sizes(
        "IN17",
        f"the same seeds: they do so by less after {LONG} epochs than after {SHORT}",
        measure=fading,
    ),
    _sizes(
        "IN18",
        "sizes vary: Inception with a skip is still more than 2 points ahead of the residual network",
        threshold=MARGIN,
        measure=ahead(*canvas_pair(SKIPPED, RESIDUAL, VARIED)),
    ),
    _sizes(
        "IN19",
        "sizes vary: without its skip the residual network is still more than 2 points behind Inception",
        threshold=MARGIN,
        measure=ahead(*canvas_pair(INCEPTION, UNSKIPPED, VARIED)),
    ),
    _sizes(
        "IN20",
        f"sizes vary: the best of the rates {RATES[0]:g}, 0.01 and {RATES[1]:g} for each family leaves"
        " Inception more than 2 points ahead",
        threshold=MARGIN,
        measure=best_of_rates,
    ),
    _sizes(
        "IN21",
        "sizes fixed at 0.35 instead of 0.6 make Inception's lead larger as well",
        measure=widened(canvas_pair(INCEPTION, RESIDUAL, SMALL), canvas_pair(INCEPTION, RESIDUAL, FIXED)),
    ),
    _longer(
        "IN22",
        f"12 steps, {LONG} epochs: residual, 6 blocks is more than 2 points ahead of one block of 11x11",
        threshold=MARGIN,
        measure=_maps(DEEP, FAR, 12, epochs=LONG),
    ),
    _longer(
        "IN23",
        f"12 steps, {LONG} epochs: residual, 6 blocks is ahead of inception, 3 blocks",
        measure=_maps(DEEP, WIDE, 12, epochs=LONG),
    ),
    _longer(
        "IN24",
        f"12 steps, {LONG} epochs: inception, 3 blocks comes within 2 points of residual, 6 blocks",
        threshold=MARGIN,
        direction="below",
        measure=size(_maps(DEEP, WIDE, 12, epochs=LONG)),
    ),
)
"""Accuracies in points of the test images, or of balanced accuracy on the cells that are asked for."""
