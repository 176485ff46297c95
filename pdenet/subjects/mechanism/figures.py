"""Figures on what fifty layers do to a digit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np

from pdenet.page.figures import image_row
from pdenet.page.style import INK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WORDS = {"start": "before training", "trained": "trained"}
"""What the two states of a network are called."""

LOOKS: dict[str, dict[str, Any]] = {
    "start": {"color": "C1", "ls": "--", "marker": "s"},
    "trained": {"color": "C0", "ls": "-", "marker": "o"},
}
"""How their curves look."""


def draw_digit(
    columns: Sequence[int],
    pictures: Mapping[str, np.ndarray],
    middles: Mapping[str, np.ndarray],
    probe: Mapping[str, np.ndarray],
    moved: np.ndarray,
    main: int,
) -> Figure:
    """A digit after some layers, and what a probe reads there.

    Parameters
    ----------
    columns : sequence of int
        The layers.
    pictures : mapping
        "start", "trained" -> the digit after these layers (layer, H, W).
    middles : mapping
        The same -> predicted place of the frame's middle (layer, 2), pixels from where it was.
    probe : mapping
        The same -> accuracy of the probe in per cent (seed, layer).
    moved : (layer,)
        Accuracy on raw digits moved as predicted, of the main seed.
    main : int
        The seed that is drawn thick.
    """
    fig = plt.figure(figsize=(6.4, 5.6), dpi=75)
    grid = fig.add_gridspec(3, len(columns), height_ratios=[1, 1, 2.6])
    for row, name in enumerate(pictures):
        for column, layer in enumerate(columns):
            ax = fig.add_subplot(grid[row, column])
            picture = pictures[name][column]
            title = [f"layer {layer}"] if not row else []
            image_row([ax], [picture / max(picture.max(), 1e-30)], title)
            _mark(ax, middles[name][column])
            if not column:
                ax.set_ylabel(WORDS[name].replace("before ", "before\n"), fontsize=9)
    below = fig.add_subplot(grid[2, :])
    for name, curves in probe.items():
        _seeds(below, np.asarray(columns), curves, main, name, WORDS[name])
    below.plot(columns, moved, color=INK, ls=":", marker="", label="raw digits, moved rigidly as predicted")
    below.set(xlabel="layer", ylabel="accuracy of the probe (%)", ylim=(5, 100))
    below.legend(loc="lower left", fontsize=9)
    return fig


def _mark(ax: Axes, middle: np.ndarray) -> None:
    """A plus at the middle, or a cross at the rim of the frame beyond which it lies."""
    inside = bool((np.abs(middle) < 14).all())
    place = np.clip(13.5 + middle, 0, 27)
    ax.plot(*place, color="C1", marker="+" if inside else "x", ls="", ms=11, mew=2.4)
    ax.set(xlim=(-0.5, 27.5), ylim=(27.5, -0.5))


def _seeds(ax: Axes, places: np.ndarray, curves: np.ndarray, main: int, name: str, label: str) -> None:
    """All seeds thin, the main one thick and with the label."""
    for seed, curve in enumerate(curves):
        thick = seed == main
        look = {"lw": 2.2 if thick else 0.8, "alpha": 1 if thick else 0.5, "ms": 4 if thick else 0}
        ax.plot(
            places,
            curve,
            label=label if thick else "_",
            markevery=max(1, len(places) // 10),
            **LOOKS[name] | look,
        )


def draw_layers(
    gain: Mapping[str, np.ndarray],
    growth: Mapping[str, np.ndarray],
    cut: Mapping[str, np.ndarray],
    gradient: Mapping[str, np.ndarray],
    main: int,
) -> Figure:
    """Growth, closed gates and gradients, layer by layer, of networks before and after training.

    Parameters
    ----------
    gain, growth : mapping
        "start", "trained" -> largest possible and largest met growth in a layer (seed, layer).
    cut : mapping
        The same -> share of closed gates (seed, layer).
    gradient : mapping
        The same -> size of the gradient by the state before and behind each layer (seed, layer + 1).
    main : int
        The seed that is drawn thick, and alone in the uppermost panel.
    """
    fig, axes = plt.subplots(3, 1, figsize=(6.4, 6.2), dpi=70, sharex=True)
    for name, label in WORDS.items():
        number = np.arange(1, gain[name].shape[1] + 1)
        look = LOOKS[name] | {"ms": 3.5}
        axes[0].plot(
            number, gain[name][main], label=f"largest possible, {label}", **look | {"marker": "", "lw": 1.2}
        )
        axes[0].plot(
            number, growth[name][main], label=f"largest met, {label}", **look | {"ls": "", "mfc": "none"}
        )
        _seeds(axes[1], number, 100 * cut[name], main, name, "_")
        relative = gradient[name] / gradient[name][:, -1:]
        _seeds(axes[2], np.arange(relative.shape[1]), relative, main, name, "_")
    axes[2].axhline(0.1, color=INK, ls=":", lw=1, marker="")
    axes[0].set_ylabel("growth of an image\nin one layer (factor)")
    axes[0].set_yscale("log", base=2)
    axes[1].set_ylabel("closed gates (%)")
    axes[2].set(ylabel="gradient by the state,\nover that behind the last", xlabel="layer", yscale="log")
    handles, names = axes[0].get_legend_handles_labels()
    fig.legend(handles, names, loc="outside upper center", ncols=2, fontsize=8)
    return fig


def draw_networks(
    networks: Sequence[Mapping[str, Any]], measures: Sequence[str], equations: Sequence[str], alone: float
) -> Figure:
    """Final accuracy of all networks against some measures.

    Parameters
    ----------
    networks : sequence of mapping
        Of each its "equation", "layers", "final" accuracy in per cent, and the measures.
    measures : sequence of str
        One panel each; what has "shift" in its name is in pixels, else in per cent.
    equations : sequence of str
        The first is drawn filled, the second open.
    alone : float
        Accuracy of the classifier without layers, in per cent.
    """
    fig, axes = plt.subplots(1, len(measures), figsize=(6.4, 2.9), dpi=80, sharey=True)
    depths = sorted({net["layers"] for net in networks})
    for ax, key in zip(axes, measures, strict=True):
        for equation, fill in zip(equations, ("full", "none"), strict=True):
            for i, depth in enumerate(depths):
                chosen = [n for n in networks if (n["layers"], n["equation"]) == (depth, equation)]
                ax.plot(
                    [net[key] for net in chosen],
                    [net["final"] for net in chosen],
                    ls="",
                    color=f"C{i}",
                    marker="os^D"[i % 4],
                    fillstyle=fill,
                    label=f"{depth} layers" if fill == "full" else "_",
                )
        ax.axhline(alone, color=INK, lw=1, ls=":", marker="")
        ax.set_xlabel(key + (" (pixels)" if "shift" in key else " (%)"), fontsize=9)
    axes[0].set_ylabel("final accuracy (%)")
    handles, names = axes[0].get_legend_handles_labels()
    fig.legend(handles, names, loc="outside upper center", ncols=4, fontsize=9)
    return fig


def draw_shift(steps: np.ndarray, accuracy: np.ndarray) -> Figure:
    """Accuracy of the probe (%) on digits moved by so many pixels, with the line half-way to a guess."""
    fig, ax = plt.subplots(figsize=(5, 2.6), dpi=80)
    ax.plot(steps, accuracy)
    ax.axhline((accuracy[0] + 10) / 2, color=INK, ls=":", marker="")
    ax.set(xlabel="moved to the left and up, each by (pixels)", ylabel="accuracy of the probe (%)")
    return fig
