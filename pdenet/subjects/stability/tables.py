"""The recorded networks of both equations as a table: at the start, and after training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pdenet.page.tables import markdown_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from pdenet.subjects.stability.measures import Place, Portrait

COLUMNS = {
    "no negative tap": ("positive", ".0%"),
    "stable layers": ("stable", ".0%"),
    "diffusion off": ("off", ".0%"),
    "added variance": ("variance", ".2f"),
    "shift (pixels)": ("shift", ".1f"),
    "max\u2009/\u2009min |G|": ("contrast", ""),
}


def spans(values: NDArray[np.float64], form: str) -> str:
    """The smallest and the largest of the seeds' values; without a format by size, powers of ten if large.

    Examples
    --------
    >>> spans(np.array([1.41, 1.6]), "")
    '1.4 to 1.6'
    >>> spans(np.array([12.0, 3.2e9]), "")
    '12 to $10^{9.5}$'
    """
    ends = dict.fromkeys(format(end, form) if form else _by_size(end) for end in (values.min(), values.max()))
    return " to ".join(ends)


def _by_size(value: float) -> str:
    if value < 10:
        return f"{value:.1f}"
    return f"{value:.0f}" if value < 1000 else f"$10^{{{np.log10(value):.1f}}}$"


def portraits_table(portraits: Mapping[Place, tuple[Portrait, Portrait]]) -> str:
    """A row an equation and depth: smallest to largest of the seeds, at the start and after training."""
    rows = []
    for (equation, depth), (first, last) in portraits.items():
        cells = [
            f"{spans(getattr(first, name), form)} →\n{spans(getattr(last, name), form)}"
            for name, form in COLUMNS.values()
        ]
        rows.append([f"{equation}, {depth}", *cells])
    return markdown_table(["layers", *COLUMNS], rows)
