"""Networks whose blocks take turns, move at once or are usual ones, with as many numbers to train in each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional

from pdenet.checks.numbers import whole
from pdenet.checks.words import one_of
from pdenet.models.classifier import Classifier
from pdenet.models.initial import Init
from pdenet.ops.convolution import seed_conv
from pdenet.ops.reversible import halves, reversible_stack
from pdenet.ops.seeding import TRUNK, as_seeds, generator
from pdenet.ops.steppers import coupling

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal["in turn", "at once", "usual", "none"]
CLASSES, GRID = 10, 7  # the classifier sees means over a grid of so many squares a side


class SeedBranch(nn.Module):
    """K * relu(u) + b of S networks side by side, 3x3, each with kernels of its own.

    States are (B, S C, H, W), the channels of a network next to each other: one convolution for all.

    Parameters
    ----------
    streams
        What each network's numbers are drawn from, as `torch.nn.Conv2d` draws them.
    channels
        C, in and out.
    """

    def __init__(self, streams: list[torch.Generator], channels: int) -> None:
        super().__init__()
        law = Init("symmetric", (9 * channels) ** -0.5)
        drawn = partial(_drawn, law, streams)
        self.weight = nn.Parameter(drawn(channels, channels, 3, 3))
        self.bias = nn.Parameter(drawn(channels))

    def forward(self, u: Tensor) -> Tensor:
        """What is added to the other half, or in a usual block to the state itself."""
        return seed_conv(u.relu(), self.weight, self.bias)


class StackNet(nn.Module):
    """S networks of pooled images: a stem, blocks of one kind, means over a grid, one linear layer.

    Parameters
    ----------
    kind
        ``"in turn"``: reversible blocks, trained by the reversible backward pass. ``"at once"``: the same
        branches, both of which read the old states, a residual block with the same numbers. ``"usual"``:
        ``u + K * relu(u) + b`` with all channels, half as many blocks for as many numbers. ``"none"``:
        one linear layer on the pooled pixels.
    seeds
        How many networks, or which seeds.
    blocks
        Pairs of branches, an even number; ignored by ``"none"``.
    channels
        Of a half.

    Raises
    ------
    TypeError, ValueError
        If a number is none or out of range, the blocks are odd, or the kind unknown.
    """

    def __init__(
        self, kind: Kind, seeds: int | Iterable[int] = 1, *, blocks: int = 8, channels: int = 8
    ) -> None:
        super().__init__()
        one_of("kind", kind, get_args(Kind))
        self.kind: Kind = kind
        self.seeds = as_seeds(seeds)
        self.count = whole("blocks", blocks, least=2)
        if self.count % 2:
            message = f"blocks must be even, since a usual one has the numbers of two; got {blocks}"
            raise ValueError(message)
        self.channels = whole("channels", channels, least=1)
        self.blocks = nn.ModuleList()
        inputs = 14**2
        if self.kind != "none":
            inputs = 2 * self.channels * GRID**2
            streams = [generator(seed, TRUNK) for seed in self.seeds]
            stem = partial(_drawn, Init("symmetric", 1 / 3), streams)
            self.stem = nn.Parameter(stem(2, self.channels, 1, 3, 3))
            self.stem_bias = nn.Parameter(stem(2, self.channels))
            width, count = (
                (2 * self.channels, self.count // 2) if kind == "usual" else (self.channels, 2 * self.count)
            )
            self.blocks.extend(SeedBranch(streams, width) for _ in range(count))
        self.classifier = Classifier((inputs, CLASSES), self.seeds)

    @property
    def pairs(self) -> list[tuple[nn.Module, nn.Module]]:
        """The branches F and G of each block that has two."""
        branches = list(self.blocks)
        return list(zip(branches[::2], branches[1::2], strict=True))

    def start(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """The two halves (B, S C, 14, 14) that the stem makes of images (B, H, W) or (S, B, H, W)."""
        u = self._pooled(images).transpose(0, 1)
        first, second = (seed_conv(u, self.stem[:, half], self.stem_bias[:, half]) for half in (0, 1))
        return first, second

    def behind(self, first: Tensor, second: Tensor, *, plainly: bool = False) -> tuple[Tensor, Tensor]:
        """The two halves behind the blocks.

        Parameters
        ----------
        first, second
            The two halves before.
        plainly
            Whether blocks in turn keep their states, instead of making them again.
        """
        if self.kind == "in turn" and not plainly:
            return reversible_stack(self.pairs, first, second)
        if self.kind == "usual":
            u = self._side(first, second)
            for branch in self.blocks:
                u = u + branch(u)
            first, second = halves(u.unflatten(1, (len(self.seeds), -1)), 2)
            return first.flatten(1, 2), second.flatten(1, 2)
        for f, g in self.pairs:
            pair = first, second
            first, second = (
                coupling(f, g, pair, 1) if self.kind == "in turn" else (first + f(second), second + g(first))
            )
        return first, second

    def _side(self, first: Tensor, second: Tensor) -> Tensor:
        """The halves of each network next to each other, (B, S 2C, H, W)."""
        seeds = len(self.seeds)
        parts = [half.unflatten(1, (seeds, -1)) for half in (first, second)]
        return torch.cat(parts, 2).flatten(1, 2)

    def _pooled(self, images: Tensor) -> Tensor:
        """(S, B, 14, 14) from images (B, 28, 28) or (S, B, 28, 28)."""
        u = images if images.dim() == 4 else images.expand(len(self.seeds), *images.shape)
        return functional.avg_pool2d(u, 2)

    def forward(self, images: Tensor, *, plainly: bool = False) -> Tensor:
        """Logits (S, B, classes) of images (B, 28, 28), the same for each seed, or (S, B, 28, 28)."""
        if self.kind == "none":
            features = self._pooled(images).flatten(2)
        else:
            u = self._side(*self.behind(*self.start(images), plainly=plainly)).relu()
            means = functional.avg_pool2d(u, 14 // GRID).unflatten(1, (len(self.seeds), -1))
            features = means.transpose(0, 1).flatten(2)
        logits: Tensor = self.classifier(features)
        return logits

    def describe(self) -> dict[str, Any]:
        """The configuration as plain data, of any seed."""
        return self.description(self.kind, blocks=self.count, channels=self.channels)

    @classmethod
    def description(cls, kind: Kind, *, blocks: int = 8, channels: int = 8) -> dict[str, Any]:
        """The configuration as plain data."""
        shape = {} if kind == "none" else {"blocks": blocks, "channels": channels}
        return {"name": cls.__name__, "kind": kind, **shape}

    def parameter_count(self) -> int:
        """Numbers that one network trains."""
        return sum(p[0].numel() for p in self.parameters())


def _drawn(law: Init, streams: list[torch.Generator], *shape: int) -> Tensor:
    return torch.stack([law.draw(shape, stream) for stream in streams])
