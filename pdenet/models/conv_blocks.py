"""Convolutional branches for plain and residual stacks, S networks side by side.

States are (B, S * C, H, W), the channels of a network next to each other; see `pdenet.ops.convolution`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from pdenet.checks.numbers import whole
from pdenet.checks.words import flag
from pdenet.models.blocks import BlockStack
from pdenet.models.initial import Init
from pdenet.ops.convolution import seed_conv
from pdenet.ops.seeding import TRUNK, as_seeds, generator

if TYPE_CHECKING:
    from collections.abc import Iterable

CONVOLUTIONS = 2
"""Convolutions of a branch."""


def odd(name: str, value: int) -> int:
    """The number of rows of a kernel, which has a middle.

    Raises
    ------
    TypeError, ValueError
        If it is no number, less than one, or even.
    """
    rows = whole(name, value, least=1)
    if rows % 2 == 0:
        message = f"{name} must be odd, so that it has a middle; got {rows}"
        raise ValueError(message)
    return rows


def he_normal(shape: tuple[int, ...], streams: Iterable[torch.Generator]) -> Tensor:
    """Kernels (S, M, C, rows, columns) that keep the size of a state behind a ReLU on average.

    Parameters
    ----------
    shape
        (M, C, rows, columns), of one network; C counts the inputs of one output.
    streams
        What each network's numbers are drawn from.

    References
    ----------
    He et al., Delving deep into rectifiers, ICCV (2015).
    """
    inputs = shape[1] * shape[2] * shape[3]
    law = Init("normal", (2 / inputs) ** 0.5)
    return torch.stack([law.draw(shape, stream) for stream in streams])


class ConvBranch(nn.Module):
    """Twice: normalise, ReLU, convolution without a bias, 3x3 unless said. The channels stay as many.

    Parameters
    ----------
    channels
        C of one network.
    seeds
        How many networks, or which seeds.
    layer
        Where the branch stands, from 0: layers draw from streams of their own.
    normalised
        Whether a batch normalisation stands in front of each ReLU; a bias for each channel does otherwise, so
        that either way a channel can be shifted.
    kernel
        Rows and columns of a kernel, odd.

    Raises
    ------
    TypeError, ValueError
        If a number is none or out of range, or the kernel has no middle.

    References
    ----------
    He, Zhang, Ren, Sun, Identity mappings in deep residual networks, ECCV (2016): the order, which leaves
    the sum of a residual block untouched.
    """

    def __init__(
        self,
        channels: int,
        seeds: int | Iterable[int] = 1,
        layer: int = 0,
        *,
        normalised: bool = True,
        kernel: int = 3,
    ) -> None:
        super().__init__()
        self.channels, self.seeds = whole("channels", channels, least=1), as_seeds(seeds)
        side = odd("kernel", kernel)
        streams = [generator(seed, TRUNK, whole("layer", layer, least=0)) for seed in self.seeds]
        shape = (self.channels, self.channels, side, side)
        self.weights = nn.ParameterList(nn.Parameter(he_normal(shape, streams)) for _ in range(CONVOLUTIONS))
        self.norms = nn.ModuleList(
            shifted(len(self.seeds) * self.channels, normalised=normalised) for _ in range(CONVOLUTIONS)
        )

    def forward(self, u: Tensor) -> Tensor:
        """What the branch makes of states (B, S * C, H, W)."""
        for norm, weight in zip(self.norms, self.weights, strict=True):
            u = seed_conv(torch.relu(norm(u)), weight)
        return u


class ChannelBias(nn.Module):
    """A number added to each channel, 0 at the start.

    Parameters
    ----------
    channels
        Of all networks together.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(whole("channels", channels, least=1)))

    def forward(self, u: Tensor) -> Tensor:
        """States (B, channels, H, W), shifted."""
        return u + self.bias[:, None, None]


def shifted(channels: int, *, normalised: bool) -> nn.Module:
    """What stands in front of a ReLU: a batch normalisation, or a bias for each channel alone.

    Parameters
    ----------
    channels
        Of all networks together; each is normalised by itself.
    normalised
        Which.
    """
    return nn.BatchNorm2d(channels) if flag("normalised", normalised) else ChannelBias(channels)


def conv_stack(
    depth: int,
    channels: int,
    seeds: int | Iterable[int] = 1,
    *,
    skip: bool,
    scale: float = 1.0,
    normalised: bool = True,
    kernel: int = 3,
) -> BlockStack:
    """A stack of so many blocks of two convolutions, S of them side by side.

    Twins, a plain and a residual stack of the same seeds, start from the same tensors.

    Parameters
    ----------
    depth, channels
        Blocks, and channels of a state, at least 1.
    seeds, normalised, kernel
        As in `ConvBranch`.
    skip, scale
        As in `BlockStack`.

    Raises
    ------
    TypeError, ValueError
        As `BlockStack` and `ConvBranch`.
    """
    depth, seeds = whole("depth", depth, least=1), as_seeds(seeds)
    branches = [
        ConvBranch(channels, seeds, layer, normalised=normalised, kernel=kernel) for layer in range(depth)
    ]
    return BlockStack(branches, skip=skip, scale=scale)
