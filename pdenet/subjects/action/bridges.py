"""Paths with both ends fixed: drawn by their weights, and the mean of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pdenet.symbolic.propagator import gaussian_weights

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from pdenet.models.measures.waves import Floats

    Weights = Callable[[ArrayLike, float, float], np.ndarray]

LINE = np.arange(-20, 28)
"""Pixels of the line; paths start at 0."""
QUARTIC_MINIMUM = 0.6823278038280193
"""Where x - 1 + x^3 = 0."""


def _steps(weights: Weights, alphas: Floats, betas: Floats) -> list[Floats]:
    jumps = LINE[:, None] - LINE  # row: where to, column: where from
    return [np.asarray(weights(jumps, a, b)) for a, b in zip(alphas, betas, strict=True)]


def _ways_to(end: int, steps: list[Floats]) -> list[Floats]:
    """For every layer, the sum over all ways from a pixel before it to the end."""
    ways = [np.where(end == LINE, 1.0, 0.0)]
    for step in reversed(steps):
        ways.insert(0, step.T @ ways[0])
    return ways


def sample_bridges(alphas: Floats, betas: Floats, end: int, paths: int, seed: int) -> Floats:
    """Random paths from 0 to `end`, (path, layer + 1), with the weights of Gaussian layers as probabilities.

    Parameters
    ----------
    alphas, betas : (layer,)
        Of each layer.
    end
        Pixel behind the last layer.
    paths, seed
        How many, and of which stream.
    """
    rng = np.random.default_rng(seed)
    steps = _steps(gaussian_weights, alphas, betas)
    position = np.full(paths, np.flatnonzero(LINE == 0)[0])
    drawn = [LINE[position]]
    for step, later in zip(steps, _ways_to(end, steps)[1:], strict=True):
        odds = np.cumsum(step * later[:, None], axis=0)
        shot = rng.random(paths) * odds[-1, position]
        position = (odds[:, position] < shot).sum(axis=0)
        drawn.append(LINE[position])
    return np.array(drawn, dtype=float).T


def mean_path(weights: Weights, alphas: Floats, betas: Floats, end: int) -> Floats:
    """Mean position of all paths from 0 to `end` after every layer, (layer + 1,).

    The weight of a pixel is the sum over the ways from the start to it, times the sum over those from it.

    Parameters
    ----------
    weights
        `gaussian_weights` or `lattice_weights`.
    alphas, betas : (layer,)
        Of each layer.
    end
        Pixel behind the last layer.
    """
    steps = _steps(weights, alphas, betas)
    forward = [np.where(LINE == 0, 1.0, 0.0)]
    for step in steps:
        forward.append(step @ forward[-1])
    chances = np.array(forward) * np.array(_ways_to(end, steps))
    result: Floats = chances @ LINE / chances.sum(axis=1)
    return result


def quartic_mean(hbar: float, unit: complex) -> complex:
    r"""Mean of x with the weight :math:`e^{-S/\hbar}` (unit 1) or :math:`e^{iS/\hbar}` (unit -i).

    S = (x - 1)^2 / 2 + x^4 / 4 is not quadratic. With phases the integral runs through the minimum along a
    line that is turned by an eighth of a half turn, where the weights fall off.

    Parameters
    ----------
    hbar
        Positive.
    unit
        What multiplies -S / hbar.
    """
    x = QUARTIC_MINIMUM + np.linspace(-8, 8, 40_001) * np.exp(1j * np.pi / 8 * (unit != 1))
    exponent = -unit * ((x - 1) ** 2 / 2 + x**4 / 4) / hbar
    weight = np.exp(exponent - exponent.real.max())
    return complex((x * weight).sum() / weight.sum())
