"""A field that is learned by stepping: m residual layers of one branch, which share their weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from pdenet.checks.numbers import real, whole
from pdenet.models.initial import draw_affine
from pdenet.ops.linear import seed_linear
from pdenet.ops.seeding import TRUNK, as_seeds, generator
from pdenet.ops.steppers import explicit_euler

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH = 64


class SteppedField(nn.Module):
    """S networks, each m layers ``u + (h/m) f(u)`` with one learned f, two affine maps and a tanh between.

    Parameters
    ----------
    layers
        m, at least 1.
    seeds
        How many networks, or which seeds.
    time
        h, the time that all layers together stand for.
    width
        Hidden units of f.

    Raises
    ------
    TypeError, ValueError
        If a number is none or out of range.
    """

    def __init__(
        self, layers: int, seeds: int | Iterable[int] = 1, *, time: float = 1.0, width: int = WIDTH
    ) -> None:
        super().__init__()
        self.layers, self.time = whole("layers", layers, least=1), real("time", time, above=0)
        self.seeds, self.width = as_seeds(seeds), whole("width", width, least=1)
        streams = [generator(seed, TRUNK) for seed in self.seeds]
        maps = [draw_affine(2, self.width, streams), draw_affine(self.width, 2, streams)]
        self.weights = nn.ParameterList(drawn[:, :-1].clone() for drawn in maps)
        self.biases = nn.ParameterList(drawn[:, -1:].clone() for drawn in maps)

    def field(self, u: Tensor) -> Tensor:
        """The learned rate f, (S, B, 2), of states (S, B, 2)."""
        hidden = torch.tanh(seed_linear(u, self.weights[0], self.biases[0]))
        return seed_linear(hidden, self.weights[1], self.biases[1])

    def forward(self, u: Tensor) -> Tensor:
        """The states after all layers, (S, B, 2)."""
        for _ in range(self.layers):
            u = explicit_euler(self.field, u, self.time / self.layers)
        return u

    def describe(self) -> dict[str, Any]:
        """The configuration as plain data, of any seed."""
        return self.description(self.layers, time=self.time, width=self.width)

    @classmethod
    def description(cls, layers: int, *, time: float = 1.0, width: int = WIDTH) -> dict[str, Any]:
        """The configuration as plain data."""
        return {"name": cls.__name__, "layers": layers, "time": time, "width": width}
