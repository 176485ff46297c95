"""What the figures on fifty layers show."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.lines import Line2D

from pdenet.subjects.mechanism.figures import WORDS, draw_digit, draw_layers, draw_networks, draw_shift

pytestmark = pytest.mark.usefixtures("book_style")
RNG = np.random.default_rng(0)


def heights(line: Line2D) -> list[float]:
    """The y values of a line."""
    values: list[float] = np.asarray(line.get_ydata(), dtype=float).tolist()
    return values


def test_a_middle_outside_the_frame_is_a_cross_at_its_rim() -> None:
    pictures = {name: RNG.random((2, 28, 28)) for name in WORDS}
    middles = {"start": np.array([[0.0, 0.0], [-20.0, 3.0]]), "trained": np.zeros((2, 2))}
    probe = {name: np.array([[80.0, 30.0], [80.0, 40.0], [80.0, 50.0]]) for name in WORDS}
    fig = draw_digit([0, 50], pictures, middles, probe, np.array([80.0, 10.0]), main=1)
    first, second, *_, below = fig.axes
    assert [ax.lines[0].get_marker() for ax in (first, second)] == ["+", "x"]
    assert heights(second.lines[0]) == [16.5]
    assert len(below.lines) == 2 * 3 + 1
    thick = [line for line in below.lines if line.get_linewidth() > 2]
    assert [heights(line)[-1] for line in thick] == [40.0, 40.0]


def test_all_seeds_have_their_gates_and_gradients_drawn_relative_to_the_last() -> None:
    layers = {name: RNG.random((4, 6)) for name in WORDS}
    gradient = {name: 2.0 + RNG.random((4, 7)) for name in WORDS}
    fig = draw_layers(layers, layers, layers, gradient, main=2)
    growth, gates, slopes = fig.axes
    assert len(growth.lines) == 4
    assert len(gates.lines) == 8
    curves = [np.asarray(line.get_ydata(), dtype=float) for line in slopes.lines[:8]]
    assert all(curve[-1] == 1 for curve in curves)
    assert curves[0] == pytest.approx(gradient["start"][0] / gradient["start"][0, -1])


def test_networks_stand_where_their_numbers_say() -> None:
    nets = [
        {"equation": name, "layers": depth, "final": 90 + depth, "shift": depth / 2, "probe": 70.0}
        for name in ("A", "B")
        for depth in (2, 4)
    ]
    fig = draw_networks(nets, ("shift", "probe"), ("A", "B"), 95.0)
    shift, probe = fig.axes
    assert (shift.get_xlabel(), probe.get_xlabel()) == ("shift (pixels)", "probe (%)")
    assert [line.get_fillstyle() for line in shift.lines[:4]] == ["full", "full", "none", "none"]
    assert [heights(line) for line in shift.lines[:2]] == [[92.0], [94.0]]
    assert np.array_equal(np.asarray(shift.lines[1].get_xdata(), dtype=float), [2.0])


def test_half_way_is_between_the_first_accuracy_and_a_guess() -> None:
    fig = draw_shift(np.array([0, 4]), np.array([80.0, 40.0]))
    assert heights(fig.axes[0].lines[1]) == [45.0, 45.0]
    plt.close(fig)
