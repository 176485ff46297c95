"""Networks that read digits through a stack: a map into the stack's width, the blocks, a map out of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional

from pdenet.checks.numbers import real, whole
from pdenet.checks.words import one_of
from pdenet.models.blocks import BlockStack, Law, dense_stack
from pdenet.models.classifier import Classifier
from pdenet.models.initial import draw_affine
from pdenet.ops.linear import seed_linear
from pdenet.ops.seeding import CLASSIFIER, as_seeds, generator

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Literal

PIXELS = 14 * 14
CLASSES = 10
LIBRARY_GAIN = 3**-0.5
"""Gain of the law that PyTorch draws a linear layer from, uniform up to 1/sqrt(n)."""


@dataclass(frozen=True, kw_only=True)
class Start:
    """A stack before it is drawn.

    Parameters
    ----------
    kind
        ``"plain"``; ``"residual"``, with a step of 1; ``"scaled"``, residual with one of 1 over the depth.
    law, gain, bias
        As in `pdenet.models.blocks.DenseBranch`.

    Raises
    ------
    TypeError, ValueError
        If a word is unknown or a number is none or out of range.
    """

    kind: Literal["plain", "residual", "scaled"] = "plain"
    law: Law = "gaussian"
    gain: float = 1.0
    bias: float = 0.0

    def __post_init__(self) -> None:
        one_of("kind", self.kind, ("plain", "residual", "scaled"))
        one_of("law", self.law, get_args(Law))
        object.__setattr__(self, "gain", real("gain", self.gain, least=0))
        object.__setattr__(self, "bias", real("bias", self.bias, least=0))

    def step(self, depth: int) -> float:
        """What the branch is multiplied with."""
        return 1 / depth if self.kind == "scaled" else 1.0

    def build(self, depth: int, width: int, seeds: int | Iterable[int] = 1) -> BlockStack:
        """The stacks, one a seed."""
        return dense_stack(
            depth,
            width,
            seeds,
            skip=self.kind != "plain",
            scale=self.step(depth),
            law=self.law,
            gain=self.gain,
            bias=self.bias,
        )

    def describe(self) -> dict[str, Any]:
        """It as plain data."""
        return asdict(self)


class DigitNet(nn.Module):
    """S networks of images: pixels in fours, an affine map to the stack, the stack, an affine map to classes.

    Parameters
    ----------
    start
        The stack.
    depth, width
        Blocks, and units of a state; without a block only the two affine maps are left.
    seeds
        How many networks, or which seeds.

    Raises
    ------
    TypeError, ValueError
        If a number is none or out of range.
    """

    def __init__(self, start: Start, depth: int, seeds: int | Iterable[int] = 1, *, width: int = 32) -> None:
        super().__init__()
        self.start, self.depth = start, whole("depth", depth, least=0)
        self.seeds, self.width = as_seeds(seeds), whole("width", width, least=1)
        both = draw_affine(PIXELS, self.width, [generator(seed, CLASSIFIER, 1) for seed in self.seeds])
        self.weight = nn.Parameter(both[:, :-1].clone())
        self.bias = nn.Parameter(both[:, -1:].clone())
        self.stack: nn.Module = nn.Identity()
        if self.depth:
            self.stack = start.build(self.depth, self.width, self.seeds)
        self.classifier = Classifier((self.width, CLASSES), self.seeds)

    def read(self, images: Tensor) -> Tensor:
        """What the stack is given, (S, B, n), of images (B, 28, 28) or (S, B, 28, 28)."""
        pooled = functional.avg_pool2d(images, 2).flatten(-2)
        pixels = pooled.expand(len(self.seeds), *pooled.shape[-2:])
        return seed_linear(pixels, self.weight, self.bias)

    def forward(self, images: Tensor) -> Tensor:
        """Logits (S, B, classes) of images (B, 28, 28) or (S, B, 28, 28)."""
        logits: Tensor = self.classifier(self.stack(self.read(images)))
        return logits

    def describe(self) -> dict[str, Any]:
        """The configuration as plain data, of any seed."""
        return self.description(self.start, self.depth, width=self.width)

    @classmethod
    def description(cls, start: Start, depth: int, *, width: int = 32) -> dict[str, Any]:
        """The configuration as plain data."""
        return {"name": cls.__name__, "depth": depth, "width": width, "start": start.describe()}


def first_to_last(net: DigitNet, images: Tensor, labels: Tensor) -> Tensor:
    """Norm of the loss's gradient by the weights of the first block, over that of the last, (S,).

    Parameters
    ----------
    net
        It has a block at least, and is not changed.
    images, labels
        Images (B, 28, 28) and their labels (B,).
    """
    logits = net(images)
    loss = functional.cross_entropy(logits.flatten(0, 1), labels.repeat(len(net.seeds)), reduction="sum")
    ends = [net.stack.get_parameter(f"branches.{layer}.weight") for layer in (0, net.depth - 1)]
    first, last = torch.autograd.grad(loss, ends)  # seeds share nothing: the sum keeps them apart
    ratio: Tensor = first.flatten(1).norm(dim=1) / last.flatten(1).norm(dim=1)
    return ratio
