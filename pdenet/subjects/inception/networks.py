"""Networks of two families, of one budget: blocks with several sizes of kernels, and residual blocks."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

import torch
from torch import Tensor, nn

from pdenet.checks.numbers import whole
from pdenet.checks.sequences import wholes
from pdenet.checks.words import one_of
from pdenet.models.blocks import BlockStack
from pdenet.models.classifier import Classifier
from pdenet.models.conv_blocks import ConvBranch, he_normal, odd, shifted
from pdenet.ops.convolution import apart, beside, seed_conv
from pdenet.ops.seeding import CLASSIFIER, TRUNK, as_seeds, generator

if TYPE_CHECKING:
    from collections.abc import Iterable

CLASSES = 10
Head = Literal["classes", "cells"]


class InceptionBranch(nn.Module):
    """Normalise, ReLU; then several branches, whose outputs stand next to each other.

    A branch is a 1x1 convolution to its width and, unless its kernel is 1, a normalisation, a ReLU and a
    convolution with its kernel. None has a bias.

    Parameters
    ----------
    widths, kernels
        Channels of each branch, and rows and columns of its kernel; the widths add up to the channels of a
        state.
    seeds
        How many networks, or which seeds.
    layer
        Where the block stands, from 0.

    Raises
    ------
    TypeError, ValueError
        If a number is none or out of range, a kernel is even, or there are not as many widths as kernels.

    References
    ----------
    Szegedy et al., Going deeper with convolutions, CVPR (2015): the block, there with a ReLU behind and with
    pooling in one branch.
    """

    def __init__(
        self,
        widths: tuple[int, ...],
        kernels: tuple[int, ...],
        seeds: int | Iterable[int] = 1,
        layer: int = 0,
    ) -> None:
        super().__init__()
        self.widths = wholes("widths", widths, least=1)
        self.kernels = tuple(odd("kernel", kernel) for kernel in kernels)
        if len(self.widths) != len(self.kernels):
            message = f"each branch has a width and a kernel; got widths {widths} and kernels {kernels}"
            raise ValueError(message)
        self.seeds, channels = as_seeds(seeds), sum(self.widths)
        streams = [generator(seed, TRUNK, whole("layer", layer, least=0)) for seed in self.seeds]
        self.norm = shifted(len(self.seeds) * channels, normalised=True)
        self.first, self.second, self.norms = nn.ParameterList(), nn.ParameterList(), nn.ModuleList()
        for width, kernel in zip(self.widths, self.kernels, strict=True):
            self.first.append(nn.Parameter(he_normal((width, channels, 1, 1), streams)))
            if kernel > 1:
                self.second.append(nn.Parameter(he_normal((width, width, kernel, kernel), streams)))
                self.norms.append(shifted(len(self.seeds) * width, normalised=True))

    def forward(self, u: Tensor) -> Tensor:
        """What the branches make of states (B, S * C, H, W)."""
        u = torch.relu(self.norm(u))
        found, wide = [], iter(zip(self.norms, self.second, strict=True))
        for kernel, weight in zip(self.kernels, self.first, strict=True):
            state = seed_conv(u, weight)
            if kernel > 1:
                norm, second = next(wide)
                state = seed_conv(torch.relu(norm(state)), second)
            found.append(state.unflatten(1, (len(self.seeds), -1)))
        joined: Tensor = torch.cat(found, 2).flatten(1, 2)
        return joined.contiguous(memory_format=torch.channels_last)


@dataclass(frozen=True, kw_only=True)
class Design:
    """A network before it is drawn.

    Parameters
    ----------
    blocks
        None leaves the stem and the head.
    widths, kernels
        Of one branch: two convolutions with this kernel, added to the state (a residual block). Of several:
        as in `InceptionBranch`, and the state is replaced, unless there is a skip.
    stem
        Rows and columns of the first kernel.
    skip
        Whether the branches' output is added to the state.

    Raises
    ------
    TypeError, ValueError
        If a number is none or out of range, a kernel is even, or widths and kernels are not as many.
    """

    blocks: int
    widths: tuple[int, ...]
    kernels: tuple[int, ...] = (3,)
    stem: int = 3
    skip: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "blocks", whole("blocks", self.blocks, least=0))
        object.__setattr__(self, "widths", wholes("widths", self.widths, least=1))
        object.__setattr__(self, "kernels", tuple(odd("kernel", kernel) for kernel in self.kernels))
        odd("stem", self.stem)
        if len(self.widths) != len(self.kernels):
            message = f"each branch has a width and a kernel; got {self.widths} and {self.kernels}"
            raise ValueError(message)

    @property
    def channels(self) -> int:
        """Of a state."""
        return sum(self.widths)

    @property
    def stages(self) -> int:
        """Convolutions, one behind the other, that look at neighbours: the stem's and those of the blocks."""
        return 1 + self.blocks * (2 if len(self.widths) == 1 else 1)

    @property
    def sees(self) -> int:
        """How many cells of the state away an output can depend on the input, along a row."""
        widest = max(self.kernels) // 2
        return self.stem // 2 + self.blocks * widest * (2 if len(self.widths) == 1 else 1)

    def stack(self, seeds: tuple[int, ...]) -> nn.Module:
        """The blocks, for networks of these seeds."""
        if not self.blocks:
            return nn.Identity()
        return BlockStack([self._branch(seeds, layer) for layer in range(self.blocks)], skip=self.skip)

    def _branch(self, seeds: tuple[int, ...], layer: int) -> nn.Module:
        if len(self.widths) == 1:
            return ConvBranch(self.channels, seeds, layer, kernel=self.kernels[0])
        return InceptionBranch(self.widths, self.kernels, seeds, layer)

    def describe(self) -> dict[str, Any]:
        """It as plain data; without a block only its channels and its stem count."""
        if not self.blocks:
            return {"blocks": 0, "channels": self.channels, "stem": self.stem}
        return {**asdict(self), "widths": [*self.widths], "kernels": [*self.kernels]}


