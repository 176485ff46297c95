"""The ledger as a board: a symbol for each row, by chapter, for what kind of fault its print has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdenet.audit.ledger.entry import Kind, Verdict
from pdenet.page.style import INK, PALETTE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from pdenet.audit.ledger.entry import Result

_LOOKS: Mapping[Kind | None, tuple[str, str, str]] = {
    None: (PALETTE[2], "o", "stands as printed"),
    Kind.SLIP: (PALETTE[3], "^", "slip of the pen"),
    Kind.CONSTANT: (PALETTE[0], "s", "lost constant"),
    Kind.ARGUMENT: (PALETTE[1], "X", "argument does not follow"),
}
"""Colour, marker and label of a kind of fault."""


def draw_board(ax: Axes, groups: Mapping[str, Sequence[Result]]) -> None:
    """Draw a symbol for each row of the ledger: its shape tells the kind of fault, full is wrong.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    groups : mapping of str to sequence of Result
        A line of the board each, from the top.
    """
    places = [
        (result.entry, column, -line)
        for line, group in enumerate(groups.values())
        for column, result in enumerate(group)
    ]
    for kind, (colour, marker, label) in _LOOKS.items():
        for full in (True, False):
            chosen = [
                (column, line)
                for entry, column, line in places
                if entry.kind is kind and (entry.verdict in (Verdict.WRONG, Verdict.OK)) == full
            ]
            face = colour if full else "none"
            ax.scatter(
                [column for column, _ in chosen],
                [line for _, line in chosen],
                s=48,
                facecolors=face,
                edgecolors=colour,
                linewidths=1.2,
                marker=marker,
                label=label if full else None,
            )
    for entry, column, line in places:
        name = entry.id.removeprefix("U-")
        ax.text(column, line - 0.28, name, ha="center", va="top", size=6.5, color=INK)
    ax.set_yticks([-line for line in range(len(groups))], list(groups))
    ax.set(xticks=[], ylim=(-len(groups) + 0.2, 0.5), ylabel="chapter of the thesis")
    ax.legend(ncols=2, fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1.0))
