"""Figures of the page: histories, what they leave open, networks by units, frames by gap, noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap

from pdenet.page.style import INK, PALETTE
from pdenet.subjects.cellular_automata.arms import (
    CHANCES,
    DEEP,
    FRAMES,
    LONGER,
    MANY,
    NETWORKS,
    SKIPPED,
    UNITS,
    WIDE,
)
from pdenet.subjects.cellular_automata.evidence import determined_starts, read_rule, share_of_rows
from pdenet.subjects.cellular_automata.frames import known
from pdenet.subjects.cellular_automata.noise import breaking_points
from pdenet.subjects.cellular_automata.system import RULES, history, one_cell, separable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

    from pdenet.runs.results import Results

CELLS_OF_RINGS = (8, 9, 10, 11, 12)
SHOWN = ((0, "rule 0"), (90, "rule 90"), (184, "rule 184"), (110, "rule 110"))


def draw_histories(cells: int = 64, steps: int = 32) -> Figure:
    """Four rules from one live cell, time downwards, with the number of neighbourhoods that never occur.

    Parameters
    ----------
    cells, steps
        Of the ring.
    """
    fig, axes = plt.subplots(1, len(SHOWN), figsize=(6.4, 2.1), sharey=True)
    for ax, (rule, name) in zip(axes, SHOWN, strict=True):
        rows = history(rule, one_cell(cells), steps)
        unseen = sum(outcome is None for outcome in read_rule(rows))
        ax.imshow(rows, cmap=ListedColormap(["none", PALETTE[0]]), vmin=0, vmax=1, aspect="auto")
        ax.set(title=f"{name}\n{unseen} of 8 unseen", xticks=[0, cells - 1], yticks=[0, steps])
        ax.grid(visible=False)
    axes[0].set_ylabel("time")
    fig.supxlabel("cell", color=INK, fontsize=11)
    return fig


def draw_evidence() -> Figure:
    """What one live cell leaves unseen, by rule; and of which share of starts the whole history is enough."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(6.4, 3.1))
    unseen = [
        sum(outcome is None for outcome in read_rule(history(rule, one_cell(64), 32)))
        for rule in range(RULES)
    ]
    tally = np.bincount(unseen, minlength=5)
    bars = left.bar(range(len(tally)), tally, color=PALETTE[0])
    left.bar_label(bars)
    left.set(xlabel="neighbourhoods unseen", ylabel="rules", title="one live cell", ylim=(0, 138))
    shares = np.array([determined_starts(cells) / 2**cells for cells in CELLS_OF_RINGS])
    look = {"marker": "", "lw": 0.5, "alpha": 0.25, "ls": "-"}
    right.plot(CELLS_OF_RINGS, shares, color=INK, **look)
    right.plot(CELLS_OF_RINGS, shares.mean(1), "o-", color=PALETTE[0], label="mean over rules")
    one = [float(share_of_rows(cells)) for cells in CELLS_OF_RINGS]
    right.plot(CELLS_OF_RINGS, one, "s--", color=PALETTE[1], label="the first row alone")
    right.set(xlabel="cells of the ring", ylabel="share of all starts", title="all starts", ylim=(0, 1.02))
    right.set_xticks(CELLS_OF_RINGS)
    fig.legend(fontsize=8, ncols=2, loc="outside upper center")
    return fig


def draw_units(results: Results) -> Figure:
    """Rules that networks recover, by their units, each seed; what they could hold.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, ax = plt.subplots(figsize=(5.6, 3.2))
    rows = [results.values(arm.name, "recovered") for arm in NETWORKS]
    _cloud(ax, UNITS, rows, PALETTE[0], "o", "found by one descent")
    held = [len(separable()), *[RULES] * (len(UNITS) - 1)]
    ax.plot(UNITS, held, "--", color=INK, marker="_", ms=12, mew=2, label="can be held")
    ax.set(xscale="log", xlabel="units", ylabel="rules of 256", ylim=(80, 265))
    ax.set_xticks(UNITS, [str(units) for units in UNITS])
    ax.minorticks_off()
    fig.legend(fontsize=8, ncols=2, loc="outside upper center")
    return fig


def draw_frames(results: Results) -> Figure:
    """Rules whose k-th frame descent finds, each seed; what a search finds, and what chance.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, ax = plt.subplots(figsize=(5.6, 3.3))
    rows = [results.values(arm.name, "recovered") for arm in SKIPPED]
    _cloud(ax, FRAMES, rows, PALETTE[0], "o", "one descent")
    longer = [results.values(arm.name, "recovered") for arm in LONGER]
    _cloud(ax, [arm.k + 0.12 for arm in LONGER], longer, PALETTE[2], "^", "four times the steps")
    ax.plot(FRAMES, [RULES] * len(FRAMES), "s--", color=PALETTE[1], label="trying all 256 rules")
    chance = [known(k).by_chance for k in FRAMES]
    ax.plot(FRAMES, chance, "D:", color=INK, label="a rule drawn at random")
    ax.set(xlabel="every k-th frame", ylabel="rules of 256", ylim=(-8, 270))
    ax.set_xticks(FRAMES)
    fig.legend(fontsize=8, ncols=2, loc="outside upper center")
    return fig


def draw_noise(results: Results) -> Figure:
    """Rules that counting recovers by the chance of a misread cell: recorded, and of however many cells.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(6.4, 3.4), sharey=True)
    grid = np.linspace(0, 0.4999, 400)
    points = breaking_points()
    limit = [(points > p).sum() for p in grid]
    for ax, arm, title in (
        (left, WIDE, "2,048 cells"),
        (right, MANY, "32,768 cells"),
    ):
        first = ax is left
        ax.plot(grid, limit, "-", color=INK, marker="", label="plain, without end" if first else "")
        for kind, marker, colour in (("plain", "s", PALETTE[1]), ("corrected", "o", PALETTE[0])):
            rows = [results.values(arm.name, f"{kind} at {p:g}") for p in CHANCES]
            _cloud(ax, CHANCES, rows, colour, marker, kind if first else "")
        ax.set(title=title, xlabel="cells misread (share)", xlim=(0, 0.5), ylim=(0, 268))
    rows = [results.values(DEEP.name, f"plain at {p:g}") for p in CHANCES]
    _cloud(left, CHANCES, rows, PALETTE[2], "^", "plain, one history")
    left.set_ylabel("rules of 256")
    fig.legend(fontsize=8, ncols=4, loc="outside upper center", columnspacing=1.0)
    return fig


def _cloud(
    ax: Axes, places: Sequence[float], rows: Sequence[ArrayLike], colour: str, marker: str, label: str
) -> None:
    """The values of each seed, and a line through their means."""
    for place, row in zip(places, rows, strict=True):
        values = np.asarray(row)
        ax.plot(np.full(len(values), place), values, ".", color=colour, ms=3, alpha=0.5)
    means = [float(np.mean(np.asarray(row))) for row in rows]
    ax.plot(places, means, "-", marker=marker, color=colour, lw=1.2, label=label)
