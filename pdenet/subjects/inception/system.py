"""Which cells of a map can be reached in so many steps: a task that needs steps in a sequence."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from pdenet.checks.numbers import real, whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Maps = NDArray[np.bool_]

SIDE = 15
OPEN = 0.65
"""Share of open cells: a little above 0.593, from which on a large map is connected from side to side."""


def maps(count: int, rng: np.random.Generator, *, side: int = SIDE, share: float = OPEN) -> Maps:
    """Maps (N, side, side) whose cells are open independently of each other; the middle one always is.

    Parameters
    ----------
    count
        N.
    rng
        What they are drawn from.
    side
        Rows and columns, odd, so that there is a middle.
    share
        Of open cells, from 0 to 1.

    Raises
    ------
    TypeError, ValueError
        If a number is none or out of range, or the side is even.
    """
    count, side = whole("count", count, least=1), whole("side", side, least=1)
    if side % 2 == 0:
        message = f"side must be odd, so that a map has a middle; got {side}"
        raise ValueError(message)
    drawn = rng.random((count, side, side)) < real("share", share, least=0, most=1)
    drawn[:, side // 2, side // 2] = True
    return drawn


def reached(open_cells: Maps, steps: int) -> Maps:
    r"""Cells that can be reached from the middle in so many steps over open cells, (N, side, side).

    A step goes to one of four neighbours: :math:`r_{t+1} = m \wedge \mathrm{dilate}_4(r_t)`, with the open
    cells :math:`m`.

    Parameters
    ----------
    open_cells
        (N, side, side).
    steps
        k, not negative.

    Raises
    ------
    TypeError, ValueError
        If the number is none or negative.
    """
    middle = open_cells.shape[-1] // 2
    now = np.zeros_like(open_cells)
    now[:, middle, middle] = True
    for _ in range(whole("steps", steps, least=0)):
        after = now.copy()
        after[:, 1:] |= now[:, :-1]
        after[:, :-1] |= now[:, 1:]
        after[:, :, 1:] |= now[:, :, :-1]
        after[:, :, :-1] |= now[:, :, 1:]
        now = after & open_cells
    return now


def path_lengths(open_cells: Maps) -> NDArray[np.int64]:
    """Steps from the middle of one map (side, side) to each cell, by breadth-first search; -1: no way."""
    side = len(open_cells)
    lengths = np.full((side, side), -1)
    lengths[side // 2, side // 2] = 0
    waiting = deque([(side // 2, side // 2)])
    while waiting:
        row, column = waiting.popleft()
        for r, c in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            if 0 <= r < side and 0 <= c < side and open_cells[r, c] and lengths[r, c] < 0:
                lengths[r, c] = lengths[row, column] + 1
                waiting.append((r, c))
    return lengths


def taxicab(side: int = SIDE) -> NDArray[np.int64]:
    """Steps from the middle to each cell of a map without a closed one, (side, side)."""
    line = np.abs(np.arange(side) - side // 2)
    return line[:, None] + line


def asked(open_cells: Maps, steps: int) -> Maps:
    """Cells whose answer needs the map: open, two to k steps away by rows and columns."""
    distance = taxicab(open_cells.shape[-1])
    return open_cells & (distance >= 2) & (distance <= steps)


def balanced_accuracy(said: Maps, true: Maps, where: Maps) -> float:
    """The mean of two shares: of reached and of not reached cells, those that are called so.

    Parameters
    ----------
    said, true, where
        What is said, what is so, and which cells count, all of one shape.
    """
    right = said == true
    return float((right[where & true].mean() + right[where & ~true].mean()) / 2)


def by_distance(count: int, steps: int, rng: np.random.Generator) -> float:
    """Balanced accuracy of the best answer that knows how far a cell is, and nothing of the map.

    Parameters
    ----------
    count
        Maps that are drawn.
    steps
        k.
    rng
        What they are drawn from.
    """
    drawn = maps(count, rng)
    true, where = reached(drawn, steps), asked(drawn, steps)
    distance = np.broadcast_to(taxicab(), drawn.shape)
    return max(balanced_accuracy(distance <= far, true, where) for far in range(1, steps + 1))
