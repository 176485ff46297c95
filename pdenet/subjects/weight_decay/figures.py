"""Figures of the page: the way down, the critical point, modes, three depths, budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np

from pdenet.page.style import INK, PALETTE
from pdenet.subjects.weight_decay.arms import ADAM, BIASED, NEARBY
from pdenet.subjects.weight_decay.chain import coexistence, follow, spinodal, two_layers
from pdenet.subjects.weight_decay.claims import EIGHT, NONE, ONE, THREE, curves
from pdenet.subjects.weight_decay.measures import BUDGETS, NEAR, SWEEP, TRAINED
from pdenet.subjects.weight_decay.modes import matrices, thresholded, trained_weights

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from pdenet.runs.results import Results
    from pdenet.subjects.weight_decay.modes import Digits

BLUE, ORANGE, GREEN, PURPLE = PALETTE[:4]
SHARE = r"$\lambda/\lambda_c$"
CHAINS = np.linspace(0.04, 1.2, 30)


def draw_sweep(results: Results) -> Figure:
    """Size of weights and of hidden units, and accuracy, by strength; means and ranges over the draws.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, (size, accuracy) = plt.subplots(1, 2, figsize=(6.8, 3.2))
    for what, look, colour in (("norm", "o-", BLUE), ("activity", "s--", ORANGE)):
        values = curves(results, EIGHT, f"heated {what}")
        _draw_band(size, SWEEP, values / values[:, :1], look, colour)
    size.lines[0].set_label("size of the weights")
    size.lines[1].set_label("activity of hidden units")
    size.set(ylabel=f"over that at {SWEEP[0]}")
    for arm, look, colour, label in (
        (NONE, "^-.", GREEN, "no hidden layer"),
        (EIGHT, "o-", BLUE, "8 hidden units"),
        (ONE, "v:", PURPLE, "1 hidden unit"),
    ):
        _draw_band(accuracy, SWEEP, curves(results, arm, "heated accuracy"), look, colour)
        accuracy.lines[-1].set_label(label)
    accuracy.set(ylabel="test accuracy (%)", ylim=(0, 100))
    for ax in (size, accuracy):
        ax.axvline(1, color=INK, ls=":", lw=1.2, marker="")
        ax.set(xlabel=SHARE)
    fig.legend(fontsize=8, ncols=3, loc="outside upper center")
    return fig


def _draw_band(ax: Axes, at: tuple[float, ...], values: np.ndarray, look: str, colour: str) -> None:
    """Mean over the draws with the range of all."""
    ax.plot(at, values.mean(0), look, color=colour, ms=3.5)
    ax.fill_between(at, values.min(0), values.max(0), color=colour, alpha=0.2, lw=0)


