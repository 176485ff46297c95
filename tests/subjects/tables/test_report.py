"""Tables and figures of the page, on runs that are made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from helpers.tables import record_of

from pdenet.data import load_images
from pdenet.runs.table import CellResult
from pdenet.subjects.tables import report
from pdenet.subjects.tables.experiment import TABLE_4_1, TABLE_4_2, TABLES
from pdenet.subjects.tables.figures import draw_by_depth, draw_courses, draw_digit

if TYPE_CHECKING:
    from pdenet.runs.table import Place

DIGITS = load_images("digits")
SPREAD = (-0.002, -0.001, 0.001, 0.002)


def cell(place: Place, *accuracies: float | None) -> CellResult:
    of = TABLE_4_1 if place[1] != "PDE 2" else TABLE_4_2
    made = of.cell(*place)
    return CellResult(made, tuple(record_of(made, DIGITS, seed, a) for seed, a in enumerate(accuracies)))


def around(place: Place, accuracy: float) -> CellResult:
    return cell(place, *(accuracy + spread for spread in SPREAD))


pytestmark = pytest.mark.usefixtures("book_style")


def test_a_cell_says_where_one_more_run_would_lie() -> None:
    cells = {
        (0, "PDE net"): around((0, "PDE net"), 0.98),
        (5, "PDE net"): around((5, "PDE net"), 0.98),
        (50, "c_ResNet"): cell((50, "c_ResNet"), 0.96, 0.98, 0.1),
        (15, "c_ResNet"): cell((15, "c_ResNet"), 0.1, 0.1),
    }
    lines = report.grid(TABLE_4_1, cells).splitlines()
    rows = {line.split(" | ")[0]: line for line in lines}
    assert "thesis" not in rows["| 0"]
    assert "**98.00**<br>[97.71, 98.29]<br>thesis 97.4, inside" in rows["| 5"]
    assert "**97.00**<br>2 of 3 learned<br>thesis 96.2, inside" in rows["| 50"]
    assert "–<br>0 of 2 learned<br>thesis 97.3, no interval" in rows["| 15"]
    assert report.lies(cells).startswith("Of 2 values that the thesis prints, 2 lie where one more run")


def test_a_cell_says_so_if_it_has_another_number_of_seeds_than_most() -> None:
    cells = {
        (0, "PDE net"): around((0, "PDE net"), 0.98),
        (5, "PDE net"): around((5, "PDE net"), 0.98),
        (15, "PDE net"): cell((15, "PDE net"), 0.97, 0.99),
    }
    rows = {line.split(" | ")[0]: line for line in report.grid(TABLE_4_1, cells).splitlines()}
    assert "seeds" not in rows["| 5"]
    assert "<br>2 seeds<br>thesis 96.5" in rows["| 15"]


def test_each_network_stands_beside_no_layers_and_the_dead_last() -> None:
    cells = {
        (0, "PDE net"): around((0, "PDE net"), 0.96),
        (5, "PDE net"): around((5, "PDE net"), 0.97),
        (50, "PDE net"): around((50, "PDE net"), 0.9),
        (50, "c_ResNet"): cell((50, "c_ResNet"), 0.1, 0.1),
    }
    _, _, best, worst, dead = report.alone_table(cells).splitlines()
    assert best.startswith("| PDE net, 5 layers | 4 of 4 | +1.00 [+1.00, +1.00] |")
    assert best.endswith("| better |")
    assert worst.endswith("| worse |")
    assert dead == "| c_ResNet, 50 layers | 0 of 2 |  |  |  |"
    assert "| PDE net, 5 layers | +1.00 [" in report.tails(cells, [(5, "PDE net")])


def test_figures_count_those_that_learned_nothing() -> None:
    cells = {
        (5, "PDE net"): around((5, "PDE net"), 0.97),
        (5, "c_ResNet"): cell((5, "c_ResNet"), 0.97, 0.1, 0.1),
    }
    fig = draw_by_depth(cells, ("PDE net", "c_ResNet"), (90, 95, 98))
    assert [text.get_text() for text in fig.axes[0].texts] == ["2†"]
    courses = draw_courses(cells, ("PDE net", "c_ResNet"), (5,))
    assert courses.axes[0].get_title() == "5 layers, 2 learned nothing"


def test_a_digit_is_drawn_as_far_as_a_network_goes() -> None:
    found = TABLE_4_1.found()[5, "PDE net"]
    fig = draw_digit({"five": found}, DIGITS.test_images[0], (0, 5, 10))
    assert [ax.get_xlabel()[:3] for ax in fig.axes] == ["max", "max", ""]


def test_sentences_on_fresh_seeds_brightness_and_channels_follow_the_verdicts() -> None:
    claims = {name: judged for table in TABLES.values() for name, judged in table.judged().items()}
    again = report.again(claims)
    assert f"seeds 10 to 19, trained later, say alone: {claims['F1'].found:+.2f}" in again
    assert f"({claims['G1'].verdict}, n {claims['G1'].found.n})" in again
    wider = report.wider(claims)
    assert wider.startswith(f"Sixteen channels are ahead of one by {claims['H2'].found:.2f} points (")
    assert wider.endswith("said of a residual net with one channel.") == (claims["H3"].verdict == "holds")
