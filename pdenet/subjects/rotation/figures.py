"""Figures of the page: maps of what is learned, errors by angle, by sector, by broken symmetry, by order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import torch

from pdenet.page.style import INK, PALETTE
from pdenet.subjects.rotation.arms import (
    AUGMENTED,
    BREAKINGS,
    RELU,
    SECTOR,
    SECTORS,
    list_name,
    point_name,
)
from pdenet.subjects.rotation.measures import (
    BAND,
    CONSTANT,
    ERROR,
    ZERO_OUTSIDE,
    band,
    on_grid,
    swapped,
)
from pdenet.subjects.rotation.networks import OFFERED, PLAIN, POOLED, RADIAL, SORTED
from pdenet.subjects.rotation.particles import swaps
from pdenet.subjects.rotation.system import RADIUS, angles, averaged, floor, grid, rings, target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.contour import ContourSet
    from matplotlib.figure import Figure
    from numpy.typing import NDArray
    from torch import Tensor

    from pdenet.runs.results import Results
    from pdenet.subjects.rotation.networks import PointNet

BLUE, ORANGE, GREEN, PURPLE = PALETTE[:4]
LOOKS = {
    PLAIN: ("o-", ORANGE, "x and y"),
    RELU: ("v:", ORANGE, "x and y, ReLU"),
    OFFERED: ("s--", PURPLE, "x, y and r"),
    AUGMENTED: ("^-.", GREEN, "x and y, turned at random"),
    RADIAL: ("D-", BLUE, "r alone"),
}
LIST_LOOKS = {
    PLAIN: ("o-", ORANGE, "the list"),
    AUGMENTED: ("^-.", GREEN, "the list, shuffled at random"),
    POOLED: ("s--", PURPLE, "a mean over particles"),
    SORTED: ("D-", BLUE, "the sorted list"),
}
SPAN = 0.6
"""Values at and beyond which a map has its last shade."""


def draw_maps(nets: Mapping[str, PointNet], half_angle: float) -> Figure:
    """The target on the disc, what networks make of it, and the first one's mean over all turns.

    Parameters
    ----------
    nets
        By title, the first seed of each is drawn.
    half_angle
        Of the sector that they saw, degrees.
    """
    maps = {"target": target(grid())} | {title: on_grid(net)[0] for title, net in nets.items()}
    first = next(iter(nets))
    maps[f"{first},\naveraged"] = averaged(maps[first])
    fig, axes = plt.subplots(1, len(maps), figsize=(7.0, 2.3), subplot_kw={"projection": "polar"})
    for ax, (title, values) in zip(axes, maps.items(), strict=True):
        shades = _map(ax, values)
        for edge in (-half_angle, half_angle):
            ax.plot(np.radians([edge, edge]), [0, RADIUS], "-", color="black", lw=1.2, marker="")
        ax.set_title(title, fontsize=9)
    fig.colorbar(shades, ax=list(axes), shrink=0.7, ticks=[-SPAN, 0, SPAN])
    return fig


def _map(ax: Axes, values: Tensor) -> ContourSet:
    """Values (R, A) as shades, closed round."""
    all_round = torch.cat([angles(), angles()[:1] + 2 * torch.pi]).numpy()
    closed = torch.cat([values, values[:, :1]], -1).numpy()
    levels = np.linspace(-SPAN, SPAN, 13)
    shades = ax.contourf(all_round, rings()[0].numpy(), closed, levels, cmap="PuOr", extend="both")
    ax.set(xticks=[], yticks=[])
    ax.grid(visible=False)
    return shades


def middle(results: Results, arm: str, what: str) -> tuple[float, NDArray[np.float64]]:
    """The median over seeds, and how far its quartiles are from it."""
    low, median, high = np.quantile(results.values(arm, what), (0.25, 0.5, 0.75))
    return float(median), np.array([median - low, high - median])


def _line(
    ax: Axes, xs: Sequence[float], points: list[tuple[float, NDArray[np.float64]]], look: tuple[str, str, str]
) -> None:
    style, colour, label = look
    ys, bars = [y for y, _ in points], np.array([bar for _, bar in points]).T
    ax.errorbar(xs, ys, bars, fmt=style, color=colour, label=label, capsize=2, lw=1.5)


def draw_by_angle(results: Results) -> Figure:
    """Errors by the angle from the middle of the sector.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, ax = plt.subplots(figsize=(6.6, 3.6))
    starts = range(0, 180, BAND)
    for title, look in LOOKS.items():
        arm = point_name(title, SECTOR)
        _line(ax, [s + BAND / 2 for s in starts], [middle(results, arm, band(s)) for s in starts], look)
    zero = middle(results, point_name(PLAIN, SECTOR), ZERO_OUTSIDE)[0]
    ax.axhline(zero, color=INK, ls=":", marker="", label="saying zero")
    ax.axvline(SECTOR, color=INK, lw=1, marker="")
    above = ax.get_xaxis_transform()
    ax.text(SECTOR + 2, 0.94, "edge of the sector", color=INK, fontsize=9, transform=above)
    ax.set(yscale="log", xlabel="angle from the middle of the sector (degrees)", ylabel="error")
    ax.set_xticks(range(0, 181, 30))
    fig.legend(fontsize=8, ncols=3, loc="outside upper center")
    return fig


