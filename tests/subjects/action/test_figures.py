"""What the figures of the action show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from pdenet.subjects.action.figures import (
    WIDTHS,
    draw_bridges,
    draw_depths,
    draw_digits,
    draw_map,
    draw_sizes,
    draw_weights,
)
from pdenet.subjects.action.measures import halves, stacks
from pdenet.symbolic import PDE1
from pdenet.symbolic.propagator import lattice_weights

if TYPE_CHECKING:
    from matplotlib.axes import Axes

pytestmark = pytest.mark.usefixtures("book_style")

KERNELS = PDE1.stencil().kernels(torch.tensor([[[0.55, 0.0, 0.9, -0.5, 0.0]]], dtype=torch.double))


def line(ax: Axes, label: str) -> np.ndarray:
    """The heights of the line with this label."""
    (found,) = (one for one in ax.lines if one.get_label() == label)
    return np.asarray(found.get_ydata(), dtype=float)


def test_the_weights_of_each_width() -> None:
    _, axes = plt.subplots(1, 3)
    draw_weights(axes)
    for ax, alpha in zip(axes, WIDTHS, strict=True):
        assert line(ax, "exact flow") == pytest.approx(lattice_weights(np.arange(-3, 4), alpha, 0))
        assert sum(bar.get_height() for bar in ax.patches) == pytest.approx(1)


def test_a_bridge_is_drawn_with_its_mean() -> None:
    _, ax = plt.subplots()
    draw_bridges(ax, np.array([[0.0, 1, 2], [0, 3, 2], [0, 2, 2], [0, 2, 2]]), np.array([0.0, 1.5, 2]))
    assert line(ax, "mean of 4 paths") == pytest.approx([0, 2, 2])
    assert line(ax, "straight line") == pytest.approx([0, 1, 2])


def test_the_share_of_the_halves_rises_to_one() -> None:
    fig = plt.figure()
    draw_map(fig, {"(39) start": halves([KERNELS]), "(39) trained": halves([KERNELS])})
    assert line(fig.axes[2], "(39) start") == pytest.approx([0.5, 1])
    legend = fig.axes[2].get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["(39) start", "(39) trained"]


def test_curves_sizes_and_digits_are_drawn_as_given() -> None:
    _, ax = plt.subplots()
    draw_depths(ax, np.array([1.0, 2.0]), {"one": np.array([0.5, 0.25])})
    assert line(ax, "one") == pytest.approx([0.5, 0.25])

    _, pair = plt.subplots(1, 2)
    found = stacks(KERNELS)
    draw_sizes(pair, {"(39)": [found]})
    assert line(pair[1], "(39)") == pytest.approx(found.error.ravel())

    _, grid = plt.subplots(2, 2)
    image = np.eye(3)
    draw_digits(grid, {"a": {"x": image, "y": image}, "b": {"x": image, "y": image}})
    assert [ax.get_title() for ax in grid.ravel()] == ["x", "y", "", ""]
    assert [ax.get_ylabel() for ax in grid[:, 0]] == ["a", "b"]
