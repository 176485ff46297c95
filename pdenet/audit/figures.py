"""A picture of the scorecard: a mark for each statement, by verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt

from pdenet.audit.score import Standing
from pdenet.page.style import INK, PALETTE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    seen: dict[Standing, tuple[list[int], list[int]]] = {}
    for place, (_, _, rows) in enumerate(lines):
        for column, row in enumerate(rows):
            across, down = seen.setdefault(row.standing, ([], []))
            across.append(column)
            down.append(-place)
            ax.annotate(
                row.statement.id,
                (column, -place),
                xytext=(9, -3),
                textcoords="offset points",
                fontsize=8,
            )
    for standing, (colour, marker) in _LOOKS.items():
        if standing in seen:
            ax.scatter(*seen[standing], s=70, color=colour, marker=marker, label=str(standing))
    ax.set_yticks([-place for place in range(len(lines))], [f"{chapter}" for _, chapter, _ in lines])
    longest = max(len(rows) for *_, rows in lines)
    ax.set(xticks=[], xlim=(-0.4, longest - 0.2), ylim=(0.6 - len(lines), 0.6))
    ax.grid(visible=False)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    ax.tick_params(length=0)
    fig.legend(loc="outside upper center", ncols=3, fontsize=9)
    return fig
