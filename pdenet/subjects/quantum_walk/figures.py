"""Figures of the quantum walk: the two kinds of spread, the plane of layers, kernels beside their walk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.patheffects import Normal, Stroke

from pdenet.page.style import INK, PALETTE
from pdenet.symbolic.propagator import lattice_weights
from pdenet.symbolic.quantum_walk import walk_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

    from pdenet.models.measures.waves import Parts

    Floats = NDArray[np.float64]

OFF = 1e-6  # diffusion below which it is drawn as this


def signed_colours(values: Floats) -> Floats:
    """Colours of numbers with a sign, (..., 4): orange above zero, blue below, clear at zero.

    Parameters
    ----------
    values : (...)
        The largest in size is opaque; sizes go by their root, so that small ones are seen.
    """
    largest = np.abs(values).max() or 1.0
    colours = np.where((values > 0)[..., None], to_rgb(PALETTE[1]), to_rgb(PALETTE[0]))
    opacity = np.sqrt(np.abs(values) / largest)
    return np.concatenate([colours, opacity[..., None]], axis=-1)


def draw_spreads(fig: Figure, drift: float = 0.5, diffusion: float = 0.5, last: int = 64) -> None:
    """Draw the flow of a drift and that of a diffusion from one bright pixel, and both at the last time.

    Parameters
    ----------
    fig
        An empty figure.
    drift, diffusion
        The drift of the one flow and alpha^2 of the other.
    last
        Time up to which they are drawn.
    """
    places, times = np.arange(-44, 45), np.arange(1, last + 1)
    walk = walk_weights(places, drift * times[:, None])
    rain = lattice_weights(places, (diffusion * times[:, None]) ** 0.5, 0.0)
    widths = {"front": drift * times, "walk": drift * times / 2**0.5, "rain": (diffusion * times) ** 0.5}
    axes: NDArray[np.object_] = fig.subplots(2, 2, sharex=True, height_ratios=[2.2, 1])
    for ax, rows, title, width in zip(
        axes[0],
        (walk, rain),
        ("drift: quantum walk", "diffusion: random walk"),
        ("walk", "rain"),
        strict=True,
    ):
        level = rows / np.abs(rows).max(axis=1, keepdims=True)
        box = (places[0] - 0.5, places[-1] + 0.5, 0.5, last + 0.5)
        ax.imshow(signed_colours(level), extent=box, origin="lower", aspect="auto")
        for side in (-1, 1):
            _edge(ax, side * widths[width], times, "--")
            if width == "walk":
                _edge(ax, side * widths["front"], times, ":")
        ax.set_title(title)
        ax.grid(visible=False)
    axes[0, 0].set_ylabel("time $t$")
    inside = np.linspace(-0.995, 0.995, 400) * drift * last
    arcsine = 1 / (np.pi * np.sqrt((drift * last) ** 2 - inside**2))
    axes[1, 0].plot(places, walk[-1] ** 2, color="C0", ls="-", marker="", lw=1, label="squares")
    axes[1, 0].plot(inside, arcsine, color="C1", ls="--", marker="", lw=1.4, label="arcsine law")
    bell = np.exp(-(places**2) / (2 * diffusion * last)) / np.sqrt(2 * np.pi * diffusion * last)
    axes[1, 1].plot(places, rain[-1], color="C0", ls="-", marker="", lw=1, label="weights")
    axes[1, 1].plot(places, bell, color="C1", ls="--", marker="", lw=1.4, label="bell")
    for ax in axes[1]:
        ax.set_ylim(0, 0.085)
        ax.set_xlabel("displacement $X$ (pixels)")
    axes[1, 0].legend(fontsize=7.5, loc="upper center")
    axes[1, 1].legend(fontsize=7.5, loc="upper left", handlelength=1.6)
    axes[1, 0].set_ylabel(f"at $t = {last}$")


def _edge(ax: Axes, places: ArrayLike, times: ArrayLike, dashes: str) -> None:
    """A line that is seen on colours, on white and on black."""
    halo = [Stroke(linewidth=3, foreground="white"), Normal()]
    ax.plot(places, times, color="black", ls=dashes, marker="", lw=1.3, path_effects=halo)


def draw_plane(axes: Sequence[Axes], layers: Sequence[tuple[str, Sequence[Parts]]]) -> None:
    """Draw layers as points of the plane of drift and diffusion, two a layer: one an axis of the image.

    Parameters
    ----------
    axes
        One for each set of layers.
    layers
        Title of each, and the layers of its networks.
    """
    edge = np.geomspace(OFF, 4, 50)
    for ax, (title, networks) in zip(axes, layers, strict=True):
        ax.loglog(
            np.concatenate([np.abs(parts.drift).ravel() for parts in networks]),
            np.concatenate([np.maximum(parts.diffusion, OFF).ravel() for parts in networks]),
            ".",
            ls="",
            ms=2.2,
            alpha=0.5,
            color=PALETTE[1],
        )
        ax.loglog(edge, edge, color=INK, ls="--", marker="", lw=1.2)
        ax.set(xlim=(5e-4, 4), ylim=(OFF / 2, 6), title=title)
        ax.set_yticks([OFF, 1e-4, 1e-2, 1], ["off", "$10^{-4}$", "$10^{-2}$", "1"])
        ax.minorticks_off()
        ax.set_xlabel("size of the drift")
        ax.set_ylabel(r"diffusion $\alpha^2$")
        ax.label_outer()


def draw_kernels(axes: Sequence[Axes], kernels: Sequence[tuple[str, Floats, int]]) -> None:
    """Draw kernels by displacement, signs by colour, the middle marked.

    Parameters
    ----------
    axes
        One for each kernel.
    kernels
        Title, weights on a torus (Y, X) from displacement zero on, and the displacement shown on each side.
    """
    for ax, (title, weights, reach) in zip(axes, kernels, strict=True):
        offsets = np.arange(-reach, reach + 1)
        window = weights[np.ix_(offsets, offsets)]
        box = (-reach - 0.5, reach + 0.5, reach + 0.5, -reach - 0.5)
        ax.imshow(signed_colours(window), extent=box)
        ax.plot(0, 0, "+", color=INK, ms=6)
        ax.set_title(title)
        ax.set_xticks([-reach, 0, reach])
        ax.set_yticks([-reach, 0, reach])
        ax.grid(visible=False)
        ax.spines[["top", "right"]].set_visible(True)
