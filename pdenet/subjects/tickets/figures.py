"""Figures of the page: accuracy by numbers trained, what each ingredient adds, overlaps, layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import matplotlib.pyplot as plt
import numpy as np

from pdenet.page.style import DASHES, INK, MARKERS, PALETTE
from pdenet.subjects.tickets.arms import (
    COMPARED,
    KINDS,
    ROUNDS,
    Mask,
    matched,
    numbers_kept,
    sparse,
)
from pdenet.subjects.tickets.claims import MARGIN
from pdenet.subjects.tickets.search import BLOCKS, RATE, prunable, twin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from pdenet.runs.results import Results
    from pdenet.subjects.tickets.search import Beginning

LINES: tuple[tuple[str, Mask, Beginning], ...] = (
    ("its mask, its start: the ticket", "own", "own"),
    ("its mask, fresh start", "own", "fresh"),
    ("shuffled in layers, fresh start", "own, shuffled", "fresh"),
    ("uniform mask, fresh start", "uniform", "fresh"),
)


def draw_densities(results: Results) -> Figure:
    """Test accuracy by how many numbers are trained: tickets, other masks and starts, small dense networks.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, axes = plt.subplots(1, 2, figsize=(6.4, 3.9), sharey=True)
    for ax, kind in zip(axes, reversed(KINDS), strict=True):
        for n, (label, mask, start) in enumerate(LINES):
            arms = {rounds: sparse(kind, rounds, mask, start) for rounds in range(ROUNDS + 1)}
            there = {rounds: results.values(arm) for rounds, arm in arms.items() if arm in results}
            places = [numbers_kept(rounds) for rounds in there]
            _line(ax, n, places, list(there.values()), label)
        dense = [matched(kind, BLOCKS, rounds) for rounds in COMPARED]
        _line(
            ax,
            4,
            [_numbers(results, arm) for arm in dense],
            [results.values(arm) for arm in dense],
            "narrow and dense",
        )
        if kind == "residual":
            for blocks, marker, label in ((1, "P", "dense, one block"), (0, "X", "dense, no block")):
                arms_ = [matched(kind, blocks, rounds) for rounds in COMPARED]
                ax.plot(
                    [_numbers(results, arm) for arm in arms_],
                    [results.values(arm).mean() for arm in arms_],
                    marker,
                    ls="",
                    mfc="none",
                    color=INK,
                    ms=7,
                    label=label,
                )
        ax.set(title=kind, xlabel="numbers that are trained", xscale="log")
        ax.set_xticks([1000, 3000, 10000], ["1000", "3000", "10000"])
        ax.minorticks_off()
    axes[0].set(ylabel="test accuracy (%)")
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, fontsize=8, ncols=2, loc="outside upper center")
    return fig


def _line(ax: Axes, n: int, places: Sequence[float], values: list[NDArray[np.float64]], label: str) -> None:
    ax.plot(
        places,
        [one.mean() for one in values],
        ls=DASHES[n],
        marker=MARKERS[n],
        color=PALETTE[n],
        ms=4,
        label=label,
    )
    for place, one in zip(places, values, strict=True):
        ax.plot([place] * len(one), one, ".", color=PALETTE[n], ms=2.5, alpha=0.4)


def _numbers(results: Results, arm: str) -> float:
    return float(results.values(arm, "numbers").mean())


class Contrast(NamedTuple):
    """What is compared: two masks with their starts.

    Parameters
    ----------
    label
        On the figure.
    more, less
        Mask and start.
    """

    label: str
    more: tuple[Mask, Beginning]
    less: tuple[Mask, Beginning]


CONTRASTS = (
    Contrast("own ticket: its start", ("own", "own"), ("own", "fresh")),
    Contrast("own ticket: its wiring", ("own", "fresh"), ("own, shuffled", "fresh")),
    Contrast("twin's: the common start", ("twin's", "own"), ("twin's", "fresh")),
    Contrast("twin's: its wiring", ("twin's", "fresh"), ("twin's, shuffled", "fresh")),
    Contrast("twin's: densities by layer", ("twin's, shuffled", "fresh"), ("uniform", "fresh")),
)
"""What a start, a wiring and the densities by layer add."""


