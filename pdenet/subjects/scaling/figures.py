"""Figures of the page: digits at three resolutions, accuracy by operations, the interaction, seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np

from pdenet.page.style import INK, PALETTE
from pdenet.subjects.scaling.arms import BOTH, DILATED, DOUBLE, EXTRAPOLATED, QUADRUPLE, arm_name
from pdenet.subjects.scaling.costs import WIDTHS, operations, pair_ratio, recorded
from pdenet.subjects.scaling.system import BASE
from pdenet.subjects.scaling.training import CanvasTraining, sets

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pdenet.data import ImageData
    from pdenet.runs.results import Results

LOOKS = {
    "depth": ("o", "-", 0),
    "width": ("s", "--", 1),
    "resolution": ("^", "-.", 2),
    "compound": ("D", ":", 3),
}
"""Marker, line and colour of a strategy."""


def draw_canvases(data: ImageData, count: int = 4) -> Figure:
    """The same digits in the pixels of the base and of four times its operations, with the fields.

    Parameters
    ----------
    data
        Digits.
    count
        How many of them.
    """
    shapes = {"base": BASE, "depth": QUADRUPLE["depth"], "resolution": QUADRUPLE["resolution"]}
    fig, axes = plt.subplots(len(shapes), count, figsize=(1.35 * count, 1.45 * len(shapes)))
    for row, (name, shape) in zip(axes, shapes.items(), strict=True):
        images = sets(data, CanvasTraining(), shape.side).data.test_images
        for ax, image in zip(row, images[:count], strict=True):
            ax.imshow(image, cmap="gray", vmin=0, vmax=255)
            middle, half = (shape.side - 1) / 2, min(shape.field, shape.side) / 2
            square = [middle - half, middle + half, middle + half, middle - half, middle - half]
            turned = [square[-1], square[0], square[1], square[2], square[3]]
            ax.plot(square, turned, color=PALETTE[1], marker="", ls="--", lw=1.2)
            ax.set(xticks=[], yticks=[])
            ax.grid(visible=False)
        row[0].set_ylabel(name, fontsize=9)
    return fig


def draw_accuracy(results: Results) -> Figure:
    """Accuracy by operations for four strategies: means as lines, each seed a point; no block lies far below.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, ax = plt.subplots(figsize=(6.4, 3.6))
    base = results.values(arm_name(BASE))
    for place, (strategy, (marker, line, colour)) in enumerate(LOOKS.items()):
        places, means = [1.0], [base.mean()]
        for factor, shapes in ((2, DOUBLE), (4, QUADRUPLE)):
            values = results.values(arm_name(shapes[strategy]))
            at = factor * (1 + 0.03 * (place - 1.5))
            ax.plot([at] * len(values), values, marker, color=PALETTE[colour], ms=4, alpha=0.45)
            places.append(float(factor))
            means.append(values.mean())
        ax.plot(places, means, marker="", ls=line, color=PALETTE[colour])
        ax.plot([], [], marker=marker, ls=line, color=PALETTE[colour], label=strategy)
    ax.plot([1.0] * len(base), base, "v", color=INK, ms=4, alpha=0.6, label="base")
    for at, shape, marker, colour, label in (
        (4.4, EXTRAPOLATED, "P", INK, "chosen by search"),
        (4.65, DILATED, "*", PALETTE[2], "resolution, taps apart"),
    ):
        values = results.values(arm_name(shape))
        ax.plot([at] * len(values), values, marker, color=colour, ms=5, alpha=0.6, label=label)
    ax.set(xlabel="operations, of the base's", ylabel="test accuracy, %", xscale="log", xlim=(0.9, 5.1))
    ax.set_xticks([1, 2, 4], ["1", "2", "4"])
    ax.minorticks_off()
    fig.legend(fontsize=8, ncols=4, loc="outside upper center")
    return fig


def draw_interaction(results: Results) -> Figure:
    """Two by two: few or many pixels, few or many blocks.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, ax = plt.subplots(figsize=(4.8, 3.0))
    lines = {
        f"{BASE.blocks} blocks": (BASE, DOUBLE["resolution"]),
        f"{DOUBLE['depth'].blocks} blocks": (DOUBLE["depth"], BOTH),
    }
    for (label, shapes), (marker, line, colour) in zip(lines.items(), LOOKS.values(), strict=False):
        values = np.array(results.paired([arm_name(shape) for shape in shapes]))
        sides = [shape.side for shape in shapes]
        for seed in values.T:
            ax.plot(sides, seed, marker="", ls="-", lw=0.7, alpha=0.35, color=PALETTE[colour])
        ax.plot(sides, values.mean(1), marker=marker, ls=line, color=PALETTE[colour], label=label)
    ax.set(xlabel="pixels along a side", ylabel="test accuracy, %", xticks=sides)
    fig.legend(fontsize=9, ncols=2, loc="outside upper center")
    return fig


def draw_seconds(results: Results) -> Figure:
    """Operations and seconds of a separable pair over those of the convolution it replaces, by channels.

    Parameters
    ----------
    results
        Runs of the experiment.

    Raises
    ------
    ValueError
        If no times were recorded.
    """
    seconds = recorded(results)
    if seconds is None:
        message = "there is no record of times; run the arm that measures them"
        raise ValueError(message)
    fig, ax = plt.subplots(figsize=(4.8, 3.0))
    counted = [operations(width, 24) for width in WIDTHS]
    ax.plot(WIDTHS, [pair / one for one, pair in counted], "o-", color=PALETTE[0], label="operations")
    found = [pair_ratio(seconds, width) for width in WIDTHS]
    middle = [one.estimate for one in found]
    bars = [[one.estimate - one.low for one in found], [one.high - one.estimate for one in found]]
    ax.errorbar(WIDTHS, middle, bars, marker="s", ls="--", color=PALETTE[1], label="seconds")
    ax.axhline(1, color=INK, lw=1)
    ax.set(xscale="log", yscale="log", xlabel="channels", ylabel="pair over convolution")
    ax.set_xticks(WIDTHS, [str(width) for width in WIDTHS])
    ax.set_yticks([0.1, 0.2, 0.5, 1, 2], ["0.1", "0.2", "0.5", "1", "2"])
    ax.minorticks_off()
    fig.legend(fontsize=9, ncols=2, loc="outside upper center")
    return fig
