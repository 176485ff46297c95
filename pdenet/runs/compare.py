"""Cells of a table compared over the seeds that they share."""

import math
from collections.abc import Iterable, Mapping

import numpy as np

from pdenet.runs.claims import Claim, Direction, Verdict
from pdenet.runs.intervals import Interval, paired_interval
from pdenet.runs.table import CHANCE, CellResult

Place = tuple[int, str]  # number of layers, column
Judged = tuple[Claim, Interval]
HALF_A_POINT = 0.5  # in points of a per cent: what the book calls agreement
TEST_IMAGES = 10_000  # of MNIST, behind every number that the thesis prints


def per_cent(result: CellResult) -> np.ndarray:
    """Accuracies of a cell's seeds in per cent, (seed,); a diverged network has labelled nothing right."""
    return 100 * np.nan_to_num(result.accuracies)


def gain(
    results: Mapping[Place, CellResult], place: Place, other: Place, *, learned: bool = False
) -> Interval | None:
    """Points by which one cell is ahead of another, over the seeds that both have; None if there are none.

    Parameters
    ----------
    results
        Our runs by (layers, column), as `Table.results` gives them.
    place, other
        The two cells.
    learned
        Leave out the seeds of which either network learned nothing. What is left is a choice made after the
        fact, in favour of whoever fails more often; a claim that uses it says so.
    """
    if place not in results or other not in results:
        return None
    first, second = (
        dict(zip(results[which].seeds, per_cent(results[which]), strict=True)) for which in (place, other)
    )
    shared = sorted(first.keys() & second.keys())
    if learned:
        shared = [seed for seed in shared if min(first[seed], second[seed]) > 100 * CHANCE]
    if not shared:
        return None
    return paired_interval([first[seed] for seed in shared], [second[seed] for seed in shared])


def standard_errors(p: float, q: float, images: int = TEST_IMAGES) -> float:
    """How many binomial standard errors lie between two shares, each of so many images of its own."""
    return abs(p - q) / math.sqrt((p * (1 - p) + q * (1 - q)) / images)


def verdict(judged: Judged) -> Verdict:
    """The verdict on a claim with what was measured for it."""
    claim, found = judged
    return claim.judge(found.estimate, found.low, found.high)


def _comparison(name: str, text: str, threshold: float = 0.0, direction: Direction = "above") -> Claim:
    return Claim(name, text, "comparison", threshold, direction)


def _agreement(name: str, text: str, ahead: Interval | None) -> tuple[Claim, Interval | None]:
    """The claim that two cells agree to half a point, and how far apart they are."""
    return _comparison(name, text, HALF_A_POINT, "below"), None if ahead is None else abs(ahead)


def _measured(judged: Iterable[tuple[Claim, Interval | None]]) -> dict[str, Judged]:
    """Those claims for which there is a measurement, by id."""
    return {claim.id: (claim, found) for claim, found in judged if found is not None}
