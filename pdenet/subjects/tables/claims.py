"""The claims that the thesis draws from its tables, and those a critic would, judged by our runs.

Every function leaves out the claims about cells that have no run yet, so that it can be asked at any time.
Accuracies are in per cent, differences in points of a per cent and paired by seed: networks of one seed start
from the same classifier and see the images in the same order.
"""

import math
from collections.abc import Mapping

from pdenet.runs.claims import Claim, Verdict
from pdenet.runs.compare import (
    TEST_IMAGES,
    Judged,
    Place,
    _agreement,
    _comparison,
    _measured,
    gain,
    per_cent,
    standard_errors,
    verdict,
)
from pdenet.runs.intervals import Interval, mean_interval, wilson_interval
from pdenet.runs.table import CellResult
from pdenet.subjects.tables.cells import TABLE_4_1, TABLE_4_2

ALONE, SHALLOW, MIDDLE, DEEP = ((depth, "PDE net") for depth in (0, 5, 27, 50))
CONTROL = (5, "c_ResNet")
FIRM, FIRM_DEEP = (5, "c_ResNet, small start"), (50, "c_ResNet, small start")
ALONE_2 = (0, "PDE 1")  # the classifier alone, in Table 4.2


def judge_table_4_1(results: Mapping[Place, CellResult]) -> dict[str, Judged]:
    """Claims about Table 4.1 with what our runs measure for each, by the claim's id.

    Parameters
    ----------
    results
        Our runs by (layers, column), as ``TABLE_4_1.results`` gives them.
    """

    def ahead(place: Place, other: Place) -> Interval | None:
        return gain(results, place, other)

    best = 100 * max(cell.thesis or 0.0 for cell in TABLE_4_1.cells)
    printed = {(cell.depth, cell.column): cell.thesis or math.nan for cell in TABLE_4_1.cells}
    fall = {place: round(100 * (printed[SHALLOW] - printed[place]), 1) for place in (MIDDLE, DEEP)}
    return _measured(
        [
            (
                _comparison("4.1a", "the classifier alone beats every network in the thesis's table", best),
                mean_interval(per_cent(results[ALONE])) if ALONE in results else None,
            ),
            (
                _comparison("4.1b", "five PDE layers in front of the classifier help it"),
                ahead(SHALLOW, ALONE),
            ),
            _agreement(
                "4.1c", "PDE net and c_ResNet of 5 layers agree to half a point", ahead(SHALLOW, CONTROL)
            ),
            _agreement(
                "4.1d", "5-layer PDE net and small-start c_ResNet agree to half a point", ahead(SHALLOW, FIRM)
            ),
            (
                _comparison("4.1e", "the PDE net loses accuracy from 5 to 50 layers"),
                ahead(SHALLOW, DEEP),
            ),
            (
                _comparison("4.1f", "it loses less to 50 layers than in the thesis", fall[DEEP], "below"),
                ahead(SHALLOW, DEEP),
            ),
            (
                _comparison("4.1g", "it loses less to 27 layers than in the thesis", fall[MIDDLE], "below"),
                ahead(SHALLOW, MIDDLE),
            ),
            (
                _comparison("4.1h", "the small-start c_ResNet loses accuracy from 5 to 50 layers"),
                ahead(FIRM, FIRM_DEEP),
            ),
            (
                _comparison("4.1i", "of 50 layers, the small-start c_ResNet beats the PDE net"),
                ahead(FIRM_DEEP, DEEP),
            ),
        ]
    )


def judge_printed() -> dict[str, Judged]:
    """Check T1: the control network of the thesis's two tables, compared with the noise of the test images.

    It takes no run of ours: each number stands for so many of `TEST_IMAGES` right.
    """
    judged = []
    for depth, place in {27: CONTROL[1], 50: CONTROL[1]}.items():
        first, second = (
            next(cell.thesis for cell in table.cells if (cell.depth, cell.column) == (depth, place))
            for table in (TABLE_4_1, TABLE_4_2)
        )
        assert first is not None
        assert second is not None
        apart = standard_errors(first, second)
        claim = _comparison(
            f"T1, {depth}",
            f"of {depth} layers, the c_ResNets of the thesis's two tables differ by more than three "
            "standard errors of the test images",
            3.0,
        )
        judged.append((claim, Interval(apart, apart, apart, TEST_IMAGES)))
    return _measured(judged)