def draw_near(results: Results) -> Figure:
    """Squared weights below the critical strength, and the weights on logarithmic scales.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, (linear, log) = plt.subplots(1, 2, figsize=(6.8, 3.2))
    gaps = np.array(NEAR)
    looks = (("o", BLUE), ("s", ORANGE), ("^", GREEN), ("D", PURPLE), ("x", INK))
    arms = {f"{width} units" if width > 1 else "1 unit": arm for width, arm in NEARBY.items()}
    for (label, arm), (marker, colour) in zip((arms | {"8, bias": BIASED}).items(), looks, strict=True):
        norms = curves(results, arm.name, "norms").mean(0)
        linear.plot(1 - gaps, norms**2, marker, color=colour, label=label)
        slope = (norms**2)[-1] / gaps[-1]
        linear.plot([1 - gaps[0], 1], [slope * gaps[0], 0], "-", color=colour, lw=1, marker="")
        log.plot(gaps, norms, marker, color=colour)
        log.plot(gaps, norms[-1] * np.sqrt(gaps / gaps[-1]), "-", color=colour, lw=1, marker="")
    linear.axvline(1, color=INK, ls=":", lw=1.2, marker="")
    linear.set(xlabel=SHARE, ylabel="squared weights", xticks=[0.97, 0.98, 0.99, 1])
    log.set(xscale="log", yscale="log", xlabel=r"$1 - \lambda/\lambda_c$", ylabel="size of the weights")
    log.minorticks_off()
    log.set_xticks([0.002, 0.005, 0.01, 0.03], ["0.002", "0.005", "0.01", "0.03"])
    log.set_yticks([0.03, 0.1, 0.3], ["0.03", "0.1", "0.3"])
    fig.legend(fontsize=8, ncols=5, loc="outside upper center")
    return fig


def draw_chains(results: Results, signal: float = 1.0) -> Figure:
    """Products of one, two and three weights, heated and cooled; and digits with three layers.

    Parameters
    ----------
    results
        Runs of the experiment.
    signal
        s, what the product should be.
    """
    fig, axes = plt.subplots(2, 2, figsize=(6.8, 5.0))
    for depth, ax in zip((1, 2, 3), axes.flat, strict=False):
        # Next to its critical strength descent takes as long as one likes.
        decays = CHAINS[np.abs(CHAINS / signal - 1) > 1e-2] if depth == 2 else CHAINS
        up = follow(np.ones(depth), signal, [*decays])
        down = follow(np.full(depth, 1e-3), signal, [*decays[::-1]])[::-1]
        ax.plot(decays, up, "o", color=ORANGE, ms=6, mfc="none", label="from strong weights, heated")
        ax.plot(decays, down, "x", color=BLUE, ms=4, label="from weak weights, cooled")
        ax.set(title=f"{depth} weight{'s' * (depth > 1)}", xlabel=r"$\lambda$", ylabel="product")
        ax.set_ylim(-0.06 * signal, 1.06 * signal)
    line = np.linspace(0, 1.2, 300)
    axes[0, 0].plot(line, signal / (1 + line), "-", color=INK, lw=1, marker="", label="formula")
    axes[0, 1].plot(line, [two_layers(signal, x) ** 2 for x in line], "-", color=INK, lw=1, marker="")
    for place, dash in ((coexistence(signal), "--"), (spinodal(signal), ":")):
        axes[1, 0].axvline(place, color=INK, ls=dash, lw=1.2, marker="")
    for way, look, colour in (("heated", "o-", ORANGE), ("cooled", "x--", BLUE)):
        _draw_band(axes[1, 1], SWEEP, curves(results, THREE, f"{way} accuracy"), look, colour)
    axes[1, 1].set(title="digits, three layers", xlabel=SHARE, ylabel="test accuracy (%)", ylim=(0, 100))
    handles, labels = axes[0, 0].get_legend_handles_labels()
    fig.legend(handles, labels, fontsize=8, ncols=3, loc="outside upper center")
    return fig


def draw_budgets(results: Results) -> Figure:
    """How fast weights, hidden units and accuracy fall with the strength, after 400 steps of Adam.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, axes = plt.subplots(1, 2, figsize=(6.8, 3.2), sharey=True)
    at = np.array(TRAINED[1:])
    middles = (at[1:] + at[:-1]) / 2
    for ax, (width, arm) in zip(axes, ADAM.items(), strict=True):
        for what, look, colour, label in (
            ("norm", "o-", BLUE, "weights"),
            ("activity", "s--", ORANGE, "hidden units"),
            ("accuracy", "^-.", GREEN, "accuracy"),
        ):
            values = curves(results, arm.name, f"{what} after {BUDGETS[-1]}")[:, 1:].mean(0)
            fall = -np.diff(values) / np.diff(at)
            ax.plot(middles, fall / fall.max(), look, color=colour, ms=3.5, label=label)
        ax.axvline(1, color=INK, ls=":", lw=1.2, marker="")
        ax.set(title=f"{width} hidden units", xlabel=SHARE)
    axes[0].set_ylabel("fall, over its largest")
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, fontsize=8, ncols=3, loc="outside upper center")
    return fig


def draw_modes(digits: Digits, hidden: int = 12, points: int = 9) -> Figure:
    """Singular values of a linear network of two layers by strength, with the closed form; and its accuracy.

    Parameters
    ----------
    digits
        White inputs, and answers.
    hidden
        Units of the network.
    points
        Strengths at which it is trained.
    """
    fig, (modes, accuracy) = plt.subplots(1, 2, figsize=(6.8, 3.2))
    common = digits.task.common
    sizes = np.linalg.svd(common, compute_uv=False)
    sizes = sizes[sizes > 1e-9]
    line = np.linspace(0, 1.15 * sizes[0], 200)
    for number, size in enumerate(sizes):
        colour, dash = PALETTE[number % 4], ("-", "--", "-.")[number % 3]
        modes.plot(line, np.maximum(size - line, 0), dash, color=colour, lw=1.3, marker="")
    for decay in np.linspace(0.05, 1.1, points) * sizes[0]:
        into, out = matrices(trained_weights(digits.task, hidden, decay), digits.task, hidden)
        found = np.linalg.svd(out @ into, compute_uv=False)[: len(sizes)]
        modes.plot(np.full(len(found), decay), found, "o", color=INK, ms=3)
    right = [digits.accuracy(thresholded(common, decay)) for decay in line]
    accuracy.plot(line, right, "-", color=BLUE, marker="")
    for size in sizes:
        accuracy.axvline(size, color=INK, ls=":", lw=1, marker="")
    modes.set(xlabel=r"$\lambda$", ylabel="singular values of $VW$")
    accuracy.set(xlabel=r"$\lambda$", ylabel="test accuracy (%)", ylim=(0, 100))
    return fig
