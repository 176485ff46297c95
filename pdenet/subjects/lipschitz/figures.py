"""Figures of the page: one block's ring, the dial, accuracy against robustness, bounds, and nearest flips."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.patches import Circle

from pdenet.page.style import DASHES, INK, MARKERS, PALETTE
from pdenet.subjects.lipschitz.arms import (
    AFTERWARDS,
    CAPS,
    FREE_SLOW,
    NO_BLOCK,
    NO_BLOCK_SLOW,
    PENALISED,
    PLAIN,
    RESIDUAL,
)
from pdenet.subjects.lipschitz.system import drawn_branch, moves

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from pdenet.runs.results import Results
    from pdenet.subjects.lipschitz.arms import CappedArm

TURN = np.linspace(0, 2 * np.pi, 200)
ACCURACY, ATTACK = "accuracy", "PGD 0.5"
CAPTIONS = tuple("none" if cap is None else f"{cap:g}" for cap in CAPS)


def draw_rings() -> Figure:
    """Where circles of radius one land: behind residual blocks of two K, and behind a plain one."""
    fig, axes = plt.subplots(1, 3, figsize=(6.4, 2.6), sharey=True)
    shown = ((0.3, True, "residual, K = 0.3"), (1.0, True, "residual, K = 1"), (0.3, False, "plain, K = 0.3"))
    for ax, (k, skip, title) in zip(axes, shown, strict=True):
        points = torch.cat([moves(drawn_branch(k, 2, seed=seed), skip=skip) for seed in range(30)])
        ax.plot(points[:, 0], points[:, 1], ".", color=PALETTE[0], ms=0.8, alpha=0.5)
        for radius in {1 + k, 1 - k} if skip else {k}:
            ax.add_patch(Circle((0, 0), radius, fill=False, ec=PALETTE[1], ls="--", lw=1.4))
        ax.plot(np.cos(TURN), np.sin(TURN), ":", color=INK, marker="", lw=1)
        ax.set(title=title, aspect="equal", xlim=(-2.1, 2.1), ylim=(-2.1, 2.1), xticks=[-1, 0, 1])
    axes[0].set(yticks=[-1, 0, 1])
    return fig


def draw_dial(results: Results) -> Figure:
    """Accuracy, clean, under attack and certified, of residual networks by cap; dotted: no block.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, ax = plt.subplots(figsize=(6.0, 3.4))
    places = np.arange(len(CAPS))
    lines = (
        (ACCURACY, "clean"),
        (ATTACK, "attacked at 0.5"),
        ("certified 0.1", "certified at 0.1"),
        ("certified 0.25", "certified at 0.25"),
    )
    for n, (what, label) in enumerate(lines):
        values = [results.values(arm.name, what) for arm in RESIDUAL]
        means = [one.mean() for one in values]
        ax.plot(places, means, color=PALETTE[n], ls=DASHES[n], marker=MARKERS[n], ms=5, label=label)
        for place, one in zip(places, values, strict=True):
            ax.plot([place] * len(one), one, ".", color=PALETTE[n], ms=3, alpha=0.5)
        bare = results.values(NO_BLOCK.name, what).mean()
        ax.plot([-0.9], [bare], MARKERS[n], color=PALETTE[n], mfc="none", ms=7)
    ax.set_xticks([-0.9, *places], ["no block", *CAPTIONS])
    ax.set(xlabel="cap on K", ylabel="test images (%)", ylim=(-4, 104), yticks=[0, 25, 50, 75, 100])
    fig.legend(fontsize=8, ncols=4, loc="outside upper center")
    return fig


