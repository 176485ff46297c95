"""Figures on blocks with two convolutions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np

from pdenet.page.figures import image_row
from pdenet.page.style import INK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

PROFILE = 18
"""Row of the picture whose grey values are drawn as a line."""


def draw_smoothing(pictures: Mapping[str, np.ndarray], profiles: Sequence[str]) -> None:
    """Pictures side by side, and below them the grey values of some of them along one row.

    Parameters
    ----------
    pictures : mapping
        Title -> picture (H, W).
    profiles : sequence of str
        Titles of those whose row is drawn; at most four.
    """
    figure = plt.figure(figsize=(6.4, 3.9))
    grid = figure.add_gridspec(2, len(pictures), height_ratios=[1, 1.45])
    panels = [figure.add_subplot(grid[0, i]) for i in range(len(pictures))]
    image_row(panels, np.clip(list(pictures.values()), -0.2, 1.2), list(pictures))
    for panel in panels:
        panel.title.set_fontsize(9)
        panel.axhline(PROFILE, color="C1", lw=0.8, ls="-", marker="")
    below = figure.add_subplot(grid[1, :])
    for name in profiles:
        below.plot(pictures[name][PROFILE], label=name.replace("\n", " "), lw=1.3, marker="")
    below.set(xlabel="column", ylabel="grey value", xlim=(0, pictures[profiles[0]].shape[1] - 1))
    below.legend(fontsize=8, ncols=len(profiles), loc="upper center", bbox_to_anchor=(0.5, 1.17))


def draw_limit(steps: np.ndarray, found: Mapping[str, np.ndarray]) -> None:
    """Largest stretch found against the step, over the prediction for the tied block.

    Parameters
    ----------
    steps : (steps,)
        In units of 1 / (Lambda ||K_1||**2).
    found : mapping
        Name -> largest stretch (kernel, step).
    """
    _, ax = plt.subplots(figsize=(6.4, 3.3))
    fine = np.linspace(0, steps.max(), 201)
    ax.plot(fine, np.maximum(1, fine - 1), color=INK, ls="-", lw=1, marker="", label=r"$\max(1, x - 1)$")
    for i, (name, values) in enumerate(found.items()):
        places = np.broadcast_to(steps, values.shape) + 0.025 * (i - 1)
        ax.plot(
            places.ravel(),
            values.ravel(),
            ls="",
            marker="osD^"[i],
            color=f"C{i}",
            mfc="none",
            ms=5,
            label=name,
        )
    ax.axvline(2, color=INK, ls=":", lw=1, marker="")
    ax.text(2.04, 0.62, "limit", fontsize=9)
    ax.set(xlabel=r"step, $x = \Delta t\,\Lambda\,\Vert K_1\Vert^2$", ylabel="largest stretch", ylim=(0.5, 4))
    ax.legend(fontsize=8, loc="upper left")


def draw_ramps(
    slopes: np.ndarray, predicted: np.ndarray, found: np.ndarray, ramps: Mapping[int, np.ndarray]
) -> None:
    """How a ramp's slope decides whether waves on it grow, and what becomes of a steep ramp.

    Parameters
    ----------
    slopes, predicted, found : (slopes,)
        Slope of the ramp in units of the contrast, and the largest stretch near it.
    ramps : mapping
        Layer -> what a steep ramp has become there (W,); at most three.
    """
    _, (left, right) = plt.subplots(1, 2, figsize=(6.4, 2.7))
    left.plot(slopes, predicted, color=INK, marker="", lw=1.2, label="predicted")
    left.plot(slopes, found, color="C1", ls="", marker="o", mfc="none", label="found")
    left.axvline(1, color=INK, ls=":", lw=1, marker="")
    left.set(xlabel=r"slope of the ramp / $\lambda$", ylabel="largest stretch")
    left.legend(fontsize=8)
    for (layer, row), look in zip(ramps.items(), ("-", "--", "-."), strict=False):
        right.plot(row, ls=look, marker="", lw=1.4, label=f"layer {layer}")
    right.set(xlabel="column", ylabel=r"grey value / $\lambda$")
    right.legend(fontsize=8)


def draw_burgers(place: np.ndarray, curves: Mapping[str, np.ndarray], exact: np.ndarray) -> None:
    """States of Burgers' equation after all layers: the exact one as a band, the blocks' as lines.

    Parameters
    ----------
    place : (W,)
        Pixels.
    curves : mapping
        Name -> state (W,).
    exact : (W,)
        The exact solution.
    """
    _, ax = plt.subplots(figsize=(6.4, 2.9))
    ax.plot(place, exact, color=INK, lw=6, alpha=0.35, ls="-", marker="", label="exact")
    for i, (name, state) in enumerate(curves.items()):
        _line(ax, place, state, name, i)
    ax.set(xlabel="column", ylabel="$u$")
    ax.legend(fontsize=8)


def _line(ax: Axes, place: np.ndarray, state: np.ndarray, name: str, index: int) -> None:
    ax.plot(place, state, lw=1.4, marker="osD^"[index], ms=3.5, markevery=(3 * index, 14), label=name)
