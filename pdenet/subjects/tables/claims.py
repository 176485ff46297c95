"""The claims that the thesis draws from its tables, and those a critic would, with what decides them.

Accuracies are in per cent, means over the last epochs of a run (`LATE`), differences in points of a per cent
and paired by seed: networks of one seed start from the same classifier and see the images in the same order.
With the numbers that the thesis prints they are not compared here: its loss seems to be another
(`subjects.depth`).
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from pdenet.runs.claims import Claim, Direction, Judged, together
from pdenet.runs.intervals import difference_of_draws, paired_interval, wilson_interval
from pdenet.runs.results import EPOCHS_TO_95, LATE, TAIL, Measure, Results, ahead, apart, late_accuracy
from pdenet.runs.table import CHANCE, Cell, CellResult, Place, cell_name
from pdenet.subjects.tables.networks import DEEPER, table_4_1, table_4_2

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pdenet.runs.interval import Interval

ALONE, SHALLOW, MIDDLE, DEEP = ((depth, "PDE net") for depth in (0, 5, 27, 50))
CONTROL = (5, "c_ResNet")
FIRM, FIRM_DEEP = (5, "c_ResNet, small start"), (50, "c_ResNet, small start")
ALONE_2 = (0, "PDE 1")  # the classifier alone, in Table 4.2
FROZEN, FROZEN_DEEP = (5, "PDE net, frozen"), (50, "PDE net, frozen")
FIVE, FIVE_DEEP = (5, "five free taps"), (50, "five free taps")
HALF_A_POINT = 0.5  # in points of a per cent: what the book calls agreement
TEST_IMAGES = 10_000  # of MNIST, behind every number that the thesis prints


def _lead(place: Place, other: Place) -> Measure:
    return ahead(cell_name(*place), cell_name(*other), LATE)


def _short_lead(place: Place, other: Place) -> Measure:
    return ahead(cell_name(*place), cell_name(*other))


def _lead_of_learners(place: Place, other: Place) -> Measure:
    """Over the seeds of which both networks learned."""
    return ahead(cell_name(*place), cell_name(*other), LATE, learned=100 * CHANCE)


def _claim(
    name: str, text: str, measure: Measure, threshold: float = 0.0, direction: Direction = "above"
) -> Claim:
    """A comparison of a table; its claims are one family. The letters of an id follow its number."""
    family = {"C": "Controls", "F": "Fresh seeds", "G": "Brightness", "H": "Channels"}.get(
        name[0], f"Table {name[:3]}"
    )
    return Claim(name, text, threshold=threshold, direction=direction, family=family, measure=measure)


def _agree(name: str, text: str, place: Place, other: Place) -> Claim:
    """The claim that two cells agree to half a point."""
    measure = apart(cell_name(*place), cell_name(*other), LATE)
    return _claim(name, f"{text} to half a point", measure, HALF_A_POINT, "below")


def _sooner(place: Place, other: Place) -> Measure:
    """Epochs that the first needs less than the second to be right on 95 % of the test images."""
    return ahead(cell_name(*other), cell_name(*place), EPOCHS_TO_95)


TABLE_4_1 = (
    _claim("4.1b", "five PDE layers in front of the classifier help it", _lead(SHALLOW, ALONE)),
    _agree("4.1c", "PDE net and c_ResNet of 5 layers agree", SHALLOW, CONTROL),
    _agree("4.1d", "5-layer PDE net and small-start c_ResNet agree", SHALLOW, FIRM),
    _claim("4.1e", "the PDE net loses accuracy from 5 to 50 layers", _lead(SHALLOW, DEEP)),
    _claim("4.1h", "the small-start c_ResNet loses accuracy from 5 to 50 layers", _lead(FIRM, FIRM_DEEP)),
    _claim("4.1i", "of 50 layers, the small-start c_ResNet beats the PDE net", _lead(FIRM_DEEP, DEEP)),
)

DEEP_2 = (50, "PDE 2")
TABLE_4_2 = (
    _claim("4.2a", "of 27 layers, PDE 2 beats PDE 1", _lead((27, "PDE 2"), (27, "PDE 1"))),
    _claim("4.2b", "of 50 layers, PDE 2 beats PDE 1", _lead(DEEP_2, (50, "PDE 1"))),
    _claim(
        "4.2e",
        "of 27 layers, PDE 2 beats those c_ResNets that learned",
        _lead_of_learners((27, "PDE 2"), (27, "c_ResNet")),
    ),
    _claim(
        "4.2f",
        "of 50 layers, those c_ResNets that learned beat PDE 2",
        _lead_of_learners((50, "c_ResNet"), DEEP_2),
    ),
    _claim("4.2g", "of 27 layers, PDE 2 beats the small-start c_ResNet", _lead((27, "PDE 2"), (27, FIRM[1]))),
    _claim("4.2h", "of 50 layers, the small-start c_ResNet beats PDE 2", _lead((50, FIRM[1]), DEEP_2)),
    _claim("4.2i", "PDE 2 loses accuracy from 5 to 50 layers", _lead((5, "PDE 2"), DEEP_2)),
    _agree("4.2j", "of 50 layers, PDE 2 agrees with PDE 2 of 5", (5, "PDE 2"), DEEP_2),
    _claim("4.2k", "fifty layers of PDE 2 in front of the classifier help it", _lead(DEEP_2, ALONE_2)),
    _claim(
        "4.2l",
        "of 50 layers, PDE 2 is right on 95 % of the images in fewer epochs than PDE 1",
        _sooner(DEEP_2, (50, "PDE 1")),
    ),
    _claim(
        "4.2m",
        "the small-start c_ResNet of 50 layers is so in fewer epochs still",
        _sooner((50, FIRM[1]), DEEP_2),
    ),
)
"""Claims l and m are about Fig. 4.4 of the thesis: that the second equation also learns like the control."""

FRESH = tuple(
    _claim(
        f"F{number}",
        f"on fresh seeds, {depth} layers of PDE 2 in front of the classifier help it",
        _lead((depth, "PDE 2"), ALONE_2),
    )
    for number, depth in enumerate(DEEPER, 1)
)
"""What the first ten seeds say by `LATE`, asked again of runs that did not suggest it."""


def _share_that_learns(place: Place, results: Results) -> Interval | None:
    accuracies = results.values(cell_name(*place))
    if not len(accuracies):
        return None
    return wilson_interval(int((accuracies > 100 * CHANCE).sum()), len(accuracies))


CONTROLS = (
    _claim("C1", "one PDE layer in front of the classifier helps it", _lead((1, "PDE net"), ALONE)),
    _claim("C2", "five random layers, never trained, cost the classifier accuracy", _lead(ALONE, FROZEN)),
    _claim("C3", "of 5 layers, a trained PDE net beats a frozen one", _lead(SHALLOW, FROZEN)),
    _claim("C4", "of 50 layers, a trained PDE net beats a frozen one", _lead(DEEP, FROZEN_DEEP)),
    _agree("C5", "of 5 layers, PDE net and five free taps agree", SHALLOW, FIVE),
    _claim("C6", "of 50 layers, five free taps beat the PDE net", _lead(FIVE_DEEP, DEEP)),
    _agree("C7", "of 50 layers, five free taps and nine agree", FIVE_DEEP, FIRM_DEEP),
    *(
        _claim(
            name,
            f"of {depth} layers, most stacks without skip learn (share)",
            partial(_share_that_learns, (depth, "no skip")),
            0.5,
        )
        for name, depth in (("C8", 5), ("C9", 50))
    ),
)

BRIGHTNESS = (
    _claim(
        "G1",
        "15 layers that only make the image brighter help the classifier",
        _lead((15, "growth alone"), ALONE_2),
    ),
    _claim(
        "G2",
        "of 15 layers, PDE 2 beats layers that only make the image brighter",
        _lead((15, "PDE 2"), (15, "growth alone")),
    ),
)
"""Whether what (40) gains is its equation, or that its trained layers make the image brighter."""

ONE, THREE, SIXTEEN = (5, FIRM[1]), (5, "3 channels"), (5, "16 channels")
CHANNELS = (
    _claim("H1", "of 5 layers, three channels beat one", _short_lead(THREE, ONE)),
    _claim("H2", "of 5 layers, sixteen channels beat one", _short_lead(SIXTEEN, ONE)),
    _claim("H3", "of 5 layers, sixteen channels beat PDE 1", _short_lead(SIXTEEN, (5, "PDE 1"))),
    _claim("H4", "of 5 layers, sixteen channels beat PDE 2", _short_lead(SIXTEEN, (5, "PDE 2"))),
)
"""A residual network as readers know it, so that nobody calls the thesis's control a straw man.