def draw_contrasts(results: Results) -> Figure:
    """Paired differences with their intervals, one row for what each ingredient adds, one panel a density.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, axes = plt.subplots(1, len(COMPARED), figsize=(6.4, 3.4), sharey=True)
    for ax, rounds in zip(axes, COMPARED, strict=True):
        for n, kind in enumerate(reversed(KINDS)):
            for row, one in enumerate(CONTRASTS):
                found = results.ahead(sparse(kind, rounds, *one.more), sparse(kind, rounds, *one.less))
                if found is None:
                    continue
                reach = [[found.estimate - found.low], [found.high - found.estimate]]
                ax.errorbar(
                    [found.estimate],
                    [row + 0.26 * (n - 0.5)],
                    xerr=reach,
                    fmt=MARKERS[n],
                    color=PALETTE[n],
                    ms=5,
                    capsize=2,
                )
            ax.plot([], [], MARKERS[n], color=PALETTE[n], label=f"on {kind} networks")
        ax.axvspan(-MARGIN, MARGIN, color=INK, alpha=0.15, lw=0)
        ax.axvline(0, color=INK, lw=1)
        ax.set(title=f"{100 * (1 - RATE) ** rounds:.0f} % of the weights", xlabel="points of accuracy")
        ax.set_ylim(len(CONTRASTS) - 0.5, -0.5)
    axes[0].set_yticks(range(len(CONTRASTS)), [one.label for one in CONTRASTS])
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, fontsize=8, ncols=2, loc="outside upper center")
    return fig


def draw_masks(results: Results) -> Figure:
    """Share kept by layer after four rounds, and overlaps of masks with their chance level by round.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(6.4, 3.5))
    layers = list(prunable(twin("plain", (0,))))
    titles = ["stem", *(f"{n + 1}{half}" for n in range(BLOCKS) for half in "ab"), "head"]
    for n, kind in enumerate(reversed(KINDS)):
        arm = sparse(kind, COMPARED[0])
        kept = [100 * results.values(arm, f"kept in {layer}").mean() for layer in layers]
        left.bar(
            np.arange(len(layers)) + 0.38 * (n - 0.5),
            kept,
            0.36,
            color=PALETTE[n],
            alpha=0.8,
            hatch=("", "///")[n],
            label=kind,
        )
    whole = 100 * (1 - RATE) ** COMPARED[0]
    left.axhline(whole, color=INK, lw=1, ls=":")
    left.set(yscale="log", ylabel="weights kept (%)", title=f"by layer, {whole:.0f} % in all")
    left.set_xticks(range(len(layers)), titles, fontsize=8, rotation=60)
    left.set_yticks([3, 10, 30, 100], ["3", "10", "30", "100"])
    left.minorticks_off()
    left.legend(fontsize=8)
    rounds = (2, *COMPARED)
    density = [100 * (1 - RATE) ** n for n in rounds]
    elsewhere = [sparse("residual", n, "of another start", "fresh") for n in rounds]
    for n, (label, arms, of) in enumerate(
        (
            ("twins, one start", [sparse("residual", n) for n in rounds], "twin's"),
            ("residual, two starts", elsewhere, "own"),
            ("twins, two starts", elsewhere, "twin's"),
        )
    ):
        found = [results.values(arm, f"overlap with {of}").mean() for arm in arms if arm in results]
        right.plot(
            density[: len(found)], found, ls=DASHES[n], marker=MARKERS[n], color=PALETTE[n], ms=5, label=label
        )
    chance = [results.values(sparse("residual", n), "chance of twin's").mean() for n in rounds]
    right.plot(density, chance, "_", color=INK, ms=14, mew=2, ls="", label="by chance, densities by layer")
    right.set(
        xscale="log",
        xlabel="weights kept (%)",
        ylabel="overlap of two masks",
        title="overlap",
        ylim=(0, 0.65),
    )
    right.set_xticks(density, [f"{one:.0f}" for one in density])
    right.minorticks_off()
    right.legend(fontsize=7.5)
    return fig
