"""The figures of the page show what they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from pdenet.subjects.paths_to_schroedinger.figures import draw_distances, draw_three_points
from pdenet.subjects.paths_to_schroedinger.measures import SHARES

pytestmark = pytest.mark.usefixtures("book_style")


def test_every_point_has_its_line_in_both_panels() -> None:
    states = {name: np.full(16, share + 1) for name, share in SHARES.items()}
    masses = {name: np.array([1.0, share]) for name, share in SHARES.items()}
    draw_three_points(states, masses, np.array([0.0, 2.0]))
    shape, total = plt.gcf().axes
    for number, share in enumerate(SHARES.values()):
        assert shape.lines[number].get_ydata() == pytest.approx(np.full(16, share + 1))
        assert np.asarray(total.lines[number].get_ydata()).tolist() == [1.0, share]
    assert [text.get_text() for text in plt.gcf().legends[0].get_texts()] == list(SHARES)


def test_other_equations_have_open_markers() -> None:
    own = {name: [0.1, 0.05] for name in SHARES}
    draw_distances([8, 16], own, {"end": [0.2, 0.2]})
    lines = plt.gca().lines
    assert [line.get_markerfacecolor() == "none" for line in lines] == [False, False, False, True]
    assert np.asarray(lines[3].get_ydata()).tolist() == [0.2, 0.2]
    assert lines[3].get_label() == "end, that of the start"
