"""Residual networks of any depth, width and resolution, with standard or with depthwise blocks."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from pdenet.checks.numbers import whole
from pdenet.models.blocks import BlockStack
from pdenet.models.classifier import Classifier
from pdenet.models.conv_blocks import conv_stack, he_normal
from pdenet.models.initial import draw_affine
from pdenet.ops.convolution import apart, beside, seed_conv
from pdenet.ops.seeding import CLASSIFIER, TRUNK, as_seeds, generator
from pdenet.subjects.scaling.system import CLASSES, EXPAND, KERNEL, Shape

if TYPE_CHECKING:
    from collections.abc import Iterable


class DepthwiseBranch(nn.Module):
    """Expand by 1x1, filter each channel by 3x3, weigh channels by gates, project by 1x1; S side by side.

    A normalisation stands in front of each convolution, with a SiLU before the 3x3 and before the gates; the
    projection has none behind it, so that the block adds what has no sign.

    Parameters
    ----------
    channels
        C of one network.
    seeds
        How many networks, or which seeds.
    layer
        Where the branch stands, from 0.

    Raises
    ------
    TypeError, ValueError
        If a number is none or out of range.

    References
    ----------
    Sandler et al., MobileNetV2, CVPR (2018); Hu, Shen, Sun, Squeeze-and-excitation networks, CVPR (2018).
    """

    def __init__(self, channels: int, seeds: int | Iterable[int] = 1, layer: int = 0) -> None:
        super().__init__()
        self.channels, self.seeds = whole("channels", channels, least=1), as_seeds(seeds)
        c, m, s = self.channels, EXPAND * self.channels, len(self.seeds)
        streams = [generator(seed, TRUNK, whole("layer", layer, least=0)) for seed in self.seeds]
        self.expand = nn.Parameter(he_normal((m, c, 1, 1), streams))
        self.filter = nn.Parameter(he_normal((m, 1, KERNEL, KERNEL), streams))
        self.project = nn.Parameter(he_normal((c, m, 1, 1), streams))
        squeezed = max(1, c // 4)
        self.squeeze = nn.Parameter(draw_affine(m, squeezed, streams))
        self.excite = nn.Parameter(draw_affine(squeezed, m, streams))
        self.norms = nn.ModuleList(nn.BatchNorm2d(s * n) for n in (c, m, m))

    def gates(self, u: Tensor) -> Tensor:
        """By how much each channel counts, (B, S * M, 1, 1), between 0 and 1, of states (B, S * M, H, W)."""
        means = apart(u.mean((2, 3)), len(self.seeds))  # (S, B, M)
        few = functional.silu(torch.baddbmm(self.squeeze[:, -1:], means, self.squeeze[:, :-1]))
        many = torch.sigmoid(torch.baddbmm(self.excite[:, -1:], few, self.excite[:, :-1]))
        return many.transpose(0, 1).flatten(1)[..., None, None]

    def forward(self, u: Tensor) -> Tensor:
        """What the branch makes of states (B, S * C, H, W)."""
        u = seed_conv(self.norms[0](u), self.expand)
        u = seed_conv(functional.silu(self.norms[1](u)), self.filter, groups=EXPAND * self.channels)
        u = functional.silu(self.norms[2](u))
        return seed_conv(u * self.gates(u), self.project)


def depthwise_stack(depth: int, channels: int, seeds: int | Iterable[int] = 1) -> BlockStack:
    """A residual stack of so many depthwise blocks, S of them side by side.

    Parameters
    ----------
    depth, channels, seeds
        As in `pdenet.models.conv_blocks.conv_stack`.
    """
    depth, seeds = whole("depth", depth, least=1), as_seeds(seeds)
    return BlockStack([DepthwiseBranch(channels, seeds, layer) for layer in range(depth)], skip=True)


class ScaledNet(nn.Module):
    """S networks of one shape: a 3x3 stem, residual blocks, normalisation, ReLU, mean, one linear layer.

    Parameters
    ----------
    shape
        The shape.
    seeds
        How many networks, or which seeds.
    """

    def __init__(self, shape: Shape, seeds: int | Iterable[int] = 1) -> None:
        super().__init__()
        self.shape, self.seeds = shape, as_seeds(seeds)
        streams = [generator(seed, CLASSIFIER, 1) for seed in self.seeds]
        self.stem = nn.Parameter(he_normal((shape.channels, 1, KERNEL, KERNEL), streams))
        self.stack: nn.Module = nn.Identity()
        if shape.blocks and shape.block == "standard":
            self.stack = conv_stack(shape.blocks, shape.channels, self.seeds, skip=True)
        elif shape.blocks:
            self.stack = depthwise_stack(shape.blocks, shape.channels, self.seeds)
        self.norm = nn.BatchNorm2d(len(self.seeds) * shape.channels)
        self.classifier = Classifier((shape.channels, CLASSES), self.seeds)

    def last(self, images: Tensor) -> Tensor:
        """The state (B, S * C, H, W) behind the blocks, of images (B, H, W) or (S, B, H, W).

        Raises
        ------
        ValueError
            If the images have another size than the shape's.
        """
        side = self.shape.side
        if images.shape[-2:] != (side, side):
            message = f"images must be {side} by {side} for the shape {self.shape}; got {tuple(images.shape)}"
            raise ValueError(message)
        u = seed_conv(beside(images, len(self.seeds)), self.stem)
        return dilated(self.stack, u, self.shape.dilation)

    def forward(self, images: Tensor) -> Tensor:
        """Logits (S, B, classes) of images (B, H, W), the same for each network, or (S, B, H, W)."""
        means = torch.relu(self.norm(self.last(images))).mean((2, 3))
        logits: Tensor = self.classifier(apart(means, len(self.seeds)))
        return logits

    def describe(self) -> dict[str, Any]:
        """The configuration as plain data, of any seed."""
        return self.description(self.shape)

    @classmethod
    def description(cls, shape: Shape) -> dict[str, Any]:
        """The configuration as plain data."""
        return {"name": cls.__name__, **asdict(shape)}

    def parameter_count(self) -> int:
        """Numbers that one network trains."""
        return sum(parameter.numel() for parameter in self.parameters()) // len(self.seeds)


def dilated(stack: nn.Module, u: Tensor, dilation: int) -> Tensor:
    """What a stack of convolutions makes of states if the taps of its kernels lie so many pixels apart.

    Such a kernel meets only pixels of one of ``dilation^2`` interleaved grids. So the stack is run on each of
    the grids as if it were an image: the same operations, the same parameters.

    Parameters
    ----------
    stack
        What is run; its convolutions keep the size of an image.
    u
        States (B, C, H, W); the dilation divides H and W.
    dilation
        1 leaves the stack as it is.
    """
    if dilation == 1:
        return torch.as_tensor(stack(u))
    d, (images, _, rows, columns) = dilation, u.shape
    grids = u.unflatten(3, (columns // d, d)).unflatten(2, (rows // d, d))  # (B, C, H', d, W', d)
    apiece = grids.permute(3, 5, 0, 1, 2, 4).flatten(0, 2)
    after = stack(apiece.contiguous(memory_format=torch.channels_last))
    whole_again: Tensor = after.unflatten(0, (d, d, images)).permute(2, 3, 4, 0, 5, 1)
    return whole_again.flatten(4).flatten(2, 3)