Six epochs are too few for a mean of the last ten; the last one is read."""


def standard_errors(p: float, q: float, images: int = TEST_IMAGES) -> float:
    """How many binomial standard errors lie between two shares, each of so many images of its own."""
    return abs(p - q) / math.sqrt((p * (1 - p) + q * (1 - q)) / images)


def printed_apart(depth: int) -> float:
    """Points between the two accuracies that the thesis prints for the control of so many layers."""
    first, second = (_printed(cells)[depth, CONTROL[1]] for cells in (table_4_1(), table_4_2()))
    return round(100 * abs(first - second), 1)


def _printed(cells: tuple[Cell, ...]) -> dict[Place, float]:
    return {(cell.depth, cell.column): cell.thesis for cell in cells if cell.thesis is not None}


def _two_more(depth: int, results: Results) -> Interval | None:
    """By how much two more controls would differ, of those that learn: both have the spread of our seeds."""
    accuracies = results.values(cell_name(depth, CONTROL[1]))
    learned = accuracies[accuracies > 100 * CHANCE]
    return difference_of_draws(learned) if len(learned) > 1 else None


PRINTED = tuple(
    Claim(
        f"T1, {depth}",
        f"of {depth} layers, the c_ResNets of the thesis's two tables differ by more than two of ours would",
        threshold=printed_apart(depth),
        direction="below",
        against="draw",
        family="T1",
        measure=partial(_two_more, depth),
    )
    for depth in (27, 50)
)
"""Check T1: the control network of the thesis's two tables, next to the spread of our seeds."""


