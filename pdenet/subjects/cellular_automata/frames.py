"""Every k-th frame of an automaton: what is seen is the rule applied k times, and rules can share that."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pdenet.checks.numbers import whole
from pdenet.subjects.cellular_automata.system import RULES, tables

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_FRAMES = 6
"""Windows of 2k + 1 cells are listed up to this k."""


def windows(k: int) -> NDArray[np.uint8]:
    """All rows of 2k + 1 cells, (2^(2k+1), 2k+1): what one cell can depend on after k steps."""
    width = 2 * whole("k", k, least=1, most=MOST_FRAMES) + 1
    return (np.arange(2**width)[:, None] >> np.arange(width)[::-1] & 1).astype(np.uint8)


def narrowed(row: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Codes of the neighbourhoods that lie within a row without a ring, (..., cell - 2)."""
    cells = row.astype(np.intp)
    found: NDArray[np.intp] = 4 * cells[..., :-2] + 2 * cells[..., 1:-1] + cells[..., 2:]
    return found


@cache
def iterates(k: int) -> NDArray[np.uint8]:
    """Outcome after k steps of every rule at every window, (256, 2^(2k+1)).

    Raises
    ------
    TypeError, ValueError
        If k is no whole number from 1 to `MOST_FRAMES`.
    """
    start = windows(k)
    found = np.empty((RULES, len(start)), dtype=np.uint8)
    for rule, outcomes in enumerate(tables()):
        row = start
        while row.shape[1] > 1:
            row = outcomes[narrowed(row)]
        found[rule] = row[:, 0]
    found.flags.writeable = False
    return found


@cache
def labels(*frames: int) -> NDArray[np.intp]:
    """A number for each rule, (256,), equal where the rules agree after each of these numbers of steps."""
    seen = np.concatenate([iterates(k) for k in frames], axis=1)
    _, found = np.unique(np.packbits(seen, axis=1), axis=0, return_inverse=True)
    return np.asarray(found.reshape(RULES))


def groups(*frames: int) -> list[tuple[int, ...]]:
    """Rules that cannot be told apart from these frames, two at least in a group, rising."""
    same = labels(*frames)
    found = {tuple(np.flatnonzero(same == label).tolist()) for label in same}
    return sorted(group for group in found if len(group) > 1)


class Known(NamedTuple):
    """How far frames tell rules apart."""

    maps: int
    """Different iterates among the 256."""
    rules: int
    """Rules that no other shares its iterate with."""
    by_chance: float
    """Rules whose iterate a rule drawn at random has, in the mean over draws for each of the 256."""


def known(*frames: int) -> Known:
    """How far these frames, every k-th for each k given, tell rules apart."""
    sizes = np.bincount(labels(*frames))
    return Known(len(sizes), int((sizes == 1).sum()), float((sizes**2).sum() / RULES))
