"""Elementary cellular automata: rows of cells that are 0 or 1, and the 256 rules of three neighbours.

A neighbourhood (l, c, r) has the code 4l + 2c + r, a rule its outcomes by code, and the number that these are
the binary digits of, the outcome of code 0 being the lowest.
"""

from __future__ import annotations

from functools import cache
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

from pdenet.checks.numbers import whole

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Bits = NDArray[np.uint8]

RULES = 256
CODES = 8
"""Neighbourhoods of three cells."""


def check_rule(rule: int) -> int:
    """The number of a rule.

    Raises
    ------
    TypeError, ValueError
        If it is no whole number from 0 to 255.
    """
    return whole("rule", rule, least=0, most=RULES - 1)


def check_cells(row: ArrayLike, least: int = 3) -> Bits:
    """Cells as bytes, of any shape, the last axis along a row.

    Raises
    ------
    ValueError
        If a row has too few cells, or a cell is neither 0 nor 1.
    """
    cells = np.asarray(row)
    if cells.ndim == 0 or cells.shape[-1] < least:
        message = (
            f"a row has {least} cells at least, so that each has two neighbours; got shape {cells.shape}"
        )
        raise ValueError(message)
    if not ((cells == 0) | (cells == 1)).all():
        message = f"cells are 0 or 1; got {np.unique(cells).tolist()}: code -1 and 1, or a share, as 0 and 1"
        raise ValueError(message)
    return cells.astype(np.uint8)


def table(rule: int) -> Bits:
    """Outcomes of a rule by code, (8,)."""
    found: Bits = tables()[check_rule(rule)]
    return found


@cache
def tables() -> Bits:
    """Outcomes of all rules, (256, 8): rule, code; read-only."""
    found = np.array([[rule >> code & 1 for code in range(CODES)] for rule in range(RULES)], dtype=np.uint8)
    found.flags.writeable = False
    return found


def number(outcomes: ArrayLike) -> int:
    """The rule with these outcomes, (8,) by code.

    Raises
    ------
    ValueError
        If there are not eight, or one is neither 0 nor 1.
    """
    bits = check_cells(outcomes, CODES)
    if bits.shape != (CODES,):
        message = f"a rule has eight outcomes, one a neighbourhood; got shape {bits.shape}"
        raise ValueError(message)
    return int(bits @ (1 << np.arange(CODES)))


def codes(row: ArrayLike) -> NDArray[np.intp]:
    """Codes of the neighbourhoods on a ring, of the same shape: left neighbour, cell, right neighbour."""
    cells = check_cells(row).astype(np.intp)
    found: NDArray[np.intp] = 4 * np.roll(cells, 1, -1) + 2 * cells + np.roll(cells, -1, -1)
    return found


def history(rule: int, start: ArrayLike, steps: int) -> Bits:
    """Rows of a ring, (time, *start): the start, and as many steps as said.

    Raises
    ------
    TypeError, ValueError
        If the rule, a cell or the number of steps is none.
    """
    outcomes = table(rule)
    rows = [check_cells(start)]
    for _ in range(whole("steps", steps, least=0)):
        rows.append(outcomes[codes(rows[-1])])
    return np.array(rows)


def one_cell(cells: int) -> Bits:
    """A ring with a one in the middle, (cell,)."""
    row = np.zeros(whole("cells", cells, least=3), dtype=np.uint8)
    row[len(row) // 2] = 1
    return row


def drawn(generator: np.random.Generator, *shape: int) -> Bits:
    """Cells that are 0 or 1 with equal chance, of this shape."""
    return generator.integers(0, 2, shape, dtype=np.uint8)


def mirrored(rule: int) -> int:
    """The rule that does the same with left and right exchanged."""
    left, centre, right = np.arange(CODES) >> 2, np.arange(CODES) >> 1 & 1, np.arange(CODES) & 1
    return number(table(rule)[4 * right + 2 * centre + left])


def complemented(rule: int) -> int:
    """The rule that does the same with 0 and 1 exchanged."""
    return number(1 - table(rule)[::-1])


def alike(rule: int) -> tuple[int, ...]:
    """Rules that are this one, seen in a mirror, with 0 and 1 exchanged, or both; rising."""
    other = mirrored(rule)
    return tuple(sorted({check_rule(rule), other, complemented(rule), complemented(other)}))


def relabelled(rule: int) -> frozenset[int]:
    """Rules that are this one with its inputs in another order, some of them negated, the outcome too or not.

    What a network of units can do for one of them it can do for all: its first and last weights change.
    """
    outcomes = table(rule)
    bits = np.arange(CODES)[:, None] >> np.array([2, 1, 0]) & 1
    found = set()
    for order in permutations(range(3)):
        for negated in range(CODES):
            where = (bits[:, list(order)] ^ bits[negated]) @ np.array([4, 2, 1])
            moved = number(outcomes[where])
            found |= {moved, RULES - 1 - moved}
    return frozenset(found)


def separable() -> tuple[int, ...]:
    """Rules that are the sign of a weighted sum of the cells, rising: those that one unit can do.

    Whole weights from -2 to 2 do for three inputs.
    """
    bits = np.arange(CODES)[:, None] >> np.array([2, 1, 0]) & 1
    weights = np.stack(np.meshgrid(*[np.arange(-2, 3)] * 3), -1).reshape(-1, 3)
    sums = bits @ weights.T
    found = {number(one) for level in np.arange(-6.5, 7) for one in np.unique(sums > level, axis=1).T}
    return tuple(sorted(found))
