"""Figures of the page: paths as strands, what the heaviest add up to, cancellation, a logit, draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.lines import Line2D

from pdenet.page.figures import image_row
from pdenet.page.style import INK, PALETTE
from pdenet.subjects.path_sum.measures import mean_bound_at_start

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

    from pdenet.ops.paths.paths import Heaviest, Paths
    from pdenet.subjects.path_sum.measures import Cancelled

    Floats = NDArray[np.float64]

ADDS, SUBTRACTS = ("#e66a00", "-"), ("#2a9df4", (0, (3, 1)))
_MARKS = {"(39)": ("o", PALETTE[0]), "(40)": ("s", PALETTE[1]), "control": ("^", PALETTE[2])}


def draw_strands(ax: Axes, paths: Paths, axes: Sequence[int], spread: float = 0.09) -> None:
    """Draw paths from a dot each; opacity is what they bring, dashes subtract.

    Parameters
    ----------
    ax
        Axes to draw on.
    paths
        Paths through images.
    axes
        What goes along and up: 0 rows, 1 columns, 2 layers.
    spread
        By how much a strand is moved so that it hides no other.
    """
    rng = np.random.default_rng(0)
    largest = np.abs(paths.contributions).max()
    for places, value in zip(paths.positions, paths.contributions, strict=True):
        lines = np.column_stack([places, np.arange(len(places))])[:, axes]
        x, y = (lines + spread * rng.normal(size=2)).T
        colour, dashes = ADDS if value > 0 else SUBTRACTS
        alpha = 0.1 + 0.9 * (abs(value) / largest) ** 0.5
        ax.plot(x, y, color=colour, ls=dashes, marker="", lw=1.3, alpha=alpha)
        ax.plot(x[0], y[0], ".", color=colour, ms=5, alpha=alpha)


def draw_into_a_pixel(image: ArrayLike, found: Mapping[str, Heaviest]) -> Figure:
    """Draw the heaviest paths into a pixel, rows against layers, a panel a network, beside the image."""
    fig, (first, *panels) = plt.subplots(
        1, 1 + len(found), figsize=(6.4, 2.9), width_ratios=[0.75, *[1] * len(found)]
    )
    image_row([first], np.asarray(image)[None], ["the digit"])
    for ax, (name, some) in zip(panels, found.items(), strict=True):
        row, column = (int(i) for i in some.paths.positions[0, -1])
        depth = some.paths.positions.shape[1] - 1
        draw_strands(ax, some.paths, axes=[2, 0])
        ax.plot(depth, row, "s", ms=9, color=INK, mfc="none")
        ax.set(title=name, xlabel="layer", xticks=range(depth + 1), ylim=(row + 2.8, row - 2.8))
        ax.set_yticks(range(row - 2, row + 3))
        colour, mark = _MARKS[name][::-1]
        first.plot(column, row, mark, color=colour, mfc="none", ms=7, mew=1.5, label=name)
    panels[0].set_ylabel("row (pixels)")
    first.legend(loc="upper center", bbox_to_anchor=(0.5, -0.02), fontsize=9, ncols=2, handlelength=1)
    return fig


def draw_partial_sums(found: Mapping[tuple[str, int], Sequence[Heaviest]]) -> Figure:
    """Draw the signed sum of the heaviest paths over the output: two panels a row, a line a seed."""
    rows = len(found) // 2
    fig, axes = plt.subplots(rows, 2, figsize=(6.4, 1.7 * rows), sharex=True, sharey=True, squeeze=False)
    for ax, ((name, depth), several) in zip(axes.flat, found.items(), strict=True):
        for some in several:
            number = np.arange(1, len(some.paths) + 1)
            ax.semilogx(number, some.partial_sums / some.total, "-", marker="", lw=0.9, color=_MARKS[name][1])
        ax.axhline(1, color=INK, lw=0.8, ls="--", marker="")
        ax.set(title=f"{name}, {depth} layers", ylim=(0, 2.6))
    for ax in axes[-1]:
        ax.set_xlabel("heaviest paths together")
    for ax in axes[:, 0]:
        ax.set_ylabel("sum / output")
    return fig


def draw_cancellation(found: Mapping[tuple[str, int, str], Cancelled]) -> Figure:
    """Draw cancellation against depth, and against its bound; hollow at the start, full after training."""
    fig, (depths, bounds) = plt.subplots(1, 2, figsize=(6.6, 3.3), sharey=True)
    for (name, depth, state), one in found.items():
        mark, colour = _MARKS[name]
        face = "none" if state == "start" else colour
        aside = -1.2 if state == "start" else 1.2
        look = {"color": colour, "mfc": face, "ls": "", "marker": mark, "ms": 4, "mew": 0.8}
        depths.semilogy(np.full(len(one.outputs), depth + aside), one.outputs, **look)
        bounds.loglog(one.bound, one.outputs, **look)
    layers = np.arange(51)
    for name, eighths in (("(39)", 8), ("(40)", 1)):
        line = [mean_bound_at_start(int(depth), eighths) for depth in layers]
        depths.semilogy(layers, line, color=_MARKS[name][1], lw=0.9, ls=":", marker="")
    ends = np.array([1.0, 1e16])
    bounds.loglog(ends, ends, color=INK, lw=0.8, ls="--", marker="")
    depths.set(xlabel="layers", ylabel="cancellation $C$", xticks=(5, 15, 27, 50), ylim=(0.6, 1e14))
    bounds.set(xlabel="bound $P$", xlim=(0.6, 1e16))
    handles = [Line2D([], [], marker=m, color=c, ls="") for m, c in _MARKS.values()]
    handles += [Line2D([], [], marker="o", color=INK, mfc=face, ls="") for face in ("none", INK)]
    fig.legend(
        handles,
        [*_MARKS, "start", "trained"],
        loc="outside upper center",
        ncols=5,
        fontsize=9,
        handlelength=1,
    )
    return fig


def draw_reasons(image: ArrayLike, paths: Paths, arriving: Floats) -> Figure:
    """Draw an image, the heaviest paths into a logit, and all of them summed by where they start."""
    shown = np.asarray(image)[None]
    fig, axes = plt.subplots(1, 3, figsize=(6.2, 2.4), width_ratios=[0.8, 1.4, 1])
    image_row(axes[:1], shown, ["input"])
    image_row(axes[1:2], shown, [f"{len(paths)} heaviest paths"])
    axes[1].images[0].set_clim(0, 2.2)
    draw_strands(axes[1], paths, axes=[1, 0], spread=0.13)
    axes[1].set(xlim=(2.5, 26.5), ylim=(24.5, 0.5))
    image_row(axes[2:], arriving[None], ["all, by start"])
    reach = np.abs(arriving).max()
    axes[2].images[0].set(cmap="RdBu_r", clim=(-reach, reach))
    fig.colorbar(axes[2].images[0], ax=axes[2], shrink=0.6, label="adds to the logit")
    return fig


def draw_errors(
    found: Mapping[str, tuple[Floats, Floats, Floats]], image: ArrayLike, start: tuple[int, int], ends: Floats
) -> Figure:
    """Draw relative errors of sampled pixels against the number of draws, and where walks end.

    Parameters
    ----------
    found
        By name: numbers of draws, relative errors found, and predicted.
    image, start, ends
        The image (H, W), the pixel the walks start at, and where some of them end, (n, 2).
    """
    fig, (rate, place) = plt.subplots(1, 2, figsize=(6.4, 2.9), width_ratios=[1.6, 1])
    for name, (draws, errors, predicted) in found.items():
        mark, colour = _MARKS.get(name.split(",")[0], ("D", PALETTE[3]))
        rate.loglog(draws, errors, mark, color=colour, mfc="none", label=name)
        rate.loglog(draws, predicted, color=colour, marker="", ls="--", lw=1)
    rate.axhline(1, color=INK, lw=0.8, ls=":", marker="")
    rate.set(xlabel="draws", ylabel="error / pixel")
    rate.legend(fontsize=8, handlelength=1)
    image_row([place], np.asarray(image)[None], ["where 300 walks end"])
    place.images[0].set_clim(0, 2.2)
    jitter = np.random.default_rng(0).uniform(-0.4, 0.4, ends.shape)
    rows, columns = (ends + jitter).T
    place.plot(columns, rows, ".", color="#ff8c1a", ms=2.5)
    place.plot(*start[::-1], "s", color="w", mfc="none", ms=9)
    return fig
