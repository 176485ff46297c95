"""Crambin, a small protein with three disulfide bonds: the places of its alpha carbons (PDB entry 1CRN)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pdenet.data.shipped import Shipped

if TYPE_CHECKING:
    from numpy.typing import NDArray

CRAMBIN = Shipped(
    "crambin",
    {"crambin_ca.csv": "2d75b3e161ef82330db16edb0c5f7b5dc8c9623e0f3693d33e935a0dc0ef9802"},
)
STAPLES = ((2, 39), (3, 31), (15, 25))
"""Residues that a disulfide bond joins, counted from 0; the entry counts from 1."""


@dataclass(frozen=True, eq=False)
class Crambin:
    """What the entry says of each residue's alpha carbon.

    Parameters
    ----------
    residues
        Names in three letters.
    places : (46, 3)
        In angstrom.
    b_factors : (46,)
        How much each atom moves or is uncertain, in square angstrom: 8 pi^2 / 3 times the mean square.
    staples
        Pairs of residues, counted from 0, that a disulfide bond joins.
    """

    residues: tuple[str, ...]
    places: NDArray[np.float64]
    b_factors: NDArray[np.float64]
    staples: tuple[tuple[int, int], ...] = STAPLES

    def distances(self) -> NDArray[np.float64]:
        """Distance of every two alpha carbons in angstrom, (46, 46)."""
        found: NDArray[np.float64] = np.linalg.norm(self.places[:, None] - self.places, axis=-1)
        return found


def crambin() -> Crambin:
    """The alpha carbons of crambin, as the package ships them.

    Raises
    ------
    DataError
        If the file is missing or damaged.
    """
    table = CRAMBIN.table("crambin_ca.csv")
    places = np.array([[float(value) for value in table[axis]] for axis in "xyz"]).T
    return Crambin(tuple(table["name"]), places, np.array([float(value) for value in table["b_factor"]]))
