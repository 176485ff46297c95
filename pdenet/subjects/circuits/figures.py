"""Figures of the page: what a shift reads off, errors, shots, a search, and slopes by qubits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import torch

from pdenet.page.style import INK, PALETTE
from pdenet.subjects.circuits.arms import PLATEAU, RULES
from pdenet.subjects.circuits.measures import (
    QUBITS,
    SHIFTS,
    STEPS,
    Example,
    along,
    controlled,
    example,
    predicted_deviations,
    right_divisor,
)
from pdenet.subjects.circuits.plateau import slope_variance_of_all
from pdenet.subjects.circuits.shifts import reverse_gradient

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from pdenet.runs.results import Results
    from pdenet.subjects.circuits.hydrogen import TwoLevel
    from pdenet.subjects.circuits.measures import Search
    from pdenet.subjects.circuits.rivals import Lowest


def draw_curves() -> Figure:
    """Two energies by one angle, of a rotation and of a controlled one: tangent, and what two values say."""
    fig, axes = plt.subplots(1, 2, figsize=(6.4, 3.0))
    plain = example(0)
    steepest = int(reverse_gradient(plain.energy, plain.angles).abs().argmax())
    for ax, one, number, title in (
        (axes[0], plain, steepest, "a rotation"),
        (axes[1], controlled(), 1, "a controlled rotation"),
    ):
        _draw_curve(ax, one, number)
        ax.set(title=title, xlabel="angle, from where it is (turns)")
    axes[0].set_ylabel("energy")
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, fontsize=8, ncols=4, loc="outside upper center")
    return fig


def _draw_curve(ax: Axes, one: Example, number: int) -> None:
    offsets = torch.linspace(-2 * math.pi, 2 * math.pi, 201, dtype=torch.float64)
    slope = float(reverse_gradient(one.energy, one.angles)[number])
    quarter = torch.tensor([-math.pi / 2, 0, math.pi / 2], dtype=torch.float64)
    down, here, up = along(one, number, quarter).tolist()
    near = np.array([-0.32, 0.32])  # turns
    turn = 2 * math.pi
    ax.plot(offsets / turn, along(one, number, offsets), color=INK, marker="", lw=1.4, label="energy")
    ax.plot(near, here + slope * near * turn, "-", color=PALETTE[0], marker="", label="its tangent")
    said = (up - down) / 2
    ax.plot(near, here + said * near * turn, ":", color=PALETTE[1], marker="", lw=3, label="the shift rule's")
    ax.plot([-0.25, 0.25], [down, up], "--s", color=PALETTE[2], ms=5, label="the chord")
    ax.set(xlim=(-1, 1), xticks=[-1, -0.5, 0, 0.5, 1])


def draw_errors(results: Results) -> Figure:
    """Errors of central differences by their step, of the record; the same with the right divisor; the rule.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, ax = plt.subplots(figsize=(6.0, 3.4))
    lines = np.array([record.measured["differences"] for record in results.records(RULES.name)])
    ax.plot(STEPS, lines.T, color=PALETTE[1], marker="", ls="-", lw=0.6, alpha=0.4)
    mean = np.exp(np.log(lines).mean(0))
    ax.plot(STEPS, mean, "o--", color=PALETTE[1], label="divided by 2h: the difference quotient")
    right = np.array([right_divisor(example(seed)) for seed in range(5)])
    ax.plot(STEPS, np.exp(np.log(right).mean(0)), "s-.", color=PALETTE[2], label="divided by 2 sin h")
    rule = np.exp(np.log(results.values(RULES.name, "shift error")).mean())
    ax.axhline(rule, color=PALETTE[0], ls="-", lw=1.8, marker="", label="the shift rule, h a quarter turn")
    ax.set(xlabel="step h", ylabel="largest error of an entry", xscale="log", yscale="log")
    ax.set(xticks=STEPS[::2], yticks=[1e-16, 1e-13, 1e-10, 1e-7, 1e-4], ylim=(3e-17, 5e-3))
    ax.minorticks_off()
    fig.legend(fontsize=8, ncols=1, loc="outside upper center")
    return fig


