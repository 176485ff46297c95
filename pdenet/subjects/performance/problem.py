"""What is timed: a stack, its stencil, its batch, forward and backward."""

import itertools
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor

from pdenet.checks.numbers import whole
from pdenet.checks.words import one_of

Stencil = Literal["five-point", "nine-point"]
STENCILS: dict[str, tuple[tuple[int, int], ...]] = {  # rows and columns of the taps in a 3x3 kernel
    "five-point": ((1, 1), (1, 0), (1, 2), (0, 1), (2, 1)),
    "nine-point": tuple(itertools.product(range(3), range(3))),
}


@dataclass(frozen=True)
class Problem:
    """What is timed: `depth` layers on `batch` images of `size` x `size` pixels, `seeds` networks at once.

    Raises
    ------
    TypeError
        If a count is no number, or a word no text.
    ValueError
        If a count is not whole and positive, or the stencil is unknown.
    """

    depth: int = 50
    batch: int = 128
    size: int = 28
    seeds: int = 1
    stencil: Stencil = "five-point"
    device: str = "cpu"

    def __post_init__(self) -> None:
        for name in ("depth", "batch", "size", "seeds"):
            object.__setattr__(self, name, whole(name, getattr(self, name), least=1))
        one_of("stencil", self.stencil, tuple(STENCILS))

    def tensors(self) -> tuple[Tensor, Tensor]:
        """Images (S, B, H, W) and stable kernels (S, L, 3, 3), seeded; both ask for gradients."""
        generator = torch.Generator().manual_seed(0)
        plain: dict[str, Any] = {"dtype": torch.float32, "device": "cpu"}  # whatever torch's defaults are
        u = torch.rand(self.seeds, self.batch, self.size, self.size, generator=generator, **plain)
        side = [3 * i + j for i, j in STENCILS[self.stencil] if (i, j) != (1, 1)]
        draw = torch.rand(self.seeds, self.depth, len(side), generator=generator, **plain)
        taps = (0.2 + 0.4 * draw) / len(side)
        kernels = torch.zeros(self.seeds, self.depth, 9, **plain)
        kernels[..., side] = taps
        kernels[..., 4] = -taps.sum(-1)
        kernels = kernels.view(self.seeds, self.depth, 3, 3)
        return u.to(self.device).requires_grad_(), kernels.to(self.device).requires_grad_()

    @property
    def taps(self) -> int:
        """Numbers in a stencil."""
        return len(STENCILS[self.stencil])

    @property
    def flops(self) -> int:
        """Floating-point operations that a step needs; recomputed activations do not count.

        As many multiply-adds a pixel and layer as the stencil has taps for the output, as many for the
        gradient of the image, as many for that of the taps: 15 with five points, 27 with nine.
        """
        return 2 * 3 * self.taps * self.seeds * self.depth * self.batch * self.size**2

    @property
    def executed_flops(self) -> int:
        """Operations of a step that computes activations twice: 20 or 36 multiply-adds a pixel and layer."""
        return self.flops * 4 // 3

    @property
    def least_bytes(self) -> int:
        """Bytes that every step must move to or from memory, five times the images.

        The image and the output's gradient are read, the output and the image's gradient written, and the
        image is read again by the backward pass, which is a call of its own. Kernels are too small to count.
        """
        return 5 * 4 * self.seeds * self.batch * self.size**2
