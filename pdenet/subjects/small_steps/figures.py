"""Figures of the page: the cup and the planet, the drift of its energy, and what layers learn."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np

from pdenet.ops.steppers import UnstableStepWarning
from pdenet.page.style import INK
from pdenet.subjects.small_steps.arms import LAYERS, arm_name
from pdenet.subjects.small_steps.claims import FIELD, FLOW
from pdenet.subjects.small_steps.measures import energy_drift
from pdenet.subjects.small_steps.system import cool, orbit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from pdenet.runs.results import Results

BETWEEN = "between them"


def draw_cup_and_planet(steps: Sequence[float] = (0.5, 1.5, 2.1), h: float = 0.05) -> Figure:
    """A cup in steps of so many cooling times, and a planet for three turns by two methods.

    Parameters
    ----------
    steps
        Products of the cup's rate and the step.
    h
        The planet's step.
    """
    fig, (cup, planet) = plt.subplots(1, 2, figsize=(6.4, 3.0))
    fine = np.linspace(0, 8, 200)
    cup.plot(fine, 20 + 70 * np.exp(-fine), "-", color=INK, marker="", label="exact")
    for kh in steps:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UnstableStepWarning)  # the figure shows it
            temperatures = cool(1.0, kh, int(8 / kh))
        cup.plot(kh * np.arange(len(temperatures)), temperatures, ms=4, label=f"$kh = {kh}$")
    cup.set(xlabel="time (units of $1/k$)", ylabel="temperature (°C)", ylim=(-80, 130))
    cup.legend(fontsize=8)
    for method, dash in (("Euler", "-"), ("taking turns", "--")):
        x, y = orbit(method, h, 6 * np.pi)[:, 2:].T
        planet.plot(x, y, dash, marker="", lw=1.3, label=method)
    planet.plot(0, 0, "o", color=INK, ms=6)
    planet.set(xlabel="$x$", ylabel="$y$", aspect="equal", xlim=(-2.2, 2.2), ylim=(-2.2, 2.8))
    planet.legend(fontsize=8, loc="upper center", ncols=2)
    return fig


def draw_energy(steps: Sequence[float] = (0.05, 0.01), orbits: float = 10) -> Figure:
    """Energy that a planet gains, in units of what binds it at first, over so many turns.

    Parameters
    ----------
    steps
        Lengths of a step.
    orbits
        How many turns.
    """
    fig, ax = plt.subplots(figsize=(5.4, 2.8))
    for method, colour in (("Euler", "C0"), ("taking turns", "C1")):
        for h, dash in zip(steps, ("-", "--"), strict=True):
            drift = np.abs(energy_drift(method, h, orbits)) / 0.5
            turns = h * np.arange(len(drift)) / (2 * np.pi)
            every = max(len(drift) // 400, 1)
            ax.plot(
                turns[1::every], drift[1::every], dash, color=colour, marker="", label=f"{method}, $h={h}$"
            )
    ax.set(xlabel="turns", ylabel="error of the energy / 0.5", yscale="log", ylim=(1e-6, 2))
    fig.legend(fontsize=8, ncols=2, loc="outside upper center")
    return fig


def draw_learned(results: Results) -> Figure:
    """Distances of what layers learn to Euler's rate and to the flow's increment, by number of layers.

    Parameters
    ----------
    results
        Runs of the experiment, each arm's seeds as points.
    """
    fig, ax = plt.subplots(figsize=(5.4, 3.0))
    between = [results.values(arm_name(layers), BETWEEN).mean() for layers in LAYERS]
    ax.plot(LAYERS, between, "-", color=INK, marker="", label="flow to Euler (no network)")
    for what, label in ((FIELD, "learned to Euler"), (FLOW, "learned to flow")):
        values = [results.values(arm_name(layers), what) for layers in LAYERS]
        line = ax.plot(LAYERS, [np.exp(np.log(one).mean()) for one in values], label=label)[0]
        for layers, one in zip(LAYERS, values, strict=True):
            ax.plot([layers] * len(one), one, ".", color=line.get_color(), ms=3, alpha=0.6)
    ax.set(xscale="log", yscale="log", xlabel="layers that share the time", ylabel="relative distance")
    ax.set_xticks(LAYERS, [str(layers) for layers in LAYERS])
    ax.minorticks_off()
    ax.legend(fontsize=8)
    return fig
