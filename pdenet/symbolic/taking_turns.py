r"""Two channels that are updated in turn, wave by wave: the step as a matrix, and the form that it conserves.

On a wave a symmetric kernel K is multiplication by a real number k, and the two updates are

.. math:: R \leftarrow R + kI, \qquad I \leftarrow I - kR \quad\text{(with the new R)},

a step of unit length of the Schrödinger equation :math:`i\,\partial_t\psi = K\psi` for :math:`\psi = R + iI`.
"""

from __future__ import annotations

import sympy as sp

from pdenet.symbolic.equation import EvolutionPDE
from pdenet.symbolic.variables import alpha, gamma, psi, sigma, t, x, y

HAMILTONIAN = EvolutionPDE(
    sp.Eq(
        psi.diff(t),
        -(alpha**2) / 2 * psi.diff(x, 2) - sigma**2 / 2 * psi.diff(y, 2) + gamma * psi,
    ),
    name="HAMILTONIAN",
)
"""Kinetic terms with a mass for each axis, 1/alpha^2 and 1/sigma^2, and a potential gamma."""

k = sp.Symbol("k", real=True)
"""What a symmetric kernel does to a wave, for a time step of one."""


def in_turn(first: sp.Expr = k, second: sp.Expr | None = None) -> sp.Matrix:
    """The step as a matrix on (R, I): two shears, R += first I and then I -= second R.

    Parameters
    ----------
    first, second
        What the two kernels do to the wave; one kernel for both unless the second is given.
    """
    back = first if second is None else second
    return sp.Matrix([[1, 0], [-back, 1]]) * sp.Matrix([[1, first], [0, 1]])


def at_once(first: sp.Expr = k) -> sp.Matrix:
    """The explicit Euler step as a matrix on (R, I): both channels change by what they were before."""
    return sp.Matrix([[1, first], [-first, 1]])


def conserved(first: sp.Expr = k) -> sp.Matrix:
    r"""The matrix A of :math:`R^2 + I^2 + kRI`, which `in_turn` leaves as it is: M^T A M = A."""
    return sp.Matrix([[1, first / 2], [first / 2, 1]])


def norm_bounds(first: sp.Expr = k) -> tuple[sp.Expr, sp.Expr]:
    """The least and the largest that the conserved form is of R^2 + I^2: the eigenvalues of its matrix."""
    return 1 - sp.Abs(first) / 2, 1 + sp.Abs(first) / 2