def judge_table_4_2(results: Mapping[Place, CellResult]) -> dict[str, Judged]:
    """Claims about Table 4.2 with what our runs measure for each, by the claim's id.

    Parameters
    ----------
    results
        Our runs by (layers, column), as ``TABLE_4_2.results`` gives them.
    """

    def ahead(depth: int, column: str, other: str, *, learned: bool = False) -> Interval | None:
        return gain(results, (depth, column), (depth, other), learned=learned)

    printed = {(cell.depth, cell.column): cell.thesis or math.nan for cell in TABLE_4_2.cells}
    lead = {d: round(100 * (printed[d, "PDE 2"] - printed[d, "PDE 1"]), 1) for d in (27, 50)}
    judged: list[tuple[Claim, Interval | None]] = []
    for letters, depth in (("ac", 27), ("bd", 50)):
        judged += [
            (
                _comparison(f"4.2{letters[0]}", f"of {depth} layers, PDE 2 beats PDE 1"),
                ahead(depth, "PDE 2", "PDE 1"),
            ),
            (
                _comparison(
                    f"4.2{letters[1]}",
                    f"of {depth} layers, it is ahead by less than in the thesis",
                    lead[depth],
                    "below",
                ),
                ahead(depth, "PDE 2", "PDE 1"),
            ),
        ]
    resnet, firm = CONTROL[1], FIRM[1]
    judged += [
        (
            _comparison("4.2e", "of 27 layers, PDE 2 beats those c_ResNets that learned"),
            ahead(27, "PDE 2", resnet, learned=True),
        ),
        (
            _comparison("4.2f", "of 50 layers, those c_ResNets that learned beat PDE 2"),
            ahead(50, resnet, "PDE 2", learned=True),
        ),
        (
            _comparison("4.2g", "of 27 layers, PDE 2 beats the small-start c_ResNet"),
            ahead(27, "PDE 2", firm),
        ),
        (
            _comparison("4.2h", "of 50 layers, the small-start c_ResNet beats PDE 2"),
            ahead(50, firm, "PDE 2"),
        ),
        (
            _comparison("4.2i", "PDE 2 loses accuracy from 5 to 50 layers"),
            gain(results, (5, "PDE 2"), (50, "PDE 2")),
        ),
        _agreement(
            "4.2j",
            "of 50 layers, PDE 2 agrees with PDE 2 of 5 to half a point",
            gain(results, (5, "PDE 2"), (50, "PDE 2")),
        ),
        (
            _comparison("4.2k", "fifty layers of PDE 2 in front of the classifier help it"),
            gain(results, (50, "PDE 2"), ALONE_2),
        ),
    ]
    return dict(sorted(_measured(judged).items()))


def judge_controls(results: Mapping[Place, CellResult]) -> dict[str, Judged]:
    """Claims about the controls that the thesis lacks, by the claim's id.

    Parameters
    ----------
    results
        Our runs by (layers, column), as ``CONTROLS.results`` gives them.
    """

    def ahead(place: Place, other: Place) -> Interval | None:
        return gain(results, place, other)

    def learners(depth: int) -> Interval | None:
        found = results.get((depth, "no skip"))
        return None if found is None else wilson_interval(found.learned, len(found.records))

    frozen, frozen_deep = (5, "PDE net, frozen"), (50, "PDE net, frozen")
    five, five_deep = (5, "five free taps"), (50, "five free taps")
    return _measured(
        [
            (
                _comparison("C1", "one PDE layer in front of the classifier helps it"),
                ahead((1, "PDE net"), ALONE),
            ),
            (
                _comparison("C2", "five random layers, never trained, cost the classifier accuracy"),
                ahead(ALONE, frozen),
            ),
            (
                _comparison("C3", "of 5 layers, a trained PDE net beats a frozen one"),
                ahead(SHALLOW, frozen),
            ),
            (
                _comparison("C4", "of 50 layers, a trained PDE net beats a frozen one"),
                ahead(DEEP, frozen_deep),
            ),
            _agreement(
                "C5", "of 5 layers, PDE net and five free taps agree to half a point", ahead(SHALLOW, five)
            ),
            (
                _comparison("C6", "of 50 layers, five free taps beat the PDE net"),
                ahead(five_deep, DEEP),
            ),
            _agreement(
                "C7",
                "of 50 layers, five free taps and nine agree to half a point",
                ahead(five_deep, FIRM_DEEP),
            ),
            (
                _comparison("C8", "of 5 layers, most stacks without skip learn (share)", 0.5),
                learners(5),
            ),
            (
                _comparison("C9", "of 50 layers, most stacks without skip learn (share)", 0.5),
                learners(50),
            ),
        ]
    )


def against_alone(
    results: Mapping[Place, CellResult], alone: Place = ALONE
) -> dict[Place, tuple[Interval, Verdict]]:
    """How far each cell with a trunk is ahead of the classifier alone, and whether it is.

    Parameters
    ----------
    results
        Our runs by (layers, column).
    alone
        The cell without layers.
    """
    found = {}
    for place in results:
        if place[0] and (ahead := gain(results, place, alone)) is not None:
            claim = _comparison("alone", f"{place[1]} of {place[0]} layers beats the classifier alone")
            found[place] = ahead, verdict((claim, ahead))
    return found
