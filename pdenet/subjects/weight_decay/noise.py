"""Two weights with noise: thermal noise on the descent, and noise in the examples."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from pdenet.checks.numbers import real, whole

RARE, POINTS = 45.0, 601
"""Of the grid: it ends where the energy is so many temperatures above its least; points a side."""
COARSE = 1.5
"""Widths of a valley that a step of the grid may have: the sum is then right to some 1e-4."""


class Means(NamedTuple):
    """Of two weights in thermal equilibrium."""

    product: float
    squares: float


def boltzmann(signal: float, decay: float, temperature: float) -> Means:
    """Means of a b and of a^2 + b^2 over exp(-energy / temperature), by a sum over a grid.

    Parameters
    ----------
    signal, decay
        Of the energy of two layers; the decay above zero, without which there is no equilibrium.
    temperature
        Above zero.

    Raises
    ------
    ValueError
        If a number is out of range, or it is so cold that the grid misses the valleys.
    """
    signal, decay = real("signal", signal, least=0), real("decay", decay, above=0)
    temperature = real("temperature", temperature, above=0)
    # With p, q = (a + b, a - b) / sqrt(2), t = a b: energy is (t - gap)^2 / 2 + decay q^2, and a constant.
    gap, far = signal - decay, 2 * RARE * temperature
    most = far / 4 / decay  # of q^2 / 2
    wide = gap + math.sqrt(min(gap, 0.0) ** 2 + far) + most  # of p^2 / 2
    step = 2 * math.sqrt(2 * wide) / (POINTS - 1)
    if gap > 0 and step**2 > COARSE**2 * temperature / (
        2 * gap
    ):  # a valley is as wide as that quotient's root
        message = (
            f"a step of {step:.2g} of the grid misses the valleys at temperature {temperature:.2g}; give a "
            f"temperature of at least {(step / COARSE) ** 2 * 2 * gap:.2g}"
        )
        raise ValueError(message)
    lines = (math.sqrt(2 * end) * np.linspace(-1, 1, POINTS) for end in (wide, most))
    together, apart = np.meshgrid(*lines)
    product, squares = (together**2 - apart**2) / 2, together**2 + apart**2
    level = (signal - product) ** 2 / 2 + decay / 2 * squares
    weight = np.exp(-(level - level.min()) / temperature)
    weight /= weight.sum()
    return Means(float((weight * product).sum()), float((weight * squares).sum()))


def langevin(
    signal: float, decay: float, temperature: float, *, chains: int = 4000, steps: int = 4000, seed: int = 0
) -> Means:
    """The same means from a descent with thermal noise, over many pairs and the last half of the steps.

    Parameters
    ----------
    signal, decay, temperature
        As in `boltzmann`.
    chains, steps
        How many, with a time step of 0.01.
    seed
        Of the noise.
    """
    generator = np.random.default_rng(seed)
    a, b = generator.standard_normal((2, whole("chains", chains, least=1)))
    dt, products, squares = 0.01, [], []
    scale = math.sqrt(2 * real("temperature", temperature, least=0) * dt)
    for step in range(whole("steps", steps, least=2)):
        error = signal - a * b
        kick = scale * generator.standard_normal((2, chains))
        a, b = a + dt * (error * b - decay * a) + kick[0], b + dt * (error * a - decay * b) + kick[1]
        if 2 * step >= steps and step % 20 == 0:
            products.append(float((a * b).mean()))
            squares.append(float((a**2 + b**2).mean()))
    return Means(float(np.mean(products)), float(np.mean(squares)))


def noisy_critical(signal: float, jump: float, rate: float) -> float:
    """Strength above which two equal weights die, if a coin makes each step's signal higher or lower.

    Near zero a step multiplies the weights by 1 + rate (signal ± jump - decay). They die if the mean of the
    logarithm is negative.

    Parameters
    ----------
    signal
        Its mean.
    jump
        By which it is higher or lower.
    rate
        Of the steps.
    """
    rate = real("rate", rate, above=0)
    return signal - (math.sqrt(1 + (rate * jump) ** 2) - 1) / rate


def stochastic(
    signal: float, jump: float, rate: float, decay: float, *, steps: int = 20_000, seed: int = 0
) -> float:
    """Root mean square of a weight over the last half of such steps.

    Parameters
    ----------
    signal, jump, rate
        As in `noisy_critical`.
    decay
        At least zero.
    steps
        How many.
    seed
        Of the coins.
    """
    decay = real("decay", decay, least=0)
    coins = np.random.default_rng(seed).choice((-jump, jump), whole("steps", steps, least=2))
    weight, total = 0.3, 0.0
    for step, coin in enumerate(coins.tolist()):
        weight *= 1 + rate * (signal + coin - weight**2 - decay)
        if 2 * step >= steps:
            total += weight**2
    return math.sqrt(total / (steps / 2))
