"""Stacks of coupling blocks with convolutions for branches, and three ways to their gradient."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from pdenet.checks.numbers import real, whole
from pdenet.checks.words import one_of
from pdenet.ops.reversible import halves, reversible_stack
from pdenet.ops.seeding import TRUNK, generator
from pdenet.ops.steppers import coupling

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CHANNELS, SIZE, BATCH = 8, 14, 16  # of each half; rows and columns; images
ACTIVATIONS = {"tanh": torch.tanh, "relu": torch.relu}


class ConvBranch(nn.Module):
    """tanh(K * u) or relu(K * u), K a 3x3 convolution whose operator norm is at most `gain`.

    Neither activation stretches, so that `gain` is a Lipschitz constant of the branch.

    Parameters
    ----------
    kernels : (C out, C in, 3, 3)
        Those of norm one.
    gain
        The norm.
    activation
        ``"tanh"`` or ``"relu"``.

    Raises
    ------
    TypeError, ValueError
        If the gain is no number or negative, or the activation unknown.
    """

    def __init__(self, kernels: Tensor, gain: float = 0.5, activation: str = "tanh") -> None:
        super().__init__()
        self.activation = ACTIVATIONS[one_of("activation", activation, tuple(ACTIVATIONS))]
        self.weight = nn.Parameter(real("gain", gain, least=0) * kernels)

    def forward(self, u: Tensor) -> Tensor:
        """The states (B, C, H, W) that are added."""
        return self.activation(functional.conv2d(u, self.weight, padding=1))


def norm_of(kernels: Tensor, size: int) -> float:
    """What a convolution, with zeros around images of this size, cannot exceed as an operator.

    It is a part of the convolution on a ring that is two pixels larger, whose norm is the largest singular
    value among its waves; those of opposite signs have the same.

    Parameters
    ----------
    kernels : (C out, C in, 3, 3)
    size
        Rows and columns of an image.
    """
    waves = torch.fft.rfft2(kernels.double(), s=(size + 2, size + 2)).permute(2, 3, 0, 1)
    return float(torch.linalg.svdvals(waves).max())


@lru_cache(maxsize=2048)
def unit_kernels(seed: int, block: int, half: int) -> Tensor:
    """Kernels of norm one, float64, each branch's from its own stream; not to be changed."""
    drawn = torch.randn(
        CHANNELS, CHANNELS, 3, 3, generator=generator(seed, TRUNK, block, half), dtype=torch.float64
    )
    return drawn / norm_of(drawn, SIZE)


Blocks = list[tuple[nn.Module, nn.Module]]


def conv_blocks(
    depth: int,
    gain: float = 0.5,
    activation: str = "tanh",
    *,
    seed: int = 0,
    dtype: torch.dtype = torch.float32,
) -> Blocks:
    """So many blocks of two branches each, drawn from the seed; the first are those of a shorter stack."""
    depth = whole("depth", depth, least=1)

    def branch(block: int, half: int) -> ConvBranch:
        return ConvBranch(unit_kernels(seed, block, half), gain, activation).to(dtype)

    return [(branch(block, 0), branch(block, 1)) for block in range(depth)]


def images(batch: int = BATCH, *, seed: int = 0, dtype: torch.dtype = torch.float32) -> Tensor:
    """Noise (B, 2 C, H, W) of deviation one that asks for a gradient."""
    shape = whole("batch", batch, least=1), 2 * CHANNELS, SIZE, SIZE
    drawn = torch.randn(shape, generator=generator(seed, TRUNK), dtype=torch.float64)
    return drawn.to(dtype).requires_grad_()


def plain(blocks: Blocks, u: Tensor) -> Tensor:
    """Behind all blocks, every state kept for the way back."""
    return torch.cat(_run(blocks, *halves(u)), 1)


def _run(blocks: Blocks, first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    pair = first, second
    for f, g in blocks:
        pair = coupling(f, g, pair, 1)
    return pair


def checkpointed(blocks: Blocks, u: Tensor) -> Tensor:
    """The same with about sqrt(L) states kept; the blocks between two of them run again on the way back."""
    length = math.isqrt(len(blocks) - 1) + 1  # the root, rounded up
    pair = halves(u)
    for start in range(0, len(blocks), length):
        part = blocks[start : start + length]
        # The older way of PyTorch, since what it keeps goes through the hooks that count.
        pair = checkpoint(_run, part, *pair, use_reentrant=True)
    return torch.cat(pair, 1)


def reversible(blocks: Blocks, u: Tensor) -> Tensor:
    """The same with the two states at the end kept."""
    return torch.cat(reversible_stack(blocks, *halves(u)), 1)


WAYS: dict[str, Callable[[Blocks, Tensor], Tensor]] = {
    "plain": plain,
    "checkpointed": checkpointed,
    "reversible": reversible,
}
"""Three ways to one gradient, by what they keep."""


def parameters(blocks: Sequence[tuple[nn.Module, nn.Module]]) -> list[nn.Parameter]:
    """The parameters of all branches, in their order."""
    return [p for block in blocks for branch in block for p in branch.parameters()]


def gradients(way: str, blocks: Blocks, u: Tensor) -> tuple[Tensor, ...]:
    """What a way finds for the images and for the parameters, of a loss that weighs each output."""
    asked = [u, *parameters(blocks)]
    for one in asked:
        one.grad = None
    end = WAYS[way](blocks, u)
    weights = torch.linspace(-1, 1, end.numel(), dtype=end.dtype).view_as(end)
    (weights * end).mean().backward()  # and not `grad`, which the older checkpoints refuse
    return tuple(one.grad for one in asked if one.grad is not None)
