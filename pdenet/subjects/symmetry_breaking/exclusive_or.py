"""Exclusive or with tanh units: where equal units end, and how a difference grows on the way there.

A network is a vector for each unit, its two input weights, bias and output weight, and one output bias. Its
error is the mean squared one, without a half. States are (R, K, 4) and (R,): R networks side by side.
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pdenet.checks.numbers import real, whole
from pdenet.checks.sequences import wholes
from pdenet.subjects.symmetry_breaking.system import check_units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pdenet.subjects.symmetry_breaking.system import Array

CORNERS = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0]])
"""Inputs, with a 1 for the bias."""
TARGETS = np.array([0.0, 1.0, 1.0, 0.0])
RATE, STEPS = 0.1, 6000
_TOLD = 0.1  # an answer that differs by so much stands alone
SIXTH = 1 / 6
"""The error that equal units come near and do not reach."""


class Path(NamedTuple):
    """A descent: errors and spreads (kept, R) at the steps (kept,), and units (R, K, 4) at the end."""

    steps: Array
    errors: Array
    spreads: Array
    units: Array


def equal_start(seed: int, sizes: Sequence[float], units: int = 2) -> Array:
    """Networks (R, K, 4) of equal units, pushed apart by each of the sizes in a direction drawn at random.

    Raises
    ------
    TypeError, ValueError
        If there are less than two units, or a size is negative.
    """
    generator = np.random.default_rng([18, 6, 1, seed])
    unit = generator.standard_normal(4)
    push = generator.standard_normal((check_units(units), 4))
    push -= push.mean(0)
    push /= np.linalg.norm(push[0])
    lengths = np.array([real("a size", size, least=0) for size in sizes])
    return unit + lengths[:, None, None] * push


def usual_start(seed: int, units: int = 2) -> Array:
    """A network (1, K, 4) whose units are drawn one by one."""
    return np.random.default_rng([18, 6, 2, seed]).standard_normal((1, units, 4))


def descend(units: Array, steps: int, every: int = 100) -> Path:
    """Gradient descent on exclusive or, unit by unit, from the output bias 0.

    Parameters
    ----------
    units
        Starts (R, K, 4).
    steps
        How many.
    every
        Steps from one kept error to the next.

    Raises
    ------
    TypeError, ValueError
        If the starts are not of that shape, or a number is out of range.
    """
    if units.ndim != 3 or units.shape[2] != 4:
        message = (
            f"starts must be runs by units by 4, two input weights, bias and output weight; got {units.shape}"
        )
        raise ValueError(message)
    steps, every = whole("steps", steps, least=1), whole("every", every, least=1)
    parts = [np.ascontiguousarray(units[:, k]) for k in range(units.shape[1])]
    bias, kept = np.zeros(len(units)), []
    for step in range(steps + 1):
        answers = [np.tanh(part[:, :3] @ CORNERS.T) for part in parts]
        error = sum(part[:, 3:] * answer for part, answer in zip(parts, answers, strict=True))
        error = error + bias[:, None] - TARGETS
        if step % every == 0:
            apart = np.max([np.linalg.norm(part - parts[0], axis=1) for part in parts], axis=0)
            kept.append((step, (error**2).mean(1), apart))
        if step < steps:
            pull = error / 2  # of the mean of four squares
            for k, answer in enumerate(answers):
                inner = (pull * parts[k][:, 3:] * (1 - answer**2)) @ CORNERS
                outer = (pull * answer).sum(1, keepdims=True)
                parts[k] = parts[k] - RATE * np.hstack([inner, outer])
            bias = bias - RATE * pull.sum(1)
    at, errors, spreads = zip(*kept, strict=True)
    return Path(np.array(at), np.array(errors), np.array(spreads), np.stack(parts, 1))


def rising(marks: Sequence[int]) -> tuple[int, ...]:
    """The steps as given, if each is later than the one before: growths are found in that order.

    Raises
    ------
    TypeError, ValueError
        If there is none, one is negative or not whole, or they do not rise.
    """
    found = wholes("marks", marks, least=0)
    if not found:
        message = "marks must be one step at least, at which the growth is read; got none"
        raise ValueError(message)
    if any(late <= early for early, late in itertools.pairwise(found)):
        message = f"marks must rise, since growths are read on the way; got {list(found)}; sort them"
        raise ValueError(message)
    return found


def amplification(seed: int, marks: Sequence[int], units: int = 2) -> Array:
    """By what factor an infinitely small difference has grown at each of the steps, of equal units.

    Parameters
    ----------
    seed
        Of the start, that of `equal_start`.
    marks
        Steps, rising.
    units
        How many are equal.

    Raises
    ------
    TypeError, ValueError
        If there is no step, one of them is negative, they do not rise, or there are less than two units.
    """
    marks = rising(marks)
    unit = equal_start(seed, [0.0], units)[0, 0]
    bias, size = 0.0, 0.0  # size: the logarithm of the growth so far
    moves, found = np.eye(4), []
    for step in range(max(marks) + 1):
        if step in marks:
            found.append(np.exp(size) * np.linalg.norm(moves, 2))
        answer = np.tanh(CORNERS @ unit[:3])
        slope = 1 - answer**2
        pull = (units * unit[3] * answer + bias - TARGETS) / 2
        block = np.zeros((4, 4))
        block[:3, :3] = (CORNERS * (pull * unit[3] * -2 * answer * slope)[:, None]).T @ CORNERS
        block[:3, 3] = block[3, :3] = (pull * slope) @ CORNERS
        moves = moves - RATE * block @ moves
        inner = (pull * unit[3] * slope) @ CORNERS
        unit = unit - RATE * np.append(inner, pull @ answer)
        bias -= RATE * pull.sum()
        if step % 1000 == 0:
            scale = np.linalg.norm(moves, 2)
            moves, size = moves / scale, size + np.log(scale)
    return np.array(found)


def monotone_error(values: Sequence[Fraction]) -> Fraction:
    """The least mean squared error of a rising sequence to these values, in fractions.

    Neighbours that are out of order share their mean, until none are.

    Raises
    ------
    ValueError
        If there are no values.
    """
    if not values:
        message = "a sequence needs at least one value; got none"
        raise ValueError(message)
    pools: list[list[Fraction]] = []
    for value in values:
        pools.append([value])
        while len(pools) > 1 and _mean(pools[-2]) >= _mean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    squares = [(value - _mean(pool)) ** 2 for pool in pools for value in pool]
    return _mean(squares)


def orders(count: int = 64) -> set[tuple[int, ...]]:
    """Targets of the corners in the order in which a line meets them, for directions all around.

    Parameters
    ----------
    count
        Directions; none of them meets two corners at once.
    """
    turns = (np.arange(whole("count", count, least=8)) + 0.5) * 2 * np.pi / count
    found = set()
    for turn in turns:
        places = CORNERS[:, :2] @ [np.cos(turn), np.sin(turn)]
        found.add(tuple(int(TARGETS[corner]) for corner in np.argsort(places)))
    return found


def corner_alone(seeds: Sequence[int], steps: int = STEPS) -> list[tuple[int, int] | None]:
    """The corner that two equal units tell from the other three, seed by seed; None if they tell none.

    Parameters
    ----------
    seeds
        Of the starts.
    steps
        How many are learned.
    """
    units = descend(np.concatenate([equal_start(seed, [0.0]) for seed in seeds]), steps, steps).units[:, 0]
    answers = units[:, 3:] * np.tanh(units[:, :3] @ CORNERS.T)
    found: list[tuple[int, int] | None] = []
    for row in answers:
        off = np.abs(row - np.median(row))
        corner = CORNERS[int(off.argmax())]
        found.append((int(corner[0]), int(corner[1])) if off.max() > _TOLD else None)
    return found


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)
