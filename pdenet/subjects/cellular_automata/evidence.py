"""What a history says of a rule: each neighbourhood that occurs gives one outcome, and no other is known."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from pdenet.checks.numbers import whole
from pdenet.data.image_data import DataError
from pdenet.subjects.cellular_automata.system import CODES, RULES, check_cells, codes, tables

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

LARGEST_RING = 16
"""Cells of a ring of which all starts are followed, at most."""


def counts(rows: ArrayLike) -> NDArray[np.int64]:
    """How often each outcome followed each neighbourhood, (8, 2): code, outcome.

    Parameters
    ----------
    rows
        A history on a ring, (time, ..., cell).

    Raises
    ------
    ValueError
        If there are fewer than two rows, or cells are no cells.
    """
    cells = _check_rows(rows)
    pairs = 2 * codes(cells[:-1]) + cells[1:]
    return np.bincount(pairs.ravel(), minlength=2 * CODES).reshape(CODES, 2)


def _check_rows(rows: ArrayLike) -> NDArray[np.uint8]:
    cells = check_cells(rows)
    if cells.ndim < 2 or len(cells) < 2:
        message = (
            f"a rule shows in the step from a row to the next: two rows at least, got shape {cells.shape}"
        )
        raise ValueError(message)
    return cells


def read_rule(rows: ArrayLike) -> list[int | None]:
    """Outcomes by code as a history without noise has them; None where the neighbourhood does not occur.

    Raises
    ------
    DataError
        If a neighbourhood is followed by both outcomes: noise, another rule, or frames that were left out.
    """
    found = counts(rows)
    both = np.flatnonzero((found > 0).all(1))
    if len(both):
        seen = ", ".join(f"{code:03b}" for code in both)
        message = (
            f"neighbourhood {seen} is followed by 0 and by 1: no rule of three cells does that; "
            "use counts(), and ask whether there is noise or a frame is missing"
        )
        raise DataError(message)
    return [None if not row.any() else int(row.argmax()) for row in found]


def fitting(rows: ArrayLike) -> list[int]:
    """All rules that make this history, rising: found by trying the 256, without any training.

    Raises
    ------
    ValueError
        If there are fewer than two rows, or cells are no cells.
    """
    cells = _check_rows(rows)
    where, after = codes(cells[:-1]), cells[1:]
    return [rule for rule, outcomes in enumerate(tables()) if np.array_equal(outcomes[where], after)]


def ring_masks(cells: int) -> NDArray[np.uint8]:
    """Which neighbourhoods occur in each row of a ring, (2^cells,), bit by code; rows are binary numbers."""
    return _neighbourhoods(cells)[1]


def determined_starts(cells: int) -> NDArray[np.int64]:
    """Of how many of all starts on a ring the whole history determines the rule, (256,) by rule.

    Each start is followed until its rows repeat: doubling the number of steps `cells` times covers as many
    steps as there are rows.

    Parameters
    ----------
    cells
        Of the ring, 3 to 16.
    """
    where, first = _neighbourhoods(cells)
    weights = 1 << np.arange(where.shape[1])[::-1]
    found = np.zeros(RULES, dtype=np.int64)
    for rule, outcomes in enumerate(tables()):
        following, seen = outcomes[where] @ weights, first.copy()
        for _ in range(where.shape[1]):
            seen |= seen[following]
            following = following[following]
        found[rule] = np.count_nonzero(seen == RULES - 1)
    return found


def _neighbourhoods(cells: int) -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
    cells = whole("cells", cells, least=3, most=LARGEST_RING)
    rows = np.arange(2**cells)[:, None] >> np.arange(cells)[::-1] & 1
    where = codes(rows)
    return where, np.bitwise_or.reduce(1 << where, axis=1).astype(np.uint8)


def share_of_rows(cells: int) -> Fraction:
    """The share of all rows of a ring that have all eight neighbourhoods.

    A row is a closed walk on pairs of cells, with a step for each neighbourhood. Walks that avoid a set of
    steps are counted by the trace of a power of what is left of the matrix; inclusion and exclusion over the
    256 sets does the rest, in whole numbers.

    Parameters
    ----------
    cells
        Of the ring, three at least.
    """
    cells = whole("cells", cells, least=3)
    total = 0
    for avoided in range(2**CODES):
        steps = np.zeros((4, 4), dtype=object)
        for code in range(CODES):
            if not avoided >> code & 1:
                steps[code >> 1, code & 3] += 1
        total += (-1) ** avoided.bit_count() * int(_power(steps, cells).trace())
    return Fraction(total, 2**cells)


def _power(matrix: NDArray[np.object_], exponent: int) -> NDArray[np.object_]:
    """A power by squaring, in whole numbers of any size."""
    found = np.identity(len(matrix), dtype=int).astype(object)
    while exponent:
        if exponent & 1:
            found = found @ matrix
        matrix, exponent = matrix @ matrix, exponent >> 1
    return found
