"""The figures of the page: a line for each arm, bars that stay above zero, and no more than there is."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.container import ErrorbarContainer

from pdenet.subjects.irregular import figures
from pdenet.subjects.irregular.arms import MAIN, arm_name
from pdenet.subjects.irregular.experiment import IRREGULAR
from pdenet.subjects.irregular.measures import WINDOWS
from pdenet.subjects.irregular.networks import GRU, ODE
from pdenet.subjects.irregular.system import draw

pytestmark = pytest.mark.usefixtures("book_style")


def bars() -> list[ErrorbarContainer]:
    return [one for ax in plt.gcf().axes for one in ax.containers if isinstance(one, ErrorbarContainer)]


def test_errors_are_drawn_by_window_a_line_an_arm() -> None:
    arms = {"an ODE": arm_name(ODE), "a net": arm_name(GRU), "nobody": "an arm without runs"}
    figures.draw_errors(IRREGULAR.results(), arms)
    (ax,) = plt.gcf().axes
    assert [text.get_text() for text in ax.get_yticklabels()] == list(arms)
    assert len(bars()) == len(WINDOWS)
    for one in bars():
        line, _, (reach,) = one.lines
        assert line is not None
        assert np.shape(line.get_xdata()) == (2,)
        assert all(path[:, 0].min() > 0 for path in reach.get_segments())


def test_errors_are_drawn_against_the_looks_in_a_panel_for_each_kind_of_times() -> None:
    figures.draw_looks(IRREGULAR.results())
    assert [ax.get_title() for ax in plt.gcf().axes] == ["irregular times", "regular times"]
    assert len(bars()) == 6
    plt.close("all")
    figures.draw_looks(IRREGULAR.results([]))
    assert not bars()


def test_a_forecast_shows_truth_both_answers_and_what_was_seen() -> None:
    series = draw(MAIN, [0], 2, "test")
    fine = torch.linspace(0, 18, 50)
    figures.draw_forecast(series, 1, fine, fine.cos(), fine.sin(), series.truth[0, 1])
    (ax,) = plt.gcf().axes
    labelled = [line.get_label() for line in ax.lines if not str(line.get_label()).startswith("_")]
    assert labelled == ["truth", ODE, GRU, "seen"]
