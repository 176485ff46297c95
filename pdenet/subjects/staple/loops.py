"""What it costs a random chain to close loops: one by one, and several that share bonds.

A Gaussian chain of n bonds of length b brings its ends into a volume v with the probability
``v (3 / (2 pi n b^2))^(3/2)``; for several links n^3 is the determinant of the bonds that their loops share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pdenet.checks.numbers import real, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Link = tuple[int, int]

R = 1.987204
"""Gas constant in cal/(mol K)."""
BOND = 3.8
"""Distance of neighbouring alpha carbons, angstrom."""
VOLUME = 57.9
"""Volume in angstrom^3 into which a disulfide bond brings two: a loop then costs what Pace's rule says."""


def pace_entropy(bonds: int) -> float:
    """Entropy that closing a loop of so many residues costs by the rule of Pace and others, cal/(mol K)."""
    return float(-2.1 - 1.5 * R * np.log(whole("bonds", bonds, least=1)))


def closing_chance(links: Sequence[Link], bond: float = BOND, volume: float = VOLUME) -> float:
    """The chance that a Gaussian chain closes all these links, each into the volume.

    Parameters
    ----------
    links
        Pairs of residues.
    bond, volume
        Length of a bond, and the volume, in one unit of length.

    Raises
    ------
    TypeError, ValueError
        If a number is not positive, or links are not of two residues, or one is what the others make of it.
    """
    bond, volume = real("bond", bond, above=0), real("volume", volume, above=0)
    one = volume * (3 / (2 * np.pi * bond**2)) ** 1.5
    shared = shared_bonds(links)
    determinant = float(np.linalg.det(shared))
    if determinant < 0.5:  # of whole numbers
        message = f"no link may follow from the others; got {list(links)}"
        raise ValueError(message)
    return float(one ** len(shared) * determinant**-1.5)


def loop_entropy(links: Sequence[Link], bond: float = BOND, volume: float = VOLUME) -> float:
    """Entropy of a chain with these links less that of one without, cal/(mol K); see `closing_chance`."""
    return float(R * np.log(closing_chance(links, bond, volume)))


def shared_bonds(links: Sequence[Link]) -> Array:
    """How many bonds of the chain the loops of two links share, (m, m); a loop's own on the diagonal.

    Raises
    ------
    ValueError
        If there is no link, or a link has not two different residues.
    """
    given: Any = np.asarray(links, dtype=np.int64)
    if given.ndim != 2 or given.shape[1] != 2 or not len(given) or (given[:, 0] == given[:, 1]).any():
        message = f"links must be pairs of two different residues; got {links!r}"
        raise ValueError(message)
    low, high = given.min(1), given.max(1)
    overlap = np.minimum(high[:, None], high) - np.maximum(low[:, None], low)
    shared: Array = np.maximum(overlap, 0).astype(float)
    return shared
