"""Figures of the page: symbols of layers in the complex plane, and a small difference that adds up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.lines import Line2D

from pdenet.page.style import INK, PALETTE
from pdenet.subjects.momentum_space.measures import symbols

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def draw_symbols(kernels: Mapping[str, Floats]) -> Figure:
    """Draw 1 + Omega and exp(Omega) of kernels (L, 3, 3) in the complex plane, the last once more, enlarged.

    Parameters
    ----------
    kernels
        By equation; every layer is a pair of curves, for waves along y.
    """
    names = list(kernels)
    fig, axes = plt.subplots(1, len(names) + 1, figsize=(6.4, 3.3), width_ratios=[*[1] * len(names), 1.3])
    for ax, name in zip(axes, [*names, names[-1]], strict=True):
        _draw_layers(ax, kernels[name])
        ax.set(title=name, xlabel="real part", aspect="equal", xlim=(0.25, 1.4), ylim=(-1.25, 1.25))
    axes[0].set_ylabel("imaginary part")
    largest = np.abs(symbols(kernels[names[-1]])).max()
    middle = float(1 + kernels[names[-1]].sum((-2, -1)).mean())  # where waves of length infinity end up
    axes[-1].set(title=f"{names[-1]}, enlarged", xlim=(middle - 0.5 * largest, middle + 0.5 * largest))
    axes[-1].set_ylim(-0.7 * largest, 0.7 * largest)
    handles = [
        Line2D([], [], color=PALETTE[0], ls="-", label=r"$1 + \tilde\Omega$"),
        Line2D([], [], color=PALETTE[1], ls="--", label=r"$e^{\tilde\Omega}$"),
    ]
    fig.legend(handles=handles, loc="outside upper center", ncols=2, fontsize=10)
    return fig


def _draw_layers(ax: Axes, kernels: Floats) -> None:
    circle = np.exp(1j * np.linspace(-np.pi, np.pi, 721))
    ax.plot(circle.real, circle.imag, color=INK, ls=":", marker="", lw=1)
    for omega in symbols(kernels, 61)[..., 30]:  # p = 0: waves along y
        for curve, colour, dashes in (
            (1 + omega, PALETTE[0], "-"),
            (np.exp(omega), PALETTE[1], (0, (4, 1.5))),
        ):
            closed = np.append(curve, curve[:1])
            ax.plot(closed.real, closed.imag, color=colour, ls=dashes, marker="", lw=1.2)


def draw_compound(compound: Mapping[complex, Floats]) -> Figure:
    """Draw the modulus of (1 + Omega)^L over exp(L Omega) against L, a line an Omega."""
    fig, ax = plt.subplots(figsize=(4.8, 2.4))
    for omega, ratio in compound.items():
        name = f"{omega.real:g}" if not omega.imag else f"{omega.imag:g}i"
        ax.plot(np.arange(len(ratio)), ratio, marker="", label=rf"$\tilde\Omega = {name}$")
    ax.set(xlabel="layers $L$", ylabel="layers / exponential", ylim=(0, None))
    ax.legend(fontsize=9)
    return fig
