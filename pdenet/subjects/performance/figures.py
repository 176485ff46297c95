"""Figures of the performance page: the order of the work, the roofline, costs, the parts of an epoch."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from pdenet.page.style import INK, PALETTE
from pdenet.subjects.performance.report import (
    PARTS,
    Result,
    fma_peak,
    look_up,
    memory_bandwidth,
    rows_of,
)

_MARKS = dict(zip(("fused", "conv2d", "slices", "compile", "compile-conv2d", "jax"), "os^DvP", strict=True))
_HATCHES = ("", "///", "...", "xx", "\\\\\\\\")
_AXIS_LABELS = {
    "depth": "depth (layers)",
    "batch": "batch (images)",
    "seeds": "seeds (networks at once)",
    "size": "rows and columns (pixels)",
}


def work_order(ax: Axes, images: int, layers: int, *, fused: bool) -> None:
    """Draw in which order layers (down) of images (across) are computed: along the rows, or down the columns.

    Parameters
    ----------
    ax
        Axes to draw on.
    images, layers
        Columns and rows of the grid.
    fused
        Whether an image goes through all layers before the next one starts.
    """
    colour = PALETTE[0] if fused else PALETTE[1]
    visits = [(i, n) for i in range(images) for n in range(layers)]
    if not fused:
        visits.sort(key=lambda visit: visit[1])
    for order, (image, layer) in enumerate(visits, start=1):
        ax.add_patch(Rectangle((image - 0.3, layer - 0.28), 0.6, 0.56, fill=False, edgecolor=INK))
        ax.text(image, layer + 0.02, str(order), ha="center", va="center")
    for (x0, y0), (x1, y1) in pairwise(visits):
        if x0 == x1 or y0 == y1:  # to a neighbour; where a new row or column begins the numbers suffice
            across, down = 0.3 * (x1 - x0), 0.28 * (y1 - y0)
            style = {"arrowstyle": "->", "color": colour, "linewidth": 1.6, "shrinkA": 0, "shrinkB": 0}
            ax.annotate("", (x1 - across, y1 - down), (x0 + across, y0 + down), arrowprops=style)
    ax.set(xlim=(-0.5, images - 0.5), ylim=(layers - 0.6, -0.4), xlabel="image", ylabel="layer")
    ax.set_xticks(range(images), [str(i + 1) for i in range(images)])
    ax.set_yticks(range(layers), [str(i + 1) for i in range(layers)])
    ax.tick_params(length=0)
    ax.grid(False)
    for spine in ax.spines.values():
        spine.set_visible(False)


def roofline(ax: Axes, result: Result, stencil: str = "five-point") -> None:
    """Draw useful operations a second against operations a byte, below the roofs of one machine.

    Parameters
    ----------
    ax
        Axes to draw on.
    result
        A saved run that knows its peaks.
    stencil
        Whose rows are drawn; contenders whose traffic cannot be seen are left out.

    Raises
    ------
    ValueError
        If the run has no measured peaks.
    """
    peak, slow = fma_peak(result), memory_bandwidth(result)
    if peak is None or slow is None:
        message = "this result has no multiply-add peak or no bandwidth; it was saved by an earlier version"
        raise ValueError(message)
    fast = min(result["peaks"]["bandwidth"], key=lambda point: point["kib"])["gb_s"]
    intensity = np.geomspace(0.03, 300, 300)
    for rate, name, style in ((slow, "main memory", "-"), (fast, "first cache", "--")):
        roof = np.minimum(peak, rate * intensity)
        ax.loglog(intensity, roof, color=INK, linestyle=style, marker="", label=f"{name}, {rate:.0f} GB/s")
    for name, row in rows_of(result, stencil).items():
        moved = look_up(row, "traffic", "bytes")
        if moved is None:
            continue
        operations = row["gflops"] * row["milliseconds"] * 1e6
        colour = PALETTE[list(_MARKS).index(name) % 4]
        place = operations / moved, row["gflops"]
        ax.plot(*place, marker=_MARKS[name], color=colour, markersize=8, linestyle="")
        ax.annotate(name, place, (8, -4), textcoords="offset points", color=colour, va="top")
    ax.set(xlabel="useful operations a byte moved", ylabel="useful GFLOP/s")
    ax.set_ylim(min(0.5, *(0.4 * row["gflops"] for row in rows_of(result, stencil).values())), 2 * peak)
    ax.legend(loc="lower right", fontsize=9)


def sweep_panels(axes: Sequence[Axes] | np.ndarray, runs: Mapping[str, Result]) -> None:
    """Draw milliseconds of a step against depth, batch, seeds and size, a panel each, for all runs swept.

    Parameters
    ----------
    axes
        Four axes.
    runs
        Saved runs by name; those without sweeps are left out.
    """
    swept = {name: run["sweeps"] for name, run in runs.items() if "sweeps" in run}
    panels: list[Axes] = list(np.ravel(np.asarray(axes, dtype=object)))
    for ax, axis in zip(panels, _AXIS_LABELS, strict=True):
        for number, (run, sweeps) in enumerate(swept.items()):
            if axis not in sweeps:
                continue
            points = sweeps[axis]["points"]
            for contender in points[0]["milliseconds"]:
                values = [(p[axis], p["milliseconds"][contender]) for p in points]
                known = [(x, y) for x, y in values if y is not None]
                ax.loglog(
                    *zip(*known, strict=True),
                    label=contender if len(swept) == 1 else f"{contender}, {run}",
                    color=PALETTE[(list(_MARKS).index(contender) + number) % len(PALETTE)],
                    marker=_MARKS[contender],
                    linestyle=("-", "--", ":")[number % 3],
                )
        measured = [sweeps[axis]["points"] for sweeps in swept.values() if axis in sweeps]
        places = sorted({point[axis] for points in measured for point in points})
        ax.set(xlabel=_AXIS_LABELS[axis], ylabel="step (ms)")
        ax.xaxis.set_minor_locator(NullLocator())
        ax.set_xticks(places[::-2][::-1], [f"{place}" for place in places[::-2][::-1]])
        ax.yaxis.set_major_locator(LogLocator(numticks=6))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        ax.yaxis.set_minor_locator(NullLocator())


def epoch_bars(ax: Axes, runs: Mapping[str, Result], bound: float) -> None:
    """Draw the parts of a training epoch as one bar a run, and a line at `bound`, a share.

    Parameters
    ----------
    ax
        Axes to draw on.
    runs
        Saved runs by name; those without an epoch are left out.
    bound
        Where to draw the line.
    """
    known = {name: run["epoch"]["share"] for name, run in runs.items() if "epoch" in run}
    for row, share in enumerate(known.values()):
        left = 0.0
        for part, colour, hatch in zip(PARTS, PALETTE, _HATCHES, strict=True):
            width = 100 * share[part]
            style: dict[str, Any] = {"edgecolor": colour, "facecolor": "none", "hatch": hatch}
            ax.barh(row, width, left=left, height=0.6, label=part if row == 0 else None, **style)
            if width > 8:
                ax.text(left + width / 2, row + 0.42, f"{width:.0f} %", ha="center", va="center", fontsize=9)
            left += width
    ax.axvline(100 * bound, color=INK, linestyle="--", marker="")
    ax.set(xlim=(0, 100), ylim=(-0.5, max(len(known), 1) - 0.3), xlabel="share of an epoch (%)")
    ax.set_yticks(range(len(known)), [name.replace(", ", ",\n") for name in known])
    ax.grid(False)
