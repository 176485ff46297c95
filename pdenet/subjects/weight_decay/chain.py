"""Networks of one number a layer under weight decay: transitions of depth one, two and three, exactly."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pdenet.checks.numbers import real, whole
from pdenet.ops.diverged import NotConverged
from pdenet.subjects.weight_decay.network import one_way

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

STEP, SMALL, STEPS = 0.1, 1e-13, 400_000
"""Of gradient descent: its step, the slope that counts as none, and how many steps at most."""


class Descent(NamedTuple):
    """Where gradient descent came to rest, and how fast."""

    weights: NDArray[np.float64]
    steps: int
    rate: float
    """By which the distance to the end shrank per unit of time, at the end."""


def energy(weights: NDArray[np.float64], signal: float, decay: float, field: float = 0.0) -> float:
    """Half the squared error of the weights' product, with decay and a field on their sum.

    Parameters
    ----------
    weights
        One a layer.
    signal
        s, what the product should be.
    decay
        At least zero.
    field
        Pulls on the sum of the weights.

    Raises
    ------
    ValueError
        If the decay is negative.
    """
    decay = real("decay", decay, least=0)
    squares, total = float((weights**2).sum()), float(weights.sum())
    return (signal - float(weights.prod())) ** 2 / 2 + decay / 2 * squares - field * total


def descend(
    weights: NDArray[np.float64], signal: float, decay: float, *, field: float = 0.0, steps: int = STEPS
) -> Descent:
    """Gradient descent to where the slope is rounding.

    Parameters
    ----------
    weights
        First ones.
    signal, decay, field
        As in `energy`.
    steps
        At most.

    Raises
    ------
    ValueError
        If the decay is negative.
    NotConverged
        If the slope is not small after so many steps, as next to a critical strength.
    """
    decay = real("decay", decay, least=0)
    values, speeds = [float(w) for w in weights], (0.0, 0.0)
    for step in range(whole("steps", steps, least=1)):
        error = signal - math.prod(values)
        slopes = [
            decay * w - field - error * math.prod(values[:k] + values[k + 1 :]) for k, w in enumerate(values)
        ]
        steepest = max(map(abs, slopes))
        if steepest < SMALL:
            return Descent(np.array(values), step, _rate(*speeds))
        if 1e-9 < steepest < 1e-6:  # where the law is linear, and rounding far
            speeds = (speeds[1], steepest)
        values = [w - STEP * slope for w, slope in zip(values, slopes, strict=True)]
    message = (
        f"the slope is {steepest:.1e} after {steps} steps at decay {decay:.4g}; give more steps, or stay "
        "further from the critical strength"
    )
    raise NotConverged(message)


def _rate(before: float, after: float) -> float:
    return (1 - after / before) / STEP if before else math.nan


def follow(
    weights: NDArray[np.float64], signal: float, decays: Sequence[float], nudge: float = 1e-6
) -> NDArray[np.float64]:
    """Products of the weights at rest, at one strength after another, each from the last with a nudge.

    Parameters
    ----------
    weights
        First ones.
    signal
        s.
    decays
        All rising (heating) or all falling (cooling).
    nudge
        Added to each weight before the next descent.

    Raises
    ------
    ValueError
        If the strengths neither all rise nor all fall, or one is negative.
    """
    found = []
    for decay in one_way(decays):
        weights = descend(weights + nudge, signal, decay).weights
        found.append(float(weights.prod()))
    return np.array(found)


def two_layers(signal: float, decay: float) -> float:
    """Each of two weights where the energy is lowest.

    Parameters
    ----------
    signal
        s, above zero.
    decay
        At least zero.

    Raises
    ------
    ValueError
        If the decay is negative or the signal not positive.
    """
    gap = real("signal", signal, above=0) - real("decay", decay, least=0)
    return math.sqrt(max(gap, 0.0))


def spinodal(signal: float) -> float:
    """Strength up to which three layers have an ordered state, be it the lowest or not."""
    signal = real("signal", signal, above=0)
    return 0.75 * signal * math.cbrt(signal / 4)


def coexistence(signal: float) -> float:
    """Strength at which zero and the ordered state of three layers have the same energy."""
    return math.pow(real("signal", signal, above=0) / 2, 4 / 3)
