"""What is measured of a protein and of a network: what each native link gains, what a random one does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import rankdata

from pdenet.checks.numbers import whole
from pdenet.runs.intervals import log_mean_interval
from pdenet.subjects.staple.folding import TOGETHER, mean_times, passage
from pdenet.subjects.staple.protein import Protein, designing, folding_temperatures, lowest, once

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from pdenet.runs.interval import Interval
    from pdenet.subjects.staple.resolvents import DeepNet

    Array = NDArray[np.float64]
    Link = tuple[int, int]

SPANS = {"short": (3,), "middle": (5, 7), "long": (9, 11, 13, 15)}
"""Bonds between the residues of a link."""
LOOSE = 3
"""How far a tether lets the two residues, in bonds of the lattice; a rigid staple lets them one."""


@dataclass(frozen=True, eq=False)
class Gains:
    """What the links between residues that touch in the native conformation do to its stability.

    Parameters
    ----------
    spans : (link,)
        Bonds between the two residues.
    gains : (link,)
        Rise of the folding temperature, as a share of that of the free chain.
    closing : (link,)
        The chance that a chain that nothing attracts has the two touching.
    """

    spans: NDArray[np.int64]
    gains: Array
    closing: Array


def link_gains(protein: Protein) -> Gains:
    """The gains of all native links of a protein."""
    links = protein.native_links
    linked = np.array([protein.states(link) for link in links])
    free = protein.states()
    gains = folding_temperatures(linked) / folding_temperatures(free[None]) - 1
    spans = np.array([j - i for i, j in links])
    return Gains(spans, gains, linked.sum(1) / free.sum())


def all_gains(residues: int) -> Gains:
    """The gains of all native links of all sequences with one native conformation, one after another."""
    found = [link_gains(Protein(sequence)) for sequence in designing(residues)]
    return Gains(
        *(np.concatenate([getattr(one, name) for one in found]) for name in ("spans", "gains", "closing"))
    )


def native_share(protein: Protein) -> tuple[float, float]:
    """How much of what can be linked is native: of all pairs, and of those that a free chain closes.

    The second counts each pair as often as a chain that nothing attracts has it touching.
    """
    closing = protein.maps.weights @ protein.maps.contacts
    native = [protein.every.pair(*link) for link in protein.native_links]
    return len(native) / len(closing), float(closing[native].sum() / closing.sum())


def folds_by(residues: int, longest: int | None = None, shortest: int = 1) -> tuple[int, int]:
    """How many of all 2^N sequences fold if only pairs at most, and at least, so many bonds apart attract.

    Returns
    -------
    int, int
        The sequences with one conformation of lowest energy; and those among them that have one as well if
        all pairs attract.
    """
    folds = lowest(residues, longest, shortest)[1] == 1
    return int(folds.sum()), int((folds & (lowest(residues)[1] == 1)).sum())


@dataclass(frozen=True)
class LinkTime:
    """What a native link does to the time of folding.

    Parameters
    ----------
    link
        The two residues.
    faster
        Time of the free chain over that of the linked one, each from a random conformation of its own.
    faster_from_there
        The same, the free chain starting where the linked one does.
    stranded
        Share of the linked chain's conformations that never fold.
    """

    link: Link
    faster: float
    faster_from_there: float
    stranded: float

    @property
    def span(self) -> int:
        """Bonds between the two residues."""
        return self.link[1] - self.link[0]


def link_times(
    protein: Protein, temperature: float, reach: int = 1, together: int = TOGETHER, least: int = 3
) -> list[LinkTime]:
    """What the native links do that span `least` bonds or more; the others as in `folding_time`."""
    free = passage(protein, temperature, together=together)
    times = np.zeros(len(protein.every))
    times[free.which] = mean_times(free)
    alone = float(free.start @ times[free.which])
    found = []
    for link in protein.native_links:
        if link[1] - link[0] < least:
            continue
        linked = passage(protein, temperature, link, reach, together)
        if len(linked.which):
            time = float(linked.start @ mean_times(linked))
            there = float(linked.start @ times[linked.which])
            found.append(LinkTime(link, alone / time, there / time, linked.stranded))
        else:
            found.append(LinkTime(link, np.nan, np.nan, linked.stranded))
    return found


def ranks_agree(a: ArrayLike, b: ArrayLike) -> float:
    """Spearman's rank correlation, ties sharing their ranks; NaN if all of one are equal."""
    first, second = rankdata(a), rankdata(b)
    if not first.std() or not second.std():
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1])


def log_mean_of(values: Array) -> Interval:
    """The geometric mean with its interval, of the proteins that have a number."""
    return log_mean_interval(values[np.isfinite(values)])


@lru_cache(maxsize=8)
def drawn(residues: int) -> tuple[str, ...]:
    """The sequences with one native conformation, each once, in a random order that is always the same."""
    sequences = once(designing(residues))
    order = np.random.default_rng([residues, 16]).permutation(len(sequences))
    return tuple(sequences[at] for at in order)


def random_skips(net: DeepNet, count: int, seed: int = 0) -> tuple[float, Array]:
    """How strongly the output depends on the input: without a skip, and with one at a random place, (count,).

    Parameters
    ----------
    net
        The layers.
    count
        How many places, each tried alone.
    seed
        Of the places.
    """
    rng = np.random.default_rng([whole("seed", seed, least=0), 5])
    depth = len(net.weights)
    places = [sorted(rng.choice(depth + 1, 2, replace=False).tolist()) for _ in range(count)]
    return float(net.gradients()[0][0]), np.array([net.gradients([(i, j)])[0][0] for i, j in places])
