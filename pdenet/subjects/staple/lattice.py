"""All conformations of a short chain on the square lattice, up to symmetry, and what touches in each.

A chain of N residues is a self-avoiding walk of N - 1 steps. Of the eight that are one walk turned or
mirrored one is kept: its first step goes to the right, its first turn to the left. Only the straight chain is
its own mirror image, so that it counts half as much as any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from pdenet.checks.numbers import whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST = 16
"""Residues of the longest chain: 802075 conformations; one more residue has 2.6 times as many."""
DIRECTIONS = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]], dtype=np.int8)
LEFT, AHEAD, RIGHT = 1, 0, 2
_TURN = {AHEAD: 0, LEFT: 1, RIGHT: -1}


@dataclass(frozen=True, eq=False)
class Conformations:
    """Every conformation of a chain, once.

    Parameters
    ----------
    places : (K, N, 2), int8
        Where each residue is.
    codes : (K,)
        Turns as digits of a number to the base three, ascending: ahead, left, right.
    weights : (K,)
        1, and 1/2 for the straight chain.
    pairs
        Which two residues can touch: an odd number of bonds apart, three or more.
    contacts : (K, pair), bool
        Whether they do.
    """

    places: NDArray[np.int8]
    codes: NDArray[np.int64]
    weights: NDArray[np.float64]
    pairs: tuple[tuple[int, int], ...]
    contacts: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def residues(self) -> int:
        """Number of residues N."""
        return int(self.places.shape[1])

    @property
    def maps(self) -> NDArray[np.uint64]:
        """The contacts of each as bits of a number, (K,)."""
        powers = np.uint64(1) << np.arange(len(self.pairs), dtype=np.uint64)
        found = np.zeros(len(self), dtype=np.uint64)
        for bit, power in enumerate(powers):
            found[self.contacts[:, bit]] |= power
        return found

    def near(self, i: int, j: int, reach: int = 1) -> NDArray[np.bool_]:
        """Whether residues i and j touch, or are at most `reach` bonds apart along the lattice, (K,).

        Raises
        ------
        ValueError
            If they never touch, or `reach` is less than 1.
        """
        touching, reach = self.contacts[:, self.pair(i, j)], whole("reach", reach, least=1)
        if reach == 1:
            return touching
        apart = self.places[:, i].astype(np.int64) - self.places[:, j]
        found: NDArray[np.bool_] = np.abs(apart).sum(1) <= reach
        return found

    def pair(self, i: int, j: int) -> int:
        """Which of the pairs i and j are.

        Raises
        ------
        ValueError
            If they never touch.
        """
        pair = (min(i, j), max(i, j))
        if pair not in self.pairs:
            message = (
                f"residues {i} and {j} of {self.residues} never touch on this lattice: take two, from 0 to"
                f" {self.residues - 1}, that are an odd number of bonds apart, three or more"
            )
            raise ValueError(message)
        return self.pairs.index(pair)


@lru_cache(maxsize=4)
def conformations(residues: int) -> Conformations:
    """All conformations of a chain.

    Parameters
    ----------
    residues
        Number of residues, from 2 to `MOST`.

    Raises
    ------
    TypeError, ValueError
        If it is no number or out of range.
    """
    residues = whole("residues", residues, least=2)
    if residues > MOST:
        message = (
            f"residues must be at most {MOST}; got {residues}, which have about"
            f" {0.15 * 2.638**residues:.0e} conformations"
        )
        raise ValueError(message)
    places = np.zeros((1, 2, 2), dtype=np.int8)
    places[0, 1, 0] = 1
    heading, codes = np.zeros(1, dtype=np.int8), np.zeros(1, dtype=np.int64)
    for _ in range(residues - 2):
        places, heading, codes = _grown(places, heading, codes)
    order = np.argsort(codes)
    places, codes = places[order], codes[order]
    pairs = tuple((i, j) for i in range(residues) for j in range(i + 3, residues, 2))
    contacts = np.zeros((len(codes), len(pairs)), dtype=np.bool_)
    for bit, (i, j) in enumerate(pairs):
        contacts[:, bit] = np.abs(places[:, i] - places[:, j]).sum(1) == 1
    return Conformations(places, codes, np.where(codes == 0, 0.5, 1.0), pairs, contacts)


@dataclass(frozen=True, eq=False)
class ContactMaps:
    """The different contact maps of a chain, and how many conformations have each.

    Parameters
    ----------
    contacts : (M, pair), float32
        1 where a pair touches, of `pairs` as in `Conformations`: numbers, since products of them are fast.
    weights, counts : (M,)
        Conformations with this map: the straight chain as a half, and as one.
    numbers : (M,), uint64
        The maps as bits.
    first : (M,)
        The first conformation that has it.
    pairs
        As in `Conformations`.
    """

    contacts: NDArray[np.float32]
    weights: NDArray[np.float64]
    counts: NDArray[np.int64]
    numbers: NDArray[np.uint64]
    first: NDArray[np.intp]
    pairs: tuple[tuple[int, int], ...]


@lru_cache(maxsize=4)
def contact_maps(residues: int) -> ContactMaps:
    """The contact maps of all conformations of a chain; errors as in `conformations`."""
    every = conformations(residues)
    numbers, first, which, counts = np.unique(
        every.maps, return_index=True, return_inverse=True, return_counts=True
    )
    weights = np.bincount(which.ravel(), every.weights).astype(float)
    contacts = every.contacts[first].astype(np.float32)
    return ContactMaps(contacts, weights, counts.astype(np.int64), numbers, first, every.pairs)


def _grown(places: NDArray[np.int8], heading: Any, codes: Any) -> tuple[Any, Any, Any]:
    """Every chain with one more residue, where there is room for it."""
    grown = []
    for turn in (AHEAD, LEFT, RIGHT):
        towards = (heading + _TURN[turn]) % 4
        end = places[:, -1] + DIRECTIONS[towards]
        free = ~(places == end[:, None]).all(2).any(1)
        if turn == RIGHT:
            free &= codes > 0  # the first turn goes to the left
        longer = np.concatenate([places[free], end[free, None]], axis=1)
        grown.append((longer, towards[free], 3 * codes[free] + turn))
    return tuple(np.concatenate(parts) for parts in zip(*grown, strict=True))  # type: ignore[return-value]