class FamilyNet(nn.Module):
    """S networks of images: a stem, blocks, a normalisation and a ReLU, and one of two heads.

    Parameters
    ----------
    design
        The blocks.
    head
        ``"classes"``: the stem halves the sides, the channels' means over the image go through a linear layer
        to ten logits. ``"cells"``: a logit for each pixel, by a 1x1 convolution with a bias.
    seeds
        How many networks, or which seeds.
    inputs
        Channels of an image.

    Raises
    ------
    TypeError, ValueError
        If the head is unknown, or a number is none or out of range.
    """

    def __init__(
        self, design: Design, head: Head, seeds: int | Iterable[int] = 1, *, inputs: int = 1
    ) -> None:
        super().__init__()
        self.design = design
        self.head: Head = cast("Head", one_of("head", head, ("classes", "cells")))
        self.seeds, self.inputs = as_seeds(seeds), whole("inputs", inputs, least=1)
        streams = [generator(seed, CLASSIFIER, 1) for seed in self.seeds]
        shape = (design.channels, self.inputs, design.stem, design.stem)
        self.stem = nn.Parameter(he_normal(shape, streams))
        self.stack = design.stack(self.seeds)
        self.norm = shifted(len(self.seeds) * design.channels, normalised=True)
        outputs = CLASSES if head == "classes" else 1
        self.classifier = Classifier((design.channels, outputs), self.seeds)

    def features(self, images: Tensor) -> Tensor:
        """The last state (B, S * C, H, W), of images (B, H, W), (S, B, H, W) or (S, B, C, H, W)."""
        stride = 2 if self.head == "classes" else 1
        u = seed_conv(beside(images, len(self.seeds)), self.stem, stride=stride)
        return torch.relu(self.norm(self.stack(u)))

    def forward(self, images: Tensor) -> Tensor:
        """Logits (S, B, classes), or (S, B, H, W) of cells."""
        seeds, u = len(self.seeds), self.features(images)
        if self.head == "classes":
            logits: Tensor = self.classifier(apart(u.mean((2, 3)), seeds))
            return logits
        weight, bias = self.classifier.weights[0], self.classifier.biases[0]
        cells = seed_conv(u, weight.mT[..., None, None], bias[:, 0])
        return apart(cells, seeds).squeeze(2)

    def describe(self) -> dict[str, Any]:
        """The configuration as plain data, of any seed."""
        return self.description(self.design, self.head, inputs=self.inputs)

    @classmethod
    def description(cls, design: Design, head: Head, *, inputs: int = 1) -> dict[str, Any]:
        """The configuration as plain data."""
        return {"name": cls.__name__, "head": head, "inputs": inputs, "design": design.describe()}
