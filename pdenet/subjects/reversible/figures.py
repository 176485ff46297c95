"""Figures of the page: what is kept, how far stacks come back, and networks beside others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import torch

from pdenet.ops.reversible import halves, reversible_stack, undone
from pdenet.page.style import INK
from pdenet.runs.results import ACCURACY
from pdenet.subjects.reversible.measures import GAINS, MAP_DEPTHS, parameter_bytes
from pdenet.subjects.reversible.system import CHANNELS, conv_blocks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure
    from torch import Tensor

    from pdenet.models.measures.memory import Held
    from pdenet.runs.results import Results
    from pdenet.subjects.reversible.measures import WayBack

MARKERS = {"plain": "o-", "checkpointed": "s--", "reversible": "^-"}
LEAST, MOST = -16, 1  # decades of the colours


def draw_way_back(
    image: Tensor, depth: int = 32, cases: Mapping[str, tuple[float, str, torch.dtype]] | None = None
) -> Figure:
    """An image, what blocks make of it, and what comes back, for stacks that do and do not come back.

    Parameters
    ----------
    image
        (14, 14), one channel of the first half; the other channels are shifted copies of it.
    depth
        Blocks.
    cases
        By title the gain, the activation and the precision.
    """
    if cases is None:
        cases = {
            "norm 1, float32": (1.0, "relu", torch.float32),
            "norm 2, float32": (2.0, "relu", torch.float32),
            "norm 2, float64": (2.0, "relu", torch.float64),
        }
    fig, axes = plt.subplots(len(cases), 3, figsize=(4.8, 1.6 * len(cases)))
    shifted = [image.roll(n, 1) for n in range(2 * CHANNELS)]
    for name, ax in zip(("before", "behind", "back"), axes[0], strict=True):
        ax.set_title(name, fontsize=9)
    for row, (title, (gain, activation, dtype)) in zip(axes, cases.items(), strict=True):
        u = torch.stack(shifted)[None].to(dtype)
        blocks = conv_blocks(depth, gain, activation, dtype=dtype)
        with torch.no_grad():
            ends = reversible_stack(blocks, *halves(u))
            back = undone(blocks, *ends)
        for ax, state in zip(row, (u[:, :CHANNELS], ends[0], back[0]), strict=True):
            ax.imshow(state[0, 0].numpy(), cmap="gray")
            ax.set(xticks=[], yticks=[])
        row[0].set_ylabel(title, fontsize=9)
    return fig


def draw_kept(found: Mapping[str, Mapping[int, Held]]) -> Figure:
    """KiB that each way keeps and, on the way back, holds at most; and parameters with their gradients.

    Parameters
    ----------
    found
        By way and depth.
    """
    fig, ax = plt.subplots(figsize=(5.6, 3.4))
    for way, by_depth in found.items():
        depths = list(by_depth)
        kept = [one.kept / 1024 for one in by_depth.values()]
        most = [one.most / 1024 for one in by_depth.values()]
        line = ax.plot(depths, kept, MARKERS[way], label=way)[0]
        if most != kept:
            ax.plot(depths, most, ":", color=line.get_color(), marker="", label=f"{way}, at most")
    ax.plot(
        depths,
        [2 * parameter_bytes(n) / 1024 for n in depths],
        "-.",
        color=INK,
        marker="",
        label="parameters and gradients",
    )
    ax.set(xscale="log", yscale="log", xlabel="blocks", ylabel="KiB")
    ax.set_xticks(depths, [str(n) for n in depths])
    ax.minorticks_off()
    fig.legend(fontsize=8, ncols=2, loc="outside upper center")
    return fig


def draw_maps(maps: Mapping[str, Mapping[tuple[float, int], WayBack]], what: str = "reversible") -> Figure:
    """Powers of ten of an error by gain and depth, a picture for each activation and precision.

    Parameters
    ----------
    maps
        By title.
    what
        A field of `WayBack`.
    """
    fig, axes = plt.subplots(
        len(maps) // 2, 2, figsize=(5.6, 1.9 * (len(maps) // 2) + 0.5), sharex=True, sharey=True
    )
    for ax, (title, found) in zip(axes.flat, maps.items(), strict=True):
        grid = np.array([[getattr(found[gain, depth], what) for gain in GAINS] for depth in MAP_DEPTHS])
        with np.errstate(divide="ignore"):
            decades = np.log10(grid)
        shown = ax.imshow(np.clip(decades, LEAST, MOST), cmap="cividis", vmin=LEAST, vmax=MOST, aspect="auto")
        for (row, column), value in np.ndenumerate(decades):
            dark = not value > (LEAST + MOST) / 2
            text = f"{value:.0f}".replace("-", "−") if np.isfinite(value) else "∞"
            ax.text(
                column, row, text, ha="center", va="center", fontsize=8, color="white" if dark else "black"
            )
        ax.set_title(title, fontsize=9)
        ax.set_xticks(range(len(GAINS)), [f"{gain:g}" for gain in GAINS])
        ax.set_yticks(range(len(MAP_DEPTHS)), [str(depth) for depth in MAP_DEPTHS])
        ax.tick_params(length=0)
        ax.grid(visible=False)
    fig.supxlabel("norm of a branch", fontsize=9)
    fig.supylabel("blocks", fontsize=9)
    fig.colorbar(shown, ax=axes, label="power of ten of the error", shrink=0.9)
    return fig


def draw_accuracies(results: Results, same: float) -> Figure:
    """By seed, how far each network is from the one in turn, and the band that counts as equal.

    Parameters
    ----------
    results
        Runs of the experiment.
    same
        Half the width of the band, points.
    """
    fig, ax = plt.subplots(figsize=(5.4, 2.4))
    ax.axvspan(-same, same, color=INK, alpha=0.12)
    ax.axvline(0, color=INK, lw=1)
    for line, other in enumerate(("usual", "at once")):
        ours, theirs = results.paired(["in turn", other], ACCURACY)
        found = results.ahead("in turn", other, ACCURACY)
        ax.plot(ours - theirs, [line + 0.18] * len(ours), ".", color=f"C{line}", ms=5, alpha=0.7)
        if found is not None:
            reach = [[found.estimate - found.low], [found.high - found.estimate]]
            ax.errorbar([found.estimate], [line], xerr=reach, fmt="o", color=f"C{line}", capsize=3)
    ax.set_yticks([0, 1], ["usual", "at once"])
    ax.set(ylim=(1.6, -0.5), xlabel="in turn ahead (points of accuracy)")
    return fig
