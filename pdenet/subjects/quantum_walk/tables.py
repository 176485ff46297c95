"""The recorded stacks beside a quantum walk, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pdenet.page.tables import markdown_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pdenet.models.measures.waves import Floats
    from pdenet.subjects.quantum_walk.measures import Walk

HEADER = (
    "equation",
    "layers",
    "",
    "seeds",
    "size of Ω",
    "small layers",
    "taps of both signs",
    "from the flow",
    "from the walk",
    "layer from unitary",
    "stack from unitary",
    "largest / least gain",
)


def walk_table(walks: Mapping[tuple[str, int, str], Walk]) -> str:
    """Markdown: a row for each equation, depth and "start" or "trained"; medians over seeds.

    Parameters
    ----------
    walks
        By equation, number of layers, and when.
    """
    rows = [
        (
            equation,
            depth,
            when,
            len(walk.off),
            f"{np.median(walk.largest):.2f}",
            f"{walk.small} of {walk.error.size}",
            f"{100 * walk.drifting:.0f} %",
            _middle(walk.flow_gap),
            _middle(walk.walk_gap),
            _middle(walk.layer_off),
            _middle(walk.off),
            f"{np.median(walk.ratio):.3g}",
        )
        for (equation, depth, when), walk in walks.items()
    ]
    return markdown_table(HEADER, rows)


def _middle(values: Floats) -> str:
    return f"{np.median(values):.3f}"
