r"""The hydrogen molecule in its smallest basis, as one qubit.

Each atom has one orbital, three Gaussians with the weights of STO-3G. Their even combination takes both
electrons, or the odd one does; by symmetry no other pair of states mixes with these. Integrals over Gaussians
are closed forms of the Boys function, here for s orbitals alone. Hartree atomic units.

References
----------
Szabo and Ostlund, Modern quantum chemistry (1989), chapter 3 and appendix A. Hehre, Stewart, Pople,
Self-consistent molecular-orbital methods I, J. Chem. Phys. 51 (1969): the basis.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pdenet.checks.numbers import real
from pdenet.subjects.circuits.system import Observable

if TYPE_CHECKING:
    from collections.abc import Callable

EXPONENTS = (3.42525091, 0.62391373, 0.16885540)
"""Of the three Gaussians of hydrogen, scaled for molecules (zeta 1.24), 1 / bohr^2."""
WEIGHTS = (0.15432897, 0.53532814, 0.44463454)
BOND = 1.4  # bohr


class TwoLevel(NamedTuple):
    """The molecule as a matrix in the states with both electrons in the even or in the odd orbital."""

    even: float
    """Energy of both in the even orbital: that of Hartree and Fock."""
    odd: float
    exchange: float
    """What mixes the two."""

    def observable(self) -> Observable:
        """The same on one qubit, whose 0 is the even state."""
        middle, half = (self.even + self.odd) / 2, (self.even - self.odd) / 2
        return Observable({"I": middle, "Z": half, "X": self.exchange})

    def ground(self) -> float:
        """The lowest energy: full configuration interaction in this basis."""
        return float(np.linalg.eigvalsh([[self.even, self.exchange], [self.exchange, self.odd]])[0])


def boys(t: float) -> float:
    r"""The Boys function of order zero, :math:`\int_0^1 e^{-t s^2} ds`."""
    if t < 1e-8:
        return 1 - t / 3
    return math.sqrt(math.pi / t) * math.erf(math.sqrt(t)) / 2


def hydrogen(bond: float = BOND) -> TwoLevel:
    """The molecule at a distance of its nuclei.

    Parameters
    ----------
    bond
        In bohr, positive.

    Raises
    ------
    TypeError, ValueError
        If it is not.
    """
    bond = real("bond", bond, above=0)
    places = (0.0, bond)
    # (exponent, weight with the Gaussian's own norm, place) of all six Gaussians, three an atom
    primitives = [
        [(a, d * (2 * a / math.pi) ** 0.75, place) for a, d in zip(EXPONENTS, WEIGHTS, strict=True)]
        for place in places
    ]

    def over_pairs(one: int, two: int, of: Callable[[float, float, float, float], float]) -> float:
        terms = [d * e * of(a, x, b, y) for a, d, x in primitives[one] for b, e, y in primitives[two]]
        return float(sum(terms))

    def product(a: float, x: float, b: float, y: float) -> tuple[float, float, float]:
        """Exponent, place and factor of the Gaussian that the product of two is."""
        p = a + b
        return p, (a * x + b * y) / p, math.exp(-a * b / p * (x - y) ** 2)

    def overlap(a: float, x: float, b: float, y: float) -> float:
        p, _, factor = product(a, x, b, y)
        return float(factor * (math.pi / p) ** 1.5)

    def one_electron(a: float, x: float, b: float, y: float) -> float:
        p, place, factor = product(a, x, b, y)
        reduced = a * b / p
        kinetic = reduced * (3 - 2 * reduced * (x - y) ** 2) * factor * (math.pi / p) ** 1.5
        nuclei = sum(-2 * math.pi / p * factor * boys(p * (place - nucleus) ** 2) for nucleus in places)
        return float(kinetic + nuclei)

    def two_electrons(i: int, j: int, k: int, m: int) -> float:
        total = 0.0
        for a, d, x in primitives[i]:
            for b, e, y in primitives[j]:
                p, first, factor = product(a, x, b, y)
                for c, f, z in primitives[k]:
                    for g, h, w in primitives[m]:
                        q, second, other = product(c, z, g, w)
                        size = 2 * math.pi**2.5 / (p * q * math.sqrt(p + q))
                        t = p * q / (p + q) * (first - second) ** 2
                        total += d * e * f * h * size * factor * other * boys(t)
        return total

    s = np.array([[over_pairs(i, j, overlap) for j in (0, 1)] for i in (0, 1)])
    core = np.array([[over_pairs(i, j, one_electron) for j in (0, 1)] for i in (0, 1)])
    repulsion = np.array(
        [[[[two_electrons(i, j, k, m) for m in (0, 1)] for k in (0, 1)] for j in (0, 1)] for i in (0, 1)]
    )
    even, odd = (np.array([1.0, sign]) for sign in (1, -1))
    even, odd = (c / math.sqrt(c @ s @ c) for c in (even, odd))
    energies = [
        2 * c @ core @ c + np.einsum("i,j,k,m,ijkm", c, c, c, c, repulsion) + 1 / bond for c in (even, odd)
    ]
    exchange = np.einsum("i,j,k,m,ijkm", even, odd, even, odd, repulsion)
    return TwoLevel(float(energies[0]), float(energies[1]), float(exchange))