def draw_rivals(results: Results) -> Figure:
    """Accuracy under attack against clean accuracy, means over seeds, for every way to keep K small.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, axes = plt.subplots(1, 2, figsize=(6.4, 3.5))
    curves: tuple[tuple[str, Sequence[CappedArm]], ...] = (
        ("residual, cap", RESIDUAL),
        ("residual, penalty", PENALISED),
        ("plain from rotations, cap", PLAIN),
        ("residual, slow", AFTERWARDS[:2]),
        ("plain, open start, slow", AFTERWARDS[2:4]),
    )
    for ax, what in zip(axes, (ATTACK, "certified 0.1"), strict=True):
        for (label, arms), n, fill in zip(
            curves, (0, 1, 2, 0, 2), (*["full"] * 3, "none", "none"), strict=True
        ):
            x, y = ([results.values(arm.name, w).mean() for arm in arms] for w in (ACCURACY, what))
            ax.plot(
                x,
                y,
                color=PALETTE[n],
                ls=DASHES[n] if fill == "full" else "",
                marker=MARKERS[n],
                fillstyle=fill,
                ms=5 if fill == "full" else 8,
                label=label,
                lw=1.3,
            )
        for arm, marker, colour, size, fill, label in (
            (AFTERWARDS[-1], "X", PALETTE[3], 8, "full", "residual, no cap, 1 epoch"),
            (FREE_SLOW, "X", PALETTE[3], 9, "none", "residual, no cap, slow"),
            (NO_BLOCK, "*", INK, 12, "full", "no block"),
            (NO_BLOCK_SLOW, "*", INK, 13, "none", "no block, slow"),
        ):
            place = [results.values(arm.name, w).mean() for w in (ACCURACY, what)]
            ax.plot(*place, marker, color=colour, ms=size, fillstyle=fill, ls="", label=label)
        ax.set(xlabel="clean accuracy (%)", xlim=(76, 97))
    axes[0].set(ylabel="accuracy at 0.5 (%)")
    axes[1].set(ylabel="certified at 0.1 (%)")
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, fontsize=8, ncols=3, loc="outside upper center")
    return fig


def draw_bounds(results: Results) -> Figure:
    """What is bounded against what is found, by cap: of a block, of all behind each other, and of flips.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, ax = plt.subplots(figsize=(6.0, 3.2))
    places = np.arange(len(CAPS))
    lines = (
        ("block bound over stretch", "one block: bound over largest stretch"),
        ("bound over stretch", "network: bound over largest stretch"),
        ("flip over certificate", "image: nearest flip over certified distance"),
    )
    for n, (what, label) in enumerate(lines):
        values = [results.values(arm.name, what) for arm in RESIDUAL]
        means = [np.exp(np.log(one).mean()) for one in values]
        ax.plot(places, means, color=PALETTE[n], ls=DASHES[n], marker=MARKERS[n], ms=5, label=label)
        for place, one in zip(places, values, strict=True):
            ax.plot([place] * len(one), one, ".", color=PALETTE[n], ms=3, alpha=0.5)
    ax.axhline(1, color=INK, lw=1, ls=":")
    ax.set_xticks(places, CAPTIONS)
    ax.set(xlabel="cap on K", ylabel="times too wide", yscale="log")
    ax.set_yticks([1, 3, 10, 30, 100], ["1", "3", "10", "30", "100"])
    ax.minorticks_off()
    fig.legend(fontsize=8, ncols=1, loc="outside upper center")
    return fig


def draw_flips(images: torch.Tensor, rows: Sequence[tuple[str, torch.Tensor, Sequence[str]]]) -> Figure:
    """Digits as they are, and changed so far that a network names another digit.

    Parameters
    ----------
    images : (B, 14, 14)
    rows
        Of each network a title, its changed images (B, 14, 14), and what to print over each.
    """
    fig, axes = plt.subplots(len(rows) + 1, len(images), figsize=(6.4, 1.35 * (len(rows) + 1)))
    for ax, image in zip(axes[0], images, strict=True):
        _show(ax, image, "")
    axes[0, 0].set_ylabel("image", fontsize=8)
    for line, (title, changed, words) in zip(axes[1:], rows, strict=True):
        for ax, image, word in zip(line, changed, words, strict=True):
            _show(ax, image, word)
        line[0].set_ylabel(title, fontsize=8)
    return fig


def _show(ax: Axes, image: torch.Tensor, title: str) -> None:
    ax.imshow(image.numpy(), cmap="gray_r", vmin=0, vmax=1)
    ax.set_title(title, fontsize=8)
    ax.set(xticks=[], yticks=[])
    ax.grid(visible=False)
