"""Figures of the page: the surface, the functions, errors by data, by features, far out, trajectories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import torch
from scipy.stats import gmean

from pdenet.page.style import INK, PALETTE
from pdenet.runs.intervals import log_mean_interval
from pdenet.subjects.orbitals.arms import (
    AVERAGE,
    COORDINATES,
    FADING,
    FEW,
    FIRST,
    GLOBAL,
    LOCAL,
    LONGEST,
    MANY,
    NONE,
    ORBITALS,
    PULLS,
    REACHING,
    SIZES,
    SLATERS,
    SOME,
    SORT,
    TURNED,
    arm_name,
    longer_name,
)
from pdenet.subjects.orbitals.full_ci import FARTHEST, NEAREST, ground_states
from pdenet.subjects.orbitals.measures import (
    CHEMICAL,
    FEMTOSECOND,
    LEAVES,
    LONG,
    LOOKS,
    MILLI,
    STEPS,
    WAYS,
    miss_at,
    way_out,
)
from pdenet.subjects.orbitals.networks import FUNCTIONS, NARROW
from pdenet.subjects.orbitals.orbitals import radial
from pdenet.subjects.orbitals.training import LEAVING

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from pdenet.runs.results import Results

BLUE, ORANGE, GREEN, PURPLE = PALETTE[:4]
LOOK = {
    COORDINATES: ("s", "--", PURPLE),
    ORBITALS: ("o", "-", BLUE),
    SORT: ("^", ":", GREEN),
    AVERAGE: ("x", "-.", ORANGE),
    TURNED: ("D", "", PURPLE),
}
_RESOLUTION = 19  # of a quarter of the map


def draw_molecule(bond: float = 1.65) -> Figure:
    """The energy by where the third proton is, and the radial functions that networks see distances through.

    Parameters
    ----------
    bond
        Between the other two protons, bohr.
    """
    fig, (chart, ax) = plt.subplots(1, 2, figsize=(6.8, 3.0), width_ratios=(1, 1.25))
    reach = 3.0
    line = torch.linspace(0, reach, _RESOLUTION, dtype=torch.float64)
    x, z = torch.meshgrid(line, line, indexing="ij")
    places = torch.zeros(x.numel(), 3, 3, dtype=torch.float64)
    places[:, 0, 2], places[:, 1, 2] = -bond / 2, bond / 2
    places[:, 2, 0], places[:, 2, 2] = x.flatten(), z.flatten()
    clear = (places[:, 2] - places[:, 1]).norm(dim=-1) > 0.6
    energy = torch.full((x.numel(),), torch.nan, dtype=torch.float64)
    energy[clear] = ground_states(places[clear]).energies
    quarter = MILLI * (energy - energy[clear].min()).reshape(x.shape).numpy()
    half = np.concatenate([quarter[:0:-1], quarter])
    full = np.concatenate([half[:, :0:-1], half], 1)
    grid = np.linspace(-reach, reach, len(full))
    levels = (5, 20, 40, 80, 120, 160, 240)
    lines = chart.contour(grid, grid, full, levels, colors=[BLUE], linewidths=1)
    chart.clabel(lines, fontsize=7, fmt="%g", colors=[INK])
    chart.plot([-bond / 2, bond / 2], [0, 0], "o", color=ORANGE, ms=8)
    chart.set(aspect="equal", xlabel="bohr", ylabel="bohr", title="energy of the third proton")
    distance = torch.linspace(0, 7, 200, dtype=torch.float64)
    dashes = ("-", "--", "-.", ":")
    for n, exponent in enumerate(np.geomspace(*NARROW, FUNCTIONS)):
        value = radial(distance, torch.tensor(exponent, dtype=torch.float64), 0)
        value, label = value / value[0], f"α = {exponent:.2g}"
        ax.plot(distance, value, dashes[n], color=PALETTE[n], marker="", label=label)
    ax.axvspan(NEAREST, FARTHEST, color=INK, alpha=0.15, lw=0)
    ax.text((NEAREST + FARTHEST) / 2, 1.03, "distances learned", ha="center", fontsize=8)
    ax.set(
        xlabel="distance (bohr)", ylabel="Gaussian, over its top", ylim=(0, 1.12), title="radial functions"
    )
    ax.legend(fontsize=8)
    return fig


def draw_learning(results: Results, constant: tuple[float, float]) -> Figure:
    """Errors on the test by geometries learned, of energies and of forces.

    Parameters
    ----------
    results
        Of the experiment.
    constant
        Error of the best constant in the energy, and of no force.
    """
    fig, axes = plt.subplots(1, 2, figsize=(6.8, 3.3))
    longest = f"turned, {LONGEST} steps"
    looks = {**LOOK, longest: ("D", "", PURPLE)}
    for ax, what, none, unit in zip(
        axes, ("energy miss", "force miss"), constant, ("mhartree", "mhartree/bohr"), strict=True
    ):
        for title, (marker, dash, colour) in looks.items():
            sizes = {TURNED: (MANY,), longest: (FEW, MANY)}.get(title, SIZES)
            names = [
                longer_name(TURNED, n, LONGEST) if title == longest else arm_name(title, n) for n in sizes
            ]
            found = [log_mean_interval(results.values(name, what)) for name in names]
            middle = np.array([one.estimate for one in found])
            ends = np.array([[one.estimate - one.low, one.high - one.estimate] for one in found]).T
            shift = 1.12 if title in (TURNED, longest) else 1.0
            ax.errorbar(
                shift * np.array(sizes),
                middle,
                yerr=ends,
                fmt=marker,
                ls=dash or "none",
                color=colour,
                ms=5,
                capsize=2,
                mfc="none" if title == TURNED else colour,
                label=title,
            )
        ax.axhline(none, color=INK, lw=1, ls=(0, (1, 3)), marker="")
        ax.text(SIZES[1], none, "no network", va="bottom", fontsize=7)
        ax.set(xscale="log", yscale="log", xlabel="geometries learned", ylabel=f"error ({unit})")
        ax.set_xticks(SIZES, [str(size) for size in SIZES])
        ax.set_xticks([], minor=True)
    axes[0].axhline(CHEMICAL, color=INK, lw=1, ls="--", marker="")
    axes[0].text(SIZES[1], CHEMICAL, "chemical accuracy", va="bottom", fontsize=7)
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, fontsize=8, ncols=3, loc="outside upper center")
    return fig


def draw_features(results: Results) -> Figure:
    """How many times as far off other networks are as orbitals with l to 2, by seed and with intervals."""
    fig, axes = plt.subplots(1, 2, figsize=(6.8, 2.7), sharey=True)
    shown = (NONE, FIRST, SLATERS, SORT, AVERAGE)
    for ax, size in zip(axes, (SOME, MANY), strict=True):
        for line, title in enumerate(shown):
            one, other = results.paired([arm_name(title, size), arm_name(ORBITALS, size)], "energy miss")
            found = log_mean_interval(one / other)
            ax.plot(one / other, [line] * len(one), "|", color=ORANGE, ms=7)
            ends = [[found.estimate - found.low], [found.high - found.estimate]]
            ax.errorbar([found.estimate], [line], xerr=ends, fmt="o", color=BLUE, ms=5, capsize=3)
        ax.axvline(1, color=INK, lw=1, marker="")
        ax.set(xscale="log", title=f"{size} geometries", xlabel="energy error, in that of orbitals")
        ax.set_xticks([0.25, 0.5, 1, 2, 4, 8], ["1/4", "1/2", "1", "2", "4", "8"])
        ax.set_xticks([], minor=True)
    axes[0].set_yticks(range(len(shown)), shown)
    axes[0].invert_yaxis()
    return fig


def draw_leaving(results: Results) -> Figure:
    """Sizes of misses by distance of the proton that leaves, of networks that did not and did see it."""
    fig, axes = plt.subplots(1, 2, figsize=(6.8, 3.2), sharey=True)
    alone = float(ground_states(way_out(across=True).places[:1, :2]).energies[0])
    tails = [MILLI * (way_out(across).energies.numpy() - alone) for across in WAYS.values()]
    panels: tuple[dict[str, str], ...] = (
        {arm_name(ORBITALS, MANY): ORBITALS, arm_name(AVERAGE, MANY): AVERAGE},
        {LOCAL: ORBITALS, REACHING: "wide orbitals", GLOBAL: AVERAGE, FADING: "decays"},
    )
    looks = {**LOOK, "wide orbitals": ("D", ":", GREEN), "decays": ("v", "--", PURPLE)}
    for ax, arms, seen, title in zip(
        axes,
        panels,
        (FARTHEST, LEAVING[1]),
        ("compact molecules learned", "and a proton that leaves"),
        strict=True,
    ):
        ax.axvspan(LEAVES[0], seen, color=INK, alpha=0.15, lw=0)
        for arm, label in arms.items():
            marker, dash, colour = looks[label]
            found = typical_misses(results, arm)
            ax.plot(LEAVES, found, dash, marker=marker, color=colour, ms=4, label=label)
        ax.plot(LEAVES, np.abs(tails).mean(0), "-", color=INK, lw=1.5, marker="", label="the energy itself")
        ax.axhline(CHEMICAL, color=INK, lw=1, ls="--", marker="")
        ax.set(yscale="log", xlabel="distance of the proton (bohr)", title=title, ylim=(0.03, 1500))
    axes[0].set_ylabel("energy, or its error (mhartree)")
    handles, labels = axes[1].get_legend_handles_labels()
    fig.legend(handles, labels, fontsize=8, ncols=5, loc="outside upper center")
    return fig


def typical_misses(results: Results, arm: str) -> NDArray[np.float64]:
    """Size of the miss by distance, (16,): geometric mean over seeds of the mean of both ways."""
    sizes = [np.mean([np.abs(results.values(arm, miss_at(way, away))) for way in WAYS], 0) for away in LEAVES]
    return np.asarray(gmean(np.array(sizes), axis=1))


def draw_trajectories(results: Results) -> Figure:
    """By step, how far the learned energy strays; by time, how far the true one does."""
    fig, (ax, course) = plt.subplots(1, 2, figsize=(6.8, 3.0))
    for title in (ORBITALS, AVERAGE, SORT):
        marker, dash, colour = LOOK[title]
        each = [results.values(arm_name(title, MANY), f"stray at step {step:g}") for step in STEPS]
        strays = MILLI * gmean(np.array(each), axis=1)
        ax.plot(STEPS, strays, dash, marker=marker, color=colour, ms=5, label=title)
    ax.set(xscale="log", yscale="log", xlabel="step (atomic units)", ylabel="learned energy off (mhartree)")
    ax.set_xticks(STEPS, [f"{step:g}" for step in STEPS])
    ax.set_xticks([], minor=True)
    ax.legend(fontsize=8)
    times = np.linspace(0, LONG / FEMTOSECOND, LOOKS)
    for title, dash, colour in ((PULLS, "--", GREEN), (ORBITALS, "-", BLUE)):
        each = [results.values(arm_name(title, MANY), f"true energy, look {n}") for n in range(LOOKS)]
        for number, line in enumerate(np.array(each).T):
            course.plot(times, line, dash, color=colour, lw=1, marker="", label=None if number else title)
    course.set(xlabel="time (fs)", ylabel="true energy off (mhartree)")
    course.legend(fontsize=8, ncols=2, loc="lower left", bbox_to_anchor=(0, 1))
    return fig
