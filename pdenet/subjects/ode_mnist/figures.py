"""Figures of the page on neural ODEs that read digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np

from pdenet.page.style import INK, PALETTE
from pdenet.runs.intervals import log_mean_interval, mean_interval
from pdenet.subjects.ode_mnist.claims import has_test, in_test, per_cent, steps_of
from pdenet.subjects.ode_mnist.measures import NO_STEPS
from pdenet.subjects.ode_mnist.settings import FLOW, SETTINGS, SOLVED_ANEW, euler
from pdenet.subjects.ode_mnist.tables import SHOWN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from pdenet.runs.record import Record
    from pdenet.subjects.ode_mnist.claims import Place
    from pdenet.subjects.ode_mnist.settings import Setting

LOOKS: tuple[tuple[str, str, Any], ...] = (
    (PALETTE[0], "o", "-"),
    (PALETTE[1], "s", "--"),
    (PALETTE[2], "^", "-."),
    (PALETTE[3], "D", ":"),
    ("#a6761d", "P", (0, (6, 1.5, 1, 1.5))),
)
"""Colour, marker and dashes of networks trained with few steps to many."""
ADAPTIVE_LOOK = (INK, "v", "-")


def draw_controls(found: Mapping[Place, Sequence[Record]]) -> None:
    """Draw the accuracy of flows and their controls, each seed and the mean, a panel a setting."""
    _, axes = plt.subplots(1, len(SHOWN), figsize=(7.2, 2.9))
    for ax, (setting, members) in zip(axes, SHOWN.items(), strict=True):
        for line, member in enumerate(members):
            _draw_accuracies(ax, line, per_cent(found.get((setting, member), [])))
        names = [{euler(1): "one block"}.get(member, member) for member in members]
        ax.set_yticks(range(len(members)), names if setting != "few" else [])
        ax.set(xlabel="right (%)", ylim=(len(members) - 0.5, -0.5))
        ax.set_title(SETTINGS[setting].title, fontsize=10)


def _draw_accuracies(ax: Axes, line: int, values: Any) -> None:
    if not len(values):
        return
    ax.plot(values, np.full(len(values), line - 0.25), ".", color=PALETTE[0], alpha=0.5, ms=5)
    middle = mean_interval(values)
    reach = [[middle.estimate - middle.low], [middle.high - middle.estimate]]
    bar = reach if len(values) > 2 else None
    ax.errorbar(middle.estimate, line, xerr=bar, marker="D", color=PALETTE[1], capsize=3, ls="")


def draw_solver_test(found: Mapping[Place, Sequence[Record]]) -> None:
    """Draw the error of trained networks that are solved anew: with no step, with more and more, exactly."""
    _, axes = plt.subplots(1, len(SOLVED_ANEW), figsize=(7.4, 4.2), width_ratios=(3, 3, 2.4))
    for ax, setting in zip(axes, SOLVED_ANEW, strict=True):
        tested = (m for m in setting.members if has_test(found.get((setting.name, m), []), "trained"))
        for line, member in enumerate(sorted(tested, key=steps_of)):
            look = ADAPTIVE_LOOK if member == FLOW else LOOKS[line]
            _draw_member(ax, setting, member, found[setting.name, member], line, look)
        _finish(ax, setting)
    axes[0].set_ylabel("wrong (%)")


def _places(setting: Setting) -> dict[str, float]:
    """Where on the axis the solvers stand, from no step to the exact solution."""
    grid = setting.grid
    return {NO_STEPS: grid[0] / 2} | {f"euler {m}": m for m in grid} | {"accurate": 3 * grid[-1]}


def _draw_member(
    ax: Axes,
    setting: Setting,
    member: str,
    runs: Sequence[Record],
    line: int,
    look: tuple[str, str, Any],
) -> None:
    colour, marker, dashes = look
    places = {name: place for name, place in _places(setting).items() if has_test(runs, name)}
    wrong = [log_mean_interval(np.maximum(100 - in_test(runs, name), 1e-3)) for name in places]
    at = np.array(list(places.values())) * 1.04 ** (line - 2)
    centre = np.array([one.estimate for one in wrong])
    ends = np.array([[one.low, one.high] for one in wrong]).T
    bars = np.abs(ends - centre) if len(runs) > 2 else None
    own = steps_of(member)
    label = f"{own:.0f}" if np.isfinite(own) else "adaptive"
    look_of: dict[str, Any] = {
        "color": colour,
        "marker": marker,
        "ls": dashes,
        "lw": 1.4,
        "capsize": 2,
        "elinewidth": 0.8,
    }
    ax.errorbar(at, centre, yerr=bars, label=label, **look_of)
    if f"euler {own:.0f}" in places:
        mine = list(places).index(f"euler {own:.0f}")
        ax.plot(at[mine], centre[mine], "o", mfc="none", color=INK, ms=11)


def _finish(ax: Axes, setting: Setting) -> None:
    places = _places(setting)
    ax.set(xscale="log", yscale="log", xlabel="steps when tested")
    ax.set_title(setting.title, fontsize=9)
    ax.set_xticks(list(places.values()), ["none", *map(str, setting.grid), "exact"], fontsize=7)
    ticks = [0.7, 1, 1.5, 2, 3, 5, 10, 20, 50, 90]
    low, high = ax.get_ylim()
    ticks = [tick for tick in ticks if low <= tick <= high]
    ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    ax.legend(
        title="steps when trained", fontsize=8, title_fontsize=8, loc="upper center",
        bbox_to_anchor=(0.5, -0.2), ncols=3,
    )  # fmt: skip
