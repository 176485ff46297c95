"""What a wide stack does to a signal and to a gradient, without a free number: the mean-field recursion."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pdenet.checks.numbers import real, whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pdenet.subjects.vanishing.networks import Start

    Array = NDArray[np.float64]

_Z = np.linspace(-8, 8, 8001)
_DENSITY = np.exp(-(_Z**2) / 2)
_DENSITY /= _DENSITY.sum()
ROUNDING = 2.0**-24
"""Relative rounding of a number of 32 bits."""


class Foretold(NamedTuple):
    """What the recursion says of each layer of a stack.

    Parameters
    ----------
    signal : (L + 1,)
        Mean square of a unit before each block and behind the last.
    factor : (L,)
        What a block multiplies the mean square of a gradient or of a small difference by.
    """

    signal: Array
    factor: Array

    @property
    def gradient(self) -> Array:
        """Decimal logarithm of the gradient's norm behind so many layers, over that at the end, (L + 1,)."""
        return np.concatenate([[0.0], np.cumsum(np.log10(self.factor)) / 2])


def mean_field(start: Start, depth: int, signal: float = 1.0) -> Foretold:
    """The mean squares in a stack of tanh units so wide that sums over units are their means.

    Parameters
    ----------
    start
        The stack.
    depth
        Blocks.
    signal
        Mean square of a unit at the input, positive.

    Raises
    ------
    TypeError, ValueError
        If a number is none or out of range.

    References
    ----------
    Schoenholz et al., Deep information propagation, ICLR (2017); Yang and Schoenholz, Mean field residual
    networks: on the edge of chaos, NeurIPS (2017).
    """
    depth, signal = whole("depth", depth, least=1), real("signal", signal, above=0)
    step, skip = start.step(depth), start.kind != "plain"
    signals, factors = [signal], []
    for _ in range(depth):
        branch = np.tanh(math.sqrt(start.gain**2 * signals[-1] + start.bias**2) * _Z)
        size = float(_DENSITY @ branch**2)
        slope = start.gain**2 * float(_DENSITY @ (1 - branch**2) ** 2)
        signals.append(signals[-1] + step**2 * size if skip else size)
        factors.append(1 + step**2 * slope if skip else slope)
    return Foretold(np.array(signals), np.array(factors))


def lifetime(start: Start, depth: int) -> float:
    """Layers after which differences of unit size are below the rounding of the state they are part of.

    Infinity where they never are; numbers of 32 bits.
    """
    foretold = mean_field(start, depth)
    left = foretold.gradient - np.log10(ROUNDING * np.sqrt(foretold.signal))
    below = np.flatnonzero(left < 0)
    if not below.size:
        return math.inf
    after = int(below[0])  # between this layer and the one before it
    return after - float(left[after] / (left[after] - left[after - 1]))