def draw_by_sector(results: Results) -> Figure:
    """Errors over the whole disc, by the half angle of what was seen.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, ax = plt.subplots(figsize=(5.6, 3.3))
    places = range(len(SECTORS))
    for title, look in LOOKS.items():
        if title != RELU:
            found = [middle(results, point_name(title, half), ERROR) for half in SECTORS]
            _line(ax, places, found, look)
    zero = middle(results, point_name(PLAIN, SECTOR), ZERO_OUTSIDE)[0]
    ax.axhline(zero, color=INK, ls=":", marker="", label="saying zero")
    ax.set_xticks(places, [f"±{half}°" for half in SECTORS])
    ax.set(yscale="log", xlabel="sector that was seen", ylabel="error on the disc")
    fig.legend(fontsize=8, ncols=3, loc="outside upper center")
    return fig


def draw_broken(results: Results) -> Figure:
    """Errors by how strongly the symmetry is broken, all angles seen, with the floor of what is even.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, ax = plt.subplots(figsize=(5.6, 3.3))
    strengths = (0.0, *BREAKINGS)
    for title in (PLAIN, OFFERED, RADIAL):
        found = [middle(results, point_name(title, breaking=strength), ERROR) for strength in strengths]
        _line(ax, strengths, found, LOOKS[title])
    fine = np.linspace(0.01, 0.42, 60)
    ax.plot(fine, [floor(x) for x in fine], ":", color=BLUE, marker="", label="least of any function of r")
    ax.set(yscale="log", xlabel=r"strength $\varepsilon$ of what breaks the symmetry", ylabel="error")
    ax.minorticks_off()
    ticks = (0.002, 0.005, 0.01, 0.02, 0.05)
    ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    fig.legend(fontsize=8, ncols=2, loc="outside upper center")
    return fig


def draw_orders(results: Results) -> Figure:
    """Errors on lists by the exchanges of neighbours away from the order that was seen.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, ax = plt.subplots(figsize=(6.0, 3.4))
    counts = range(int(swaps().max()) + 1)
    for title, look in LIST_LOOKS.items():
        found = [middle(results, list_name(title), swapped(k)) for k in counts]
        _line(ax, counts, found, look)
    constant = middle(results, list_name(PLAIN), CONSTANT)[0]
    ax.axhline(constant, color=INK, ls=":", marker="", label="best constant")
    ax.set(yscale="log", xlabel="neighbours exchanged, from left to right on", ylabel="error of the energy")
    fig.legend(fontsize=8, ncols=3, loc="outside upper center")
    return fig
