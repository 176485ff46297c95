"""Figures of the page: couplings learned, descent on the energy alone, errors, chi-squared, the wall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import chi2

from pdenet.page.style import INK, PALETTE
from pdenet.subjects.ising.arms import BETAS, LARGER, SPINS, arm_name
from pdenet.subjects.ising.claims import column, couplings
from pdenet.subjects.ising.fits import descend, fit, loss, mean_energy
from pdenet.subjects.ising.measures import CORRELATION, FIELD, LIKELIHOOD, PSEUDO, SIZES
from pdenet.subjects.ising.sample import draw
from pdenet.subjects.ising.system import of_pairs, pairs_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray
    from torch import Tensor

    from pdenet.runs.results import Results
    from pdenet.subjects.ising.sample import Sample

BLUE, ORANGE, GREEN, PURPLE = PALETTE[:4]
MANY = SIZES[-1]
LOOKS = {
    LIKELIHOOD: ("o", BLUE, "likelihood"),
    PSEUDO: ("x", ORANGE, "pseudolikelihood"),
    FIELD: ("s", GREEN, "naive mean field"),
    CORRELATION: ("^", PURPLE, "correlations"),
}


def draw_couplings(glass: Tensor, seed: int = 0) -> Figure:
    """Learned couplings over true ones, for three numbers of states; and the correlations of the states.

    Parameters
    ----------
    glass
        The couplings (N, N).
    seed
        Of the states.
    """
    fig, axes = plt.subplots(1, 3, figsize=(6.8, 2.9), sharey=True)
    true = pairs_of(glass)
    reach = 1.15 * float(true.abs().max())
    for ax, size in zip(axes, SIZES, strict=True):
        sample = draw(glass, size, seed)
        ax.plot([-reach, reach], [-reach, reach], "-", color=INK, lw=1, marker="")
        ax.plot(true, sample.pairs, "^", color=PURPLE, ms=4, mfc="none", label="correlations of the states")
        ax.plot(true, pairs_of(fit(sample)), "o", color=BLUE, ms=4, label="learned couplings")
        ax.set(title=f"{size:,} states", xlabel="true coupling", aspect="equal")
    axes[0].set_ylabel("found")
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, fontsize=8, ncols=2, loc="outside upper center")
    return fig


def draw_descent(sample: Sample, glass: Tensor, steps: int = 100, rate: float = 0.1) -> Figure:
    """Descent on the loss, and on the mean energy alone: how large couplings become, and the loss.

    Parameters
    ----------
    sample
        What is fitted.
    glass
        Its couplings.
    steps, rate
        Of the descent.
    """
    fig, (size, value) = plt.subplots(1, 2, figsize=(6.6, 3.0))
    best = float(loss(fit(sample), sample))
    for what, dash, colour, label in (
        (mean_energy, "--", ORANGE, "on the energy alone"),
        (loss, "-", BLUE, "on the loss"),
    ):
        path = descend(what, sample, steps, rate)
        size.plot(path.norm(dim=1), dash, color=colour, marker="", label=label)
        losses = [float(loss(of_pairs(place), sample)) - best for place in path]
        value.plot(losses, dash, color=colour, marker="")
    size.axhline(float(pairs_of(glass).norm()), color=INK, ls=":", marker="", label="true couplings")
    size.set(xlabel="step", ylabel="size of the couplings")
    value.set(xlabel="step", ylabel="loss above its least", yscale="log")
    fig.legend(fontsize=8, ncols=3, loc="outside upper center")
    return fig


def root_mean_square(
    results: Results, arm: str, estimate: str, size: int
) -> tuple[float, NDArray[np.float64]]:
    """Root of the median squared error over the seeds, and its quartiles."""
    (squares,) = column(results, arm, f"error, {estimate} at {size}")
    low, middle, high = np.sqrt(np.quantile(squares, (0.25, 0.5, 0.75)))
    return float(middle), np.array([[middle - low], [high - middle]])


def draw_errors(results: Results, betas: tuple[float, ...] = (1.0, 2.0)) -> Figure:
    """Errors over the states seen, of four estimates, with the limits that need no data.

    Parameters
    ----------
    results
        Runs of the experiment.
    betas
        Inverse temperatures, one panel each.
    """
    fig, axes = plt.subplots(1, len(betas), figsize=(6.8, 3.4), sharey=True)
    for ax, beta in zip(axes, betas, strict=True):
        arm = arm_name(beta)
        norm, field, flat = column(results, arm, "norm", "field", "correlation")
        # Of the glasses that have an estimate from so many states, as the points are.
        limits = [column(results, arm, "cramer_rao", f"error, {LIKELIHOOD} at {m}")[0] / m for m in SIZES]
        lowest = [np.sqrt(np.median(limit)) for limit in limits]
        ax.plot(SIZES, lowest, "-", color=BLUE, marker="", label="Cramér and Rao")
        ax.axhline(np.sqrt(np.median(norm)), color=INK, ls=":", marker="", label="zero couplings")
        ax.axhline(np.sqrt(np.median(field)), color=GREEN, ls="--", lw=1, marker="")
        ax.axhline(np.sqrt(np.median(flat)), color=PURPLE, ls="-.", lw=1, marker="")
        for place, (name, (marker, colour, label)) in enumerate(LOOKS.items()):
            for size in SIZES:
                middle, reach = root_mean_square(results, arm, name, size)
                at = size * (1 + 0.12 * (place - 1.5))
                there = label if size == SIZES[0] else None
                ax.errorbar([at], [middle], reach, fmt=marker, color=colour, ms=6, lw=1.2, label=there)
        ax.set(xscale="log", yscale="log", xlabel="states seen", title=rf"$\beta = {beta:g}$")
    axes[0].set_ylabel("error of all couplings")
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, fontsize=8, ncols=3, loc="outside upper center")
    return fig


def draw_excess(results: Results) -> Figure:
    """What fits lose against the truth, by seed, with the distribution that the number of couplings gives.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, axes = plt.subplots(1, 2, figsize=(6.6, 2.9), width_ratios=(1.3, 1))
    for ax, spins in zip(axes, (SPINS, LARGER), strict=True):
        count = couplings(spins)
        (excess,) = column(results, arm_name(1.0, spins), f"excess, {LIKELIHOOD} at {MANY}")
        around = np.linspace(chi2.ppf(1e-4, count), chi2.ppf(1 - 1e-4, count), 200)
        edges = np.linspace(around[0], around[-1], 16 if spins == SPINS else 10)
        ax.hist(excess, edges, density=True, color=BLUE, alpha=0.5, edgecolor=INK)
        ax.plot(around, chi2.pdf(around, count), "-", color=ORANGE, marker="", label=rf"$\chi^2_{{{count}}}$")
        ax.set(title=f"{spins} spins, {len(excess)} glasses", xlabel=r"$2M\,$KL", yticks=[])
        ax.legend(fontsize=9, loc="upper right")
    axes[0].set_ylabel("density")
    return fig


