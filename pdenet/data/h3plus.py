"""H3+, three protons and two electrons: energies and forces of 1600 geometries, by full CI."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from pdenet.data.image_data import DataError
from pdenet.data.shipped import CURE, Shipped

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILE = "h3plus_fci.npz"
H3PLUS = Shipped("h3plus_fci", {FILE: "44a58f4df8d3f3ae9fe9b037584c1b73218d4e7aa7be39b5becffad0e5635781"})
GEOMETRIES = 1600


@dataclass(frozen=True, eq=False)
class Surface:
    """Geometries with their energies and forces, in Hartree atomic units.

    Parameters
    ----------
    places : (N, 3, 3)
        Of each proton, in bohr.
    energies : (N,)
        Of the ground state, in hartree, with the repulsion of the protons.
    forces : (N, 3, 3)
        On each proton, in hartree/bohr.
    """

    places: NDArray[np.float64]
    energies: NDArray[np.float64]
    forces: NDArray[np.float64]


def h3plus() -> Surface:
    """The geometries that ship with the package, in the order in which they were drawn.

    Raises
    ------
    DataError
        If the file is missing or damaged.
    """
    with np.load(BytesIO(H3PLUS.content(FILE))) as arrays:
        found = Surface(arrays["R"], arrays["E"], arrays["F"])
    counts = {len(found.places), len(found.energies), len(found.forces)}
    if counts != {GEOMETRIES}:
        message = f"{FILE} must have {GEOMETRIES} geometries, energies and forces; got {counts}; {CURE}"
        raise DataError(message)
    return found
