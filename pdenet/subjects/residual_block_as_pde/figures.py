"""Figures of the page: a digit through layers, two orders of one list, stability, convergence, packets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np

from pdenet.page.figures import draw_stencil, image_row
from pdenet.page.style import INK

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_NAMED = {"centred": 0.0, "upwind": 0.55, "Lax-Wendroff": 0.55**2, "Lax-Friedrichs": 1.0}  # at beta = 0.55


def draw_film(kernel: ArrayLike, images: Mapping[int, ArrayLike]) -> Figure:
    """Draw a kernel, and an image after so many layers with it.

    Parameters
    ----------
    kernel
        The kernel, (row, column).
    images
        By number of layers, (row, column).
    """
    widths = [1.5, *np.ones(len(images))]
    fig, axes = plt.subplots(1, len(widths), figsize=(6.4, 1.7), width_ratios=widths)
    draw_stencil(axes[0], np.asarray(kernel), digits=2, fontsize=8)
    axes[0].set_title("kernel")
    image_row(
        axes[1:], np.stack([np.asarray(image) for image in images.values()]), [f"layer {n}" for n in images]
    )
    return fig


def draw_orders(pixels: ArrayLike, start: ArrayLike, ends: Mapping[str, ArrayLike]) -> Figure:
    """Draw a bump on a line before and after layers, one curve for each order of the kernel's list.

    Parameters
    ----------
    pixels, start
        Places, and the state at layer 0, (pixel).
    ends
        Name of the order -> state in the end, (pixel).
    """
    fig, ax = plt.subplots(figsize=(5.4, 2.3))
    ax.plot(pixels, start, marker="", label="layer 0")
    for name, state in ends.items():
        ax.plot(pixels, state, marker="", label=name)
    ax.set(xlabel="pixel", ylabel=r"state $\psi$", ylim=(-0.05, 1.45))
    ax.legend(fontsize=9, loc="upper left")
    return fig


def draw_stability(
    cases: Mapping[str, tuple[float, float]], is_stable: Callable[[Floats], ArrayLike]
) -> Figure:
    """Draw the gain of every wave for some layers, and the plane of diffusion and drift with the stable ones.

    Parameters
    ----------
    cases
        Name -> (alpha^2, beta) at gamma = 0.
    is_stable
        Takes parameters (..., alpha beta gamma) and answers for each set.
    """
    fig, (gains, plane) = plt.subplots(1, 2, figsize=(6.4, 3.0))
    waves = np.linspace(0, np.pi, 121)
    for name, (square, drift) in cases.items():
        factor = 1 - square * (1 - np.cos(waves)) + 1j * drift * np.sin(waves)
        gains.plot(waves, np.abs(factor), marker="", label=name)
    gains.axhline(1, color=INK, linewidth=0.8, linestyle="-", marker="")
    gains.set(xlabel="wavenumber $p$", ylabel="gain $|g(p)|$", ylim=(0, 1.85))
    gains.legend(fontsize=9, loc="upper left")
    squares, drifts = np.meshgrid(np.linspace(0, 1.3, 105), np.linspace(-1.3, 1.3, 105))
    answers = is_stable(np.stack([np.sqrt(squares), drifts, 0 * drifts], axis=-1))
    plane.contourf(squares, drifts, answers, [0.5, 1.5], colors=["C0"], alpha=0.15)
    edge = np.linspace(-1, 1, 101)
    plane.plot([*edge**2, 1], [*edge, -1], color=INK, ls="-", marker="", label="stable")
    plane.plot(np.abs(edge), edge, color="C2", ls="--", marker="", label="positive")
    for mark, (name, square) in zip(("x", "^", "s", "D"), _NAMED.items(), strict=True):
        plane.plot(square, 0.55, mark, color="C1", linestyle="", markersize=6, label=name)
    plane.set(xlabel=r"$\alpha^2$", ylabel=r"drift $\beta$", xlim=(-0.05, 1.3), ylim=(-1.3, 2.9))
    plane.set_yticks([-1, 0, 1])
    plane.legend(fontsize=8, loc="upper left", ncols=2, handlelength=2.2)
    return fig


def draw_convergence(
    layers: Sequence[int],
    equation: Mapping[str, ArrayLike],
    transport: Mapping[str, ArrayLike],
    slopes: Sequence[tuple[int, float]],
) -> Figure:
    """Draw errors against the number of layers: of the equation (21), and of four layers for transport.

    Parameters
    ----------
    layers
        Numbers of layers, (layers).
    equation, transport
        Name -> errors, (layers); what is above ten is not shown.
    slopes
        Panel, 0 or 1, and the power of the number of layers to draw from the last error of its first curve.
    """
    fig, panels = plt.subplots(1, 2, figsize=(6.4, 2.9), sharey=True)
    for ax, curves in zip(panels, (equation, transport), strict=True):
        for name, errors in curves.items():
            ax.loglog(layers, np.minimum(errors, 1e9), label=name)
        ax.set_xlabel("layers $L$ for the same time")
    for panel, power in slopes:
        first = np.asarray(next(iter((equation, transport)[panel].values())), dtype=float)
        guide = first[-1] * (np.asarray(layers) / layers[-1]) ** power
        panels[panel].loglog(layers, 0.55 * guide, color=INK, ls=":", marker="", label=f"slope ${power:g}$")
    panels[0].set(ylabel="largest error", ylim=(1e-9, 10))
    panels[0].set_title("equation (21)", fontsize=10)
    panels[1].set_title(r"transport, $\nu = 0.8$", fontsize=10)
    for ax in panels:
        ax.set_xticks(layers, [str(n) for n in layers])
        ax.minorticks_off()
        ax.legend(fontsize=8, loc="lower left", ncols=2, handlelength=2.4, columnspacing=1)
    return fig


def draw_packets(
    ax: Axes,
    exact: Callable[[Floats], ArrayLike],
    third_order: Callable[[Floats], ArrayLike],
    measured: Mapping[float, float],
) -> None:
    """Draw the velocity of packets by wavenumber: the layer's, that of its modified equation, and packets.

    Parameters
    ----------
    ax
        Axes to draw on.
    exact, third_order
        Velocity of a wavenumber, for arrays of them.
    measured
        Wavenumber -> pixels per layer.
    """
    waves = np.linspace(0, np.pi, 121)
    ax.plot(waves, np.broadcast_to(exact(waves), waves.shape), marker="", label="the layer, $-d\\theta/dp$")
    ax.plot(waves, np.broadcast_to(third_order(waves), waves.shape), marker="", label="to third order")
    ax.plot(
        list(measured),
        list(measured.values()),
        color=INK,
        linestyle="",
        marker="o",
        label="packets, measured",
    )
    ax.axhline(0, color=INK, linewidth=0.8, linestyle="-", marker="")
    ax.set(xlabel="wavenumber $p$", ylabel="pixels per layer", ylim=(-0.45, 0.75))
    ax.legend(fontsize=9, loc="upper left")
