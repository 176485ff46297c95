"""Figures of the page: the analogy, one resolvent, what a link gains, how fast it folds, crambin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Arc

from pdenet.page.style import INK, PALETTE
from pdenet.subjects.staple.arms import FASTER, STRANDED
from pdenet.subjects.staple.claims import FOLDING, SMALL
from pdenet.subjects.staple.resolvents import DeepNet, chain_correlation, decay, walks_to_output
from pdenet.subjects.staple.stapled import end_to_end, everywhere

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from pdenet.data.crambin import Crambin
    from pdenet.runs.results import Results
    from pdenet.subjects.staple.measures import Gains
    from pdenet.subjects.staple.protein import Link, Protein

BLUE, ORANGE, GREEN, PURPLE = PALETTE[:4]
SPANS = ((3, 3, "o", BLUE), (5, 9, "s", GREEN), (11, 13, "^", ORANGE))
"""Spans that share a mark: from, to, marker, colour."""
KINDS = {
    "short": "rigid,\n3",
    "middle": "rigid,\n5 or 7",
    "long": "rigid,\n9 or more",
    "loose": "loose,\n9 or more",
}
"""Links whose times are drawn, and what they are called."""


def draw_staple(protein: Protein, link: Link) -> Figure:
    """A protein in its native conformation with a staple, and the same chain as layers with a skip.

    Parameters
    ----------
    protein
        With a native conformation.
    link
        Two residues that touch in it.
    """
    fig, (folded, line) = plt.subplots(1, 2, figsize=(6.4, 2.6), width_ratios=(1, 1.7))
    places = protein.every.places[protein.native].astype(float)
    _draw_chain(folded, places, protein.sequence)
    folded.plot(*places[list(link)].T, color=ORANGE, marker="", ls="-", lw=5, alpha=0.7, zorder=1)
    folded.set_title("folded, and stapled")
    along = np.arange(len(places))
    _draw_chain(line, np.stack([along, 0 * along], 1), protein.sequence)
    middle, width = sum(link) / 2, link[1] - link[0]
    line.add_patch(Arc((middle, 0), width, 0.9 * width, theta1=0, theta2=180, color=ORANGE, lw=3))
    line.set_ylim(-1, 0.55 * width)
    line.set_title("the same chain as layers: a skip")
    for ax in (folded, line):
        ax.set_aspect("equal")
        ax.axis("off")
    return fig


def _draw_chain(ax: Axes, places: np.ndarray, sequence: str) -> None:
    ax.plot(*places.T, color=INK, marker="", ls="-", lw=1.5, zorder=2)
    for letter, face in (("H", INK), ("P", "none")):
        there = places[[one == letter for one in sequence]]
        ax.scatter(there[:, 0], there[:, 1], s=42, facecolor=face, edgecolor=INK, zorder=3)
    hollow = places[[one == "P" for one in sequence]]
    ax.scatter(hollow[:, 0], hollow[:, 1], s=14, color=INK, zorder=4, marker="x", lw=1)


def draw_resolvents(depth: int = 64, skip: Link = (16, 48), ground: float = 0.1, seeds: int = 3) -> Figure:
    """What the end of a chain, and the output of a network, know of what is before, with a link and without.

    Parameters
    ----------
    depth
        Bonds of the chain, layers of the network.
    skip
        Nodes that the link joins.
    ground
        Stiffness that holds the chain's nodes; the network's layers have the factor by which it decays.
    seeds
        Networks that are drawn.
    """
    fig, ax = plt.subplots(figsize=(6.0, 3.5))
    nodes, factor = np.arange(depth + 1), decay(ground)
    ax.plot(nodes, chain_correlation(depth + 1, ground), "-", marker="", color=INK, label="chain, no link")
    ax.plot(
        nodes,
        chain_correlation(depth + 1, ground, [skip]),
        "--",
        marker="",
        color=BLUE,
        label="chain, with a link",
    )
    walks = walks_to_output(np.full(depth, factor), [skip])
    ax.plot(nodes, walks, "-", marker="", color=ORANGE, lw=1.4, label="walks, with a skip")
    for seed in range(seeds):
        found = DeepNet(depth, 64, factor, seed).gradients([skip])[0]
        label = "gradient of tanh layers" if seed == 0 else None
        ax.plot(nodes[::2], found[::2], "^", ls="", ms=4, mfc="none", color=ORANGE, label=label)
    for node in skip:
        ax.axvline(node, color=INK, lw=0.8, ls=":")
    ax.set(
        xlabel="node of the chain, or layer", ylabel="what the end knows of it", yscale="log", ylim=(1e-10, 3)
    )
    fig.legend(fontsize=8, ncols=2, loc="outside upper center")
    return fig


def draw_gains(protein: Protein, links: Mapping[str, Link | None], gains: Gains) -> Figure:
    """How a protein melts, with links of several kinds, and what all native links gain.

    Parameters
    ----------
    protein
        Whose native conformation melts.
    links
        By name; None is the free chain.
    gains
        Of many proteins.
    """
    fig, (melt, gain) = plt.subplots(1, 2, figsize=(6.8, 3.2))
    temperatures = np.linspace(0.08, 0.8, 80)
    styles = zip(("-", "--", "-.", ":"), (INK, BLUE, ORANGE, PURPLE), strict=True)
    for (name, link), (dash, colour) in zip(links.items(), styles, strict=False):
        chance = [protein.native_chance(t, link) for t in temperatures]
        melt.plot(temperatures, chance, dash, marker="", color=colour, label=name)
    melt.axhline(0.5, color=INK, lw=0.7)
    melt.set(
        xlabel="temperature (energy of a contact)", ylabel="chance of the native state", ylim=(-0.03, 1.2)
    )
    melt.legend(fontsize=8, loc="upper right")
    cost = -np.log(gains.closing)
    for low, high, marker, colour in SPANS:
        there = (gains.spans >= low) & (gains.spans <= high)
        label = f"{low} bonds" if low == high else f"{low} to {high}"
        gain.plot(
            cost[there], gains.gains[there], marker, ls="", ms=2.5, alpha=0.5, color=colour, label=label
        )
    gain.set(xlabel=r"cost of the loop, $-\ln P_\mathrm{loop}$", ylabel="rise of the folding temperature")
    gain.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    legend = gain.legend(fontsize=8, loc="upper left")
    for handle in legend.legend_handles:
        handle.set(alpha=1, markersize=5)
    return fig


def draw_times(results: Results) -> Figure:
    """How much faster proteins fold with a link; and the same with smaller moves, by what cannot fold.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, (ratio, small) = plt.subplots(1, 2, figsize=(6.8, 3.4), width_ratios=(1.5, 1))
    rng = np.random.default_rng(0)
    looks = dict(zip(KINDS, zip(("o", "s", "D", "^"), PALETTE, strict=False), strict=True))
    for place, (kind, (marker, colour)) in enumerate(looks.items()):
        values = results.values(FOLDING.name, f"{kind}, {FASTER}")
        values = values[np.isfinite(values)]
        spread = place + rng.uniform(-0.2, 0.2, len(values))
        ratio.plot(spread, values, marker, ls="", ms=3.5, color=colour, alpha=0.6)
        mean = np.exp(np.log(values).mean())
        ratio.plot([place - 0.32, place + 0.32], [mean, mean], "-", marker="", color=INK)
    ratio.set_xticks(range(len(KINDS)), list(KINDS.values()), fontsize=8)
    ratio.set(xlabel="link, bonds it spans", ylabel="times as fast as the free chain")
    ratio.set_title("three residues at once")
    for kind, (marker, colour) in looks.items():
        stranded, values = (results.values(SMALL.name, f"{kind}, {what}") for what in (STRANDED, FASTER))
        small.plot(100 * stranded, values, marker, ls="", ms=3.5, color=colour, alpha=0.6)
    small.set(xlabel="share that never folds (%)", xlim=(-5, 104))
    small.set_title("two at once")
    for ax in (ratio, small):
        ax.axhline(1, color=INK, lw=0.8, ls=":")
        ax.set(yscale="log")
    return fig


