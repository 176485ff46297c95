r"""The hydrogen molecule in its smallest basis, as one qubit.

Each atom has one orbital, three Gaussians with the weights of STO-3G. Their even combination takes both
electrons, or the odd one does; by symmetry no other pair of states mixes with these. Hartree atomic units.

References
----------
Szabo and Ostlund, Modern quantum chemistry (1989), chapter 3 and appendix A. Hehre, Stewart, Pople,
Self-consistent molecular-orbital methods I, J. Chem. Phys. 51 (1969): the basis.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import torch

from pdenet.checks.numbers import real
from pdenet.ops.gaussians import Orbital, integrals
from pdenet.subjects.circuits.system import Observable

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
    places = torch.tensor([[[0.0, 0, 0], [0, 0, bond]]], dtype=torch.float64)
    found = integrals(places, [Orbital(centre, EXPONENTS, WEIGHTS) for centre in (0, 1)])
    s, core, repulsion, nuclei = (values[0].numpy() for values in found)
    even, odd = (np.array([1.0, sign]) for sign in (1, -1))
    even, odd = (c / math.sqrt(c @ s @ c) for c in (even, odd))
    energies = [
        2 * c @ core @ c + np.einsum("i,j,k,m,ijkm", c, c, c, c, repulsion) + nuclei for c in (even, odd)
    ]
    exchange = np.einsum("i,j,k,m,ijkm", even, odd, even, odd, repulsion)
    return TwoLevel(float(energies[0]), float(energies[1]), float(exchange))
