"""How a network learns a surface: from some geometries, their energies and mostly their forces."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch

from pdenet.checks.numbers import real, whole
from pdenet.checks.words import flag
from pdenet.data.h3plus import h3plus
from pdenet.ops.seeding import ORDER, generator
from pdenet.runs.loop import Task
from pdenet.runs.protocol import described
from pdenet.subjects.orbitals.full_ci import ground_states
from pdenet.subjects.orbitals.networks import PAIRS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

    from pdenet.subjects.orbitals.networks import SurfaceNet

POOL, TESTED = 1000, 600
"""Of the geometries that ship, the first are learned from, the last are kept for the test."""
FORCE_WEIGHT = 0.3
TURNS = 3
"""Stream of a seed: rotations of what is shown."""
FAR = 400
"""Geometries of a molecule and a proton that leaves it."""
LEAVING = (2.5, 8.0)
"""Least and largest distance of that proton from the molecule's middle, bohr."""
BONDS = (1.1, 2.2)


class Known(NamedTuple):
    """Geometries with their energies and forces."""

    places: Tensor
    """(..., N, 3, 3), bohr."""
    energies: Tensor
    """(..., N), hartree."""
    forces: Tensor
    """(..., N, 3, 3), hartree/bohr."""

    def at(self, which: Any) -> Known:
        """Some of them."""
        return Known(*(values[which] for values in self))


@lru_cache(maxsize=1)
def shipped() -> Known:
    """The geometries that ship."""
    found = h3plus()
    return Known(*(torch.as_tensor(x) for x in (found.places, found.energies, found.forces)))


def held_out() -> Known:
    """Those that nobody learns from, (600, ...)."""
    return shipped().at(slice(-TESTED, None))


@lru_cache(maxsize=1)
def leaving(count: int = FAR) -> Known:
    """Geometries of a molecule that a proton leaves in any direction, (count, ...).

    Parameters
    ----------
    count
        How many.
    """
    drawn = torch.Generator().manual_seed(1)
    bond, away, cosine = torch.rand(3, whole("count", count, least=1), generator=drawn, dtype=torch.float64)
    bond, away = BONDS[0] + (BONDS[1] - BONDS[0]) * bond, LEAVING[0] + (LEAVING[1] - LEAVING[0]) * away
    places = torch.zeros(count, 3, 3, dtype=torch.float64)
    places[:, 0, 2], places[:, 1, 2] = -bond / 2, bond / 2
    places[:, 2, 0], places[:, 2, 2] = away * (1 - cosine.square()).sqrt(), away * cosine
    return Known(places, *ground_states(places))


@dataclass(frozen=True)
class SurfaceTraining:
    """Adam with a rate that falls along half a cosine to nothing; the batches are of each seed's own.

    Parameters
    ----------
    train
        Geometries, drawn with the seed from the first thousand.
    steps
        How many.
    learning_rate
        At the start.
    batch_size
        Geometries of a step, or all where there are fewer.
    forces
        Whether forces are learned as well.
    turned
        Whether each geometry is turned and its atoms are exchanged at random, anew for every step.
    far
        Whether geometries with a proton far off are among those that are learned.

    Raises
    ------
    TypeError, ValueError
        If a number or a switch is none, or out of range.
    """

    train: int = 200
    steps: int = 1000
    learning_rate: float = 2e-2
    batch_size: int = 100
    forces: bool = True
    turned: bool = False
    far: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "train", whole("train", self.train, least=2, most=POOL))
        for name in ("steps", "batch_size"):
            object.__setattr__(self, name, whole(name, getattr(self, name), least=1))
        object.__setattr__(self, "learning_rate", real("learning_rate", self.learning_rate, above=0))
        for name in ("forces", "turned", "far"):
            flag(name, getattr(self, name))

    def known(self, seed: int) -> Known:
        """What a seed learns from."""
        order = torch.from_numpy(np.random.default_rng([seed, 0]).permutation(POOL)[: self.train])
        near = shipped().at(order)
        if not self.far:
            return near
        return Known(*(torch.cat(pair) for pair in zip(near, leaving(), strict=True)))


