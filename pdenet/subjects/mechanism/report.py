"""Tables of what layers do to digits, as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pdenet.page.tables import markdown_table
from pdenet.runs.intervals import rank_interval
from pdenet.subjects.mechanism.figures import WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from pdenet.runs.interval import Interval

    Floats = NDArray[np.float64]
    Network = Mapping[str, float | str]

GATES = {
    "positive": ("positive layers", ".0%"),
    "stable": ("stable layers", ".0%"),
    "gain": ("mean log max|g|", ".2f"),
    "cut": ("closed gates", ".0%"),
    "added": ("added by clipping", ".1%"),
    "shift": ("shift (pixels)", ".1f"),
    "variance": ("added variance (pixels²)", ".1f"),
}
"""What the table of gates shows of `light.gates`, with its heading and format."""

LIGHT = {
    "place": ("length of the shift (pixels)", ".1f"),
    "spread": ("added variance (pixels²)", ".1f"),
    "outside": ("outside the frame", ".0%"),
    "mass": ("mass, with the frame's border", ".2g"),
}
"""What the table of light shows of `light.light`."""

ORDERED = (
    "shift at the start",
    "probe at the start",
    "shift, trained",
    "closed gates, trained",
    "probe, trained",
)
"""What networks are put in order by."""


def gates_table(found: Mapping[tuple[int, str, str], Mapping[str, Floats]]) -> str:
    """Means over seeds, before and after training, of the networks by layers, equation and state."""
    rows = []
    for depth, equation in dict.fromkeys((depth, equation) for depth, equation, _ in found):
        before, after = (found[depth, equation, state] for state in WORDS)
        shown = [
            f"{before[key].mean():{form}} →\n{after[key].mean():{form}}" for key, (_, form) in GATES.items()
        ]
        rows.append([f"{equation}, {depth}", *shown])
    heads = [title for title, _ in GATES.values()]
    return f"Before training → after, means over seeds:\n\n{markdown_table(['network', *heads], rows)}"


def light_table(found: Mapping[tuple[str, str], Mapping[str, tuple[Floats, Floats]]], depth: int) -> str:
    """Predicted and measured light, smallest to largest seed, of networks by equation and state."""
    rows = [
        [
            f"{equation}, {WORDS[state]}",
            *(
                " /\n".join(f"{v.min():{form}} to {v.max():{form}}" for v in one[key])
                for key, (_, form) in LIGHT.items()
            ),
        ]
        for (equation, state), one in found.items()
    ]
    heads = [f"{depth} layers", *(title for title, _ in LIGHT.values())]
    return f"Predicted /<br>measured, smallest to largest seed:\n\n{markdown_table(heads, rows)}"


def suspects_table(
    found: Mapping[tuple[str, str], Mapping[str, Floats]], pixels: float, depth: int, images: str
) -> str:
    """What a probe reads behind changed layers, by equation and state and by change."""
    first = next(iter(found.values()))
    rows = [["raw pixels", *[f"{pixels:.1f}"] * len(found)]]
    for change in first:
        cells = [
            f"{one[change].mean():.1f}\n({one[change].min():.0f} to {one[change].max():.0f})"
            for one in found.values()
        ]
        rows.append([change, *cells])
    heads = [f"{depth} layers", *(f"{equation}, {WORDS[state]}" for equation, state in found)]
    seeds = len(next(iter(first.values())))
    caption = f"Accuracy of the probe in per cent, mean (smallest to largest) of {seeds} seeds; {images}"
    return f"{caption}:\n\n{markdown_table(heads, rows)}"


def arms_table(reached: Mapping[str, Floats], depth: int, caption: str) -> str:
    """Accuracy of short training in per cent, seed by seed and on average."""
    rows = [
        [name, ", ".join(f"{a:.1f}" for a in found), f"{found.mean():.1f}"] for name, found in reached.items()
    ]
    seeds = ", ".join(map(str, range(len(next(iter(reached.values()))))))
    heads = [f"network of {depth} layers", f"seeds {seeds} (%)", "mean"]
    return f"*{caption}*\n\n{markdown_table(heads, rows)}"


def column_of(key: str, networks: Sequence[Network]) -> Floats:
    """One number a network, (network,)."""
    return np.array([net[key] for net in networks], dtype=np.float64)


def correlations_table(networks: Sequence[Network], deepest: int, equations: Mapping[str, str]) -> str:
    """Rank correlations with the final accuracy: of all networks, and with 95 % intervals of the deepest.

    Parameters
    ----------
    networks
        Of each its "equation", "layers", "final" accuracy, and what it is put in order by.
    deepest
        Layers of the networks that are looked at by themselves.
    equations
        Name of an equation -> how the table calls it.
    """
    groups = {
        f"the {len(some)} of {deepest} layers, {called}": some
        for equation, called in equations.items()
        for some in [[net for net in networks if (net["layers"], net["equation"]) == (deepest, equation)]]
    }
    rows = [
        [
            key,
            f"{_correlation(key, networks).estimate:.2f}",
            *(f"{_correlation(key, some):.2f}" for some in groups.values()),
        ]
        for key in ORDERED
    ]
    title = "rank correlation with the final accuracy"
    return markdown_table([title, f"all {len(networks)} networks", *groups], rows)


def _correlation(key: str, networks: Sequence[Network]) -> Interval:
    return rank_interval(column_of(key, networks), column_of("final", networks))
