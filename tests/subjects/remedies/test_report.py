"""What the page says follows from the verdicts, whichever they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pdenet.runs.claims import Judged
from pdenet.runs.interval import Interval
from pdenet.runs.intervals import exact_interval
from pdenet.subjects.remedies import report
from pdenet.subjects.remedies.claims import AGAINST_ALONE, CLAIMS, NONE
from pdenet.subjects.remedies.experiment import REMEDIES
from pdenet.subjects.remedies.networks import NETWORKS, PLAIN, SCALED, SMALL

CELLS = REMEDIES.found()
JUDGED = REMEDIES.judged()


def judged(gains: dict[tuple[int, str], float]) -> dict[str, Judged]:
    """The verdicts that these gains would have, were they exact."""
    claims = {place: AGAINST_ALONE[place] for place in gains}
    return {claims[p].id: Judged(claims[p], exact_interval(gain), 1e-3) for p, gain in gains.items()}


def test_the_paragraph_names_who_is_better_and_who_is_worse() -> None:
    text = report.in_short(CELLS, judged({(200, SMALL): 1.0, (200, SCALED): -1.0, (50, SMALL): -9.0}))
    assert f"Better than no layers: {SMALL}. Worse than no layers: {SCALED}." in text
    assert "The classifier alone is right on 88.5 % (mean over 10 seeds)." in text
    some = {place: cell for place, cell in CELLS.items() if place in (NONE, (200, PLAIN))}
    assert "Not run with 200 layers yet: small start; scaled, T = 1;" in report.in_short(some, {})
    assert "not been run yet" in report.in_short({}, {})


def test_the_table_has_a_line_a_network_and_a_verdict_each() -> None:
    strange = {place: np.array([0.25, 0.75]) for place in CELLS}
    lines = report.results_table(CELLS, JUDGED, strange).splitlines()
    assert len(lines) == 2 + 1 + len(AGAINST_ALONE)
    (line,) = [line for line in lines if line.startswith("| small start | 200")]
    assert "| 0.019 | better than no layers | 0.50 |" in line
    (line,) = [line for line in lines if line.startswith("| implicit | 200")]
    assert "| < 1e-4 | worse than no layers |" in line
    lines = report.results_table({NONE: CELLS[NONE]}, {}, {}).splitlines()
    assert all("not run yet" in line for line in lines[3:])


def test_repair_is_said_to_be_all_only_where_nothing_is_better() -> None:
    assert "No remedy is more than repair" in report.repair(judged({(200, SMALL): -1.0}))
    gained = report.repair(judged({(200, SMALL): 1.44, (50, SMALL): 1.0, (50, SCALED): -1.0}))
    assert "Of 3 networks with layers, 2 can be said to be better" in gained
    assert "the largest gain is 1.4 points" in gained
    assert "cannot be compared" in report.repair({})


@pytest.mark.parametrize(("found", "words"), [(10.0, "4.4k holds"), (-10.0, "4.4k does not hold")])
def test_the_lesson_follows_the_verdict_of_4_4k(found: float, words: str) -> None:
    claim = next(claim for claim in CLAIMS if claim.id == "4.4k")
    assert words in report.lesson({"4.4k": Judged(claim, exact_interval(found), 0.01)})
    assert "is not decided" in report.lesson({"4.4k": Judged(claim, exact_interval(found), 0.9)})
    assert "yet" in report.lesson({})


def test_merit_is_undecided_where_the_interval_holds_zero() -> None:
    order = Interval(0.5, 0.1, 0.8, 8)
    assert "0.50 [0.10, 0.80]. Who does less mostly scores higher. Those" in report.merit(order, {"a": 0.2})
    assert "is not decided." in report.merit(replace(order, low=-0.1), {})
    assert "scores lower" in report.merit(Interval(-0.5, -0.8, -0.1, 8), {})
    assert "a (0.20)" in report.merit(order, {"a": 0.2})


def test_the_summary_gives_each_remedy_its_outcome() -> None:
    table = report.summary(CELLS, JUDGED)
    assert "| 89.5 %: not decided | 90.0 %: better than no layers |" in table
    assert table.count("worse than no layers") == 6
    assert report.THEORY.keys() <= NETWORKS.keys()
    assert "not run yet" in report.summary({}, {})