def against_alone(cells: Mapping[Place, CellResult], alone: Place = ALONE) -> dict[Place, Judged]:
    """How far each cell with a trunk is ahead of the classifier alone, and whether it is; one family.

    Accuracies are the `LATE` ones. Of a cell some of whose seeds learned nothing, the others count; one of
    which fewer than two learned is left out.

    Parameters
    ----------
    cells
        Our runs by (layers, column), of any tables.
    alone
        The cell without layers.
    """
    places, measured = {}, []
    for place, found in cells.items():
        ahead = _paired(found, cells[alone]) if alone in cells else None
        if place[0] and ahead is not None:
            name = cell_name(*place)
            places[name] = place
            measured.append((Claim(name, f"{name}: better than the classifier alone", family="alone"), ahead))
    return {places[name]: judged for name, judged in together(measured).items()}


def _paired(first: CellResult, second: CellResult, tail: int = TAIL) -> Interval | None:
    """Points by which the first is ahead, over the shared seeds that learned; None if under two."""
    a, b = (
        {record.seed: late_accuracy(record, tail) for record in found.records} for found in (first, second)
    )
    shared = [seed for seed in sorted(a.keys() & b.keys()) if min(a[seed], b[seed]) > 100 * CHANCE]
    if len(shared) < 2:
        return None
    return paired_interval([a[seed] for seed in shared], [b[seed] for seed in shared])


def by_tail(
    first: CellResult, second: CellResult, tails: Sequence[int] = (1, 5, 10, 20)
) -> dict[int, Interval | None]:
    """How far a cell is ahead of another by the number of last epochs whose mean is read."""
    return {tail: _paired(first, second, tail) for tail in tails}
