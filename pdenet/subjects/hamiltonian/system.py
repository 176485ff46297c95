"""A pendulum as it is observed: stretches of its motion, states and rates, both with noise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from pdenet.checks.numbers import real, whole
from pdenet.ops.pendulum import pendulum, pendulum_after
from pdenet.ops.seeding import generator

if TYPE_CHECKING:
    from collections.abc import Callable

ENERGIES = (0.2, 1.4)
"""Of the stretches; 2 is upside down."""
POINTS, BETWEEN = 31, 0.1
"""States of a stretch, and the time between two of them: half a swing or less."""
STARTS = ((1.0, 0.0), (1.5, 0.0), (0.5, 0.5))
"""Angle and velocity from which learned fields are followed, of energies 0.46, 0.93 and 0.25."""
_STRETCHES, _NOISE, _TEST = 60, 61, 62  # random streams, see `pdenet.ops.seeding`


def pendulum_energy(state: Tensor) -> Tensor:
    """Energy (...) of states (..., 2): ``p^2 / 2 + 1 - cos q``, from 0 at rest to 2 upside down."""
    angle, velocity = state.unbind(-1)
    return velocity**2 / 2 + 1 - angle.cos()


@dataclass(frozen=True)
class Observed:
    """What is observed of a pendulum.

    Parameters
    ----------
    stretches
        How many, of 31 points each.
    noise
        Standard deviation of what is added to each number, of states and of rates.
    friction
        The rate of the velocity has ``-friction * velocity``.

    Raises
    ------
    TypeError, ValueError
        If a number is none or out of range.
    """

    stretches: int = 25
    noise: float = 0.05
    friction: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "stretches", whole("stretches", self.stretches, least=1))
        object.__setattr__(self, "noise", real("noise", self.noise, least=0))
        object.__setattr__(self, "friction", real("friction", self.friction, least=0))

    @property
    def rate(self) -> Callable[[Tensor], Tensor]:
        """The true field."""
        return lambda state: pendulum(state, self.friction)

    def draw(self, seeds: tuple[int, ...]) -> tuple[Tensor, Tensor]:
        """States and rates (S, points, 2), float64, each seed's from streams of its own."""
        now = swings(seeds, self.stretches, _STRETCHES)
        path = [now]
        for _ in range(POINTS - 1):
            path.append(pendulum_after(path[-1], BETWEEN, 4, self.friction))
        states = torch.stack(path, 2).flatten(1, 2)
        clean = torch.stack([states, self.rate(states)])
        noise = [
            torch.randn(clean[:, 0].shape, generator=generator(seed, _NOISE), dtype=torch.float64)
            for seed in seeds
        ]
        seen, rates = clean + self.noise * torch.stack(noise, 1)
        return seen, rates


def swings(seeds: tuple[int, ...], count: int, stream: int = _TEST) -> Tensor:
    """States (S, count, 2), float64, of energies uniform in `ENERGIES` at a time uniform in a swing or so.

    Parameters
    ----------
    seeds
        Each has a stream of its own.
    count
        States a seed.
    stream
        Which; by default that of the states for tests.
    """
    unit = torch.stack(
        [torch.rand(3, count, generator=generator(seed, stream), dtype=torch.float64) for seed in seeds]
    )
    low, high = ENERGIES
    angle = torch.arccos(1 - low - (high - low) * unit[:, 0]) * torch.where(unit[:, 1] < 0.5, -1, 1)
    turning = torch.stack([angle, torch.zeros_like(angle)], -1)
    return pendulum_after(turning, 2 * math.pi * unit[:, 2, :, None], 100)
