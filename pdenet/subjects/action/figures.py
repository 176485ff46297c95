"""Figures of the action: weights side by side, bridges, how far bells are from layers, digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pdenet.page.figures import image_row
from pdenet.page.style import INK
from pdenet.subjects.action.measures import NEAR, distance
from pdenet.symbolic.propagator import gaussian_weights, lattice_weights, layer_weights

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from pdenet.models.measures.waves import Floats
    from pdenet.subjects.action.measures import Halves, Stacks

WIDTHS = (0.25, 0.55, 0.95)
_LEVELS = (0, 0.05, 0.1, 0.2, 0.4, 0.8)
_GREYS = ("#ffffff", "#e4e4e4", "#c8c8c8", "#a8a8a8", "#868686", "#606060")


def draw_weights(axes: Sequence[Axes]) -> None:
    """Draw what three widths make of one layer: its taps, the exact flow, the Gaussian; one axes each."""
    places, fine = np.arange(-3, 4), np.linspace(-3.4, 3.4, 300)
    for ax, alpha in zip(axes, WIDTHS, strict=True):
        bell = np.exp(-(fine**2) / (2 * alpha**2)) / (alpha * np.sqrt(2 * np.pi))
        taps, flow = layer_weights(places, alpha, 0), lattice_weights(places, alpha, 0)
        ax.bar(places, taps, 0.7, color="none", edgecolor="C0", label="layer")
        ax.plot(places, flow, "s", color="C1", mfc="none", label="exact flow")
        ax.plot(fine, bell, "--", marker="", color="C2", label="Gaussian")
        ax.plot(places, gaussian_weights(places, alpha, 0), "^", color="C2", label="at the pixels")
        ax.set(title=rf"$\alpha = {alpha}$", xlabel="$X$ (pixels)", xticks=[-2, 0, 2])
    axes[0].set_ylabel("weight")
    axes[-1].legend(fontsize=7, loc="upper right", handlelength=1.6)


def draw_bridges(ax: Axes, sampled: Floats, path: Floats) -> None:
    """Draw three random paths, the mean of all, the path of least action and the straight line.

    Parameters
    ----------
    ax
        Axes to draw on.
    sampled : (path, layer + 1)
        Random paths with the same two ends.
    path : (layer + 1,)
        Of least action.
    """
    for one in sampled[:3]:
        ax.plot(one, color=INK, ls="-", marker="", lw=1)
    ax.plot(sampled.mean(axis=0), "o", color="C1", mfc="none", label=f"mean of {len(sampled)} paths")
    ax.plot(path, "-", color="C0", marker="", label="path of least action")
    straight = np.linspace(path[0], path[-1], len(path))
    ax.plot(straight, ":", color="C2", marker="", label="straight line")
    ax.set(xlabel="layer $t$", ylabel="$x_t$ (pixels)")
    ax.legend(fontsize=7.5)


def draw_map(fig: Figure, halves: Mapping[str, Halves]) -> None:
    """Draw how far the Gaussian is from flow and layer, over all parameters and for recorded halves.

    Parameters
    ----------
    fig
        An empty figure.
    halves
        Name of a set of layers -> its halves.
    """
    width, drift = np.meshgrid(np.linspace(0.02, 1.3, 129), np.linspace(-1.3, 1.3, 131))
    places = np.arange(-14, 15)[:, None, None]
    bells = gaussian_weights(places, width, drift)
    others = {"to the flow": lattice_weights, "to the layer": layer_weights}
    axes = fig.subplots(1, 3, width_ratios=[1, 1, 1.35])
    edge = np.linspace(-1, 1, 81)
    for ax, (name, weights) in zip(axes, others.items(), strict=False):
        gap = distance(bells, weights(places, width, drift))
        ax.contourf(width, drift, gap, _LEVELS, colors=_GREYS, extend="max")
        ax.contour(width, drift, gap, [NEAR], colors="k")
        ax.plot([1, 0, 1, 1], [1, 0, -1, 1], color="C0", ls="-", marker="")
        ax.plot(np.sqrt(np.abs(edge)), edge, color="C1", ls="--", marker="")
        ax.set(xlabel=r"$\alpha$", xlim=(0, 1.3), ylim=(-1.3, 1.3), title=name)
        ax.grid(visible=False)
    axes[0].set_ylabel(r"drift $\beta$")
    axes[1].tick_params(labelleft=False)
    for i, (name, found) in enumerate(halves.items()):
        ordered = np.sort(found.to_layer)
        share = np.arange(1, len(ordered) + 1) / len(ordered)
        axes[2].plot(ordered, share, color=f"C{i // 2}", ls=("--", "-")[i % 2], marker="", label=name)
    axes[2].axvline(NEAR, color=INK, lw=0.8)
    axes[2].set(xscale="log", xlim=(0.01, 2), ylim=(0, 1), xlabel="distance to the layer", title="recorded")
    axes[2].set_ylabel("share of halves")
    axes[2].legend(fontsize=7, loc="upper left", handlelength=1.8)


def draw_depths(ax: Axes, depths: Floats, gaps: Mapping[str, Floats]) -> None:
    """Draw how far many Gaussians are from as many equal layers, by their number.

    Parameters
    ----------
    ax
        Axes to draw on.
    depths : (depth,)
        Numbers of layers.
    gaps
        Name of a curve -> distances (depth,).
    """
    for name, values in gaps.items():
        ax.loglog(depths, values, label=name)
    ax.set(xlabel="layers $L$", ylabel="distance", ylim=(1e-3, 1.5))
    ax.legend(fontsize=7.5, loc="center left", bbox_to_anchor=(1.0, 0.5))


def draw_sizes(axes: Sequence[Axes], trained: Mapping[str, Sequence[Stacks]]) -> None:
    """Draw the exponential beside one plus the symbol, and how far apart they are in trained layers.

    Parameters
    ----------
    axes
        Two: the curves, and a dot a layer.
    trained
        Name of an equation -> its networks, depth by depth.
    """
    curves, dots = axes
    wave = np.linspace(0, np.pi, 100)
    for i, alpha in enumerate((0.4, 0.7, 0.95)):
        omega = alpha**2 * (np.cos(wave) - 1)
        curves.plot(wave, np.exp(omega), f"C{i}-", marker="", label=rf"$\alpha = {alpha}$")
        curves.plot(wave, 1 + omega, f"C{i}--", marker="")
    curves.axhline(0, color=INK, lw=0.8)
    curves.set_xlabel("$p$ (1/pixel)")
    curves.set_ylabel(r"$e^{\tilde\Omega}$, $1 + \tilde\Omega$ (dashed)")
    curves.legend(fontsize=7.5)
    for (name, networks), marker in zip(trained.items(), ("+", "o"), strict=False):
        size = np.concatenate([found.largest.ravel() for found in networks])
        error = np.concatenate([found.error.ravel() for found in networks])
        dots.loglog(size, error, marker, ls="", ms=3, mfc="none", alpha=0.6, label=name)
    scale = np.geomspace(0.01, 10, 20)
    dots.loglog(scale, scale**2 / 2, color=INK, ls="-", marker="", label=r"$|\tilde\Omega|^2/2$")
    dots.axhline(NEAR, color=INK, lw=0.8)
    dots.set_xlabel(r"largest $|\tilde\Omega|$")
    dots.set_ylabel(r"largest $|e^{\tilde\Omega} - 1 - \tilde\Omega|$")
    dots.legend(fontsize=7.5)


def draw_digits(axes: Sequence[Sequence[Axes]], rows: Mapping[str, Mapping[str, Floats]]) -> None:
    """Draw what becomes of one digit, a row a network.

    Parameters
    ----------
    axes
        A row of axes a network, one axes a picture.
    rows
        Name of a network -> name of a picture -> the picture (row, column).
    """
    for i, (line, (name, images)) in enumerate(zip(axes, rows.items(), strict=True)):
        image_row(list(line), np.array(list(images.values())), [*images] if i == 0 else ())
        line[0].set_ylabel(name)
