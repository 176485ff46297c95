"""What the figures on blocks with two convolutions show."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.lines import Line2D

from pdenet.subjects.nonlinear_blocks.figures import (
    PROFILE,
    draw_burgers,
    draw_limit,
    draw_ramps,
    draw_smoothing,
)
from pdenet.subjects.nonlinear_blocks.measures import picture

pytestmark = pytest.mark.usefixtures("book_style")


def heights(line: Line2D) -> list[float]:
    """The y values of a line."""
    values: list[float] = np.asarray(line.get_ydata(), dtype=float).tolist()
    return values


def test_the_profile_is_the_marked_row_of_the_pictures() -> None:
    draw_smoothing({"first": picture(), "second": picture() / 2}, ["second"])
    *panels, below = plt.gcf().axes
    assert [panel.get_title() for panel in panels] == ["first", "second"]
    assert panels[0].lines[0].get_ydata() == [PROFILE, PROFILE]
    assert np.array_equal(below.lines[0].get_ydata(), picture()[PROFILE] / 2)


def test_the_prediction_has_its_corner_at_the_limit() -> None:
    steps = np.array([1.0, 3.0])
    draw_limit(steps, {"tied": np.array([[1.0, 2.0]])})
    line, dots, limit = plt.gca().lines
    x, y = (np.asarray(values, dtype=float) for values in line.get_data())
    assert y[x <= 2].tolist() == [1.0] * int((x <= 2).sum())
    assert y[-1] == pytest.approx(2.0)
    assert heights(dots) == [1.0, 2.0]
    assert limit.get_xdata() == [2, 2]


def test_a_ramp_has_a_line_a_layer() -> None:
    slopes = np.array([0.0, 2.0])
    draw_ramps(slopes, slopes, slopes, {0: np.arange(4.0), 25: np.arange(4.0)})
    left, right = plt.gcf().axes
    assert heights(left.lines[1]) == [0.0, 2.0]
    assert [line.get_label() for line in right.lines] == ["layer 0", "layer 25"]


def test_the_exact_solution_lies_below_the_curves() -> None:
    place = np.arange(4.0)
    draw_burgers(place, {"squares": place + 1}, place)
    exact, squares = plt.gca().lines
    assert exact.get_linewidth() > squares.get_linewidth()
    assert heights(squares) == [1.0, 2.0, 3.0, 4.0]
