r"""The variance of a slope over all random circuits of a kind, worked out and not drawn.

Seen from the observable, each layer turns Pauli words into sums of Pauli words. A rotation about an axis
drawn from three, by an angle uniform over a turn, leaves a letter that is its axis and turns another one, in
the mean over angles, half into the third. Cross terms of different words average out; so the mean of a
squared expectation follows a Markov chain on words. In the state of zeros a word counts one if all its
letters are I or Z.

References
----------
Harrow and Low, Random quantum circuits are approximate 2-designs, Commun. Math. Phys. 291 (2009): the chain.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pdenet.checks.numbers import whole

Weights = NDArray[np.float64]
"""A weight for each word of n letters, I, X, Y and Z: (4,) * n."""

MOST = 10
"""Qubits: a million words."""

MOVES = np.eye(4)
"""From letter to letter behind a rotation: means of squared coefficients."""
MOVES[1:, 1:] = np.where(np.eye(3, dtype=bool), 2 / 3, 1 / 6)

SLOPES = np.zeros((4, 4))
"""The same of the derivative by the angle, which is nothing where letter and axis commute."""
SLOPES[1:, 1:] = np.where(np.eye(3, dtype=bool), 1 / 3, 1 / 6)

_OTHERS = (3, 2, 1, 0)  # a Z beside it: I and Z change places, and X and Y, but for signs
_TURNED = (1, 2)  # letters that put a Z beside them: X and Y


def _behind_controlled_z(weights: Weights, wire: int) -> Weights:
    """Words behind a controlled Z on a wire and the next."""
    moved = np.moveaxis(weights, (wire, wire + 1), (0, 1))
    found = np.empty_like(moved)
    for one in range(4):
        for two in range(4):
            place = (_OTHERS[one] if two in _TURNED else one, _OTHERS[two] if one in _TURNED else two)
            found[place] = moved[one, two]
    return np.moveaxis(found, (0, 1), (wire, wire + 1))


def slope_variance_of_all(qubits: int, layers: int, wire: int = 0) -> float:
    """Variance of the slope of `slope_variance`, or by the angle of another qubit, over all axes and angles.

    Parameters
    ----------
    qubits
        2 to 10.
    layers
        2 or more: the slope is that by an angle of the second.
    wire
        Whose angle, from 0. The observable is on qubits 0 and 1.

    Raises
    ------
    TypeError, ValueError
        If a number is none, or out of range.
    """
    qubits, layers = whole("qubits", qubits, least=2, most=MOST), whole("layers", layers, least=2)
    turned = (2, whole("wire", wire, least=0, most=qubits - 1))
    weights = np.zeros((4,) * qubits)
    weights[(3, 3, *[0] * (qubits - 2))] = 1  # Z Z on the first two
    for layer in range(layers, 0, -1):
        for first in range(qubits - 1):
            weights = _behind_controlled_z(weights, first)
        for place in range(qubits):
            moves = SLOPES if (layer, place) == turned else MOVES
            weights = np.moveaxis(np.tensordot(weights, moves, axes=(place, 0)), -1, place)
    return float(weights[np.ix_(*[[0, 3]] * qubits)].sum())
