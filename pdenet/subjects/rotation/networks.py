"""Networks of one size that read points or lists as they come, or as what a symmetry leaves of them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from pdenet.checks.numbers import whole
from pdenet.checks.words import one_of
from pdenet.models.initial import draw_affine
from pdenet.ops.linear import seed_linear
from pdenet.ops.seeding import TRUNK, as_seeds, generator
from pdenet.subjects.rotation.particles import PARTICLES
from pdenet.subjects.rotation.system import radius, turned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

WIDTH = 64
BENDS: dict[str, Callable[[Tensor], Tensor]] = {"tanh": torch.tanh, "relu": torch.relu}
PLAIN, RADIAL, OFFERED = "plain", "radial", "offered"
POOLED, SORTED = "pooled", "sorted"
READ: dict[str, Callable[[Tensor], Tensor]] = {
    PLAIN: lambda points: points,
    RADIAL: radius,
    OFFERED: lambda points: torch.cat([points, radius(points)], -1),
    SORTED: lambda lists: lists.sort(-1).values,
}
POINT_INPUTS = {PLAIN: 2, RADIAL: 1, OFFERED: 3}
LIST_INPUTS = {PLAIN: PARTICLES, SORTED: PARTICLES, POOLED: 1}


class Dense(nn.Module):
    """S networks of two hidden layers.

    Parameters
    ----------
    inputs
        Numbers that are read.
    seeds
        How many networks, or which seeds.
    bend
        ``"tanh"`` or ``"relu"``.
    """

    def __init__(self, inputs: int, seeds: int | Iterable[int] = 1, *, bend: str = "tanh") -> None:
        super().__init__()
        self.seeds, self.bend = as_seeds(seeds), one_of("bend", bend, tuple(BENDS))
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        for layer, (n, m) in enumerate(pairwise((inputs, WIDTH, WIDTH, 1))):
            drawn = draw_affine(n, m, [generator(seed, TRUNK, layer) for seed in self.seeds])
            self.weights.append(nn.Parameter(drawn[:, :-1].clone()))
            self.biases.append(nn.Parameter(drawn[:, -1:].clone()))

    def first(self, x: Tensor) -> Tensor:
        """The first hidden layer, (S, B, 64), of inputs (S, B, n)."""
        return BENDS[self.bend](seed_linear(x, self.weights[0], self.biases[0]))

    def rest(self, hidden: Tensor) -> Tensor:
        """Values (S, B) from the first hidden layer (S, B, 64)."""
        second = BENDS[self.bend](seed_linear(hidden, self.weights[1], self.biases[1]))
        return seed_linear(second, self.weights[2], self.biases[2]).squeeze(-1)

    def parameter_count(self) -> int:
        """Numbers that are learned, of one network."""
        return sum(p[0].numel() for p in self.parameters())


class PointNet(Dense):
    """S networks of points in the plane.

    Parameters
    ----------
    reads
        ``"plain"``: x and y. ``"radial"``: the radius. ``"offered"``: all three.
    seeds, bend
        As in `Dense`.
    turns
        Over how many turns, evenly spaced, the value is averaged (Reynolds); 1 is none.

    Raises
    ------
    TypeError, ValueError
        If a word is unknown, or the number of turns is none.
    """

    def __init__(
        self, reads: str, seeds: int | Iterable[int] = 1, *, bend: str = "tanh", turns: int = 1
    ) -> None:
        self.reads, self.turns = one_of("reads", reads, tuple(POINT_INPUTS)), whole("turns", turns, least=1)
        super().__init__(POINT_INPUTS[reads], seeds, bend=bend)

    def forward(self, points: Tensor) -> Tensor:
        """Values (S, B) of points (S, B, 2)."""
        if self.turns == 1:
            return self.rest(self.first(READ[self.reads](points)))
        by = torch.arange(self.turns, dtype=points.dtype) * (2 * torch.pi / self.turns)
        copies = turned(points.unsqueeze(-2), by)  # (S, B, K, 2)
        values = self.rest(self.first(READ[self.reads](copies.flatten(1, 2))))
        mean: Tensor = values.unflatten(1, (-1, self.turns)).mean(-1)
        return mean

    def describe(self) -> dict[str, Any]:
        """The configuration as plain data, of any seed."""
        return self.description(self.reads, bend=self.bend, turns=self.turns)

    @classmethod
    def description(cls, reads: str, *, bend: str = "tanh", turns: int = 1) -> dict[str, Any]:
        """The configuration as plain data."""
        return {"name": cls.__name__, "reads": reads, "bend": bend, "turns": turns}


class ListNet(Dense):
    """S networks of lists of particles.

    Parameters
    ----------
    reads
        ``"plain"``: the list as it comes. ``"sorted"``: from left to right. ``"pooled"``: the first hidden
        layer is that of one particle, averaged over all (deep sets).
    seeds
        As in `Dense`.

    Raises
    ------
    TypeError, ValueError
        If the word is unknown.
    """

    def __init__(self, reads: str, seeds: int | Iterable[int] = 1) -> None:
        self.reads = one_of("reads", reads, tuple(LIST_INPUTS))
        super().__init__(LIST_INPUTS[reads], seeds)

    def forward(self, lists: Tensor) -> Tensor:
        """Values (S, B) of lists (S, B, m)."""
        if self.reads != POOLED:
            return self.rest(self.first(READ[self.reads](lists)))
        one_by_one = self.first(lists.flatten(1).unsqueeze(-1))
        return self.rest(one_by_one.unflatten(1, lists.shape[1:]).mean(2))

    def describe(self) -> dict[str, Any]:
        """The configuration as plain data, of any seed."""
        return self.description(self.reads)

    @classmethod
    def description(cls, reads: str) -> dict[str, Any]:
        """The configuration as plain data."""
        return {"name": cls.__name__, "reads": reads}
