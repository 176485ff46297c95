"""Balls of images around each image: how far a point is, the way out, the way back in, points within.

Changes are (S, B, H, W), by network and image.
"""

from typing import Literal

import torch
from torch import Tensor

Norm = Literal["linf", "l2"]


def distance(norm: Norm, change: Tensor) -> Tensor:
    """Size of each change, (S, B): of its largest pixel, or the root of the sum of squares."""
    flat = change.flatten(2)
    size: Tensor = flat.abs().amax(-1) if norm == "linf" else flat.norm(dim=-1)
    return size


def steepest(norm: Norm, gradient: Tensor) -> Tensor:
    """The change of size one along which each gradient rises most; zero where the gradient is."""
    if norm == "linf":
        return gradient.sign()
    size = distance(norm, gradient).clamp(min=torch.finfo(gradient.dtype).tiny)
    return gradient / size[..., None, None]


def brought_back(norm: Norm, here: Tensor, origin: Tensor, radii: Tensor) -> Tensor:
    """Points moved into the ball around each origin, then into [0, 1], which leads out of no ball.

    Parameters
    ----------
    norm
        Of the ball.
    here, origin
        Images; those of `origin` lie in [0, 1].
    radii
        (S, B, 1, 1).
    """
    change = here - origin
    if norm == "linf":
        change = change.clamp(-radii, radii)
    else:
        size = distance(norm, change).clamp(min=torch.finfo(change.dtype).tiny)
        change = change * (radii / size[..., None, None]).clamp(max=1)
    return (origin + change).clamp(0, 1)


def drawn_inside(norm: Norm, like: Tensor, stream: torch.Generator) -> Tensor:
    """Points drawn evenly from the unit ball, in the shape of `like`, (B, H, W)."""
    if norm == "linf":
        return torch.rand(like.shape, generator=stream).to(like) * 2 - 1
    direction = torch.randn(like.shape, generator=stream)
    share = torch.rand(len(like), generator=stream) ** (1 / like[0].numel())
    points: Tensor = direction * (share / direction.flatten(1).norm(dim=1))[:, None, None]
    return points.to(like)