CHUNK = 100  # steps between two states on disk


class SurfaceTask(Task):
    """S surfaces to be learned.

    Parameters
    ----------
    net
        Trained in place.
    config
        How.
    """

    def __init__(self, net: SurfaceNet, config: SurfaceTraining) -> None:
        optimizer = torch.optim.Adam(net.parameters(), lr=config.learning_rate)
        super().__init__(net, net.seeds, -(-config.steps // CHUNK), optimizer)
        self.net, self.config, self.done = net, config, 0
        each = [config.known(seed) for seed in net.seeds]
        self.known = Known(*(torch.stack(values) for values in zip(*each, strict=True)))
        net.scale(self.known.places, self.known.energies)
        self.rows = torch.arange(len(net.seeds))[:, None]
        self.drawn: list[torch.Generator] = []

    @property
    def identity(self) -> dict[str, Any]:
        """Model and training; the geometries follow from the seeds."""
        return {"model": self.net.describe(), "training": described(self.config)}

    def batches(self, epoch: int) -> Iterator[Tensor]:
        """Positions of geometries (S, B), each once before any twice, as far as a chunk goes."""
        self.done = epoch * CHUNK
        self.drawn = [generator(seed, TURNS, epoch) for seed in self.seeds]
        streams = [generator(seed, ORDER, epoch) for seed in self.seeds]
        left = min(CHUNK, self.config.steps - self.done)
        count = self.known.energies.shape[1]
        size = min(self.config.batch_size, count)
        while left > 0:
            order = torch.stack([torch.randperm(count, generator=stream) for stream in streams])
            for batch in order[:, : count // size * size].split(size, 1):
                if left > 0:
                    yield batch
                    left -= 1

    def losses(self, batch: Tensor) -> Tensor:
        """Mean squared misses of energies and forces, in units of the energies' spread, (S,)."""
        shown = Known(*(values[self.rows, batch] for values in self.known))
        if self.config.turned:
            shown = turned(shown, self.drawn)
        found = self.net.predicted(shown.places, learning=True)
        loss = torch.zeros(len(self.seeds), dtype=torch.float64)
        if self.net.kind != PAIRS:
            loss = loss + ((found.energies - shown.energies) / self.net.unit).square().mean(1)
        if self.config.forces or self.net.kind == PAIRS:
            missed = (found.forces - shown.forces).flatten(2) / self.net.unit.unsqueeze(-1)
            loss = loss + FORCE_WEIGHT * missed.square().mean((1, 2))
        return loss

    def adjust(self) -> None:
        """Set the rate of the step that comes."""
        progress = self.done / self.config.steps
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.learning_rate * (1 + math.cos(math.pi * progress)) / 2
        self.done += 1


def rotations(count: int, drawn: torch.Generator) -> Tensor:
    """Rotations (count, 3, 3), uniform: from unit quaternions."""
    w, x, y, z = torch.nn.functional.normalize(
        torch.randn(count, 4, generator=drawn, dtype=torch.float64), dim=-1
    ).unbind(-1)
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    return torch.stack([torch.stack(row, -1) for row in rows], -2)


def turned(known: Known, drawn: list[torch.Generator]) -> Known:
    """Each geometry (S, B, ...) turned and its atoms put in another order, at random, by a stream a seed."""
    count = known.energies.shape[1]
    turn = torch.stack([rotations(count, stream) for stream in drawn])
    order = torch.stack([torch.rand(count, 3, generator=stream).argsort(-1) for stream in drawn])
    pick = order.unsqueeze(-1).expand(*order.shape, 3)
    places, forces = ((x @ turn.mT).gather(-2, pick) for x in (known.places, known.forces))
    return Known(places, known.energies, forces)
