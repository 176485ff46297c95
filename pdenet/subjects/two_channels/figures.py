"""Figures of two channels: a packet at two slits, norms, layers that alternate, accuracies, digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np

from pdenet.page.figures import accuracy_by_depth, error_scale, image_row
from pdenet.page.style import INK
from pdenet.subjects.two_channels.networks import ALONE, NETWORKS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from pdenet.runs.table import CellResult, Place
    from pdenet.subjects.two_channels.measures import Course
    from pdenet.subjects.two_channels.system import Film, Slits


def draw_film(slits: Slits, film: Film, moments: Sequence[int], predicted: Sequence[float]) -> Figure:
    """Draw the packet at some moments, and what arrives at the screen beside the fringes predicted.

    Parameters
    ----------
    slits, film
        What is drawn.
    moments
        The steps of the film's pictures.
    predicted
        Heights of bright fringes, rows from the axis; drawn on both sides.
    """
    count = len(moments)
    fig, axes = plt.subplots(1, count + 1, figsize=(6.4, 1.95), width_ratios=[1.0] * count + [0.55])
    reach = (slits.rows - 1) / 2
    extent = (-0.5, slits.columns - 0.5, -reach, reach)
    for ax, picture, moment in zip(axes, film.density, moments, strict=False):
        ax.imshow(np.sqrt(picture / picture.max()), cmap="gray", extent=extent)
        wall = np.where(slits.open[:, slits.wall] > 0, np.nan, slits.height)
        ax.plot(np.full(slits.rows, slits.wall), wall, "C1-", marker="", linewidth=1.6)
        ax.axvline(slits.screen, color="C0", linestyle=":", linewidth=1.2, marker="")
        ax.set(xticks=[], yticks=[], title=f"step {moment}")
        ax.title.set_fontsize(9)
        ax.grid(False)
        for spine in ax.spines.values():
            spine.set_visible(True)  # the edge of a black picture on a black page
    last = axes[-1]
    last.plot(film.arrived / film.arrived.max(), slits.height, "C0-", marker="", linewidth=1.4)
    for height in {sign * h for h in predicted for sign in (1, -1)}:
        last.axhline(height, color="C1", linestyle="--", linewidth=1, marker="")
    last.set(xticks=[], yticks=[-60, 0, 60], ylim=(-reach, reach), title="at the screen")
    last.title.set_fontsize(9)
    return fig


def draw_norms(turns: Course, once: Course) -> Figure:
    """Draw the norm of both kinds of step on a logarithmic scale, and that of steps in turn near one.

    Parameters
    ----------
    turns, once
        Steps in turn, and at once.
    """
    fig, (far, near) = plt.subplots(1, 2, figsize=(6.4, 2.5))
    shown = np.flatnonzero(once.norm < 1e16)
    far.loglog(shown + 1, once.norm[shown], "C1--", marker="", label="at once")
    far.loglog(np.arange(len(turns.norm)) + 1, turns.norm, "C0-", marker="", label="in turn")
    far.set(xlabel="step", ylabel="$|R|^2 + |I|^2$")
    far.legend(fontsize=9)
    every = slice(None, None, max(1, len(turns.norm) // 1000))
    steps = np.arange(len(turns.norm))[every]
    near.plot(steps, turns.norm[every], "C0-", marker="", linewidth=0.8, label="$|R|^2 + |I|^2$")
    near.plot(steps, turns.form[every], "C2--", marker="", label="conserved form")
    low, high = turns.norm.min(), turns.norm.max()
    near.set(xlabel="step, in turn", ylim=(low - 0.1 * (high - low), high + 0.5 * (high - low)))
    near.locator_params(axis="x", nbins=3)
    near.legend(fontsize=9, loc="upper right")
    return fig


def draw_pairs(
    ax: Axes, first: NDArray[np.float64], second: NDArray[np.float64], grows: NDArray[np.bool_]
) -> None:
    """Draw for which pairs of layers, each stable alone, the two in alternation grow.

    Parameters
    ----------
    ax
        Axes to draw on.
    first, second
        What the layers do to the wave, (m,) and (n,).
    grows
        Whether they grow, (n, m).
    """
    ax.contourf(first, second, grows.astype(float), levels=[0.5, 1.5], colors=["C1"], alpha=0.55)
    ax.contour(first, second, grows.astype(float), levels=[0.5], colors=INK, linewidths=1)
    ax.set(
        xlabel="$k$ of one layer",
        ylabel="$k$ of the other",
        aspect="equal",
        xticks=[0, 1, 2],
        yticks=[0, 1, 2],
    )
    ax.grid(False)


def draw_accuracies(ax: Axes, cells: Mapping[Place, CellResult]) -> None:
    """Draw every seed's accuracy by depth, and the mean of the classifier alone as a line.

    Parameters
    ----------
    ax
        Axes to draw on.
    cells
        The runs by place.
    """
    shares = {
        name: {
            depth: np.nan_to_num(result.accuracies)
            for (depth, column), result in cells.items()
            if column == name
        }
        for name in NETWORKS
    }
    accuracy_by_depth(ax, {name: by_depth for name, by_depth in shares.items() if by_depth})
    if (0, ALONE) in cells:
        ax.axhline(cells[0, ALONE].per_cent.mean(), color=INK, linestyle=":", marker="", label=ALONE)
    error_scale(ax, (10, 50, 80, 90, 95, 98))
    ax.legend(fontsize=9, loc="center left", bbox_to_anchor=(1.0, 0.5))


def draw_digits(digit: NDArray[np.float64], behind: Mapping[str, Sequence[NDArray[np.float64]]]) -> Figure:
    """Draw a digit, and what the classifier reads of it behind each network, before and after training.

    Parameters
    ----------
    digit
        The digit, (row, column).
    behind
        Name of a network -> its picture at the start and after training; each on a grey scale of its own.
    """
    fig, axes = plt.subplots(2, len(behind) + 1, figsize=(6.4, 2.7))
    image_row([axes[0, 0]], [digit], ["the digit"])
    axes[1, 0].set_visible(False)
    for column, (name, pictures) in zip(axes.T[1:], behind.items(), strict=True):
        for ax, picture, title in zip(column, pictures, (name, ""), strict=True):
            image_row([ax], [picture if np.isfinite(picture).all() else np.zeros_like(picture)], [title])
            ax.set_xlabel(f"max {np.nan_to_num(picture).max():.2g}", fontsize=8)
            ax.title.set_fontsize(8)
    axes[0, 1].set_ylabel("start", fontsize=9)
    axes[1, 1].set_ylabel("trained", fontsize=9)
    return fig
