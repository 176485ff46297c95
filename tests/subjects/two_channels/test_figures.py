"""What the figures of two channels show."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from pdenet.subjects.two_channels.experiment import TWO_CHANNELS
from pdenet.subjects.two_channels.figures import (
    draw_accuracies,
    draw_digits,
    draw_film,
    draw_norms,
    draw_pairs,
)
from pdenet.subjects.two_channels.measures import course
from pdenet.subjects.two_channels.networks import ALONE, NETWORKS
from pdenet.subjects.two_channels.system import Slits, film

pytestmark = pytest.mark.usefixtures("book_style")


def test_a_film_has_a_picture_a_moment_and_the_fringes_on_both_sides() -> None:
    slits = Slits(rows=41, columns=60, start=14, wide=4.0, wall=28, separation=10, opening=3, screen=45)
    moments = (0, 20)
    fig = draw_film(slits, film(slits, moments), moments, [0.0, 9.5])
    assert [ax.get_title() for ax in fig.axes] == ["step 0", "step 20", "at the screen"]
    dashed = {float(np.asarray(line.get_ydata(), dtype=float).mean()) for line in fig.axes[-1].lines[1:]}
    assert dashed == {0.0, 9.5, -9.5}
    wall = np.asarray(fig.axes[0].lines[0].get_ydata(), dtype=float)
    assert np.isnan(wall).sum() == 2 * slits.opening


def test_norms_are_drawn_as_far_as_they_are_finite() -> None:
    kernel = np.array([[1.5]])
    start = np.array([1.0]), np.array([0.0])
    once = course(kernel, *start, 60, in_turn=False)
    fig = draw_norms(course(kernel, *start, 60), once)
    grown, kept = fig.axes[0].lines
    assert len(grown.get_xdata()) == (once.norm < 1e16).sum() < 61  # type: ignore[arg-type]
    assert len(kept.get_xdata()) == 61  # type: ignore[arg-type]
    form = np.asarray(fig.axes[1].lines[1].get_ydata(), dtype=float)
    assert np.ptp(form) < 1e-12


def test_pairs_that_grow_are_filled() -> None:
    _, ax = plt.subplots()
    draw_pairs(ax, np.arange(3.0), np.arange(3.0), np.eye(3, dtype=bool))
    assert ax.collections
    assert "one layer" in ax.get_xlabel()


def test_accuracies_and_digits_name_their_networks() -> None:
    _, ax = plt.subplots()
    draw_accuracies(ax, TWO_CHANNELS.found())
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == [*NETWORKS, ALONE]
    picture = np.arange(4.0).reshape(2, 2)
    fig = draw_digits(picture, {"one": [picture, np.full((2, 2), np.nan)]})
    assert [ax.get_title() for ax in fig.axes if ax.get_title()] == ["the digit", "one"]
    assert fig.axes[1].get_xlabel() == "max 3"
