"""The claims that the thesis draws from its tables, and those a critic would, with what decides them.

Accuracies are in per cent, differences in points of a per cent and paired by seed: networks of one seed start
from the same classifier and see the images in the same order.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from pdenet.runs.claims import Claim, Judged
from pdenet.runs.intervals import Interval, exact_interval, paired_interval, wilson_interval
from pdenet.runs.results import Measure, Results, ahead, apart, mean
from pdenet.runs.table import CHANCE, Cell, CellResult, Place, cell_name
from pdenet.subjects.tables.networks import table_4_1, table_4_2

if TYPE_CHECKING:
    from collections.abc import Mapping

ALONE, SHALLOW, MIDDLE, DEEP = ((depth, "PDE net") for depth in (0, 5, 27, 50))
CONTROL = (5, "c_ResNet")
FIRM, FIRM_DEEP = (5, "c_ResNet, small start"), (50, "c_ResNet, small start")
ALONE_2 = (0, "PDE 1")  # the classifier alone, in Table 4.2
FROZEN, FROZEN_DEEP = (5, "PDE net, frozen"), (50, "PDE net, frozen")
FIVE, FIVE_DEEP = (5, "five free taps"), (50, "five free taps")
HALF_A_POINT = 0.5  # in points of a per cent: what the book calls agreement
TEST_IMAGES = 10_000  # of MNIST, behind every number that the thesis prints


def _printed(cells: tuple[Cell, ...]) -> dict[Place, float]:
    return {(cell.depth, cell.column): cell.thesis for cell in cells if cell.thesis is not None}


PRINTED_4_1, PRINTED_4_2 = _printed(table_4_1()), _printed(table_4_2())


def _lead(place: Place, other: Place) -> Measure:
    return ahead(cell_name(*place), cell_name(*other))


def _lead_of_learners(place: Place, other: Place) -> Measure:
    """Over the seeds of which both networks learned."""
    return ahead(cell_name(*place), cell_name(*other), learned=100 * CHANCE)


def _agree(name: str, text: str, place: Place, other: Place) -> Claim:
    """The claim that two cells agree to half a point."""
    measure = apart(cell_name(*place), cell_name(*other))
    return Claim(name, f"{text} to half a point", threshold=HALF_A_POINT, direction="below", measure=measure)


def _points(printed: Mapping[Place, float], place: Place, other: Place) -> float:
    """Points by which one printed value is above another."""
    return round(100 * (printed[place] - printed[other]), 1)


TABLE_4_1 = (
    Claim(
        "4.1a",
        "the classifier alone beats every network in the thesis's table",
        threshold=100 * max(PRINTED_4_1.values()),
        measure=mean(cell_name(*ALONE)),
    ),
    Claim("4.1b", "five PDE layers in front of the classifier help it", measure=_lead(SHALLOW, ALONE)),
    _agree("4.1c", "PDE net and c_ResNet of 5 layers agree", SHALLOW, CONTROL),
    _agree("4.1d", "5-layer PDE net and small-start c_ResNet agree", SHALLOW, FIRM),
    Claim("4.1e", "the PDE net loses accuracy from 5 to 50 layers", measure=_lead(SHALLOW, DEEP)),
    Claim(
        "4.1f",
        "it loses less to 50 layers than in the thesis",
        threshold=_points(PRINTED_4_1, SHALLOW, DEEP),
        direction="below",
        measure=_lead(SHALLOW, DEEP),
    ),
    Claim(
        "4.1g",
        "it loses less to 27 layers than in the thesis",
        threshold=_points(PRINTED_4_1, SHALLOW, MIDDLE),
        direction="below",
        measure=_lead(SHALLOW, MIDDLE),
    ),
    Claim(
        "4.1h",
        "the small-start c_ResNet loses accuracy from 5 to 50 layers",
        measure=_lead(FIRM, FIRM_DEEP),
    ),
    Claim(
        "4.1i",
        "of 50 layers, the small-start c_ResNet beats the PDE net",
        measure=_lead(FIRM_DEEP, DEEP),
    ),
)


def _ahead_in_print(name: str, depth: int) -> Claim:
    return Claim(
        name,
        f"of {depth} layers, it is ahead by less than in the thesis",
        threshold=_points(PRINTED_4_2, (depth, "PDE 2"), (depth, "PDE 1")),
        direction="below",
        measure=_lead((depth, "PDE 2"), (depth, "PDE 1")),
    )


TABLE_4_2 = (
    Claim("4.2a", "of 27 layers, PDE 2 beats PDE 1", measure=_lead((27, "PDE 2"), (27, "PDE 1"))),
    Claim("4.2b", "of 50 layers, PDE 2 beats PDE 1", measure=_lead((50, "PDE 2"), (50, "PDE 1"))),
    _ahead_in_print("4.2c", 27),
    _ahead_in_print("4.2d", 50),
    Claim(
        "4.2e",
        "of 27 layers, PDE 2 beats those c_ResNets that learned",
        measure=_lead_of_learners((27, "PDE 2"), (27, "c_ResNet")),
    ),
    Claim(
        "4.2f",
        "of 50 layers, those c_ResNets that learned beat PDE 2",
        measure=_lead_of_learners((50, "c_ResNet"), (50, "PDE 2")),
    ),
    Claim(
        "4.2g",
        "of 27 layers, PDE 2 beats the small-start c_ResNet",
        measure=_lead((27, "PDE 2"), (27, FIRM[1])),
    ),
    Claim(
        "4.2h",
        "of 50 layers, the small-start c_ResNet beats PDE 2",
        measure=_lead((50, FIRM[1]), (50, "PDE 2")),
    ),
    Claim("4.2i", "PDE 2 loses accuracy from 5 to 50 layers", measure=_lead((5, "PDE 2"), (50, "PDE 2"))),
    _agree("4.2j", "of 50 layers, PDE 2 agrees with PDE 2 of 5", (5, "PDE 2"), (50, "PDE 2")),
    Claim(
        "4.2k",
        "fifty layers of PDE 2 in front of the classifier help it",
        measure=_lead((50, "PDE 2"), ALONE_2),
    ),
)


def _share_that_learns(place: Place, results: Results) -> Interval | None:
    accuracies = results.values(cell_name(*place))
    if not len(accuracies):
        return None
    return wilson_interval(int((accuracies > 100 * CHANCE).sum()), len(accuracies))


CONTROLS = (
    Claim("C1", "one PDE layer in front of the classifier helps it", measure=_lead((1, "PDE net"), ALONE)),
    Claim(
        "C2",
        "five random layers, never trained, cost the classifier accuracy",
        measure=_lead(ALONE, FROZEN),
    ),
    Claim("C3", "of 5 layers, a trained PDE net beats a frozen one", measure=_lead(SHALLOW, FROZEN)),
    Claim("C4", "of 50 layers, a trained PDE net beats a frozen one", measure=_lead(DEEP, FROZEN_DEEP)),
    _agree("C5", "of 5 layers, PDE net and five free taps agree", SHALLOW, FIVE),
    Claim("C6", "of 50 layers, five free taps beat the PDE net", measure=_lead(FIVE_DEEP, DEEP)),
    _agree("C7", "of 50 layers, five free taps and nine agree", FIVE_DEEP, FIRM_DEEP),
    *(
        Claim(
            name,
            f"of {depth} layers, most stacks without skip learn (share)",
            threshold=0.5,
            measure=partial(_share_that_learns, (depth, "no skip")),
        )
        for name, depth in (("C8", 5), ("C9", 50))
    ),
)


def standard_errors(p: float, q: float, images: int = TEST_IMAGES) -> float:
    """How many binomial standard errors lie between two shares, each of so many images of its own."""
    return abs(p - q) / math.sqrt((p * (1 - p) + q * (1 - q)) / images)


def _printed_apart(depth: int, results: Results) -> Interval:
    first, second = (printed[depth, CONTROL[1]] for printed in (PRINTED_4_1, PRINTED_4_2))
    return exact_interval(standard_errors(first, second), TEST_IMAGES)


PRINTED = tuple(
    Claim(
        f"T1, {depth}",
        f"of {depth} layers, the c_ResNets of the thesis's two tables differ by more than three "
        "standard errors of the test images",
        threshold=3.0,
        measure=partial(_printed_apart, depth),
    )
    for depth in (27, 50)
)
"""Check T1: the control network of the thesis's two tables, next to the noise of the test images.

It takes no run of ours: each number stands for so many of `TEST_IMAGES` right."""


def against_alone(cells: Mapping[Place, CellResult], alone: Place = ALONE) -> dict[Place, Judged]:
    """How far each cell with a trunk is ahead of the classifier alone, and whether it is.

    Parameters
    ----------
    cells
        Our runs by (layers, column), of any tables.
    alone
        The cell without layers.
    """
    judged = {}
    for place, found in cells.items():
        ahead = _paired(found, cells[alone]) if alone in cells else None
        if place[0] and ahead is not None:
            text = f"{place[1]} of {place[0]} layers beats the classifier alone"
            judged[place] = Judged(Claim("alone", text), ahead)
    return judged


def _paired(first: CellResult, second: CellResult) -> Interval | None:
    """Points by which the first is ahead, over the seeds that both have; None if there are none."""
    a, b = (dict(zip(found.seeds, found.per_cent, strict=True)) for found in (first, second))
    shared = sorted(a.keys() & b.keys())
    return paired_interval([a[seed] for seed in shared], [b[seed] for seed in shared]) if shared else None
