"""Figures of the adjoint: what a gradient costs, and how far it is off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt

from pdenet.page.style import INK
from pdenet.subjects.adjoint.ways import COMPILED, MADE_OF, SOLVER, STACK, WAYS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DASHES = {SOLVER: "-", STACK: "--", COMPILED: ":"}
_LOOKS = {
    "fused": ("C0", "o"),
    "layers": ("C1", "s"),
    "checkpoints": ("C3", "D"),
    "reversible": ("C3", "^"),
    "adjoint": ("C0", "v"),
    "solver": ("C2", "X"),
}


def draw_costs(measured: Mapping[str, Any]) -> Figure:
    """Draw time and peak memory of each way against the evaluations; dashes tell what it is written in.

    Parameters
    ----------
    measured
        As `measure` gives it.
    """
    fig, axes = plt.subplots(1, 2, figsize=(7.0, 3.6))
    ticks = measured["evaluations"]
    what = (("milliseconds", "time of a gradient (ms)"), ("memory_mib", "peak memory (MiB)"))
    for ax, (key, label) in zip(axes, what, strict=True):
        for way, (name, _) in WAYS.items():
            colour, marker = _LOOKS[way]
            points = measured[key][way]
            ax.plot(
                [int(n) for n in points],
                list(points.values()),
                color=colour,
                marker=marker,
                linestyle=_DASHES[MADE_OF[way]],
                label=name,
            )
        ax.set(xscale="log", yscale="log", xlabel="evaluations of the field, forward", ylabel=label)
        ax.set_xticks(ticks, [str(n) for n in ticks])
        ax.minorticks_off()
    axes[1].set_yticks([1, 3, 10, 30, 100], ["1", "3", "10", "30", "100"])
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside upper center", ncols=3, fontsize=8)
    return fig


def draw_tolerances(
    ax: Axes, tolerances: Sequence[float], curves: Mapping[str, Sequence[float]], slopes: Mapping[str, float]
) -> None:
    """Draw errors of gradients against the tolerance of the solver, and the tolerance itself.

    Parameters
    ----------
    ax
        Axes to draw on.
    tolerances
        The tolerances.
    curves, slopes
        Errors by what they are of, and the power of the tolerance with which they fall.
    """
    for name, errors in curves.items():
        ax.loglog(tolerances, errors, label=f"{name} (slope {slopes[name]:.1f})")
    ax.loglog(
        tolerances, tolerances, color=INK, linewidth=0.8, linestyle=":", marker="", label="the tolerance"
    )
    ax.set(xlabel="tolerance of the solver, both ways", ylabel="relative error of the gradient")
    ax.legend(fontsize=8)


def draw_horizons(
    horizons: Sequence[float],
    law: Sequence[float],
    remade: Sequence[float],
    errors: Mapping[str, Sequence[float]],
) -> Figure:
    """Draw errors after a way back through diffusion against its time.

    Parameters
    ----------
    horizons
        Times, in layers.
    law
        How a rounding error grows, by (J3).
    remade
        Errors of the state itself.
    errors
        Errors of gradients, by name.
    """
    fig, ax = plt.subplots(figsize=(6.4, 3.9))
    ax.semilogy(horizons, law, color=INK, linewidth=0.8, linestyle=":", marker="", label=r"$2^{-24} e^{2T}$")
    ax.semilogy(
        horizons,
        remade,
        color=INK,
        linewidth=1.2,
        linestyle="--",
        marker="x",
        label="the remade state itself",
    )
    for name, values in errors.items():
        ax.semilogy(horizons, values, label=name)
    ax.set(xlabel="time $T$ (layers)", ylabel="relative error", ylim=(1e-8, 1e7))
    fig.legend(loc="outside upper center", fontsize=8, ncols=3)
    return fig
