"""Figures of the page: symbols of layers in the complex plane, and what a small difference does with depth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np

from pdenet.page.style import INK, PALETTE
from pdenet.subjects.momentum_space.measures import symbols

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def draw_symbols(kernels: Mapping[str, Floats]) -> Figure:
    """Draw 1 + Omega and exp(Omega) of kernels (L, 3, 3) in the complex plane, for waves along y.

    Parameters
    ----------
    kernels
        By equation; every layer is a pair of curves.
    """
    fig, axes = plt.subplots(1, len(kernels), figsize=(6.2, 3.2), sharex=True, sharey=True)
    circle = np.exp(1j * np.linspace(-np.pi, np.pi, 181))
    for ax, (name, several) in zip(axes, kernels.items(), strict=True):
        ax.plot(circle.real, circle.imag, color=INK, ls=":", marker="", lw=1)
        for omega in symbols(several, 61)[..., 30]:  # p = 0: waves along y
            for curve, colour, dashes in (
                (1 + omega, PALETTE[0], "-"),
                (np.exp(omega), PALETTE[1], (0, (4, 1.5))),
            ):
                closed = np.append(curve, curve[:1])
                ax.plot(closed.real, closed.imag, color=colour, ls=dashes, marker="", lw=1, alpha=0.8)
        ax.set(title=name, xlabel="real part", aspect="equal")
    axes[0].set_ylabel("imaginary part")
    axes[0].plot([], [], color=PALETTE[0], ls="-", marker="", label=r"$1 + \tilde\Omega$")
    axes[0].plot([], [], color=PALETTE[1], ls="--", marker="", label=r"$e^{\tilde\Omega}$")
    fig.legend(loc="outside upper center", ncols=2, fontsize=10)
    return fig


def draw_compound(compound: Mapping[complex, Floats]) -> Figure:
    """Draw the modulus of (1 + Omega)^L over exp(L Omega) against L, a line an Omega."""
    fig, ax = plt.subplots(figsize=(4.8, 2.4))
    for omega, ratio in compound.items():
        name = f"{omega.real:g}" if not omega.imag else f"{omega.imag:g}i"
        ax.plot(np.arange(len(ratio)), ratio, marker="", label=rf"$\tilde\Omega = {name}$")
    ax.set(xlabel="layers $L$", ylabel="layers / exponential", ylim=(0, None))
    ax.legend(fontsize=9)
    return fig
