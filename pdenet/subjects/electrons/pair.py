"""Two electrons without a mean field: energies of the pair on a square grid, and its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import eigsh

from pdenet.checks.numbers import real, whole
from pdenet.subjects.electrons.system import soft_coulomb

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

BELOW = 0.02
"""How far below its lowest energy the solver looks from; the ground state lies near -2.24."""


class Lines(NamedTuple):
    """Energy of the ground state, frequencies (k,) at which the pair takes up light, and their strengths."""

    energy: float
    frequencies: Array
    strengths: Array


def _halved(half: int, parity: int) -> sparse.csr_matrix:
    """From the points (x, y) with y at most abs(x) to the square: even in exchange, and of this parity.

    The columns are orthonormal: each is the sum over the points that exchange and reflection make of one.
    """
    side = 2 * half + 1
    i, j = (axis.ravel() - half for axis in np.indices((side, side)))
    images = np.stack([(i + half) * side + j + half, (j + half) * side + i + half])
    turned = side**2 - 1 - images  # (x, y) -> (-x, -y)
    signs = np.array([1, 1, parity, parity])
    orbit = np.concatenate([images, turned])
    first = orbit.min(0)
    sign = np.take_along_axis(np.broadcast_to(signs[:, None], orbit.shape), orbit.argmin(0)[None], 0)[0]
    odd_alone = (parity < 0) & (i == -j)  # what reflection and exchange leave where it is, with a minus
    names, column = np.unique(first[~odd_alone], return_inverse=True)
    entries = sign[~odd_alone].astype(float)
    rows = np.arange(side**2)[~odd_alone]
    basis = sparse.csr_matrix((entries, (rows, column)), shape=(side**2, len(names)))
    norms = np.sqrt(np.asarray(basis.multiply(basis).sum(0)).ravel())
    return sparse.csr_matrix(basis @ sparse.diags(1 / norms))


def exact_lines(spacing: float = 0.2, half_width: float = 20.0, many: int = 6) -> Lines:
    """The pair's lowest lines: from the ground state to singlets that light can reach.

    Parameters
    ----------
    spacing, half_width
        Of the grid and of the box, bohr, as in `Helium`.
    many
        How many lines.

    Raises
    ------
    TypeError, ValueError
        If a number is none or out of range.
    """
    spacing, many = real("spacing", spacing, above=0), whole("many", many, least=1)
    half = whole("half_width / spacing", round(real("half_width", half_width, above=0) / spacing), least=2)
    x = spacing * np.arange(-half, half + 1)
    hop = np.full(2 * half, -0.5 / spacing**2)
    one = sparse.diags([hop, 1 / spacing**2 - 2 * soft_coulomb(x), hop], [-1, 0, 1])
    still = sparse.identity(len(x))
    repulsion = soft_coulomb(x[:, None] - x)
    both = sparse.kron(one, still) + sparse.kron(still, one) + sparse.diags(repulsion.ravel())
    dipole = (x[:, None] + x).ravel()
    found = []
    for parity, wanted in ((1, 1), (-1, many)):
        basis = _halved(half, parity)
        small = sparse.csc_matrix(basis.T @ both @ basis)
        start = np.ones(small.shape[0])  # ARPACK would draw one
        energies, states = eigsh(small, k=wanted, sigma=-2.24 - BELOW, v0=start)
        order = np.argsort(energies)
        found.append((energies[order], basis @ states[:, order]))
    (ground, lowest), (energies, states) = found
    frequencies = energies - ground[0]
    moved = states.T @ (dipole * lowest[:, 0])
    return Lines(float(ground[0]), frequencies, 2 * frequencies * moved**2)
