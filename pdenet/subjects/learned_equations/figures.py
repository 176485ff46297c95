"""Figures of the learned equations: taps beside what equation (21) reaches, and what training changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.lines import Line2D

from pdenet.page.style import INK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from pdenet.subjects.learned_equations.measures import Traits

    Floats = NDArray[np.float64]

MARKERS = ("o", "s")
_APART = 0.36  # of two groups at one depth
_SPREAD = 0.24  # of the networks of one group


def draw_reach(kernels: Mapping[str, Floats], span: tuple[float, float] = (-0.75, 1.1)) -> Figure:
    """Draw the outer taps of the middle rows of kernels, a panel a group, beside what equation (21) reaches.

    Parameters
    ----------
    kernels
        Name of a group -> kernels (kernel, 3, 3).
    span
        Both axes, in units of a tap.
    """
    fig, axes = plt.subplots(
        1, len(kernels), figsize=(6.4, 3.0), sharex=True, sharey=True, layout="constrained", squeeze=False
    )
    ends = np.array(span)
    for ax, (name, group) in zip(axes[0], kernels.items(), strict=True):
        ax.fill_between(ends, -ends, ends[0], color="C1", alpha=0.12, linewidth=0)
        ax.plot(ends, -ends, color="C1", ls="--", marker="", label=r"$\alpha^2 = 0$")
        ax.plot(*_stable(), "-", color="C2", marker="", label=r"stable at $\gamma = 0$")
        ax.plot(group[:, 1, 0], group[:, 1, 2], ls="", marker=".", ms=2.5, color=INK, label="learned")
        ax.set(title=name, xlabel="left tap $c_-$", xlim=span, ylim=span, aspect="equal")
    axes[0, 0].set_ylabel("right tap $c_+$")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside upper center", ncols=3, fontsize=9)
    return fig


def _stable() -> tuple[Floats, Floats]:
    """The outer taps with beta**2 = alpha**2 up to one: within that curve a layer is stable."""
    square = np.linspace(0, 1, 101)
    square, drift = np.concatenate([square, square[::-1]]), np.sqrt(np.concatenate([square, square[::-1]]))
    drift[101:] *= -1
    return (square - drift) / 2, (square + drift) / 2


def draw_traits(
    before: Mapping[str, Mapping[int, Traits]],
    after: Mapping[str, Mapping[int, Traits]],
    panels: Mapping[str, tuple[str, str]],
    chance: Mapping[str, float],
) -> Figure:
    """Draw traits of networks before and after training, a panel a trait, two in a row.

    Parameters
    ----------
    before, after
        Name of a group -> number of layers -> traits.
    panels
        Name of a trait -> title of its panel and label of its axis.
    chance
        Name of a trait -> what chance gives.
    """
    rows = -(-len(panels) // 2)
    fig, axes = plt.subplots(rows, 2, figsize=(6.4, 2.1 * rows + 0.4), layout="constrained", squeeze=False)
    for ax, (trait, (title, label)) in zip(axes.ravel(), panels.items(), strict=False):
        for n, group in enumerate(before):
            for place, depth in enumerate(before[group]):
                first, last = (getattr(one[group][depth], trait) for one in (before, after))
                _draw_change(ax, place + _APART * (n - 0.5), first, last, n)
        depths = list(next(iter(before.values())))
        ax.axhline(chance[trait], color=INK, ls=":", marker="", linewidth=1.2)
        ax.set_title(title, fontsize=10)
        ax.set_xticks(range(len(depths)), [str(depth) for depth in depths])
        ax.set(xlabel="layers", ylabel=label)
        ax.grid(axis="x", visible=False)
    handles = [
        Line2D([], [], ls="", marker=MARKERS[n], color=f"C{n}", label=group) for n, group in enumerate(before)
    ]
    fig.legend(handles=handles, loc="outside upper center", ncols=2, fontsize=9)
    return fig


def _draw_change(ax: Axes, centre: float, before: Floats, after: Floats, number: int) -> None:
    """Open marks before, filled ones after, a line between them; networks stand beside each other."""
    places = centre + _SPREAD * (np.arange(len(before)) / max(1, len(before) - 1) - 0.5)
    look: dict[str, Any] = {"color": f"C{number}", "ls": "", "marker": MARKERS[number]}
    ax.vlines(places, before, after, color=f"C{number}", linewidth=0.7, alpha=0.6)
    ax.plot(places, before, mfc="none", ms=2.5, mew=0.7, **look)
    ax.plot(places, after, ms=3, **look)
