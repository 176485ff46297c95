"""Figures of the page: paths, courses of errors, what a turn gains, laws and steps, noise and data."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import matplotlib.pyplot as plt
import numpy as np

from pdenet.page.style import INK, PALETTE
from pdenet.runs.intervals import log_mean_interval
from pdenet.subjects.hamiltonian.arms import BASE, DAMPED, KEEPING, OTHERS, arm_name
from pdenet.subjects.hamiltonian.claims import ENERGY, FEW, FRICTION, LOUD, MANY, PLAIN, SECOND
from pdenet.subjects.hamiltonian.measures import EXPLICIT, FINE, SHORT, SYMPLECTIC, WINDOW, true_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from torch import Tensor

    from pdenet.runs.results import Results
    from pdenet.subjects.hamiltonian.system import Observed

BLUE, ORANGE, GREEN, PURPLE = PALETTE[:4]
QUIET = OTHERS[0]


class Look(NamedTuple):
    """How a law is drawn."""

    colour: str
    marker: str
    dash: str
    label: str


LOOKS = {
    PLAIN: Look(ORANGE, "s", "--", "nothing built in"),
    SECOND: Look(GREEN, "^", "-.", "second order"),
    FRICTION: Look(PURPLE, "D", ":", "energy and friction"),
    ENERGY: Look(BLUE, "o", "-", "energy"),
    KEEPING: Look(INK, "v", ":", "linear, energy"),
}


def draw_paths(paths: Mapping[str, Tensor], step: float) -> Figure:
    """Paths in the plane of angle and velocity, one panel each, with the true orbits.

    Parameters
    ----------
    paths
        By law, (steps + 1, 1, starts, 2), of a pendulum without friction.
    step
        Time between two states.
    """
    fig, axes = plt.subplots(1, len(paths), figsize=(6.6, 3.5), sharey=True, squeeze=False)
    true = true_path(0.0, step)[: round(8 / step), 0]  # a whole turn of each
    for ax, (law, path) in zip(axes[0], paths.items(), strict=True):
        look = LOOKS[law]
        for start in range(path.shape[2]):
            label = start == 0
            q, p = path[:, 0, start].T
            ax.plot(q, p, "-", color=look.colour, marker="", lw=0.7, label="learned" if label else None)
            q, p = true[:, start].T
            ax.plot(q, p, "--", color=INK, marker="", lw=1.6, label="true" if label else None)
        ax.set(title=look.label, xlabel="angle (rad)", aspect="equal")
        ax.legend(fontsize=8, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.12))
    axes[0, 0].set_ylabel("angular velocity")
    return fig


def draw_courses(results: Results) -> Figure:
    """Errors of the energy and of the state over time: geometric means, and four fifths of the seeds.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, (energy, state) = plt.subplots(1, 2, figsize=(6.8, 3.4))
    for law in (PLAIN, KEEPING, ENERGY):
        look = LOOKS[law]
        for ax, what in ((energy, "energy course"), (state, "state course")):
            lines = np.array([one.measured[what] for one in results.records(arm_name(law))])
            times = WINDOW * (np.arange(lines.shape[1]) + 0.5)
            ax.fill_between(
                times, *np.quantile(lines, (0.1, 0.9), axis=0), color=look.colour, alpha=0.2, lw=0
            )
            mean = np.exp(np.log(lines).mean(0))
            ax.plot(times, mean, look.dash, color=look.colour, marker="", lw=2.4, label=look.label)
    state.axvline(SHORT, color=INK, ls=":", lw=1, marker="")
    for ax, title in ((energy, "error of the energy"), (state, "distance of the states")):
        ax.set(title=title, xlabel="time", yscale="log")
        ax.minorticks_off()
    handles, labels = energy.get_legend_handles_labels()
    fig.legend(handles, labels, fontsize=8, ncols=3, loc="outside upper center")
    return fig


