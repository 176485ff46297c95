"""Figures of the page: a digit that fools, attacks by steps, shares by radius, differences, nearness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import torch

from pdenet.models.measures.attack import pgd
from pdenet.page.style import INK, PALETTE
from pdenet.subjects.robustness.arms import (
    ATTACKED,
    BARE,
    HALF,
    MORE,
    PLAIN,
    RESIDUAL,
    ROOT,
    TENTH,
    UNSTACKED,
    titled,
)
from pdenet.subjects.robustness.measures import CLEAN, DEVIATION, RADII, under

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.figure import Figure
    from torch import Tensor

    from pdenet.models.twin_net import TwinNet
    from pdenet.runs.results import Results

LOOK = {PLAIN: ("o", "-", 0), RESIDUAL: ("s", "--", 1), ROOT: ("^", "-.", 2), TENTH: ("D", ":", 3)}
"""Marker, line and colour of a kind."""
LARGE = RADII["linf"][-1]
LAYERS = (6, 14, 30)


def draw_fooled(nets: Mapping[str, TwinNet], images: Tensor, labels: Tensor, radius: float = 0.1) -> Figure:
    """A digit, the change that fools a network, and the changed digit, for the first network of each kind.

    Parameters
    ----------
    nets
        In evaluation mode, by kind.
    images, labels
        (B, H, W), between 0 and 1, and (B,); the first that all name right, and wrong afterwards, is shown.
    radius
        Largest change of a pixel.
    """
    found = {kind: pgd(net, images, labels, radius, stop=False) for kind, net in nets.items()}
    with torch.no_grad():
        before = [net(images)[0].argmax(-1) == labels for net in nets.values()]
    fits = torch.stack([*before, *(~one.right[0] for one in found.values())]).all(0)
    which = int(fits.nonzero()[0]) if bool(fits.any()) else 0
    fig, axes = plt.subplots(len(nets), 3, figsize=(4.8, 1.75 * len(nets)))
    for row, (kind, net) in zip(axes, nets.items(), strict=True):
        changed = found[kind].images[0, which]
        with torch.no_grad():
            named = [int(net(one[None])[0, 0].argmax()) for one in (images[which], changed)]
        row[0].imshow(images[which], cmap="gray", vmin=0, vmax=1)
        row[1].imshow(changed - images[which], cmap="PuOr", vmin=-radius, vmax=radius)
        row[2].imshow(changed, cmap="gray", vmin=0, vmax=1)
        row[0].set(ylabel=kind)
        titles = (f"named {named[0]}", f"change, up to {radius:g}", f"named {named[1]}")
        for ax, title in zip(row, titles, strict=True):
            ax.set_title(title, fontsize=9)
            ax.set(xticks=[], yticks=[])
            ax.grid(visible=False)
    return fig


def draw_steps(steps: Sequence[int], kept: Mapping[str, Sequence[float]]) -> Figure:
    """Share of images that attacks leave right, by the number of steps.

    Parameters
    ----------
    steps
        Numbers of steps.
    kept
        Per cent, by attack.
    """
    fig, ax = plt.subplots(figsize=(4.8, 2.8))
    for (name, shares), (marker, line, colour) in zip(kept.items(), LOOK.values(), strict=False):
        ax.plot(steps, shares, marker=marker, ls=line, color=PALETTE[colour], ms=5, label=name)
    ax.set(xscale="log", xlabel="steps", ylabel="labelled right, %", ylim=(0, None))
    ax.set_xticks(steps, [str(one) for one in steps])
    ax.minorticks_off()
    fig.legend(fontsize=8, loc="outside upper center", ncols=2)
    return fig


def draw_by_radius(results: Results) -> Figure:
    """Share labelled right by radius at three depths: means over seeds, and the range.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, axes = plt.subplots(1, len(LAYERS), figsize=(6.4, 3.0), sharey=True)
    radii = [0.0, *RADII["linf"]]
    names = [CLEAN, *(under("linf", radius) for radius in RADII["linf"])]
    for ax, layers in zip(axes, LAYERS, strict=True):
        for kind in (PLAIN, RESIDUAL):
            marker, line, colour = LOOK[kind]
            values = np.array([results.values(titled(kind, layers), name) for name in names])
            ax.fill_between(radii, values.min(1), values.max(1), color=PALETTE[colour], alpha=0.2, lw=0)
            ax.plot(radii, values.mean(1), marker=marker, ls=line, color=PALETTE[colour], ms=5, label=kind)
        bare = [results.values(UNSTACKED, name).mean() for name in names]
        ax.plot(radii, bare, color=INK, lw=1, ls=(0, (1, 3)), marker="", label=UNSTACKED)
        ax.set(title=f"{layers} convolutions", xlabel="radius", xticks=radii[::1], ylim=(-2, 102))
        ax.tick_params(axis="x", labelsize=8)
    axes[0].set(ylabel="labelled right, %")
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, fontsize=8, ncols=3, loc="outside upper center")
    return fig


