"""Figures of the page: the film of the density, growth of steps, norms, the spectrum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np

from pdenet.page.film import Film
from pdenet.page.style import INK
from pdenet.subjects.electrons.measures import EXPLICIT, TWICE, growth, strength
from pdenet.subjects.electrons.propagators import moments
from pdenet.subjects.electrons.system import Helium, density_of, ground_state, kicked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from pdenet.subjects.electrons.pair import Lines
    from pdenet.subjects.electrons.propagators import Course

    Array = NDArray[np.float64]

FILMED = ("Crank-Nicolson", "Euler")


def _frames(atom: Helium, psi: Array, method: str, dt: float, every: int) -> Iterator[tuple[Array, float]]:
    """Density and norm at every so many steps; none where the norm has run away."""
    course = moments(atom, psi, dt, method)
    lost = False
    while True:
        density, norm = np.full(len(atom.x), np.nan), np.nan
        if not lost:
            for _ in range(every):
                now = next(course)
                norm = float(np.sqrt(atom.sum(density_of(now.psi) / 2)))
                lost = lost or not norm < 1e3
                if lost:
                    break
            density = now.density if not lost else density
        yield density, norm


def film_density(kick: float = 0.5, dt: float = 0.005, frames: int = 76, apart: float = 0.1) -> Film:
    """The density behind a kick, by two methods in one step.

    Parameters
    ----------
    kick
        Momentum given to each electron.
    dt
        The step of both.
    frames, apart
        How many, and the time between two.
    """
    atom = Helium()
    psi = kicked(atom, ground_state(atom).psi, kick)
    every = round(apart / dt)
    seen = np.flatnonzero(np.abs(atom.x) <= 10 + 1e-9)
    runs = {method: _frames(atom, psi, method, dt, every) for method in FILMED}
    curves: dict[str, list[Array]] = {method: [] for method in FILMED}
    notes = []
    for number in range(frames):
        for method, run in runs.items():
            density, norm = next(run)
            curves[method].append(density[seen])
        said = "ran away" if not norm < TWICE * 10 else f"{norm:.3f}"
        notes.append(f"t = {number * apart:.1f}, Euler’s norm {said}")
    return Film(
        "density",
        atom.x[seen],
        {method: np.array(rows) for method, rows in curves.items()},
        notes,
        alt=(
            "A hump of density that moves to the right and spreads; by Crank and Nicolson it stays smooth, by"
            " Euler it breaks into spikes near t = 4 and is gone soon after."
        ),
        labels=("x (bohr)", "density (1/bohr)"),
        limits=(0.0, 1.0),
    )


def draw_norms(atom: Helium, psi: Array, dt: float = 0.05, time: float = 12.0) -> Figure:
    """Growth of a wave in one step by method, and norms of runs after a kick.

    Parameters
    ----------
    atom, psi
        The system, and its orbital behind the kick.
    dt
        The step of all runs but one of Euler's, which takes a tenth.
    time
        How long they are.
    """
    fig, (factor, norm) = plt.subplots(1, 2, figsize=(6.8, 3.4))
    looks = {
        "Crank-Nicolson": ("C0", "-"),
        "Euler": ("C1", "--"),
        "midpoint": ("C2", "-."),
        "Runge-Kutta": ("C3", ":"),
    }
    z = np.linspace(0, 3.2, 300)
    for method, (colour, dash) in looks.items():
        sizes = np.sqrt(growth(method, z)) if method in EXPLICIT else np.ones_like(z)
        factor.plot(z, sizes, dash, color=colour, marker="", label=method)
    factor.set(xlabel=r"$z = E\,\Delta t$", ylabel="factor of a wave in a step", ylim=(0.6, 2))
    for method, step in (*((method, dt) for method in looks), ("Euler", dt / 10)):
        colour, dash = looks[method]
        times, off = _offs(atom, psi, method, step, time)
        norm.plot(times, off, dash, color=colour, marker="", lw=1.8 if step == dt else 1.0)
        if method in ("Euler", "midpoint"):
            place = {"Euler": (5, 0), "midpoint": (-5, 12)}[method]
            norm.annotate(
                f"{step:g}", (times[-1], off[-1]), place, textcoords="offset points", fontsize=8, va="top"
            )
    norm.set(xlabel="time", ylabel="how far the norm is off 1", yscale="log", ylim=(1e-17, 1e5))
    norm.set_xlim(0, time)
    fig.legend(*factor.get_legend_handles_labels(), fontsize=8, ncols=4, loc="outside upper center")
    return fig


def _offs(atom: Helium, psi: Array, method: str, dt: float, time: float) -> tuple[list[float], list[float]]:
    """Times, and how far off the norm is, until it is more than a thousand."""
    times, off = [], []
    for number, now in enumerate(moments(atom, psi, dt, method)):
        size = float(np.sqrt(atom.sum(density_of(now.psi) / 2)))
        if not size < 1e3 or number * dt > time:
            break
        times.append(number * dt)
        off.append(abs(size - 1) + 1e-17)
    return times[1:], off[1:]


def draw_spectrum(runs: Mapping[str, Course], exact: Lines, threshold: float, kick: float) -> Figure:
    """Strengths behind a kick by run, and the lines of the exact pair.

    Parameters
    ----------
    runs
        By label.
    exact
        The pair's lines.
    threshold
        What it takes to free an electron with local exchange.
    kick
        The momentum given.
    """
    fig, ax = plt.subplots(figsize=(6.4, 3.4))
    # How high the window shows a line of strength 1: its mean and that of a squared sine are halves.
    high = next(iter(runs.values())).times[-1] / (2 * np.pi)
    frequencies = np.linspace(0.32, 0.95, 631)
    for label, course in runs.items():
        ax.plot(frequencies, strength(course, kick, frequencies), marker="", label=label, lw=1.5)
    for number, (frequency, power) in enumerate(zip(exact.frequencies, exact.strengths, strict=True)):
        name = "exact pair, lines as high as in such a run" if number == 0 else None
        ax.plot([frequency] * 2, [0, high * power], "-", color=INK, marker="", lw=2.5, label=name)
    ax.axvline(threshold, color="C1", ls=":", lw=1)
    ax.annotate(
        "here local exchange\nlets an electron go",
        (threshold, 70),
        (-4, 0),
        textcoords="offset points",
        fontsize=8,
        ha="right",
    )
    ax.set(xlabel="frequency (hartree)", ylabel="strength (1/hartree)", xlim=(0.32, 0.95), ylim=(-3, 95))
    ax.legend(fontsize=8)
    return fig
