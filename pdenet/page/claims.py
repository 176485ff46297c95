"""Claims on a page: one table of what was measured and judged, and a small plot of the intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

import matplotlib.pyplot as plt

from pdenet.page.style import INK, PALETTE
from pdenet.page.tables import markdown_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, LINE = 6.4, 0.26  # inches: of the plot, and of one claim in it
MARKS = {"holds": ("o", 0), "does not hold": ("X", 3), "not decided": ("s", 1)}
"""Marker and colour of a verdict."""


class Claim(Protocol):
    """What is claimed; who judges it is no matter of this room."""

    @property
    def id(self) -> str:
        """Its short name."""

    @property
    def text(self) -> str:
        """The claim as a clause."""

    @property
    def threshold(self) -> float:
        """What divides right from wrong."""

    @property
    def direction(self) -> str:
        """On which side it is right, ``"above"`` or ``"below"``."""


class Interval(Protocol):
    """What was measured."""

    @property
    def estimate(self) -> float:
        """The estimate."""

    @property
    def low(self) -> float:
        """The lower end."""

    @property
    def high(self) -> float:
        """The upper end."""

    @property
    def n(self) -> int:
        """Number of runs."""

    def __format__(self, spec: str) -> str: ...


class Judged(Protocol):
    """A claim with what was measured for it."""

    @property
    def claim(self) -> Claim:
        """The claim."""

    @property
    def found(self) -> Interval:
        """What was measured."""

    @property
    def adjusted(self) -> float | None:
        """Its error probability within its family, if it has one."""

    @property
    def verdict(self) -> str:
        """What follows."""


def claims_table(judged: Iterable[Judged], spec: str = ".2f") -> str:
    """A Markdown table, one line a claim: what was measured, what was needed, and the verdict.

    Parameters
    ----------
    judged
        Claims in the order of the table.
    spec
        Format of the numbers, as for a float.
    """
    rows = [
        [
            f"**{one.claim.id}**",
            one.claim.text,
            _measured(one.found, spec),
            one.found.n,
            f"{'>' if one.claim.direction == 'above' else '<'} {one.claim.threshold:g}",
            error_probability(one.adjusted),
            one.verdict,
        ]
        for one in judged
    ]
    corrected = any(row[5] for row in rows)
    header = ["", "claim", "measured", "n", "needed", *(["p"] if corrected else []), "verdict"]
    if not corrected:
        rows = [[*row[:5], row[6]] for row in rows]
    return markdown_table(header, rows)


def error_probability(p: float | None) -> str:
    """A corrected error probability as text; nothing for none, and no digits that nobody could check."""
    if p is None:
        return ""
    return f"{p:.2g}" if p >= 1e-4 else "< 1e-4"


def _measured(found: Interval, spec: str) -> str:
    if found.low == found.high or math.isinf(found.low) or math.isinf(found.high):
        return f"{found.estimate:{spec}}"
    return f"{found:{spec}}"


def draw_claims(judged: Sequence[Judged], unit: str, *, linear: float = 1.0) -> Figure:
    """Draw the intervals of claims, each as its distance to what was needed: right of the line it holds.

    Parameters
    ----------
    judged
        Claims in one unit, from top to bottom.
    unit
        The unit, for the axis.
    linear
        Up to this distance the axis is linear, beyond it logarithmic.

    Raises
    ------
    ValueError
        If there is no claim.
    """
    if not judged:
        message = "there are no claims to draw"
        raise ValueError(message)
    fig, ax = plt.subplots(figsize=(WIDTH, LINE * len(judged) + 0.9))
    for line, one in enumerate(judged):
        sign = 1 if one.claim.direction == "above" else -1
        found = one.found
        middle, *ends = (
            sign * (value - one.claim.threshold) for value in (found.estimate, found.low, found.high)
        )
        marker, colour = MARKS[str(one.verdict)]
        reach = [[middle - min(ends)], [max(ends) - middle]]
        ax.errorbar([middle], [line], xerr=reach, fmt=marker, color=PALETTE[colour], capsize=2, markersize=5)
    for verdict, (marker, colour) in MARKS.items():
        if any(str(one.verdict) == verdict for one in judged):
            ax.plot([], [], marker, color=PALETTE[colour], label=verdict)
    ax.axvline(0, color=INK, linewidth=1)
    ax.set_yticks(range(len(judged)), [one.claim.id for one in judged])
    ax.set_ylim(len(judged) - 0.5, -0.5)
    if max(map(abs, ax.get_xlim())) > linear:
        _stretch(ax, linear)
    ax.set_xlabel(f"distance to what was needed ({unit}); right of the line the claim is true", fontsize=9)
    fig.legend(loc="outside upper center", ncols=len(MARKS), fontsize=9)
    return fig


def _stretch(ax: Axes, linear: float) -> None:
    """Make the axis logarithmic beyond so much; ticks are the ends of its linear part and their tenfolds."""
    ax.set_xscale("symlog", linthresh=linear)
    low, high = ax.get_xlim()
    decades = range(math.ceil(math.log10(max(-low, high) / linear)) + 1)
    marks = [linear * 10.0**decade for decade in decades]
    ax.set_xticks([tick for tick in (*(-mark for mark in marks), 0.0, *marks) if low <= tick <= high])
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}".replace("-", "−"))
    ax.set_xticks([], minor=True)
