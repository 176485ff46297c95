"""What the figures and the table of the quantum walk show."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex

from pdenet.page.style import PALETTE
from pdenet.subjects.quantum_walk.figures import (
    OFF,
    draw_kernels,
    draw_plane,
    draw_spreads,
    signed_colours,
)
from pdenet.subjects.quantum_walk.measures import walk
from pdenet.subjects.quantum_walk.tables import HEADER, walk_table
from pdenet.symbolic import PDE1

pytestmark = pytest.mark.usefixtures("book_style")


def test_signs_are_colours_and_sizes_opacity() -> None:
    plus, nothing, minus = signed_colours(np.array([4.0, 0.0, -1.0]))
    assert to_hex(plus[:3]) == PALETTE[1]
    assert to_hex(minus[:3]) == PALETTE[0]
    assert (plus[3], nothing[3], minus[3]) == (1, 0, 0.5)
    assert signed_colours(np.zeros(2))[:, 3].max() == 0


def test_the_spreads_end_where_they_must() -> None:
    fig = plt.figure()
    draw_spreads(fig, drift=0.5, diffusion=0.5, last=32)
    walk_ax, rain_ax, squares_ax, _ = fig.axes
    ends = [abs(float(np.asarray(line.get_xdata())[-1])) for line in walk_ax.lines]
    assert sorted(set(ends)) == pytest.approx([16 / 2**0.5, 16])
    assert abs(float(np.asarray(rain_ax.lines[0].get_xdata())[-1])) == pytest.approx(4)
    assert np.sum(np.asarray(squares_ax.lines[0].get_ydata(), dtype=float)) == pytest.approx(1)


def test_layers_without_diffusion_are_drawn_on_the_line_of_those() -> None:
    theta = torch.tensor([[[0.0, 0.4, 0.5, -0.3, 0.0]]], dtype=torch.double)
    found = walk(PDE1.stencil().kernels(theta))
    _, ax = plt.subplots()
    draw_plane([ax], [("one", [found.parts])])
    dots = ax.lines[0]
    assert np.asarray(dots.get_xdata(), dtype=float) == pytest.approx([0.4, 0.3])
    assert np.asarray(dots.get_ydata(), dtype=float) == pytest.approx([OFF, 0.25])


def test_a_kernel_is_drawn_around_displacement_zero() -> None:
    weights = np.zeros((8, 8))
    weights[0, -1], weights[1, 0] = 2.0, -2.0  # one to the left, one below
    _, ax = plt.subplots()
    draw_kernels([ax], [("one", weights, 2)])
    shown = np.asarray(ax.images[0].get_array())
    assert [tuple(place) for place in np.argwhere(shown[..., 3] > 0)] == [(2, 1), (3, 2)]


def test_a_row_a_network_and_a_time() -> None:
    theta = torch.tensor([[[0.0, 0.1, 0.0, 0.1, 0.0]]] * 3, dtype=torch.double)
    found = walk(PDE1.stencil().kernels(theta))
    heading, _, row = walk_table({("(39)", 1, "start"): found}).splitlines()
    assert heading.count("|") == len(HEADER) + 1
    assert "| (39), 1 | start | 0.20 | 100 % | 100 % |" in row
