"""An attack that looks right and is weak, kept to be looked at: it clamps inside what is differentiated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

if TYPE_CHECKING:
    from torch import Tensor, nn


def clamped_inside(net: nn.Module, images: Tensor, labels: Tensor, radius: float, steps: int = 20) -> Tensor:
    """The images (S, B, H, W) that this attack ends with: it knows nothing of pixels that a clamp holds.

    Parameters
    ----------
    net
        In evaluation mode, images (S, B, H, W) -> logits (S, B, C).
    images, labels
        (B, H, W), between 0 and 1, and (B,).
    radius
        Largest change of a pixel.
    steps
        Each 2.5 times the radius over their number, as in `pdenet.models.measures.attack.pgd`.
    """
    with torch.no_grad():
        seeds = len(net(images[:1]))
    drawn = torch.rand(seeds, *images.shape, generator=torch.Generator().manual_seed(0))
    change = radius * (2 * drawn - 1)
    for _ in range(steps):
        change.requires_grad_()
        logits = net((images + change).clamp(0, 1))
        loss = functional.cross_entropy(logits.flatten(0, 1), labels.repeat(seeds), reduction="sum")
        uphill = torch.autograd.grad(loss, change)[0].sign()
        change = (change.detach() + 2.5 * radius / steps * uphill).clamp(-radius, radius)
    return (images + change).clamp(0, 1)
