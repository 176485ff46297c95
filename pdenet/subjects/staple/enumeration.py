"""Loops that count one by one, compiled: self-avoiding walks, and the energies of all sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pdenet.checks.numbers import whole
from pdenet.ops.fused.machine_code import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST = {2: 18, 3: 12}
"""Steps of the longest walks that are counted, by dimension: about a second."""


def count_walks(steps: int, dimension: int = 2) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Numbers of self-avoiding walks on a square or cubic lattice, and of those that end beside their start.

    Parameters
    ----------
    steps
        Of the longest walks.
    dimension
        2 or 3.

    Returns
    -------
    (steps + 1,), (steps + 1,)
        By number of steps: all walks, and those whose ends are neighbours, so that one more step would close
        them.

    Raises
    ------
    TypeError, ValueError
        If a number is none or out of range; the number of longer walks is said.
    """
    dimension = whole("dimension", dimension, least=2, most=3)
    steps, most = whole("steps", steps, least=1), LONGEST[dimension]
    if steps > most:
        growth = {2: 2.638, 3: 4.684}[dimension]
        message = (
            f"steps must be at most {most} in {dimension} dimensions; got {steps}, which are about"
            f" {growth**steps:.0e} walks"
        )
        raise ValueError(message)
    side = 2 * steps + 3
    strides = np.array([1, side, side * side])[:dimension]
    moves = np.concatenate([strides, -strides])
    walks, loops = np.zeros((2, steps + 1), dtype=np.int64)
    walks[0] = 1
    taken = np.zeros(side**dimension, dtype=np.bool_)
    centre = int(strides.sum()) * (steps + 1)
    taken[[centre, centre + 1]] = True
    _walk(taken, moves, centre, np.full(steps + 1, centre + 1), np.zeros(steps + 1, np.int64), walks, loops)
    walks[1:] *= len(moves)  # the first step goes in one direction for all
    loops *= len(moves)
    return walks, loops


@compiled()
def _walk(taken, moves, start, path, tried, walks, loops):
    """Depth first, all walks whose first step is taken; `path` and `tried` by number of steps."""
    n, most = 1, len(path) - 1
    walks[1], loops[1] = 1, 1
    tried[1] = 0
    while n > 0:
        if n == most or tried[n] == len(moves):
            taken[path[n]] = False
            n -= 1
            continue
        site = path[n] + moves[tried[n]]
        tried[n] += 1
        if taken[site]:
            continue
        n += 1
        path[n], tried[n], taken[site] = site, 0, True
        walks[n] += 1
        for move in moves:
            loops[n] += site == start + move


def ground_states(
    maps: NDArray[np.uint64], counts: NDArray[np.int64], pairs: NDArray[np.uint64], residues: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of all sequences of H and P: the most H-H contacts, and how many conformations have so many.

    Parameters
    ----------
    maps : (M,)
        Contact maps: bit b is set if the pair b touches.
    counts : (M,)
        Conformations that have this map.
    pairs : (b,)
        The two residues of each pair, as bits of a sequence.
    residues
        Of a sequence; bit i of its number is set if residue i is H.

    Returns
    -------
    (2**residues,), (2**residues,)
        Contacts of the ground state, and its conformations.
    """
    energies, degeneracies = np.zeros((2, 1 << residues), dtype=np.int64)
    _scan(maps, counts, pairs, energies, degeneracies)
    return energies, degeneracies


@compiled()
def _scan(maps, counts, pairs, energies, degeneracies):
    for sequence in range(len(energies)):
        both = np.uint64(0)
        for b in range(len(pairs)):
            if np.uint64(sequence) & pairs[b] == pairs[b]:
                both |= np.uint64(1) << np.uint64(b)
        best, ways = 0, 0
        for m in range(len(maps)):
            found = _bits(maps[m] & both)
            if found > best:
                best, ways = found, counts[m]
            elif found == best:
                ways += counts[m]
        energies[sequence], degeneracies[sequence] = best, ways


@compiled()
def _bits(word):
    """The number of set bits of 64, in parallel sums of neighbouring bits."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))
