"""Figures of the page: gradients, multipliers, information and accuracy by depth, and paths by length."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np

from pdenet.page.style import DASHES, INK, MARKERS, PALETTE
from pdenet.subjects.vanishing.arms import (
    DEEPEST,
    DEPTHS_TRAINED,
    GAINS,
    KINDS,
    PATHS,
    RATES,
    SLOW,
    TRAINED,
    TUNED_DEEP,
    UNSTACKED,
    trained,
)
from pdenet.subjects.vanishing.measures import DEPTHS, LAYERS, multipliers, path_shares
from pdenet.subjects.vanishing.networks import Start
from pdenet.subjects.vanishing.paths import expected_shares
from pdenet.subjects.vanishing.system import lifetime, mean_field

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from pdenet.runs.results import Results


def draw_gradients(results: Results) -> Figure:
    """Growth of a gradient on its way to the input, by depth: seeds as points, what is foretold as lines.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, axes = plt.subplots(1, 3, figsize=(6.4, 3.0))
    for ax, (word, kind) in zip(axes, KINDS.items(), strict=True):
        for n, gain in enumerate(GAINS):
            start = Start(kind=kind, gain=gain)
            deep = range(1, DEPTHS[-1] + 1)
            if kind == "scaled":  # another step for each depth
                ends = [mean_field(start, depth).gradient[-1] for depth in DEPTHS]
                ax.plot(DEPTHS, ends, DASHES[n], color=PALETTE[n], marker="", lw=1.2)
            else:
                line = mean_field(start, DEPTHS[-1]).gradient[1:]
                ax.plot(deep, line, DASHES[n], color=PALETTE[n], marker="", lw=1.2)
            arm = f"gradient: {word}, gain {gain:g}"
            points = np.array([results.values(arm, f"growth over {depth}") for depth in DEPTHS])
            for depth, one in zip(DEPTHS, points, strict=True):
                ax.plot([depth] * len(one), one, MARKERS[n], color=PALETTE[n], ms=3, ls="", alpha=0.7)
            ax.plot([], [], MARKERS[n], ls=DASHES[n], color=PALETTE[n], label=f"gain {gain:g}", ms=4)
        ax.set(title=word, xlabel="blocks", xticks=[0, 32, 64])
    axes[0].set(ylabel="gradient, power of ten")
    axes[2].set(ylim=(-0.5, 0.5))
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, fontsize=8, ncols=3, loc="outside upper center")
    return fig


def draw_multipliers(depth: int = 16, layer: int = 8) -> Figure:
    """Eigenvalues of one block less one, in the plane of Euler's disc, for each kind and three gains.

    Parameters
    ----------
    depth, layer
        Blocks of the stack, and the block whose they are, from 0; by the middle the state has settled.
    """
    fig, axes = plt.subplots(1, 3, figsize=(6.4, 2.7), sharey=True)
    turn = np.exp(2j * np.pi * np.linspace(0, 1, 200))
    for ax, (word, kind) in zip(axes, KINDS.items(), strict=True):
        ax.plot(turn.real - 1, turn.imag, "-", color=INK, marker="", lw=1.2)
        for n, gain in enumerate(reversed(GAINS)):
            z = multipliers(Start(kind=kind, gain=gain), depth, layer) - 1
            colour = PALETTE[len(GAINS) - 1 - n]
            ax.plot(z.real, z.imag, MARKERS[len(GAINS) - 1 - n], color=colour, ms=2.5, ls="")
        ax.set(title=word, aspect="equal", xlim=(-2.4, 1.4), ylim=(-1.5, 1.5), xlabel="real part of $h\\mu$")
    axes[0].set(ylabel="imaginary part")
    for n, gain in enumerate(GAINS):
        axes[0].plot([], [], MARKERS[n], ls="", color=PALETTE[n], ms=4, label=f"gain {gain:g}")
    fig.legend(fontsize=8, ncols=3, loc="outside upper center")
    return fig


SHOWN = (
    "plain, gain 0.5",
    "plain, gain 1",
    "h = 1, gain 1",
    "plain, orthogonal, gain 1",
    "h = 1/L, gain 1",
)


