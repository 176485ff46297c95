"""Plain and residual convolutional networks that are twins: the same numbers, with and without a skip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from pdenet.checks.numbers import real, whole
from pdenet.checks.words import flag
from pdenet.models.classifier import Classifier
from pdenet.models.conv_blocks import conv_stack, he_normal, shifted
from pdenet.ops.convolution import apart, beside, seed_conv
from pdenet.ops.seeding import CLASSIFIER, as_seeds, generator

if TYPE_CHECKING:
    from collections.abc import Iterable

CLASSES = 10
MEANS = 2
"""The head sees means over so many by so many parts of the last state."""


class TwinNet(nn.Module):
    """S networks of images: a stem, blocks of two convolutions, means, one linear layer.

    Pixels are averaged in fours, the stem's 3x3 convolution halves the sides once more: an image of 28 by 28
    pixels becomes a state of 7 by 7. Behind the blocks stand a normalisation and a ReLU.

    Parameters
    ----------
    blocks
        Blocks of two convolutions; none leaves the stem and the head.
    seeds
        How many networks, or which seeds.
    skip, scale
        As in `pdenet.models.blocks.BlockStack`; without a block neither counts.
    channels
        C of a state.
    normalised
        As in `pdenet.models.conv_blocks.ConvBranch`.

    Raises
    ------
    TypeError, ValueError
        If a number is none or out of range, or a plain network has a scale.
    """

    def __init__(
        self,
        blocks: int,
        seeds: int | Iterable[int] = 1,
        *,
        skip: bool,
        scale: float = 1.0,
        channels: int = 16,
        normalised: bool = True,
    ) -> None:
        super().__init__()
        self.blocks, self.seeds = whole("blocks", blocks, least=0), as_seeds(seeds)
        self.skip, self.scale = flag("skip", skip), real("scale", scale, least=0)
        self.channels, self.normalised = whole("channels", channels, least=1), flag("normalised", normalised)
        streams = [generator(seed, CLASSIFIER, 1) for seed in self.seeds]  # the head has the plain stream
        self.stem = nn.Parameter(he_normal((self.channels, 1, 3, 3), streams))
        self.stack: nn.Module = nn.Identity()
        if self.blocks:
            self.stack = conv_stack(
                self.blocks, self.channels, self.seeds, skip=skip, scale=self.scale, normalised=normalised
            )
        self.norm = shifted(len(self.seeds) * self.channels, normalised=self.normalised)
        self.classifier = Classifier((self.channels * MEANS**2, CLASSES), self.seeds)

    def read(self, images: Tensor) -> Tensor:
        """The state (B, S * C, H / 4, W / 4) before the blocks, of images (B, H, W) or (S, B, H, W)."""
        pooled = functional.avg_pool2d(images, 2)
        return seed_conv(beside(pooled, len(self.seeds)), self.stem, stride=2)

    def forward(self, images: Tensor) -> Tensor:
        """Logits (S, B, classes) of images (B, H, W), the same for each network, or (S, B, H, W)."""
        u = torch.relu(self.norm(self.stack(self.read(images))))
        means = functional.adaptive_avg_pool2d(u, MEANS)
        logits: Tensor = self.classifier(apart(means, len(self.seeds)).flatten(2))
        return logits

    def describe(self) -> dict[str, Any]:
        """The configuration as plain data, of any seed."""
        return self.description(
            self.blocks,
            skip=self.skip,
            scale=self.scale,
            channels=self.channels,
            normalised=self.normalised,
        )

    @classmethod
    def description(
        cls,
        blocks: int,
        *,
        skip: bool,
        scale: float = 1.0,
        channels: int = 16,
        normalised: bool = True,
    ) -> dict[str, Any]:
        """The configuration as plain data; without a block there is no skip to speak of."""
        kind = {"skip": skip, "scale": float(scale)} if blocks else {}
        return {
            "name": cls.__name__,
            "blocks": blocks,
            **kind,
            "channels": channels,
            "normalised": normalised,
        }

    def parameter_count(self) -> int:
        """Numbers that one network trains."""
        return sum(parameter.numel() for parameter in self.parameters()) // len(self.seeds)