CONDITIONS = {
    "6 convolutions": ((RESIDUAL, 6, ""), (PLAIN, 6, "")),
    "14 convolutions": ((RESIDUAL, 14, ""), (PLAIN, 14, "")),
    "30 convolutions": ((RESIDUAL, 30, ""), (PLAIN, 30, "")),
    "14, residual half as long": ((RESIDUAL, 14, HALF), (PLAIN, 14, "")),
    "6, 20 000 images": ((RESIDUAL, 6, MORE), (PLAIN, 6, MORE)),
    "6, no normalisation": ((RESIDUAL, 6, BARE), (PLAIN, 6, BARE)),
    "6, trained under attack": ((RESIDUAL, 6, ATTACKED), (PLAIN, 6, ATTACKED)),
}
"""What is compared, by what the figure calls it."""


def draw_differences(results: Results) -> Figure:
    """Residual less plain, paired by seed, with 95 % intervals: clean and under two attacks.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    looks = {"no attack": (CLEAN, "o", 4), "0.02": ("linf 0.02", "^", 0), "0.06": ("linf 0.06", "s", 1)}
    fig, ax = plt.subplots(figsize=(6.4, 3.8))
    for n, (first, second) in enumerate(CONDITIONS.values()):
        for offset, (what, marker, colour) in zip((-0.2, 0.0, 0.2), looks.values(), strict=True):
            found = results.ahead(titled(*first), titled(*second), what)
            if found is None:
                continue
            ax.plot([found.low, found.high], [n + offset] * 2, "-", color=PALETTE[colour], marker="", lw=1.5)
            ax.plot(found.estimate, n + offset, marker, color=PALETTE[colour], ms=6)
    for label, (_, marker, colour) in looks.items():
        ax.plot([], [], marker, color=PALETTE[colour], ms=6, label=label)
    ax.axvline(0, color=INK, lw=1)
    ax.set_yticks(range(len(CONDITIONS)), list(CONDITIONS))
    ax.invert_yaxis()
    ax.set(xlabel="residual less plain, points of images labelled right")
    ax.set_xscale("symlog", linthresh=10)
    ticks = [-30, -10, -5, 0, 5, 10, 30]
    ax.set_xticks(ticks, [str(tick) for tick in ticks])
    ax.minorticks_off()
    fig.legend(title="pixels changed by", fontsize=8, title_fontsize=8, ncols=3, loc="outside upper center")
    return fig


def draw_nearness(results: Results) -> Figure:
    """Share kept under attack by how far blocks are from the identity, one point a network.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, axes = plt.subplots(1, len(LAYERS), figsize=(6.4, 3.0), sharey=True)
    for ax, layers in zip(axes, LAYERS, strict=True):
        for kind, (marker, _, colour) in LOOK.items():
            arm = titled(kind, layers)
            if arm in results:
                ax.plot(
                    results.values(arm, DEVIATION),
                    results.values(arm, under("linf", LARGE)),
                    marker,
                    color=PALETTE[colour],
                    ms=5,
                    label=kind,
                )
        ax.set(title=f"{layers} convolutions", xlabel="deviation", xscale="log", xlim=(0.45, 2.6))
        ax.set_xticks([0.5, 1, 2], ["0.5", "1", "2"])
        ax.minorticks_off()
    axes[0].set(ylabel=f"labelled right at {LARGE:g}, %")
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, fontsize=8, ncols=2, loc="outside upper center")
    return fig
