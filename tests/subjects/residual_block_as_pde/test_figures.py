"""What the figures of the page show."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from pdenet.subjects.residual_block_as_pde import figures
from pdenet.symbolic import PDE_1D


def test_a_film_names_its_layers() -> None:
    fig = figures.draw_film(np.eye(3), {0: np.zeros((4, 4)), 7: np.ones((4, 4))})
    assert [ax.get_title() for ax in fig.axes] == ["kernel", "layer 0", "layer 7"]
    plt.close(fig)


def test_orders_are_curves_beside_the_start() -> None:
    fig = figures.draw_orders([0, 1, 2], [0, 1, 0], {"a": [1, 0, 0]})
    labels = [line.get_label() for line in fig.axes[0].lines]
    assert labels == ["layer 0", "a"]
    plt.close(fig)


def test_the_schemes_of_the_textbooks_lie_where_the_page_says() -> None:
    """Centred outside, Lax and Wendroff on the parabola, upwind on the dashed line, Lax and Friedrichs at one."""
    fig = figures.draw_stability({"calm": (0.5, 0.3)}, PDE_1D.stability().is_stable)
    gains, plane = fig.axes
    marks = {line.get_label(): (line.get_xdata()[0], line.get_ydata()[0]) for line in plane.lines}
    square, drift = marks["Lax-Wendroff"]
    assert square == pytest.approx(drift**2)
    assert marks["upwind"][0] == pytest.approx(drift)
    assert marks["Lax-Friedrichs"][0] == 1
    assert marks["centred"][0] == 0
    calm = gains.lines[0]
    assert calm.get_ydata()[-1] == pytest.approx(abs(1 - 2 * 0.5))
    plt.close(fig)


def test_a_slope_passes_below_the_last_error_of_the_first_curve() -> None:
    fig = figures.draw_convergence(
        [4, 16], {"a": [1e-2, 1e-3]}, {"b": [1e-2, 1e-4], "c": [1.0, np.inf]}, slopes=[(0, -1), (1, -2)]
    )
    for ax, last, power in zip(fig.axes, (1e-3, 1e-4), (-1, -2), strict=True):
        guide = ax.lines[-1].get_ydata()
        assert guide[-1] == pytest.approx(0.55 * last)
        assert guide[0] / guide[-1] == pytest.approx(4.0**-power)
    assert np.isfinite(fig.axes[1].lines[1].get_ydata()).all()
    plt.close(fig)


def test_packets_are_marks_on_the_axes() -> None:
    fig, ax = plt.subplots()
    figures.draw_packets(ax, lambda p: -0.3 * np.cos(p), lambda p: -0.3 + 0 * p, {1.0: -0.2})
    exact, third, marks, _ = ax.lines
    assert exact.get_ydata()[0] == third.get_ydata()[0] == -0.3
    assert (marks.get_xdata(), marks.get_ydata()) == ([1.0], [-0.2])
    plt.close(fig)
