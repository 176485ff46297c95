"""Figures of the page on irregular series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np

from pdenet.page.style import INK, PALETTE
from pdenet.subjects.irregular.arms import arm_name
from pdenet.subjects.irregular.measures import WINDOWS
from pdenet.subjects.irregular.networks import GRU, ODE
from pdenet.subjects.irregular.ratios import error_of
from pdenet.subjects.irregular.system import TRUE, WINDOW, Kind, Sampling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from torch import Tensor

    from pdenet.runs.interval import Interval
    from pdenet.runs.results import Results
    from pdenet.subjects.irregular.system import Series

LOOKS = (10, 20, 40)
PARTS = ("seen", "asked in training", "never asked")  # of the time axis, a window each


def draw_forecast(
    series: Series, row: int, fine: Tensor, truth: Tensor, curve: Tensor, points: Tensor
) -> None:
    """Draw a pendulum, what was seen of it, and what two nets make of it.

    Parameters
    ----------
    series
        Series of one seed.
    row
        Which of them.
    fine, truth, curve
        Times (K,), and at each the true angle and that of the latent ODE.
    points
        Angles of the recurrent net at the times the series is asked for.
    """
    _, ax = plt.subplots(figsize=(6.4, 3.1))
    ax.plot(fine, truth, color=INK, lw=3.5, ls="-", marker="", label="truth")
    ax.plot(fine, curve, color=PALETTE[0], ls="-", marker="", label=ODE)
    asked, seen = series.asked[0, row], (series.times[0, row], series.seen[0, row])
    ax.plot(asked, points, color=PALETTE[1], ls=":", marker="s", ms=3.5, lw=1, label=GRU)
    ax.plot(*seen, color=PALETTE[2], ls="", marker="o", ms=6, label="seen")
    top = 1.25 * float(truth.abs().max())
    for i, part in enumerate(PARTS):
        ax.text((i + 0.5) * WINDOW, top, part, ha="center", va="bottom", fontsize=9)
    for border in (WINDOW, 2 * WINDOW):
        ax.axvline(border, color=INK, lw=1, ls="--", marker="")
    ax.set(xlabel="time (√(length / gravity))", ylabel="angle (rad)", ylim=(-top, 1.12 * top))
    ax.legend(fontsize=8, ncols=4, loc="upper center", bbox_to_anchor=(0.5, -0.22))


def draw_errors(results: Results, arms: Mapping[str, str]) -> None:
    """Draw the errors of arms by window, a line each.

    Parameters
    ----------
    results
        The runs.
    arms
        Names of arms, by what a reader calls them.
    """
    _, ax = plt.subplots(figsize=(6.4, 3.2))
    for i, window in enumerate(WINDOWS):
        found = {name: error_of(results, arm, window) for name, arm in arms.items()}
        known = [(line, one) for line, one in enumerate(found.values()) if one is not None]
        _bars(ax, known, height=0.22 * (i - 1), marker="os^"[i], color=PALETTE[i], label=window)
    ax.set_yticks(range(len(arms)), list(arms))
    ax.invert_yaxis()
    ax.set(xscale="log", xlabel="error (rad, root mean square)")
    ax.legend(fontsize=8, ncols=3, loc="lower center", bbox_to_anchor=(0.4, 1.0))


def _bars(ax: Axes, known: Sequence[tuple[int, Interval]], *, height: float, **look: Any) -> None:
    centre = np.array([one.estimate for _, one in known])
    ends = np.array([[one.low, one.high] for _, one in known]).T
    lines = np.array([line for line, _ in known]) + height
    ax.errorbar(centre, lines, xerr=np.abs(ends - centre), ls="", capsize=2, **look)


def draw_looks(results: Results) -> None:
    """Draw the error ahead after short trainings against the number of looks, by the kind of the times."""
    fig, axes = plt.subplots(1, 2, figsize=(6.4, 3.2), sharey=True, layout="none")
    kinds: tuple[Kind, ...] = ("irregular", "regular")
    for ax, kind in zip(axes, kinds, strict=True):
        for i, name in enumerate((GRU, ODE, TRUE)):
            _draw_count(ax, results, kind, i, name)
        ax.set(xscale="log", yscale="log", xlabel="looks at a series", title=f"{kind} times", xlim=(8, 50))
        ax.set_xticks(LOOKS, list(map(str, LOOKS)))
        ax.minorticks_off()
    levels = [0.01, 0.02, 0.05, 0.1, 0.2]
    axes[0].set_yticks(levels, list(map(str, levels)))
    axes[0].set(ylabel="error ahead (rad)", ylim=(0.005, 0.25))
    fig.subplots_adjust(bottom=0.3, left=0.12, right=0.97)
    fig.legend(*axes[0].get_legend_handles_labels(), fontsize=8, ncols=3, loc="lower center")


def _draw_count(ax: Axes, results: Results, kind: Kind, line: int, name: str) -> None:
    found = {count: error_of(results, arm_name(name, Sampling(kind, count)), "ahead") for count in LOOKS}
    known = {count: one for count, one in found.items() if one is not None}
    if not known:
        return
    centre = np.array([one.estimate for one in known.values()])
    ends = np.array([[one.low, one.high] for one in known.values()]).T
    ax.errorbar(
        np.array(list(known)) * (1 + 0.03 * (line - 1)),
        centre,
        yerr=np.abs(ends - centre),
        ls=("--", "-", ":")[line],
        marker="so^"[line],
        color=PALETTE[(1, 0, 2)[line]],
        capsize=2,
        label=name,
    )