def draw_shots(results: Results) -> Figure:
    """Slopes as shots give them, by shift: how much they scatter, and how far their mean is off.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, (spread, off) = plt.subplots(1, 2, figsize=(6.4, 3.2))
    grid = np.geomspace(0.008, math.pi / 2, 40)
    seeds = results.seeds(RULES.name)
    predicted = np.array([predicted_deviations(seed, [*grid]) for seed in seeds])
    spread.plot(grid, np.exp(np.log(predicted).mean(0)), "-", color=INK, marker="", label="computed")
    off.plot(grid, np.sin(grid) / grid, "-", color=INK, marker="")
    off.axhline(1, color=INK, ls="-", lw=1, marker="")
    kinds = (("rule", "o", 0, "divided by 2 sin s"), ("difference", "s", 1, "divided by 2s"))
    for shift in SHIFTS:
        place = f"{shift:.3g}"
        for name, marker, n, label in kinds:
            values = results.values(RULES.name, f"{name} at {place}")
            off.plot([shift] * len(values), values, ".", color=PALETTE[n], ms=3, alpha=0.4)
            look = {"ms": 5 + 4 * n, "mfc": (PALETTE[0], "none")[n], "color": PALETTE[n], "ls": ""}
            off.plot(shift, values.mean(), marker, label=label if shift == SHIFTS[0] else "", **look)
        values = results.values(RULES.name, f"deviation at {place}")
        spread.plot([shift] * len(values), values, ".", color=PALETTE[0], ms=3, alpha=0.4)
        spread.plot(shift, np.exp(np.log(values).mean()), "o", color=PALETTE[0], ms=7)
    spread.set(xscale="log", yscale="log", xlabel="shift s", ylabel="standard deviation of a slope")
    off.set(xscale="log", xlabel="shift s", ylabel="mean slope / true slope", ylim=(0.55, 1.3))
    for ax in (spread, off):
        ax.set_xticks([0.01, 0.1, 1], ["0.01", "0.1", "1"])
    fig.legend(fontsize=8, ncols=3, loc="outside upper center")
    return fig


def draw_search(found: Search, molecule: TwoLevel, three: Lowest) -> Figure:
    """A search by slopes, by circuits run, next to what needs no search.

    Parameters
    ----------
    found
        The search.
    molecule
        What was searched.
    three
        What three runs say.
    """
    fig, (whole, rest) = plt.subplots(1, 2, figsize=(6.4, 3.2))
    runs = 2 * np.arange(len(found.energies))
    ground = molecule.ground()
    whole.plot(runs, found.energies, "-", color=PALETTE[0], marker="", label="by slopes")
    whole.plot(3, three.energy, "*", color=PALETTE[1], ms=12, ls="", label="from three values")
    for value, label, dashes in (
        ((molecule.even + molecule.odd) / 2, "mean over all angles", ":"),
        (molecule.even, "angle 0", "--"),
    ):
        whole.axhline(value, color=INK, ls=dashes, marker="", lw=1.3, label=label)
    above = np.array(found.energies) - ground
    shown = above > 1e-14
    rest.plot(runs[shown], above[shown], "-", color=PALETTE[0], marker="")
    rest.axhline(molecule.even - ground, color=INK, ls="--", marker="", lw=1.3)
    rest.set(yscale="log", xlabel="circuits run", ylabel="above the lowest (hartree)", xlim=(-2, 122))
    rest.set_yticks([1e-13, 1e-10, 1e-7, 1e-4, 1e-1])
    rest.minorticks_off()
    whole.set(xlabel="circuits run", ylabel="energy (hartree)", xlim=(-2, 60))
    fig.legend(fontsize=8, ncols=4, loc="outside upper center")
    return fig


def draw_plateau(results: Results) -> Figure:
    """Variance of a slope by qubits, of circuits drawn and of all, for three depths and two places.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, (near, far) = plt.subplots(1, 2, figsize=(6.4, 3.4), sharey=True)
    for n, (layers, dashes) in enumerate(((1, ":"), (4, "-"), (16, "--"))):
        look = {"color": PALETTE[n], "marker": "", "ls": dashes}
        for ax, last in ((near, 0), (far, 1)):
            exact = [slope_variance_of_all(count, layers * count, last * (count - 1)) for count in QUBITS]
            ax.plot(QUBITS, exact, label=f"all, layers: {layers} a qubit" if ax is near else "", **look)
    for count in QUBITS:
        values = results.values(PLATEAU.name, f"variance at {count}")
        near.plot([count] * len(values), values, ".", color=PALETTE[1], ms=4, alpha=0.4)
    means = [results.values(PLATEAU.name, f"variance at {count}").mean() for count in QUBITS]
    near.plot(QUBITS, means, "o", color=PALETTE[1], ms=7, mfc="none", ls="", label="drawn, 4 a qubit")
    for ax, title in ((near, "angle of the first qubit"), (far, "angle of the last qubit")):
        ax.set(title=title, xlabel="qubits", yscale="log", xticks=QUBITS)
    near.set(ylabel="variance of a slope", yticks=[1e-6, 1e-4, 1e-2])
    near.minorticks_off()
    far.minorticks_off()
    fig.legend(fontsize=8, ncols=2, loc="outside upper center")
    return fig
