"""Figures of the page: activation maps, a residual block, a first output element, paths and slits."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle

from pdenet.page.figures import draw_stencil, image_row
from pdenet.page.style import INK, PALETTE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


def draw_maps(digit: ArrayLike, windows: Mapping[str, ArrayLike], maps: Mapping[str, ArrayLike]) -> Figure:
    """Draw an image, and below each kernel (times 16) its activation map.

    Parameters
    ----------
    digit
        The image, (row, column).
    windows, maps
        Name -> kernel, and its activation map, (row, column).
    """
    fig, axes = plt.subplots(2, len(windows) + 1, figsize=(5.6, 3.0))
    axes[0, 0].axis("off")
    image_row([axes[1, 0]], np.asarray(digit)[None], ["digit"])
    for (name, window), (above, below) in zip(windows.items(), axes.T[1:], strict=True):
        draw_stencil(above, 16 * np.asarray(window), digits=2, fontsize=7)
        image_row([below], np.asarray(maps[name])[None], [name])
    return fig


def draw_block(ax: Axes, *, fontsize: float = 10) -> None:
    """Draw a residual block: what comes in, the convolution, the skip over it, the sum, the ReLU.

    Parameters
    ----------
    ax
        Axes to draw on; they lose ticks and frame.
    fontsize
        Size of the text in points.

    References
    ----------
    The thesis, Fig. 1.1.
    """
    boxes = {
        r"$u_{l-1}$": (0.5, 0.8, None),
        r"$K_l \star u_{l-1} + b_l$": (3.2, 2.6, PALETTE[0]),
        "+": (5.7, 0.6, None),
        "ReLU": (7.2, 1.2, None),
        r"$u_l$": (8.9, 0.8, None),
    }
    for text, (centre, width, colour) in boxes.items():
        _box(ax, centre, width, colour)
        ax.text(centre, 0, text, ha="center", va="center", fontsize=fontsize)
    ends = [(centre - width / 2, centre + width / 2) for centre, width, _ in boxes.values()]
    for (_, start), (end, _) in pairwise(ends):
        _arrow(ax, (start, 0), (end, 0))
    fork, sum_at = ends[0][1] + 0.3, boxes["+"][0]
    ax.plot([fork, fork, sum_at], [0, 1.0, 1.0], color=PALETTE[1], marker="", ls="-", lw=1.8)
    _arrow(ax, (sum_at, 1.0), (sum_at, 0.4), PALETTE[1])
    ax.text((fork + sum_at) / 2, 1.1, "skip connection", ha="center", va="bottom", fontsize=fontsize)
    ax.set(xlim=(0, 9.4), ylim=(-0.6, 1.55))
    ax.set_axis_off()


def _box(ax: Axes, centre: float, width: float, colour: str | None) -> None:
    edge: dict[str, Any] = {"edgecolor": colour or INK, "linewidth": 1.5 if colour else 1}
    corner, shape = (centre - width / 2, -0.4), "round,pad=0,rounding_size=0.1"
    ax.add_patch(FancyBboxPatch(corner, width, 0.8, boxstyle=shape, facecolor="none", **edge))


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float], colour: str = INK) -> None:
    style: dict[str, Any] = {"arrowstyle": "-|>", "mutation_scale": 9, "shrinkA": 0, "shrinkB": 0}
    ax.add_patch(FancyArrowPatch(start, end, color=colour, **style))


def draw_first_element(image: ArrayLike, kernel: ArrayLike) -> Figure:
    """Draw how a kernel makes the first element of its output, from an image with zeros around it.

    Parameters
    ----------
    image
        Whole numbers, (row, column).
    kernel
        Whole numbers, (3, 3).

    Raises
    ------
    ValueError
        If the kernel is not three by three.

    References
    ----------
    The thesis, Fig. 1.2.
    """
    numbers, taps = np.asarray(image), np.asarray(kernel)
    if taps.shape != (3, 3):
        message = f"the kernel has the shape {taps.shape}; draw one of (3, 3)"
        raise ValueError(message)
    padded = np.pad(numbers, 1)
    first = int((padded[:3, :3] * taps).sum())
    rows, columns = padded.shape
    fig, axes = plt.subplots(1, 3, figsize=(6.4, 2.6), width_ratios=[columns, 3, columns - 2])
    _grid(axes[0], padded)
    axes[0].add_patch(Rectangle((0.5, 0.5), columns - 2, rows - 2, fill=False, edgecolor=INK, linewidth=2))
    axes[0].add_patch(Rectangle((-0.5, -0.5), 3, 3, fill=False, edgecolor=PALETTE[1], linewidth=3))
    axes[0].set_title("image, zeros around it", fontsize=10)
    _grid(axes[1], taps)
    axes[1].add_patch(Rectangle((-0.5, -0.5), 3, 3, fill=False, edgecolor=PALETTE[1], linewidth=3))
    axes[1].set_title("kernel", fontsize=10)
    _grid(axes[2], np.full(numbers.shape, np.nan))
    axes[2].text(0, 0, str(first), ha="center", va="center", fontsize=9, fontweight="bold")
    axes[2].add_patch(Rectangle((-0.5, -0.5), 1, 1, fill=False, edgecolor=PALETTE[1], linewidth=3))
    axes[2].set_title("output", fontsize=10)
    return fig


def _grid(ax: Axes, values: NDArray[Any]) -> None:
    """A table of numbers as cells; NaN leaves a cell empty."""
    rows, columns = values.shape
    for (row, column), value in np.ndenumerate(values):
        ax.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, edgecolor=INK, linewidth=0.6))
        if not np.isnan(value):
            ax.text(column, row, f"{value:g}", ha="center", va="center", fontsize=9)
    ax.set(xlim=(-0.7, columns - 0.3), ylim=(rows - 0.3, -0.7), aspect="equal")
    ax.axis("off")


def draw_paths(positions: ArrayLike, weights: ArrayLike) -> Figure:
    """Draw all paths through a stack into one pixel, each a strand as thick as its weight.

    Parameters
    ----------
    positions
        Pixels, (path, layer), from the output down to the input.
    weights
        Of the paths, (path,), of either sign.

    References
    ----------
    The thesis, Fig. 1.4 (a).
    """
    places, sizes = np.asarray(positions), np.asarray(weights, dtype=float)
    layers = places.shape[1] - 1
    heights = np.arange(layers, -1, -1)
    shift = np.linspace(-0.3, 0.3, len(places))[:, None] * (heights < layers)  # side by side
    strength = np.abs(sizes) / np.abs(sizes).max()
    fig, ax = plt.subplots(figsize=(4.2, 2.2))
    signs = (("positive weight", sizes > 0, "solid"), ("negative weight", sizes < 0, (0, (7, 3))))
    for (name, chosen, dashes), colour in zip(signs, PALETTE, strict=False):
        strands = [np.column_stack([places[i] + shift[i], heights]) for i in np.flatnonzero(chosen)]
        style: dict[str, Any] = {"colors": colour, "linestyles": dashes}
        style["linewidths"] = 0.7 + 2.3 * strength[chosen]
        style["alpha"] = 0.25 + 0.75 * strength[chosen]
        ax.add_collection(LineCollection(strands, **style))
        ax.plot([], [], color=colour, linestyle=dashes, marker="", label=name)
    low, high = places.min() - 0.5, places.max() + 0.5
    ax.set(xlabel="pixel", ylabel="layer", xlim=(low, high), ylim=(-0.2, layers + 0.2))
    ax.set(xticks=range(places.min(), places.max() + 1), yticks=range(layers + 1))
    ax.grid(False)
    fig.legend(fontsize=9, loc="outside upper center", ncols=2)
    return fig


def draw_slits(screen: ArrayLike, both: ArrayLike, added: ArrayLike) -> Figure:
    """Draw the intensity on a screen behind two slits, beside that of the single slits added.

    Parameters
    ----------
    screen
        Places in millimetres, (place,).
    both, added
        Intensities there, with both slits open and one by one.
    """
    fig, (curve, *strips) = plt.subplots(3, 1, figsize=(4.7, 2.7), height_ratios=[5, 1, 1], sharex=True)
    places = np.asarray(screen)
    curve.plot(places, both, marker="", label="both open")
    curve.plot(places, added, marker="", label="one by one, added")
    curve.set(ylabel="intensity", ylim=(0, 1.35))
    curve.legend(fontsize=9, loc="upper center", ncols=2)
    extent = (places[0], places[-1], 0.0, 1.0)
    for ax, values, name in zip(strips, (both, added), ("both", "one by one"), strict=True):
        ax.imshow(np.asarray(values)[None], aspect="auto", extent=extent, vmin=0, vmax=1)
        ax.set_yticks([0.5], [name])
        ax.grid(False)
    strips[-1].set_xlabel("place on the screen (mm)")
    return fig


def draw_arrows(chains: Mapping[str, ArrayLike]) -> Figure:
    """Draw paths over two slits to a bright and a dark place, and their amplitudes end to end.

    Parameters
    ----------
    chains
        Place -> partial sums of the amplitudes, (path + 1,), those of the first slit first; two places.

    References
    ----------
    The thesis, Fig. 1.4 (b).
    """
    fig, axes = plt.subplots(1, 3, figsize=(5.8, 1.9), width_ratios=[0.9, 1, 1])
    _draw_walls(axes[0], list(chains))
    for ax, (name, sums) in zip(axes[1:], chains.items(), strict=True):
        chain = np.asarray(sums)
        half = len(chain) // 2
        for part, style in ((chain[: half + 1], "o-"), (chain[half:], "s--")):
            ax.plot(part.real, part.imag, style, markersize=3, linewidth=1.2)
        total = chain[[0, -1]]
        ax.plot(total.real, total.imag, color=INK, lw=3, alpha=0.5, marker="", ls="-")
        ax.set(xlim=(-0.15, 1.05), ylim=(-0.6, 0.6), aspect="equal")
        ax.set_title(name, fontsize=9)
        ax.set_xlabel("real part", fontsize=9)
    axes[1].set_ylabel("imaginary part", fontsize=9)
    return fig


def _draw_walls(ax: Axes, names: list[str]) -> None:
    """A wall with two slits, a screen, and paths from one to the other, not to scale."""
    slits = [centre + shift for centre in (-1, 1) for shift in np.linspace(-0.23, 0.23, 4)]
    for height, dashes in zip((1.0, 1.5), ("solid", "dashed"), strict=True):
        for slit in slits:
            ax.plot([0, 1], [slit, height], color="C0", ls=dashes, lw=0.8, marker="")
    wall: dict[str, Any] = {"color": INK, "marker": "", "linestyle": "-"}
    for low, high in ((-4, -1.25), (-0.75, 0.75), (1.25, 4)):
        ax.plot([0, 0], [low, high], linewidth=3, **wall)
    ax.plot([1, 1], [-4, 4], linewidth=1, **wall)
    for name, height in zip(names, (0.85, 1.55), strict=True):
        ax.text(1.03, height, name, fontsize=8)
    ax.set(xlim=(-0.05, 1.35), ylim=(-2.6, 2.6))
    ax.set_title("paths (not to scale)", fontsize=9)
    ax.axis("off")
