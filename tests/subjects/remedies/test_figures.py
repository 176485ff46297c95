"""What the figures of the remedies show."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from pdenet.subjects.remedies.claims import NONE
from pdenet.subjects.remedies.experiment import REMEDIES
from pdenet.subjects.remedies.figures import draw_accuracies, draw_course, draw_digits
from pdenet.subjects.remedies.networks import NETWORKS

pytestmark = pytest.mark.usefixtures("book_style")


def test_a_course_has_a_line_a_seed_and_breaks_off_where_nothing_is_left() -> None:
    _, ax = plt.subplots()
    draw_course(ax, {name: np.array([[1.0, 1e-10, 0.0], [1.0, 2.0, 3.0]]) for name in NETWORKS})
    assert len(ax.lines) == 2 * len(NETWORKS)
    looks = {(line.get_color(), line.get_linestyle(), line.get_linewidth()) for line in ax.lines}
    assert len(looks) == len(NETWORKS)
    assert np.isnan(np.asarray(ax.lines[0].get_ydata(), dtype=float)[-1])
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == [*NETWORKS]


def test_accuracies_stand_in_the_row_of_their_network() -> None:
    fig, ax = plt.subplots()
    cells = REMEDIES.found()
    draw_accuracies(ax, cells)
    fig.canvas.draw()
    rows = [label.get_text() for label in ax.get_yticklabels()]
    assert rows == [NONE[1], *NETWORKS]
    dots = [line for line in ax.lines if len(np.atleast_1d(line.get_xdata())) == 10][1]  # after those of none
    assert np.asarray(dots.get_xdata(), dtype=float) == pytest.approx(cells[50, rows[1]].per_cent)


def test_what_is_not_finite_behind_the_layers_is_drawn_as_nothing() -> None:
    digit = np.eye(4)
    fig = draw_digits(digit, {"as it is": digit, "gone": np.full((4, 4), np.nan)})
    first, second, third, *rest = fig.axes
    assert [ax.get_title() for ax in (first, second, third)] == ["the digit", "as it is", "gone"]
    assert np.asarray(third.images[0].get_array()).max() == 0
    assert third.get_xlabel() == "max 0"
    assert second.get_xlabel() == "max 1"
    assert not any(ax.get_visible() for ax in rest)