def draw_turns(results: Results) -> Figure:
    """By seed: error of the energy over that of the field; and what a turn gains over what divergence says.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, (apart, green) = plt.subplots(1, 2, figsize=(6.8, 3.5))
    reach = 0.0
    for law, look in LOOKS.items():
        arm, style = arm_name(law), {"color": look.colour, "ls": "", "ms": 5}
        if law != KEEPING:
            gain, said = results.values(arm, "gain in a turn"), results.values(arm, "divergence in a turn")
            reach = max(reach, *np.abs(gain), *np.abs(said))
            green.plot(said, gain, look.marker, mfc="none", **style)
        field, energy = results.values(arm, "field error"), results.values(arm, "energy")
        apart.plot(100 * field, energy, look.marker, mfc="none", label=look.label, **style)
    apart.set(xscale="log", yscale="log", xlabel="error of the field (%)", title="error of the energy")
    apart.minorticks_off()
    green.set_xticks([-0.05, 0, 0.05])
    apart.set_xticks([1, 2, 5, 10], ["1", "2", "5", "10"])
    green.plot([-reach, reach], [-reach, reach], "-", color=INK, lw=1, marker="")
    green.set(xlabel="divergence inside the orbit", title="energy gained in a turn")
    handles, labels = apart.get_legend_handles_labels()
    fig.legend(handles, labels, fontsize=8, ncols=3, loc="outside upper center")
    return fig


def _draw_means(ax: Axes, place: float, values: Iterable[float], look: Look, label: str | None) -> None:
    """A geometric mean with its interval."""
    found = log_mean_interval([*values])
    reach = [[found.estimate - found.low], [found.high - found.estimate]]
    ax.errorbar([place], [found.estimate], reach, fmt=look.marker, color=look.colour, ms=6, label=label)


def draw_steps(results: Results) -> Figure:
    """Errors by how the fields are followed, without friction; and by law, with and without friction.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, (ways, laws) = plt.subplots(1, 2, figsize=(6.8, 3.5), width_ratios=(1.2, 1))
    names = {FINE: "energy", EXPLICIT: f"energy, {EXPLICIT}", SYMPLECTIC: f"energy, {SYMPLECTIC}"}
    for place, what in enumerate(names.values()):
        for shift, (law, look) in enumerate(LOOKS.items()):
            values = results.values(arm_name(law), what)
            _draw_means(ways, place + 0.12 * (shift - 2), values, look, None if place else look.label)
    said = ["Runge-Kutta\n0.05", "explicit\nmidpoint 0.2", "implicit\nmidpoint 0.2"]
    ways.set_xticks(range(3), said, fontsize=8)
    ways.set(title="error of the energy", yscale="log")
    for place, observed in enumerate((BASE, DAMPED)):
        for shift, (law, look) in enumerate(LOOKS.items()):
            if arm_name(law, observed) in results and law != KEEPING:
                values = results.values(arm_name(law, observed), "state")
                _draw_means(laws, place + 0.12 * (shift - 1.5), values, look, None)
    laws.set_xticks(range(2), ["no friction", "friction 0.1"], fontsize=8)
    laws.set(title=f"distance of the states to {SHORT:g}", yscale="log", xlim=(-0.5, 1.5))
    _ticks(laws)
    handles, labels = ways.get_legend_handles_labels()
    fig.legend(handles, labels, fontsize=8, ncols=3, loc="outside upper center")
    return fig


def _ticks(ax: Axes, ticks: tuple[float, ...] = (0.05, 0.1, 0.2, 0.5)) -> None:
    ax.minorticks_off()
    ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks])


def draw_data(results: Results) -> Figure:
    """Errors of the energy and of the states by noise, and by how much is shown; geometric means.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, axes = plt.subplots(2, 2, figsize=(6.8, 4.6), sharey="row", sharex="col")
    cases: tuple[tuple[Observed, ...], ...] = ((QUIET, BASE, LOUD), (FEW, BASE, MANY))
    said = [[f"{one.noise:g}" for one in cases[0]], [f"{one.stretches}" for one in cases[1]]]
    for row, what in zip(axes, ("energy", "state"), strict=True):
        for ax, observed, labels in zip(row, cases, said, strict=True):
            for shift, law in ((-0.06, PLAIN), (0.06, ENERGY)):
                for place, one in enumerate(observed):
                    values = results.values(arm_name(law, one), what)
                    first = None if place else LOOKS[law].label
                    _draw_means(ax, place + shift, values, LOOKS[law], first)
            ax.set(yscale="log", xlim=(-0.4, 2.4))
            ax.set_xticks(range(3), labels)
    for ax in axes[1]:
        _ticks(ax, (0.02, 0.05, 0.1, 0.2, 0.5))
    axes[0, 0].set(ylabel="error of the energy")
    axes[1, 0].set(ylabel=f"distance to {SHORT:g}", xlabel="noise")
    axes[1, 1].set(xlabel="stretches shown")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    fig.legend(handles, labels, fontsize=8, ncols=2, loc="outside upper center")
    return fig
