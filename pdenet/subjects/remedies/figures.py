"""Figures of the remedies: images on their way through layers, accuracies, digits behind trained layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np

from pdenet.page.figures import image_row
from pdenet.page.style import INK
from pdenet.runs.intervals import mean_interval
from pdenet.subjects.remedies.claims import NONE
from pdenet.subjects.remedies.networks import DEPTHS, NETWORKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from pdenet.runs.table import CellResult, Place

_DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), "-", "--", "-.")
NOTHING = 1e-30  # size below which an image is gone


def draw_course(ax: Axes, course: Mapping[str, NDArray[np.float64]]) -> None:
    """Draw how large images are after each layer, a line a seed.

    Parameters
    ----------
    ax
        Axes to draw on.
    course
        Name of a network -> sizes (seed, layer).
    """
    for i, (name, sizes) in enumerate(course.items()):
        for seed, line in enumerate(np.where(sizes > NOTHING, sizes, np.nan)):
            ax.plot(
                line,
                color=f"C{i % 5}",
                linestyle=_DASHES[i % len(_DASHES)],
                linewidth=2.2 if i < 5 else 1.1,
                marker="",
                label=name if seed == 0 else None,
            )
    ax.set(yscale="log", xlabel="layer", ylabel="size of the images", ylim=(1e-26, 1e6))
    ax.legend(fontsize=8, ncols=2, loc="lower left")


def draw_accuracies(ax: Axes, cells: Mapping[Place, CellResult]) -> None:
    """Draw every seed's accuracy and the mean with its interval, a row a network, the depths side by side.

    Parameters
    ----------
    ax
        Axes to draw on.
    cells
        The runs by place; the classifier alone is drawn at every depth.
    """
    rows = (NONE[1], *NETWORKS)
    marks = zip((-0.12, 0.12), DEPTHS, ("o", "s"), ("C0", "C1"), strict=True)
    for shift, depth, marker, colour in marks:
        for row, name in enumerate(rows):
            place = NONE if name == NONE[1] else (depth, name)
            if place in cells:
                label = f"{depth} layers" if place == NONE else None
                _accuracies(ax, cells[place].per_cent, row + shift, marker, colour, label)
    if NONE in cells:
        ax.axvline(cells[NONE].per_cent.mean(), color=INK, linestyle=":", linewidth=1, marker="")
    ax.set(yticks=range(len(rows)), yticklabels=rows, xlabel="accuracy on the test images (%)")
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.legend(fontsize=9, loc="center left", bbox_to_anchor=(0.05, 0.62))


def _accuracies(
    ax: Axes, values: NDArray[np.float64], height: float, marker: str, colour: str, label: str | None
) -> None:
    middle = mean_interval(values)
    reach = [[middle.estimate - middle.low], [middle.high - middle.estimate]]
    ax.plot(values, np.full(len(values), height), ".", color=colour, alpha=0.4, markersize=4)
    ax.errorbar(
        middle.estimate,
        height,
        xerr=reach if np.isfinite(reach).all() else None,
        marker=marker,
        color=colour,
        capsize=3,
        linestyle="",
        label=label,
    )


def draw_digits(digit: NDArray[np.float64], behind: Mapping[str, NDArray[np.float64]]) -> Figure:
    """Draw a digit, and it behind the layers of each network, with the largest pixel below each picture.

    Parameters
    ----------
    digit
        The digit, (row, column).
    behind
        Name of a network -> what its layers make of the digit; one that is not finite is drawn as nothing.
    """
    fig, axes = plt.subplots(2, (len(behind) + 2) // 2, figsize=(6.4, 3.2))
    panels = axes.ravel()
    image_row([panels[0]], [digit], ["the digit"])
    for ax, (name, picture) in zip(panels[1:], behind.items(), strict=False):
        image_row([ax], [picture if np.isfinite(picture).all() else np.zeros_like(picture)], [name])
        ax.set_xlabel(f"max {np.nan_to_num(picture).max():.2g}", fontsize=8)
    for ax in panels:
        ax.title.set_fontsize(8)
    for ax in panels[1 + len(behind) :]:
        ax.set_visible(False)
    return fig
