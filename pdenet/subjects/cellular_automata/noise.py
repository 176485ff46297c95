"""Cells that are read wrong now and then: what frequencies then say of a rule, and how to undo it.

Each cell, at each time, is flipped with a chance p, by itself. What is counted is a neighbourhood and what
follows it: four cells, each through the same channel.
"""

from __future__ import annotations

from functools import cache, reduce
from typing import TYPE_CHECKING

import numpy as np

from pdenet.checks.numbers import real
from pdenet.subjects.cellular_automata.system import CODES, RULES, check_cells, tables

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

HALF = 0.5
APART = np.array([[(i ^ j).bit_count() for j in range(CODES)] for i in range(CODES)])
"""Cells in which two neighbourhoods differ, (8, 8)."""


def check_chance(p: float) -> float:
    """The chance that a cell is flipped.

    Raises
    ------
    TypeError, ValueError
        If it is no number from 0 to a half; at a half nothing is seen.
    """
    return real("p", p, least=0.0, below=HALF)


def flipped(rows: ArrayLike, p: float, generator: np.random.Generator) -> NDArray[np.uint8]:
    """Cells as they are read, of the same shape.

    Raises
    ------
    TypeError, ValueError
        If p is no chance below a half, or cells are no cells.
    """
    cells = check_cells(rows)
    return cells ^ (generator.random(cells.shape) < check_chance(p))


def channel(p: float, cells: int) -> NDArray[np.float64]:
    """Chances to read one row of cells for another, (2^cells, 2^cells): read, true."""
    one = np.array([[1 - p, p], [p, 1 - p]])
    return np.asarray(reduce(np.kron, [one] * cells))


def plain(found: ArrayLike) -> NDArray[np.uint8]:
    """The outcome seen more often, by neighbourhood; 0 where there is no majority. Shape (..., 8).

    Parameters
    ----------
    found
        Counts, (..., 8, 2): code, outcome.
    """
    seen = np.asarray(found)
    return (seen[..., 1] > seen[..., 0]).astype(np.uint8)


def corrected(found: ArrayLike, p: float) -> NDArray[np.float64]:
    """Counts as they would be without the noise, in the mean, (..., 8, 2): the inverse of the channel.

    Parameters
    ----------
    found
        Counts, (..., 8, 2): code, outcome.
    p
        The chance that a cell is flipped, known from elsewhere.
    """
    seen = np.asarray(found, dtype=float)
    undo = np.linalg.inv(channel(check_chance(p), 4))
    flat = seen.reshape(*seen.shape[:-2], 2 * CODES)
    return np.asarray((flat @ undo.T).reshape(seen.shape))


def leanings(p: float) -> NDArray[np.float64]:
    """By how much the true outcome leads where all rows are equally likely, (256, 8): rule, code.

    Chances of the right outcome less that of the wrong one, given the neighbourhood that was read. The factor
    1 - 2p of the outcome's own noise is left out: it has no say in the sign.
    """
    signs = 2.0 * tables() - 1
    found: NDArray[np.float64] = signs * (signs @ channel(check_chance(p), 3).T)
    return found


def breaking(rule: int) -> float:
    """The chance p from which on plain counting says another rule, of however many cells; a half if never.

    Of the four polynomials in p, by how many cells were misread, the lead of an outcome is a sum with
    numbers of neighbourhoods; the first zero below a half at which one changes its sign is returned.
    """
    signs = 2 * tables()[rule].astype(int) - 1
    tallies = [
        tuple(int(sign * signs[row == d].sum()) for d in range(4))
        for sign, row in zip(signs, APART, strict=True)
    ]
    return min(_first_change(tally) for tally in tallies)


@cache
def _first_change(tally: tuple[int, ...]) -> float:
    """Where below a half the lead of an outcome turns negative, of its neighbours' signs by distance."""
    p = np.polynomial.Polynomial([0, 1])
    lead = sum((n * (1 - p) ** (3 - d) * p**d for d, n in enumerate(tally)), np.polynomial.Polynomial([0]))
    roots = lead.trim().roots()
    between = [float(x) for x in roots[abs(roots.imag) < 1e-9].real if 0 < x < HALF - 1e-6]
    return min((x for x in between if lead(x + 1e-6) < 0), default=HALF)


def breaking_points() -> NDArray[np.float64]:
    """`breaking` of all rules, (256,)."""
    return np.array([breaking(rule) for rule in range(RULES)])
