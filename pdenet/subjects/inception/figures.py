"""Figures of the page: the two tasks, the two by two, accuracy by size, and accuracy by stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np

from pdenet.page.style import INK, PALETTE
from pdenet.subjects.inception.arms import (
    BARE,
    FIXED,
    INCEPTION,
    MAP_NETS,
    ONE_SIZE,
    RESIDUAL,
    STEPS,
    VARIED,
    canvas_name,
    map_name,
    size_names,
)
from pdenet.subjects.inception.measures import example
from pdenet.subjects.inception.system import by_distance, path_lengths
from pdenet.subjects.inception.training import SIZES, CanvasTraining

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from pdenet.data import ImageData
    from pdenet.runs.results import Results

MARKERS = {RESIDUAL: "o", INCEPTION: "s", ONE_SIZE: "^", BARE: "D"}
COLOURS = dict(zip(MARKERS, (PALETTE[0], PALETTE[1], PALETTE[2], INK), strict=True))
DASHES = {RESIDUAL: "-", INCEPTION: "--", ONE_SIZE: "-.", BARE: ":"}


def draw_tasks(images: ImageData) -> Figure:
    """Digits of one size and of sizes that vary, and what is reached on a map in 6 and in 12 steps.

    Parameters
    ----------
    images
        Digits.
    """
    fig = plt.figure(figsize=(6.4, 2.5))
    parts: Any = fig.subfigures(1, 2, width_ratios=(1.5, 1))
    left, right = parts
    for row, (word, smallest, largest) in enumerate((("fixed", *FIXED), ("varied", *VARIED))):
        training = CanvasTraining(smallest=smallest, largest=largest, train=1, test=4)
        shown = training.canvases(images, 1).test_images
        for column, image in enumerate(shown):
            ax = left.add_subplot(2, 4, 4 * row + column + 1)
            ax.imshow(image, cmap="gray", vmin=0, vmax=255)
            ax.set(xticks=[], yticks=[])
            if column == 0:
                ax.set_ylabel(f"sizes {word}")
    ax = right.add_subplot()
    _draw_map(ax)
    return fig


def _draw_map(ax: Axes) -> None:
    open_cells = example()
    lengths = path_lengths(open_cells)
    side, middle = len(open_cells), len(open_cells) // 2
    ax.imshow(np.where(open_cells, np.nan, 1), cmap="gray", vmin=0, vmax=2, extent=(0, side, side, 0))
    for name, (low, high), marker, colour in (
        ("in 6 steps", (1, STEPS[0]), "o", PALETTE[0]),
        ("in 12", (STEPS[0] + 1, STEPS[1]), "^", PALETTE[1]),
    ):
        row, column = np.nonzero((lengths >= low) & (lengths <= high))
        ax.plot(column + 0.5, row + 0.5, marker, color=colour, ms=4, ls="", label=name)
    ax.plot(middle + 0.5, middle + 0.5, "*", color=PALETTE[2], ms=9, ls="", label="start")
    ax.set(xticks=[], yticks=[], xlim=(0, side), ylim=(side, 0))
    ax.grid(visible=False)
    ax.legend(
        fontsize=8,
        ncols=3,
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        handletextpad=0,
        columnspacing=0.6,
        handlelength=1.6,
    )


def draw_sizes(results: Results) -> Figure:
    """The two by two, with its seeds, and accuracy by the size of a digit where sizes vary.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, (cross, sizes) = plt.subplots(1, 2, figsize=(6.4, 3.2))
    centres = np.sqrt(np.array(SIZES[1:]) * np.array(SIZES[:-1]))
    for n, title in enumerate((INCEPTION, ONE_SIZE, RESIDUAL)):
        style = {"color": COLOURS[title], "marker": MARKERS[title], "ls": DASHES[title], "ms": 5}
        found = [results.values(canvas_name(title, sizes)) for sizes in (FIXED, VARIED)]
        places = np.array([0.0, 1.0]) + 0.07 * (n - 1)  # beside each other, so that all are seen
        for x, values in zip(places, found, strict=True):
            cross.plot(
                np.full(len(values), x), values, MARKERS[title], color=COLOURS[title], ms=3, ls="", alpha=0.5
            )
        cross.plot(places, [values.mean() for values in found], label=title, **style)
        varied = canvas_name(title, VARIED)
        bins = np.array([results.values(varied, name).mean() for name in size_names()])
        sizes.plot(centres, bins, label=title, **style)
    cross.set(xticks=[0, 1], xticklabels=["sizes fixed", "varied"], xlim=(-0.3, 1.3))
    cross.set(ylabel="accuracy, %")
    sizes.set(xscale="log", xlabel="size of the digit (scale)", xticks=[0.35, 0.5, 0.7, 1])
    sizes.set_xticklabels(["0.35", "0.5", "0.7", "1"])
    sizes.minorticks_off()
    cross.legend(fontsize=8)
    return fig


def draw_stages(results: Results) -> Figure:
    """Balanced accuracy by the number of stages that look at neighbours, for 6 and for 12 steps.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, axes = plt.subplots(1, 2, figsize=(6.4, 3.3), sharey=True)
    far = "residual, 1 block, 11x11"
    for ax, steps in zip(axes, STEPS, strict=True):
        for family in (RESIDUAL, INCEPTION):
            designs = {
                title: design
                for title, design in sorted(MAP_NETS.items(), key=lambda item: item[1].stages)
                if title.startswith(family) and title != far
            }
            values = [100 * _shares(results, title, steps) for title in designs]
            stages = [design.stages for design in designs.values()]
            style = {"color": COLOURS[family], "marker": MARKERS[family], "ls": DASHES[family]}
            ax.plot(stages, [one.mean() for one in values], label=family, **style)
            for x, one in zip(stages, values, strict=True):
                ax.plot(
                    np.full(len(one), x), one, MARKERS[family], color=COLOURS[family], ms=3, alpha=0.5, ls=""
                )
        one = 100 * _shares(results, far, steps)
        ax.plot(
            MAP_NETS[far].stages, one.mean(), "*", ms=11, color=PALETTE[2], ls="", label="1 block of 11x11"
        )
        ax.plot(1, 100 * _shares(results, BARE, steps).mean(), "D", ms=5, color=INK, ls="", label=BARE)
        known = 100 * by_distance(500, steps, np.random.default_rng(0))
        ax.axhline(known, color=INK, ls=":", lw=1.2, label="distance alone")
        ax.set(title=f"{steps} steps", xlabel="stages in a row", xticks=range(1, 14, 2))
    axes[0].set(ylabel="balanced accuracy, %")
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, fontsize=8, ncols=3, loc="outside upper center")
    return fig


def _shares(results: Results, title: str, steps: int) -> np.ndarray:
    return results.values(map_name(title, steps)) / 100
