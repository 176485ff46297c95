r"""How long equal units stay together after a push: descents, their law, and a form without rounding.

Near equal units at rest a difference d obeys :math:`d \mapsto (1 - \eta B)\, d`: it grows by
:math:`1 + \eta|\mu|` a step along the lowest eigenvector of B, if its eigenvalue mu is negative.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pdenet.checks.numbers import real, whole
from pdenet.subjects.symmetry_breaking.system import RATE, TANH, check_units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pdenet.subjects.symmetry_breaking.system import Activation, Array, Data

APART = 0.1
"""A difference of weights that counts as broken symmetry."""
_MOST, _LATE = 300.0, 10**12
"""A logarithm, and a step, beyond which nobody asks for a number."""


class Course(NamedTuple):
    """Descents side by side: weights (R, K, N) at the end; spreads and losses (steps + 1, R) on the way."""

    weights: Array
    spreads: Array
    losses: Array


def spread(weights: Array) -> Array:
    """The largest distance of a unit from the first, of weights (..., K, N)."""
    distances: Array = np.linalg.norm(weights - weights[..., :1, :], axis=-1).max(-1)
    return distances


def pushed(unit: Array, push: Array, sizes: Sequence[float]) -> Array:
    """Weights (R, K, N): equal units, each moved by its row of `push` (K, N) times one of the sizes.

    Raises
    ------
    TypeError, ValueError
        If a size is negative or not finite, or there are less than two units.
    """
    check_units(len(push))
    lengths = np.array([real("a size", size, least=0) for size in sizes])
    return unit + lengths[:, None, None] * push


def push_apart(units: int, inputs: int, generator: np.random.Generator) -> Array:
    """Moves (K, N) whose sum is zero, drawn at random, of length one for two units.

    Raises
    ------
    TypeError, ValueError
        If there are less than two units.
    """
    drawn = generator.standard_normal((check_units(units), inputs))
    drawn -= drawn.mean(0)
    return drawn / np.linalg.norm(drawn[0])


def descend(
    weights: Array,
    data: Data,
    steps: int,
    activation: Activation = TANH,
    *,
    rates: Sequence[float] | None = None,
    dropout: np.random.Generator | None = None,
) -> Course:
    """Gradient descent from several starts side by side; slopes are taken unit by unit.

    Parameters
    ----------
    weights
        Starts (R, K, N).
    data, activation
        What is learned, with which units.
    steps
        How many.
    rates
        A learning rate for each unit; None gives all the same.
    dropout
        Draws, for each step and unit, whether it counts double or not at all; None leaves all as they are.

    Raises
    ------
    TypeError, ValueError
        If the weights are not of that shape, there is not a rate for each unit, or a number is out of range.
    """
    if weights.ndim != 3 or weights.shape[2] != data.inputs.shape[1]:
        message = (
            f"weights must be runs by units by the {data.inputs.shape[1]} inputs of the data; "
            f"got the shape {weights.shape}"
        )
        raise ValueError(message)
    runs, units, _ = weights.shape
    steps = whole("steps", steps, least=1)
    lengths = [real("a rate", rate, above=0) for rate in ([RATE] * units if rates is None else rates)]
    if len(lengths) != units:
        message = f"each unit needs a rate: {units} of them; got {len(lengths)}"
        raise ValueError(message)
    # An array for each unit: the same operation on the same numbers in the same layout gives the same bits.
    parts = [np.ascontiguousarray(weights[:, k]) for k in range(units)]
    spreads, losses = np.empty((steps + 1, runs)), np.empty((steps + 1, runs))
    backwards = np.ascontiguousarray(data.inputs.T)
    for step in range(steps + 1):
        drives = [part @ backwards for part in parts]
        kept = [1.0] * units if dropout is None else [2.0 * int(dropout.integers(2)) for _ in range(units)]
        error: Array = -data.targets
        for keep, drive in zip(kept, drives, strict=True):
            error = error + keep * activation.value(drive)
        spreads[step] = np.max([np.linalg.norm(part - parts[0], axis=1) for part in parts], axis=0)
        losses[step] = (error**2).mean(1) / 2
        if step < steps:
            for k in range(units):
                slope = kept[k] * (error * activation.slope(drives[k])) @ data.inputs / len(data.targets)
                parts[k] = parts[k] - lengths[k] * slope
    return Course(np.stack(parts, 1), spreads, losses)


def first_apart(spreads: Array, apart: float = APART) -> Array:
    """The first step of each course, of spreads (steps + 1, R), that is so far apart; NaN if none is."""
    beyond = spreads > apart
    return np.where(beyond.any(0), beyond.argmax(0), np.nan)


def predicted_spreads(matrix: Array, push: Array, size: float, steps: Sequence[int] | Array) -> Array:
    """Spreads (steps,) by the linear law alone, from B (N, N) and a push (K, N) of that size."""
    values, vectors = np.linalg.eigh(matrix)
    differences = (push - push[:1]) @ vectors
    with np.errstate(divide="ignore"):  # a push may have no part along a direction
        start, factor = np.log(size) + np.log(np.abs(differences)), np.log(np.abs(1 - RATE * values))
    logs = start + np.asarray(steps, dtype=float)[:, None, None] * factor
    grown: Array = np.linalg.norm(np.exp(np.minimum(logs, _MOST)), axis=-1).max(-1)
    return grown


def predicted_time(matrix: Array, push: Array, size: float, apart: float = APART) -> float:
    """The first step at which the linear law is so far apart; infinite where it never is, as at a minimum.

    Raises
    ------
    TypeError, ValueError
        If the size is not above zero.
    """
    size = real("size", size, above=0)
    lowest = float(np.linalg.eigvalsh(matrix)[0])
    if lowest >= 0:
        return math.inf
    # Spreads are sums of powers, so that the last time at which one is below is found by bisection.
    low, high = -1, 0
    while predicted_spreads(matrix, push, size, [high])[0] <= apart:
        low, high = high, max(1, 2 * high)
        if high > _LATE:
            return math.inf
    while high - low > 1:
        middle = (low + high) // 2
        beyond = predicted_spreads(matrix, push, size, [middle])[0] > apart
        low, high = (low, middle) if beyond else (middle, high)
    return float(high)


def growth(lowest: float) -> float:
    """The logarithm by which a difference grows in a step, along a direction of that eigenvalue."""
    return math.log1p(-RATE * lowest)


def time_slope(sizes: Sequence[float], times: Sequence[float] | Array) -> float:
    """Steps by which the time grows when the start is e times as small, by least squares."""
    return float(np.polyfit(-np.log(np.asarray(sizes)), np.asarray(times), 1)[0])


def descend_apart(unit: Array, direction: Array, sizes: Sequence[float], data: Data, steps: int) -> Array:
    """Spreads (steps + 1, R) of two tanh units that are kept as their mean and half their difference.

    A difference of 1e-300 has as many digits there as one of 1; two weights that are kept apart lose it.

    Parameters
    ----------
    unit, direction
        Mean (N,) and direction (N,) of the half difference at the start.
    sizes
        Of the half difference.
    data
        What is learned.
    steps
        How many.

    Raises
    ------
    TypeError, ValueError
        If a size is negative or not finite.
    """
    halves = np.array([real("a size", size, least=0) for size in sizes])[:, None] * direction
    means = np.repeat(unit[None], len(halves), 0)
    backwards, count = data.inputs.T, len(data.targets)
    spreads = np.empty((steps + 1, len(halves)))
    for step in range(steps + 1):
        spreads[step] = 2 * np.linalg.norm(halves, axis=1)
        middle, half = means @ backwards, halves @ backwards
        above, below = np.tanh(middle + half), np.tanh(middle - half)
        # tanh(a + b) - tanh(a - b), with all digits however small b is.
        rise = np.sinh(2 * half) / (np.cosh(middle + half) * np.cosh(middle - half))
        error = above + below - data.targets
        common = error * (2 - above**2 - below**2) / 2
        opposed = -error * rise * (above + below) / 2
        means, halves = (
            means - RATE * common @ data.inputs / count,
            halves - RATE * opposed @ data.inputs / count,
        )
    return spreads
