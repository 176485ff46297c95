"""A picture of the scorecard: a mark for each statement, by verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
from matplotlib.lines import Line2D

from pdenet.audit.score import Standing
from pdenet.page.style import INK, PALETTE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from pdenet.audit.score import Row

_LOOKS = {
    Standing.HOLDS: (PALETTE[2], "o"),
    Standing.CORRECTED: (PALETTE[0], "^"),
    Standing.FAILS: (PALETTE[1], "X"),
    Standing.OPEN: (PALETTE[3], "D"),
    Standing.NONE: (INK, "."),
}


def draw_scorecard(scores: Mapping[str, Sequence[Row]]) -> Figure:
    """A line for each chapter of each source, a mark for each of its statements.

    Parameters
    ----------
    scores
        Source -> its rows.
    """
    lines = [
        (source, chapter, [row for row in rows if row.statement.chapter == chapter])
        for source, rows in scores.items()
        for chapter in dict.fromkeys(row.statement.chapter for row in rows)
    ]
    fig, ax = plt.subplots(figsize=(6.4, 0.8 + 0.38 * len(lines)))
    for place, (_, _, rows) in enumerate(lines):
        _mark(ax, rows, place, named=True)
    ax.set_yticks([-place for place in range(len(lines))], [f"{chapter}" for _, chapter, _ in lines])
    longest = max(len(rows) for *_, rows in lines)
    _frame(ax, longest, len(lines))
    _key(fig, (row for of in scores.values() for row in of), 3)
    return fig


def draw_forms(rows: Sequence[Row], systems: Mapping[str, str]) -> Figure:
    """Two columns a system: where the mathematics is said to be the same, and what is said to follow.

    Parameters
    ----------
    rows
        Of one source.
    systems
        Chapter of the source -> what a stranger calls it, in the order of the lines.
    """
    fig, axes = plt.subplots(1, 2, figsize=(6.4, 0.9 + 0.36 * len(systems)), sharey=True, width_ratios=(1, 2))
    titles = ("the same mathematics?", "does what it promises follow?")
    for ax, form, title in zip(axes, (True, False), titles, strict=True):
        lines = [
            [row for row in rows if (row.statement.chapter, row.statement.form) == (chapter, form)]
            for chapter in systems
        ]
        for place, of in enumerate(lines):
            _mark(ax, of, place, named=False)
        _frame(ax, max(1, *(len(of) for of in lines)), len(systems))
        ax.set_title(title, fontsize=10)
    names = [f"{name}  {chapter}" for chapter, name in systems.items()]
    axes[0].set_yticks([-place for place in range(len(systems))], names)
    _key(fig, rows, 4)
    return fig


def _mark(ax: Axes, rows: Sequence[Row], place: int, *, named: bool) -> None:
    """The rows of a chapter on the line of that place, by their ids or by the numbers in these."""
    for column, row in enumerate(rows):
        colour, marker = _LOOKS[row.standing]
        ax.scatter(column, -place, s=70, color=colour, marker=marker)
        label = row.statement.id if named else row.statement.id.partition(".")[2]
        ax.annotate(label, (column, -place), xytext=(9, -3), textcoords="offset points", fontsize=8)
    if not rows:
        ax.annotate("not claimed", (-0.2, -place), va="center", fontsize=8, color=INK)


def _frame(ax: Axes, columns: int, lines: int) -> None:
    """Room for so many marks, and nothing around them."""
    ax.set(xticks=[], xlim=(-0.4, columns - 0.2), ylim=(0.6 - lines, 0.6))
    ax.grid(visible=False)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    ax.tick_params(length=0)


def _key(fig: Figure, rows: Iterable[Row], columns: int) -> None:
    """What the marks mean, of the verdicts that are there."""
    given = {row.standing for row in rows}
    handles = [
        Line2D([], [], linestyle="", markersize=8, color=colour, marker=marker, label=str(standing))
        for standing, (colour, marker) in _LOOKS.items()
        if standing in given
    ]
    fig.legend(handles=handles, loc="outside upper center", ncols=columns, fontsize=9)