def draw_wall(results: Results) -> Figure:
    """By temperature: how flat the loss is, which samples have no estimate, and where Adam stops.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, (flat, absent, slow) = plt.subplots(1, 3, figsize=(7.0, 3.2))
    arms = [arm_name(beta) for beta in BETAS]
    conditions = [np.quantile(results.values(arm, "condition"), (0.25, 0.5, 0.75)) for arm in arms]
    low, middle, high = np.array(conditions).T
    flat.errorbar(BETAS, middle, [middle - low, high - middle], fmt="o-", color=INK)
    flat.set(yscale="log", title="condition of $F$")
    for size, look, colour in zip(SIZES, ("o-", "s--", "^-."), (BLUE, ORANGE, GREEN), strict=True):
        shares = [100 * (1 - results.values(arm, f"exists at {size}").mean()) for arm in arms]
        absent.plot(BETAS, shares, look, color=colour, label=f"{size:,} states")
    tied = [100 * results.values(arm, f"tied at {SIZES[0]}").mean() for arm in arms]
    absent.plot(BETAS, tied, ":", color=BLUE, marker="v", label="1,000, two tied")
    absent.set(title="no estimate (%)", ylim=(-4, 104))
    _draw_slow(slow, results, arms)
    for ax in (flat, absent, slow):
        ax.set(xlabel=r"$\beta$", xticks=[1, 2, 3])
    fig.legend(fontsize=8, ncols=3, loc="outside upper center")
    return fig


def _draw_slow(ax: Axes, results: Results, arms: list[str]) -> None:
    """Excess of Newton's method and of Adam, by temperature."""
    for name, label, look, colour in (
        (f"excess, {LIKELIHOOD} at {MANY}", "at the minimum", "D-", PURPLE),
        (f"excess, Adam at {MANY}", "after Adam", "x--", INK),
    ):
        values = [np.median(column(results, arm, name)[0]) for arm in arms]
        ax.plot(BETAS, values, look, color=colour, label=label)
    ax.set(yscale="log", title=r"$2M\,$KL")
    ax.minorticks_off()
    ax.set_yticks([50, 100, 200, 500, 1000], ["50", "100", "200", "500", "1000"])
