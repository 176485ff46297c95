"""The figures of the page: one kernel read at three points, and the equation each reading tends to."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np

from pdenet.page.style import INK
from pdenet.subjects.paths_to_schroedinger.measures import Floats, ring

_LOOK = {"start": ("C0", "-", "o"), "midpoint": ("C2", "-.", "^"), "end": ("C1", "--", "s")}
"""Colour, line and marker of each point of the hop."""


def draw_three_points(states: Mapping[str, Floats], masses: Mapping[str, Floats], times: Floats) -> None:
    """Draw the same level start, moved with the drift read at three points, and its total over time.

    Parameters
    ----------
    states
        State on the ring at the last time, (x,), for each point of the hop.
    masses
        Integral over the ring, (time,), for each point of the hop.
    times
        The times of the masses, (time,).
    """
    fig, (shape, total) = plt.subplots(1, 2, figsize=(6.4, 2.6), width_ratios=[1.4, 1])
    for name, state in states.items():
        colour, line, _ = _LOOK[name]
        shape.plot(ring(len(state)), state, color=colour, ls=line, marker="", label=name)
        total.plot(times, masses[name], color=colour, ls=line, marker="", label=name)
    shape.set(xlabel="place $x$ on the ring", ylabel="$u$", xticks=[0, np.pi, 2 * np.pi])
    shape.set_xticklabels(["0", r"$\pi$", r"$2\pi$"])
    shape.axvline(np.pi, color=INK, lw=1, ls=":")
    total.set(xlabel="time", ylabel=r"$\int u\,dx$", ylim=(0, 1.15))
    handles = shape.get_legend_handles_labels()
    fig.legend(*handles, loc="outside upper center", ncols=3, title="drift taken at the ... of a hop")


def draw_distances(
    counts: Sequence[int], own: Mapping[str, Sequence[float]], other: Mapping[str, Sequence[float]]
) -> None:
    """Draw how far each kernel is from its own equation and from the conservative one.

    Parameters
    ----------
    counts
        Numbers of slices.
    own
        Distance from the equation of the kernel's own point, for each number, by point.
    other
        The same from the equation of the start point, for the other two.
    """
    _, ax = plt.subplots(figsize=(5.4, 2.8))
    for name, errors in own.items():
        colour, line, marker = _LOOK[name]
        ax.loglog(counts, errors, color=colour, ls=line, marker=marker, label=f"{name}, own equation")
    for name, errors in other.items():
        colour, line, marker = _LOOK[name]
        ax.loglog(
            counts,
            errors,
            color=colour,
            ls=line,
            marker=marker,
            mfc="none",
            label=f"{name}, that of the start",
        )
    ax.set(xlabel="number of slices $N$", ylabel="largest distance")
    ax.legend(fontsize=9, loc="center left", bbox_to_anchor=(1.0, 0.5))
