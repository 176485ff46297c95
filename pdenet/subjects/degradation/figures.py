"""Figures of the page: loss and accuracy by depth, gradients and images by layer, digits on their way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np

from pdenet.page.figures import image_row
from pdenet.page.style import INK
from pdenet.runs.intervals import mean_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

    from pdenet.subjects.degradation.measures import Course

    Floats = NDArray[np.float64]


def draw_depth(courses: Mapping[tuple[str, int], Course]) -> Figure:
    """Draw training loss and test accuracy by the number of layers: means with 95 % intervals over seeds.

    Parameters
    ----------
    courses
        By (start, depth).
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(5.6, 2.7))
    _by_depth(left, {place: course.loss for place, course in courses.items()})
    _by_depth(right, {place: 100 * course.accuracy for place, course in courses.items()})
    left.axhline(np.log(10), color=INK, linewidth=0.8, linestyle=":", marker="")
    left.text(0.02, np.log(10) + 0.05, "ln 10: guessing", fontsize=8, transform=left.get_yaxis_transform())
    left.set(ylabel="training loss", ylim=(0, 2.7))
    right.set(ylabel="test accuracy (%)", ylim=(0, 100))
    handles, labels = left.get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside upper center", ncols=3, fontsize=8)
    return fig


def _by_depth(ax: Axes, values: Mapping[tuple[str, int], Floats]) -> None:
    names = list(dict.fromkeys(name for name, _ in values))
    depths = sorted({depth for _, depth in values})
    for i, name in enumerate(names):
        there = [place for place, depth in enumerate(depths) if (name, depth) in values]
        found = [mean_interval(values[name, depths[place]]) for place in there]
        centre = [interval.estimate for interval in found]
        spread = [interval.high - interval.estimate for interval in found]
        places = np.array(there) + 0.1 * (i - (len(names) - 1) / 2)
        ax.errorbar(places, centre, spread, label=name, elinewidth=1)
    ax.set_xticks(range(len(depths)), [str(depth) for depth in depths])
    ax.set_xlabel("layers")


def draw_gradients(courses: Mapping[str, Course], layers: Sequence[int]) -> Figure:
    """Draw gradients and images by layer before training: the median over seeds, bars to the extremes.

    Parameters
    ----------
    courses
        By start, all of one depth.
    layers
        Numbers of the layers to draw, from 1.
    """
    fig, panels = plt.subplots(1, 2, figsize=(5.6, 2.4))
    picked = np.asarray(layers)
    for i, (name, course) in enumerate(courses.items()):
        for ax, values in zip(panels, (course.before[:, picked - 1], course.sizes[:, picked]), strict=True):
            middle = np.median(values, axis=0)
            spread = [middle - values.min(axis=0), values.max(axis=0) - middle]
            ax.errorbar(picked + i, middle, spread, label=name, elinewidth=1)
            ax.set(yscale="log", xlabel="layer")
    panels[0].set_ylabel("norm of its gradient")
    panels[1].set_ylabel("size of the images")
    handles, labels = panels[0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside upper center", ncols=3, fontsize=8)
    return fig


def draw_fading(images: Mapping[str, ArrayLike], layers: Sequence[int]) -> Figure:
    """Draw one image on its way through untrained stacks, each stack on the scale of the image that came in.

    Parameters
    ----------
    images
        Start -> images (layer, row, column) from the input on.
    layers
        Layers to draw, 0 for the input.
    """
    fig, rows = plt.subplots(len(images), len(layers), figsize=(5.6, 1.02 * len(images) + 0.2), squeeze=False)
    for row, (name, stages) in zip(rows, images.items(), strict=True):
        shown = np.asarray(stages)[list(layers)]
        image_row(row, np.clip(shown, 0, shown[0].max()))
        row[0].set_ylabel(name.replace(", ", "\n", 1), fontsize=9)
    for ax, layer in zip(rows[0], layers, strict=True):
        ax.set_title(f"layer {layer}", fontsize=10)
    return fig