def draw_crambin(protein: Crambin, cutoff: float = 7.0) -> Figure:
    """Contacts of crambin with its staples, and the length of the chain with the same staples anywhere.

    Parameters
    ----------
    protein
        Its places and staples.
    cutoff
        Distance of a contact in angstrom.
    """
    fig, (contacts, lengths) = plt.subplots(1, 2, figsize=(6.6, 3.2))
    i, j = np.nonzero(np.triu(protein.distances() < cutoff, 2))
    contacts.plot(i + 1, j + 1, "s", ls="", ms=2.6, color=BLUE, label=f"nearer than {cutoff:g} Å")
    ends = np.array(protein.staples) + 1
    contacts.plot(*ends.T, "o", ls="", ms=10, mfc="none", mew=1.8, color=ORANGE, label="disulfide bonds")
    contacts.set(xlabel="residue", ylabel="residue", aspect="equal", xlim=(0, 47), ylim=(0, 47))
    contacts.legend(fontsize=8, loc="lower right")
    residues, own = len(protein.residues), end_to_end(len(protein.residues), protein.staples)
    spans = [j - i for i, j in protein.staples]
    others = [end_to_end(residues, links) for links in everywhere(residues, spans)]
    lengths.hist(others, bins=np.arange(3, 10.01, 0.25), color=BLUE, alpha=0.6, label="same spans, anywhere")
    lengths.axvline(own, color=ORANGE, lw=2.5, ls="--", label="crambin's")
    lengths.set(xlabel="end to end (bonds)", ylabel="placements")
    lengths.legend(fontsize=8, loc="upper left")
    return fig
