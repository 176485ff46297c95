"""A chain with staples as a net of resistors: crambin, and the same staples anywhere else."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from pdenet.checks.numbers import real, whole
from pdenet.ops.paths.resolvent import kirchhoff
from pdenet.subjects.staple.loops import shared_bonds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pdenet.data.crambin import Crambin

    Array = NDArray[np.float64]
    Link = tuple[int, int]


def end_to_end(residues: int, links: Sequence[Link]) -> float:
    """Resistance from end to end of a chain whose bonds and links have the resistance one.

    By the bonds that loops share, the matrix whose determinant is the loops' entropy: with one more
    on its diagonal, the resistance of a link, its inverse says what current the links take from the chain.
    """
    shared = shared_bonds(links)
    own = shared.diagonal()
    saved = own @ np.linalg.solve(shared + np.eye(len(own)), own)
    return float(whole("residues", residues, least=2) - 1 - saved)


def everywhere(residues: int, spans: Sequence[int]) -> list[tuple[Link, ...]]:
    """Every way to put staples of these spans on a chain, so that no residue has two."""
    starts = product(*(range(residues - span) for span in spans))
    placed = (tuple((i, i + span) for i, span in zip(at, spans, strict=True)) for at in starts)
    return [links for links in placed if len({end for link in links for end in link}) == 2 * len(links)]


def contact_network(protein: Crambin, cutoff: float = 7.0) -> Array:
    """Kirchhoff's matrix of the Gaussian network: a spring between any two within the cutoff, angstrom."""
    near = np.argwhere(np.triu(protein.distances() < real("cutoff", cutoff, above=0), 1))
    return kirchhoff(len(protein.residues), [(int(i), int(j), 1.0) for i, j in near])


def fluctuations(matrix: Array) -> Array:
    """Mean square motion of each node, in units of kT over the stiffness: the pseudo-inverse's diagonal."""
    return np.asarray(np.linalg.pinv(matrix, hermitian=True).diagonal())
