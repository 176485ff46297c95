"""The recorded stacks beside a quantum walk, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pdenet.page.tables import markdown_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pdenet.models.measures.waves import Floats
    from pdenet.subjects.quantum_walk.measures import Walk

HEADER = ("stack", "", "Ω", "small", "signs", "flow", "walk", "unitary", "constant")


def walk_table(walks: Mapping[tuple[str, int, str], Walk]) -> str:
    """Markdown: a row for each equation, depth and "start" or "trained"; medians over seeds.

    Parameters
    ----------
    walks
        By equation, number of layers, and when.
    """
    rows = [
        (
            f"{equation}, {depth}",
            when,
            f"{np.median(walk.largest):.2f}",
            _share(walk.small / walk.error.size),
            _share(walk.drifting),
            *(_middle(gap) for gap in (walk.flow_gap, walk.walk_gap, walk.off, walk.still)),
        )
        for (equation, depth, when), walk in walks.items()
    ]
    return markdown_table(HEADER, rows)


def _middle(values: Floats) -> str:
    return f"{np.median(values):.3f}"


def _share(value: float) -> str:
    return f"{100 * value:.0f} %"
