"""Figures of the page: digits at three resolutions, accuracy by operations, the interaction, seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np

from pdenet.page.style import INK, PALETTE
from pdenet.subjects.scaling.arms import (
    BOTH,
    DILATED,
    DOUBLE,
    EXTRAPOLATED,
    LONG,
    QUADRUPLE,
    arm_name,
)
from pdenet.subjects.scaling.costs import WIDTHS, operations, pair_ratio, recorded
from pdenet.subjects.scaling.system import BASE
from pdenet.subjects.scaling.training import CanvasTraining, sets

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from pdenet.data import ImageData
    from pdenet.runs.results import Results
    from pdenet.subjects.scaling.system import Shape

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
            ax.imshow(image.numpy(), cmap="gray", vmin=0, vmax=255)
            middle, half = (shape.side - 1) / 2, min(shape.field, shape.side - 0.6) / 2  # inside the frame
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
    fig, (ax, later) = plt.subplots(1, 2, figsize=(7.2, 3.6), sharey=True, width_ratios=(3, 2))
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
        _draw_longer(later, results, QUADRUPLE[strategy], marker, line, PALETTE[colour], 0.5 * (place - 1.5))
    ax.plot([1.0] * len(base), base, "v", color=INK, ms=4, alpha=0.6, label="base")
    _draw_longer(later, results, BASE, "v", ":", INK)
    for at, shape, marker, shade, label in (
        (4.4, EXTRAPOLATED, "P", INK, "chosen by search"),
        (4.65, DILATED, "*", PALETTE[2], "resolution, taps apart"),
    ):
        values = results.values(arm_name(shape))
        ax.plot([at] * len(values), values, marker, color=shade, ms=5, alpha=0.6, label=label)
    _draw_longer(later, results, DILATED, "*", "-", PALETTE[2], 1.2)
    ax.set(xlabel="operations, of the base's", ylabel="test accuracy, %", xscale="log", xlim=(0.9, 5.1))
    ax.set_xticks([1, 2, 4], ["1", "2", "4"])
    ax.set_title("12 epochs", fontsize=9)
    ax.minorticks_off()
    later.set(xlabel="epochs", xlim=(6, 42), xticks=[12, 36])
    later.set_title("four times the operations, and the base", fontsize=8)
    fig.legend(fontsize=8, ncols=4, loc="outside upper center")
    return fig


def _draw_longer(
    ax: Axes, results: Results, shape: Shape, marker: str, line: str, colour: str, aside: float = 0.0
) -> None:
    """One shape after 12 and 36 epochs: seeds, and a line through the means."""
    times = (CanvasTraining.epochs, LONG.epochs)
    found = [results.values(arm_name(shape, epochs)) for epochs in times]
    ax.plot(times, [values.mean() for values in found], marker="", ls=line, color=colour)
    for epochs, values in zip(times, found, strict=True):
        ax.plot([epochs + aside] * len(values), values, marker, color=colour, ms=4, alpha=0.45)


def draw_interaction(results: Results) -> Figure:
    """Two by two, after 12 and after 36 epochs: few or many pixels, few or many blocks.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, axes = plt.subplots(1, 2, figsize=(6.4, 3.0), sharey=True)
    lines = {
        f"{BASE.blocks} blocks": (BASE, DOUBLE["resolution"]),
        f"{DOUBLE['depth'].blocks} blocks": (DOUBLE["depth"], BOTH),
    }
    for ax, epochs in zip(axes, (CanvasTraining.epochs, LONG.epochs), strict=True):
        for (label, shapes), (marker, line, colour) in zip(lines.items(), LOOKS.values(), strict=False):
            values = np.array(results.paired([arm_name(shape, epochs) for shape in shapes]))
            sides, shade = [shape.side for shape in shapes], PALETTE[colour]
            for seed in values.T:
                ax.plot(sides, seed, marker="", ls="-", lw=0.7, alpha=0.35, color=shade)
            ax.plot(sides, values.mean(1), marker=marker, ls=line, color=shade, label=label)
        ax.set(xlabel="pixels along a side", xticks=sides)
        ax.set_title(f"{epochs} epochs", fontsize=9)
    axes[0].set_ylabel("test accuracy, %")
    fig.legend(*axes[0].get_legend_handles_labels(), fontsize=9, ncols=2, loc="outside upper center")
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
