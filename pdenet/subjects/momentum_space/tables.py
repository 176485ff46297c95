"""The table of the page: layers against exponentials, by equation, depth, start and trained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pdenet.page.tables import markdown_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pdenet.subjects.momentum_space.measures import Exponentials


def exponentials_table(found: Mapping[tuple[str, int, str], Exponentials]) -> str:
    """Median size of a layer, share of layers near their exponential, and how far apart the stacks are."""
    header = ["equation", "layers", "", r"largest $\lvert\tilde\Omega\rvert$", "layers near", "stacks apart"]
    rows = []
    for (equation, depth, state), one in found.items():
        apart = f"{np.median(one.stack):.2f} ({one.stack.min():.2f} to {one.stack.max():.2f})"
        rows.append([equation, depth, state, f"{np.median(one.size):.2f}", f"{100 * one.close:.0f} %", apart])
    return markdown_table(header, rows)
