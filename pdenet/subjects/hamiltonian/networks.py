"""Fields of phase space that are learned: as they are, from an energy, from an energy and a friction."""

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
from pdenet.ops.symplectic import energy_rate

if TYPE_CHECKING:
    from collections.abc import Iterable

LAWS = ("none", "second order", "energy", "energy and friction")


class PhaseField(nn.Module):
    """S networks of angle and velocity, three affine maps with tanh between, whose output is read by a law.

    With the law ``"none"`` the output is the rate. With ``"second order"`` it is one number, the rate of the
    velocity; that of the angle is the velocity. With ``"energy"`` the number is H, and the rate is J grad H;
    a constant in H would do nothing, so the last map has none. With ``"energy and friction"`` the rate of the
    velocity has ``-c p`` in addition, with one c that is learned. A plain network has one hidden unit less in
    its second layer, so that all have as many parameters, but for two.

    Parameters
    ----------
    law
        What is built in.
    seeds
        How many networks, or which seeds.
    width
        Hidden units of the first layer, at least 2.

    Raises
    ------
    TypeError, ValueError
        If the law is unknown or a number is none or out of range.
    """

    def __init__(self, law: str, seeds: int | Iterable[int] = 1, *, width: int = 64) -> None:
        super().__init__()
        self.law, self.width = one_of("law", law, LAWS), whole("width", width, least=2)
        self.seeds = as_seeds(seeds)
        streams = [generator(seed, TRUNK) for seed in self.seeds]
        plain = self.law == "none"
        sizes = (2, self.width, self.width - plain, 2 if plain else 1)
        maps = [draw_affine(n, m, streams) for n, m in pairwise(sizes)]
        self.weights = nn.ParameterList(drawn[:, :-1].clone() for drawn in maps)
        constants = 2 if self.law in LAWS[2:] else 3
        self.biases = nn.ParameterList(drawn[:, -1:].clone() for drawn in maps[:constants])
        if self.law == LAWS[3]:
            self.friction = nn.Parameter(torch.zeros(len(self.seeds), 1))

    def output(self, state: Tensor) -> Tensor:
        """The last map's numbers, (S, B, 2) or (S, B, 1), of states (S, B, 2)."""
        for weight, bias in zip(self.weights[:-1], self.biases, strict=False):
            state = torch.tanh(seed_linear(state, weight, bias))
        last = self.biases[2] if len(self.biases) == 3 else torch.zeros_like(self.weights[-1][:, :1])
        return seed_linear(state, self.weights[-1], last)

    def energy(self, state: Tensor) -> Tensor:
        """The learned H, (S, B), of states (S, B, 2).

        Raises
        ------
        ValueError
            If the network has no energy.
        """
        if self.law not in LAWS[2:]:
            message = f"a network with the law {self.law!r} has no energy; build it with law='energy'"
            raise ValueError(message)
        return self.output(state).squeeze(-1)

    def forward(self, state: Tensor) -> Tensor:
        """The rates, (S, B, 2), of states (S, B, 2)."""
        if self.law == "none":
            return self.output(state)
        if self.law == "second order":
            return torch.cat([state[..., 1:], self.output(state)], -1)
        rate = energy_rate(self.energy, state)
        if self.law == "energy":
            return rate
        by_angle, by_velocity = rate.unbind(-1)
        return torch.stack([by_angle, by_velocity - self.friction * state[..., 1]], -1)

    def parameter_count(self) -> int:
        """Parameters of one network."""
        return sum(parameter[0].numel() for parameter in self.parameters())

    def describe(self) -> dict[str, Any]:
        """The configuration as plain data, of any seed."""
        return self.description(self.law, width=self.width)

    @classmethod
    def description(cls, law: str, *, width: int = 64) -> dict[str, Any]:
        """The configuration as plain data."""
        return {"name": cls.__name__, "law": law, "width": width}