def draw_information(results: Results) -> Figure:
    """Share of the input, and of the digits, that a linear map reads behind each layer; means over seeds.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, axes = plt.subplots(1, 2, figsize=(6.4, 3.2))
    for ax, what in zip(axes, ("input", "digits"), strict=True):
        for n, title in enumerate(SHOWN):
            values = np.array(
                [results.values(f"information: {title}", f"{what} behind {layer}") for layer in LAYERS]
            )
            ax.plot(
                LAYERS, values.mean(1), ls=DASHES[n], marker=MARKERS[n], color=PALETTE[n], ms=4, label=title
            )
            ax.fill_between(LAYERS, values.min(1), values.max(1), color=PALETTE[n], alpha=0.2, lw=0)
        ax.axvline(lifetime(Start(gain=0.5, bias=0.1), LAYERS[-1]), color=INK, lw=1, ls=":")
        ax.set(xlabel="blocks", xticks=[0, 16, 32, 48, 64], ylim=(-0.05, 1.05))
    axes[0].set(ylabel="share of the input read back")
    axes[1].set(ylabel="share of digits named right")
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, fontsize=8, ncols=3, loc="outside upper center")
    return fig


def draw_trained(results: Results) -> Figure:
    """Test errors of all but one arm by depth, one panel a rate: seeds as points, geometric means as lines.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, axes = plt.subplots(1, len(RATES), figsize=(6.4, 3.5), sharey=True)
    titles = [title for title in TRAINED if title != "plain, orthogonal, gain 1"]  # five can be told apart
    for ax, rate in zip(axes, RATES, strict=True):
        depths = [*DEPTHS_TRAINED, *([DEEPEST[0]] if rate == DEEPEST[1] else [])]
        for n, title in enumerate(titles):
            values = [100 - results.values(trained(title, depth, rate)) for depth in depths]
            places = np.arange(len(depths)) + 0.07 * (n - 2)
            ax.plot(
                places,
                [np.exp(np.log(one).mean()) for one in values],
                ls=DASHES[n],
                marker=MARKERS[n],
                color=PALETTE[n],
                ms=4,
                label=title,
            )
            _dots(ax, places, values, PALETTE[n])
        bare = np.exp(np.log(100 - results.values(trained(UNSTACKED, 0, rate))).mean())
        ax.axhline(bare, color=INK, lw=1, ls=(0, (1, 3)), label="no block")
        ax.set(title=f"rate {rate:g}", xlabel="blocks", yscale="log")
        ax.set_xticks(range(len(depths)), [str(depth) for depth in depths])
    again = 100 - results.values(trained(TUNED_DEEP, DEEPEST[0], SLOW))
    axes[-1].plot(
        len(DEPTHS_TRAINED),
        np.exp(np.log(again).mean()),
        MARKERS[2],
        color=PALETTE[2],
        mfc="none",
        ms=9,
        ls="",
        label="plain, orthogonal, gain 1.1, rate 0.0005",
    )
    axes[0].set(ylabel="test error (%)")
    axes[0].set_yticks([8, 16, 32, 64], ["8", "16", "32", "64"])
    axes[0].minorticks_off()
    handles, labels = axes[-1].get_legend_handles_labels()
    fig.legend(handles, labels, fontsize=8, ncols=2, loc="outside upper center")
    return fig


def _dots(ax: Axes, places: np.ndarray, values: list[np.ndarray], colour: str) -> None:
    for place, one in zip(places, values, strict=True):
        ax.plot([place] * len(one), one, ".", color=colour, ms=3, alpha=0.5)


def draw_paths(seeds: int = 10) -> Figure:
    """Numbers of paths by length beside the share of the gradient that they carry, for a step of one.

    Parameters
    ----------
    seeds
        How many stacks.
    """
    fig, ax = plt.subplots(figsize=(5.6, 3.0))
    lengths = np.arange(PATHS + 1)
    ax.bar(lengths, expected_shares(np.ones(PATHS)), color=INK, alpha=0.35, label="share of the paths")
    for n, gain in enumerate(GAINS):
        start = Start(kind="residual", gain=gain)
        found = path_shares(start, PATHS, seeds)
        foretold = expected_shares(mean_field(start, PATHS).factor - 1)
        ax.plot(lengths, foretold, ls=DASHES[n], marker="", color=PALETTE[n], lw=1.4)
        ax.errorbar(
            lengths,
            found.mean(0),
            found.std(0, ddof=1) / seeds**0.5,
            fmt=MARKERS[n],
            color=PALETTE[n],
            ms=3.5,
            lw=1,
            label=f"share of the gradient, gain {gain:g}",
        )
    ax.set(xlabel="branches on the path", ylabel="share", xlim=(-0.7, PATHS + 0.7))
    ax.legend(fontsize=8)
    return fig
