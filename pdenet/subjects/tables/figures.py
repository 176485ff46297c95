"""Figures of the page: the network as a drawing, accuracies by depth and by epoch, a digit on its way."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from pdenet.page.figures import accuracy_by_depth, accuracy_curves, error_scale, image_row
from pdenet.page.style import INK, PALETTE
from pdenet.runs.table import CHANCE, recorded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from torch import Tensor

    from pdenet.runs.table import CellResult, Place


_TOP, _BOTTOM = 3.0, 0.75  # heights of the two rows


def draw_pde_net(ax: Axes, sizes: Sequence[int], *, fontsize: float = 8.5) -> None:
    """Draw a PDE net: above the whole chain, below one of its layers.

    Parameters
    ----------
    ax
        Axes to draw on; they lose ticks and frame.
    sizes
        Features before, between and after the linear layers of the classifier, such as (784, 256, 128, 10).
    fontsize
        Size of the text in points.

    Raises
    ------
    ValueError
        If there are fewer than two sizes.

    References
    ----------
    The thesis, Fig. 4.2.
    """
    if len(sizes) < 2:
        message = f"sizes must be two or more, such as (784, 256, 128, 10); got {tuple(sizes)}"
        raise ValueError(message)
    chain = ["image", "layer 1", "layer 2", "…", "layer $L$"]
    chain += [f"linear\nto {size}" for size in sizes[1:]]
    chain += ["softmax"]
    step = 10.0 / (len(chain) - 1)
    places = [(step * i, _TOP) for i in range(len(chain))]
    for place, text in zip(places, chain, strict=True):
        colour = PALETTE[0] if "layer" in text else PALETTE[1] if "linear" in text else None
        _box(ax, place, text, 0.82 * step, 0.8, colour, fontsize)
    for (left, _), (right, _) in pairwise(places):
        _arrow(ax, (left + 0.42 * step, _TOP), (right - 0.42 * step, _TOP))

    inside = {
        "before": (0.2, _BOTTOM, r"$\psi_{l-1}$", None),
        "skip": (3.4, _BOTTOM + 1.05, r"skip and $\gamma_l$:  $(1 + \gamma_l)\,\psi_{l-1}$", None),
        "x": (3.4, _BOTTOM, r"conv $x$:  $\alpha_l$, $\beta_l$", PALETTE[0]),
        "y": (3.4, _BOTTOM - 1.05, r"conv $y$:  $\sigma_l$, $\rho_l$", PALETTE[0]),
        "sum": (6.6, _BOTTOM, "+", None),
        "relu": (8.1, _BOTTOM, "ReLU", None),
        "after": (9.8, _BOTTOM, r"$\psi_l$", None),
    }
    widths = {"before": 0.9, "skip": 3.1, "x": 3.1, "y": 3.1, "sum": 0.6, "relu": 1.1, "after": 0.9}
    for name, (x, y, text, colour) in inside.items():
        _box(ax, (x, y), text, widths[name], 0.7, colour, fontsize)
    for name in ("skip", "x", "y"):
        x, y, *_ = inside[name]
        _arrow(ax, (0.65, _BOTTOM), (x - 1.55, y))
        _arrow(ax, (x + 1.55, y), (6.3, _BOTTOM))
    _arrow(ax, (6.9, _BOTTOM), (7.55, _BOTTOM))
    _arrow(ax, (8.65, _BOTTOM), (9.35, _BOTTOM))

    for corner, end in ((places[1][0] - 0.41 * step, -0.35), (places[1][0] + 0.41 * step, 10.35)):
        ax.plot([corner, end], [_TOP - 0.4, _BOTTOM + 1.55], color=INK, linestyle=":", marker="", linewidth=1)
    ax.set_xlim(-0.6, 10.6)
    ax.set_ylim(_BOTTOM - 1.6, _TOP + 0.6)
    ax.set_axis_off()


def _box(
    ax: Axes,
    centre: tuple[float, float],
    text: str,
    width: float,
    height: float,
    colour: str | None,
    fontsize: float,
) -> None:
    """A rounded box with text; without a colour it has a grey edge, and an ellipsis has none at all."""
    if text != "…":
        ax.add_patch(
            FancyBboxPatch(
                (centre[0] - width / 2, centre[1] - height / 2),
                width,
                height,
                boxstyle="round,pad=0,rounding_size=0.08",
                facecolor="none",
                edgecolor=colour or INK,
                linewidth=1.5 if colour else 1,
            )
        )
    ax.text(*centre, text, ha="center", va="center", fontsize=fontsize)


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    ax.add_patch(
        FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=8, color=INK, shrinkA=0, shrinkB=0)
    )


def draw_by_depth(
    cells: Mapping[Place, CellResult], columns: Sequence[str], ticks: Sequence[float]
) -> Figure:
    """Draw every network that learned as a mark, the thesis's as stars; at the foot, how many did not learn.

    Parameters
    ----------
    cells
        Runs by (layers, column).
    columns
        Those to draw.
    ticks
        Accuracies to label, per cent.
    """
    ours: dict[str, dict[int, list[float]]] = {}
    printed: dict[str, dict[int, float]] = {}
    chosen = {place: found for place, found in cells.items() if place[1] in columns}
    for (depth, column), found in chosen.items():
        ours.setdefault(column, {})[depth] = found.alive
        if found.cell.thesis is not None:
            printed.setdefault(column, {})[depth] = found.cell.thesis
    fig, ax = plt.subplots(figsize=(6.4, 3.8))
    accuracy_by_depth(ax, ours, printed)
    error_scale(ax, ticks=ticks)
    depths, step = sorted({depth for depth, _ in chosen}), 0.7 / len(ours)
    for (depth, column), found in chosen.items():
        if lost := len(found.records) - found.learned:
            i = list(ours).index(column)
            where = depths.index(depth) + step * (i - (len(ours) - 1) / 2)
            foot = ("data", "axes fraction")
            ax.annotate(f"{lost}†", (where, 0.02), xycoords=foot, ha="center", fontsize=9, color=PALETTE[i])
    ax.legend().remove()
    fig.legend(loc="outside upper center", ncols=3, fontsize=9)
    return fig


def draw_courses(
    cells: Mapping[Place, CellResult], columns: Sequence[str], depths: Sequence[int], rows: int = 1
) -> Figure:
    """Draw accuracy against the epoch, a panel a depth: who learned as bands, the others as dotted lines.

    Parameters
    ----------
    cells
        Runs by (layers, column).
    columns, depths
        Those to draw.
    rows
        Rows of panels.
    """
    size = (6.4, 2.3 * rows + 0.4)
    fig, axes = plt.subplots(rows, len(depths) // rows, figsize=size, dpi=75, sharex=True, sharey=True)
    for ax, depth in zip(np.ravel(axes), depths, strict=True):
        courses, flat = {}, []
        for colour, column in enumerate(columns):
            runs = cells[depth, column].records
            history = np.array([run.history["test_accuracy"] for run in runs], dtype=float)
            learned = history[:, -1] > CHANCE
            flat += [(line, PALETTE[colour]) for line in history[~learned]]
            courses[column] = history[learned] if learned.any() else np.full((1, history.shape[1]), np.nan)
        accuracy_curves(ax, courses)
        for line, colour_of_line in flat:
            ax.plot(range(1, len(line) + 1), 100 * line, color=colour_of_line, linestyle=":", marker="")
        error_scale(ax)
        ax.set_title(f"{depth} layers" + (f", {len(flat)} learned nothing" if flat else ""))
        ax.legend().remove()
        ax.label_outer()
    handles, _ = np.ravel(axes)[0].get_legend_handles_labels()
    fig.legend(handles, columns, loc="outside upper center", ncols=len(columns), fontsize=9)
    return fig


@torch.no_grad()
def draw_digit(cells: Mapping[str, CellResult], image: Tensor, layers: Sequence[int]) -> Figure:
    """Draw an image (H, W) of uint8 after some layers of recorded networks of seed 0, a row a network.

    Parameters
    ----------
    cells
        Runs by the name that a row gets.
    image
        Grey levels.
    layers
        After how many layers; a network with fewer has an empty place.
    """
    size = (6.4, 1.3 * len(cells))
    fig, axes = plt.subplots(len(cells), len(layers), figsize=size, squeeze=False, dpi=80)
    for row, (name, found) in zip(axes, cells.items(), strict=True):
        network = recorded(found).trained
        film = network.features(image[None].float() / 255)[0, :, 0]  # seed 0: (layer, row, column)
        for ax, layer in zip(row, layers, strict=True):
            if layer <= network.depth:
                image_row([ax], film[layer][None])
                ax.set_xlabel(f"max {film[layer].max():.2g}", fontsize=8)
            else:
                ax.axis("off")
        row[0].set_ylabel(name, fontsize=9)
    for ax, layer in zip(axes[0], layers, strict=True):
        ax.set_title(f"layer {layer}", fontsize=9)
    return fig
