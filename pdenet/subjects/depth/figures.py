"""Figures of the pages on the experiment and on the two equations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
import sympy as sp
from matplotlib.lines import Line2D

from pdenet.page.figures import error_scale
from pdenet.page.style import INK, PALETTE
from pdenet.runs.table import CHANCE
from pdenet.subjects.depth.diagram import steps
from pdenet.subjects.depth.printed import PLACES, TWELVE
from pdenet.subjects.depth.settings import PRINTED
from pdenet.symbolic.softmax import loss_slopes, s

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.figure import Figure

    from pdenet.subjects.depth.diagram import Diagram
    from pdenet.subjects.depth.settings import Setting

_MARKS = ("o", "s", "^", "D", "v", "P")
_DASHES = ("-", "--", "-.", ":")
_FOOT = ("data", "axes fraction")
_SIXTH = "#8f7000"  # beside the five of the palette, read on white and on black


def draw_numbers(diagram: Diagram, settings: Mapping[str, Setting]) -> Figure:
    """Draw every run of the ten networks as a mark, by setting, beside the stars of what is printed.

    A run that learned nothing is below the axis; at the foot stands how many there are. Networks that two
    settings have are drawn for the first.

    Parameters
    ----------
    diagram
        The runs.
    settings
        By the name that the legend gives them.
    """
    fig, ax = plt.subplots(figsize=(6.4, 4.2))
    for place, number in ((PLACES.index((n.network, n.depth)), n) for n in TWELVE):
        ax.plot(place, number.accuracy, "*", color=INK, markersize=11, label="_" if place else "thesis")
    drawn: set[str] = set()
    shift = np.linspace(-0.3, 0.3, len(settings)) if len(settings) > 1 else [0.0]
    for colour, (name, setting) in enumerate(settings.items()):
        look: dict[str, Any] = {"color": PALETTE[colour], "markersize": 4, "linestyle": ""}
        ax.plot([], [], _MARKS[colour], label=name, **look)
        dead: dict[int, int] = {}
        for place, (network, depth) in enumerate(PLACES):
            runs = diagram.runs(setting, network, depth)
            if runs and runs[0].key in drawn:
                continue
            drawn.update(run.key for run in runs)
            found = diagram.cell(setting, network, depth)
            alive = found[found > 100 * CHANCE]
            if lost := len(found) - len(alive):
                dead[place] = lost
            ax.plot(np.full(len(alive), place + shift[colour]), alive, _MARKS[colour], label="_", **look)
        for place, count in dead.items():
            where = (place + shift[colour], 0.02 + 0.05 * (colour % 2))  # side by side they would touch
            ax.annotate(f"{count}†", where, xycoords=_FOOT, fontsize=8, ha="center", color=PALETTE[colour])
    ax.set_xticks(range(len(PLACES)), [str(depth) for _, depth in PLACES])
    for network in dict.fromkeys(network for network, _ in PLACES):
        own = [i for i, place in enumerate(PLACES) if place[0] == network]
        middle = (own[0] + own[-1]) / 2
        ax.annotate(network, (middle, -0.13), xycoords=_FOOT, ha="center", va="top", annotation_clip=False)
    ax.set_xlabel("layers", labelpad=24)
    ax.set_ylabel("test accuracy (%)")
    error_scale(ax, (70, 80, 90, 95, 97, 98.4))
    ax.grid(visible=False, axis="x")
    fig.legend(loc="outside upper center", ncols=2, fontsize=9)
    return fig


def draw_slopes(classes: int = 10) -> Figure:
    """Draw how steep each loss is at the label's logit, against the probability that the label has."""
    fig, ax = plt.subplots(figsize=(5.6, 3.2))
    at = np.logspace(-4, 0, 200)[:-1]
    for place, (name, slope) in enumerate(loss_slopes(classes).items()):
        ax.plot(
            at,
            -sp.lambdify(s, slope)(at),
            linestyle=_DASHES[place],
            marker=_MARKS[place],
            markevery=40,
            markersize=4,
            label=name,
        )
    ax.set(
        xscale="log",
        yscale="log",
        xlabel="probability that the network gives to the label",
        ylabel="slope at the label's logit",
        ylim=(1e-5, 2),
    )
    ax.legend(fontsize=8, loc="lower right")
    return fig


def draw_silence(diagram: Diagram, settings: Mapping[str, Setting], depths: Sequence[int]) -> Figure:
    """Draw, epoch by epoch, who is wrong and sure, and how many classes are never named, for seed 0 of (39).

    Parameters
    ----------
    diagram
        The runs.
    settings
        By name; each has its kind of line.
    depths
        Numbers of layers; each has its colour.
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(6.8, 3.2))
    for dash, (name, setting) in zip(_DASHES, settings.items(), strict=False):
        for colour, depth in enumerate(depths):
            sure = diagram.measured(setting, "(39)", depth, "wrong_and_sure")
            named = diagram.measured(setting, "(39)", depth, "named")
            if not len(sure):
                continue
            look = {"linestyle": dash, "color": PALETTE[colour], "marker": ""}
            epochs = range(1, sure.shape[1] + 1)
            left.plot(epochs, np.maximum(100 * sure[0], 1e-3), label=f"{name}, {depth}", **look)
            right.plot(epochs, (named[0] == 0).sum(1), **look)
    left.set(xlabel="epoch", ylabel="wrong and sure (% of test images)", yscale="log")
    right.set(xlabel="epoch", ylabel="digits never named")
    right.yaxis.get_major_locator().set_params(integer=True)
    fig.legend(loc="outside upper center", ncols=len(settings), fontsize=8)
    return fig


def draw_falls(diagram: Diagram, looked: Mapping[Setting, int]) -> Figure:
    """Draw the points that (39) loses from 5 to 50 layers against the steps made, a line a setting.

    Parameters
    ----------
    diagram
        The runs.
    looked
        The settings, with the epochs that both depths have.
    """
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.6), sharey=True)
    colours = (*PALETTE, _SIXTH)
    laws = list(dict.fromkeys(setting.start for setting in looked))
    for setting, epochs in looked.items():
        ax = axes[0 if setting.batch_size == 128 else 1]
        shallow, deep = (
            np.nan_to_num(diagram.course(setting, "(39)", depth))[:, :epochs].mean(0) for depth in (5, 50)
        )
        law = laws.index(setting.start)
        dash = ":" if setting.activation == "none" else "--" if setting.pixels == "standard" else "-"
        ax.plot(
            np.arange(1, epochs + 1) * steps(setting, 1),
            shallow - deep,
            dash,
            color=colours[law],
            marker=_MARKS[law],
            markevery=[epochs - 1],
        )
    fall = PRINTED["(39)", 5] - PRINTED["(39)", 50]
    for ax, title in zip(axes, ("batches of 128", "larger batches"), strict=True):
        ax.axhline(fall, color=INK, linestyle=":", linewidth=1.5, marker="")
        ax.axhline(0, color=INK, linewidth=0.8, linestyle="-", marker="")
        ax.set(title=title, xlabel="steps of the optimiser", xscale="log", xlim=(10, 3e4))
        ax.set_yscale("symlog", linthresh=1)
        ax.set_yticks([-1, 0, 1, 10, 100], ["−1", "0", "1", "10", "100"])
    axes[0].set_ylabel("points lost from 5 to 50 layers")
    handles = [
        Line2D([], [], color=colours[i], marker=_MARKS[i], linestyle="-", label=law)
        for i, law in enumerate(laws)
    ]
    fig.legend(handles=handles, fontsize=8, loc="outside upper center", ncols=3)
    return fig
