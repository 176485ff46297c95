"""Figures of the page: plateaus, two sectors, times of escape, exclusive or, and what rounding does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np

from pdenet.page.style import INK, PALETTE
from pdenet.subjects.symmetry_breaking import exclusive_or
from pdenet.subjects.symmetry_breaking.arms import ESCAPES, MARKS, ROUNDINGS, XOR, XOR_SIZES
from pdenet.subjects.symmetry_breaking.claims import to_the_sixth
from pdenet.subjects.symmetry_breaking.escape import APART, descend, predicted_spreads, pushed
from pdenet.subjects.symmetry_breaking.measures import SIZES, loud_rest, push, rest, usual_start

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pdenet.runs.results import Results
    from pdenet.subjects.symmetry_breaking.measures import Rest

DASHES = ("-", "--", "-.", ":", (0, (6, 1.5, 1, 1.5, 1, 1.5)))


def draw_plateaus(still: Rest, seed: int = 0) -> Figure:
    """Losses of pairs that start on the way to rest, with differences of several sizes, and of a usual start.

    Parameters
    ----------
    still
        Equal units at rest, whose data are learned.
    seed
        Of push and usual start.
    """
    fig, ax = plt.subplots(figsize=(6.4, 3.4))
    start = 0.3 * still.data.teachers.mean(0)
    shown = (0.0, 1e-12, 1e-8, 1e-4)
    course = descend(pushed(start, push(seed), shown), still.data, 900)
    for n, size in enumerate(shown):
        label = f"push {size:.0e}" if size else "equal"
        color = INK if n == 0 else PALETTE[n - 1]
        ax.plot(
            course.losses[:, n], ls=DASHES[n], color=color, marker="", label=label, lw=4.0 if n == 0 else 1.8
        )
    usual = descend(usual_start(seed), still.data, 900)
    ax.plot(usual.losses[:, 0], ls=DASHES[4], color=PALETTE[3], marker="", lw=1.2, label="usual start")
    ax.set(xlabel="step", ylabel="loss", yscale="log", ylim=(1e-7, 2), xlim=(0, 900))
    ax.set_yticks([1e-6, 1e-4, 1e-2, 1])
    ax.minorticks_off()
    fig.legend(fontsize=8, ncols=5, loc="outside upper center", columnspacing=1.0)
    return fig


def draw_sectors(seeds: int = 5) -> Figure:
    """Eigenvalues of the Hessian at rest: of moves apart, and of moves together.

    Parameters
    ----------
    seeds
        How many sets of data.
    """
    fig, (apart, together) = plt.subplots(1, 2, figsize=(6.4, 3.2))
    for seed in range(seeds):
        still = rest(seed)
        at = seed + np.linspace(-0.25, 0.25, len(still.values))
        for ax, values in ((apart, still.values), (together, np.linalg.eigvalsh(still.blocks.together))):
            down = values < 0
            ax.plot(at[~down], values[~down], "o", color=PALETTE[0], ls="", ms=4)
            ax.plot(at[down], values[down], "v", color=PALETTE[1], ls="", ms=6)
    apart.plot(seeds + 0.3, loud_rest().values[0], "s", color=PALETTE[2], ls="", ms=7, mfc="none")
    apart.axvline(seeds - 0.3, color=INK, lw=0.8, marker="", ls=":")
    for ax, title in ((apart, "apart: B"), (together, "together: B + 2G")):
        ax.axhline(0, color=INK, lw=1, marker="", ls="-")
        ax.set(title=title, xlabel="data", xticks=range(seeds))
    apart.set_ylabel("eigenvalue")
    apart.set_xticks([*range(seeds), seeds + 0.3], [*map(str, range(seeds)), "loud"])
    together.set_ylim(bottom=-0.3)
    return fig


def draw_escape(still: Rest, results: Results, seed: int = 0) -> Figure:
    """How far apart two units are by step, next to the linear law; steps of escape by size of the push.

    Parameters
    ----------
    still
        Equal units at rest.
    results
        Runs of the experiment.
    seed
        Of the push.
    """
    fig, (course, times) = plt.subplots(1, 2, figsize=(6.4, 3.4))
    found = descend(pushed(still.unit, push(seed), SIZES), still.data, 700)
    steps = np.arange(701.0)
    for n, size in enumerate(SIZES):
        law = predicted_spreads(still.blocks.apart, push(seed), size, steps)
        course.plot(steps[law < 3], law[law < 3], "-", color=INK, marker="", lw=4.5, alpha=0.5)
        course.plot(found.spreads[:, n], "--", color=PALETTE[0], marker="", lw=1.5)
    course.axhline(APART, color=INK, ls=":", marker="", lw=1)
    course.set(yscale="log", xlabel="step", ylabel="distance of the two", ylim=(1e-13, 10))
    course.set_yticks([1e-12, 1e-8, 1e-4, 1])
    course.minorticks_off()
    for n, (arm, marker) in enumerate(zip(ESCAPES, "os^", strict=True)):
        values = np.array([results.values(arm.name, f"time at {size:.0e}") for size in SIZES])
        mean = values.mean(1)
        beside = np.array(SIZES) * 2.0 ** (n - 1)  # side by side, so that no bar hides another
        look = {"color": PALETTE[n], "ls": DASHES[n], "ms": 5, "lw": 1.5, "elinewidth": 1.2}
        ends = mean - values.min(1), values.max(1) - mean
        times.errorbar(beside, mean, ends, fmt=marker, label=arm.name, capsize=2, **look)
    times.set(xscale="log", xlabel="size of the push", ylabel="steps to a distance of 0.1")
    times.set_xticks([1e-12, 1e-8, 1e-4])
    times.minorticks_off()
    times.legend(fontsize=8)
    return fig


def draw_xor(results: Results, seed: int = 0) -> Figure:
    """Errors on exclusive or by step, and how much a small difference has grown, of all seeds.

    Parameters
    ----------
    results
        Runs of the experiment.
    seed
        Of the start on the left.
    """
    fig, (errors, grown) = plt.subplots(1, 2, figsize=(6.4, 3.4))
    sizes = (0.0, *XOR_SIZES[-2:])  # the lines of smaller pushes would lie on these
    path = exclusive_or.descend(exclusive_or.equal_start(seed, sizes), exclusive_or.STEPS, 50)
    for n, size in enumerate(sizes):
        label = f"push {size:.0e}" if size else "equal"
        color = INK if n == 0 else PALETTE[n]
        look = {"marker": "", "lw": 4.0 if n == 0 else 1.7}
        errors.plot(path.steps, path.errors[:, n], ls=DASHES[n], color=color, label=label, **look)
    errors.axhline(exclusive_or.SIXTH, color=INK, ls=":", marker="", lw=1.2)
    errors.text(200, exclusive_or.SIXTH - 0.017, "1/6", color=INK, fontsize=9)
    errors.set(xlabel="step", ylabel="mean squared error", ylim=(-0.01, 0.3), xticks=[0, 3000, 6000])
    lines = np.array([results.values(XOR.name, f"growth at {mark}") for mark in MARKS])
    near = to_the_sixth(results)
    grown.plot(MARKS, lines[:, near], "-", color=PALETTE[0], marker="", lw=0.6)
    grown.plot(MARKS, lines[:, ~near], ":", color=PALETTE[1], marker="", lw=2)
    for power, dashes, height in ((1, "--", 0.35), (3, "-.", 3e6)):
        rise = (np.array(MARKS[1:]) / MARKS[1]) ** power
        grown.plot(MARKS[1:], height * 10 * rise, dashes, color=INK, marker="", lw=2)
    shade = {"facecolor": grown.get_facecolor(), "edgecolor": "none", "alpha": 0.85, "pad": 1}
    grown.text(6500, 1.4, "power 1", color=INK, fontsize=9, bbox=shade)
    grown.text(1e4, 1.5e10, "power 3", color=INK, fontsize=9, ha="right", bbox=shade)
    grown.set_ylim(1, 1e12)
    grown.set_yticks([1, 1e3, 1e6, 1e9, 1e12])
    grown.set(xscale="log", yscale="log", xlabel="step", ylabel="growth of a difference")
    grown.minorticks_off()
    fig.legend(fontsize=8, ncols=5, loc="outside upper center", columnspacing=1.0)
    return fig


def draw_rounding(results: Results) -> Figure:
    """The largest difference after 200 steps of units that started equal, by width and kind of computation.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    arms = [arm for arm in ROUNDINGS if arm.way != "one by one"]
    widths = arms[0].widths
    spreads = np.array(
        [[np.median(results.values(arm.name, f"spread at {width}")) for arm in arms] for width in widths]
    )
    fig, ax = plt.subplots(figsize=(6.4, 4.2))
    with np.errstate(divide="ignore"):
        logs = np.where(spreads > 0, np.round(np.log10(spreads)), np.nan)
    # A colour for each whole power, the number that is written there.
    image = ax.imshow(logs, cmap=plt.get_cmap("cividis", 13), vmin=-16.5, vmax=-3.5, aspect="auto")
    for row, line in enumerate(logs):
        for column, value in enumerate(line):
            blank = np.isnan(value)
            text = "=" if blank else f"{value:.0f}"
            ax.text(
                column,
                row,
                text,
                ha="center",
                va="center",
                fontsize=9,
                color=INK if blank else "white" if value < -9 else "black",
            )
    ax.set_yticks(range(len(widths)), [str(width) for width in widths])
    names = {"products": "", "stored by unit": "\nby unit"}
    labels = [
        f"{arm.precision[5:]} bit\nbatch {arm.batch}"
        + ("\n2 threads" if arm.threads == 2 else names[arm.way])
        for arm in arms
    ]
    ax.set_xticks(range(len(arms)), labels, fontsize=7)
    ax.set_ylabel("hidden units")
    ax.grid(visible=False)
    fig.colorbar(image, ax=ax, label="difference, power of ten", shrink=0.9)
    return fig
