"""What the figures of the page show."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.lines import Line2D

from pdenet.subjects.residual_block_as_pde import figures
from pdenet.symbolic import PDE_1D


def points(line: Line2D) -> np.ndarray:
    """Of a curve, (point, x and y)."""
    return np.array(line.get_xydata(), dtype=float)


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
    """Centred outside, Lax-Wendroff on the parabola, upwind on the dashed line, Lax-Friedrichs at one."""
    fig = figures.draw_stability({"calm": (0.5, 0.3)}, PDE_1D.stability().is_stable)
    gains, plane = fig.axes
    marks = {line.get_label(): points(line)[0] for line in plane.lines}
    square, drift = marks["Lax-Wendroff"]
    assert square == pytest.approx(drift**2)
    assert marks["upwind"][0] == pytest.approx(drift)
    assert marks["Lax-Friedrichs"][0] == 1
    assert marks["centred"][0] == 0
    assert points(gains.lines[0])[-1, 1] == pytest.approx(abs(1 - 2 * 0.5))
    plt.close(fig)


def test_a_slope_passes_below_the_last_error_of_the_first_curve() -> None:
    fig = figures.draw_convergence(
        [4, 16], {"a": [1e-2, 1e-3]}, {"b": [1e-2, 1e-4], "c": [1.0, np.inf]}, slopes=[(0, -1), (1, -2)]
    )
    for ax, last, power in zip(fig.axes, (1e-3, 1e-4), (-1, -2), strict=True):
        guide = points(ax.lines[-1])[:, 1]
        assert guide[-1] == pytest.approx(0.55 * last)
        assert guide[0] / guide[-1] == pytest.approx(4.0**-power)
    assert np.isfinite(points(fig.axes[1].lines[1])).all()
    plt.close(fig)


def test_packets_are_marks_on_the_axes() -> None:
    fig, ax = plt.subplots()
    figures.draw_packets(ax, lambda p: -0.3 * np.cos(p), lambda p: -0.3 + 0 * p, {1.0: -0.2})
    exact, third, marks, _ = ax.lines
    assert points(exact)[0, 1] == points(third)[0, 1] == -0.3
    np.testing.assert_array_equal(points(marks), [[1.0, -0.2]])
    plt.close(fig)
