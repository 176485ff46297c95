"""Does a stack show anything of the image it was given? Asked before training, it tells who cannot learn."""

import torch
from torch import Tensor

from pdenet.checks.numbers import whole
from pdenet.data.images import load_images
from pdenet.models import Init, ResidualNet


def probe_images(digits: int = 30, noise: int = 20) -> Tensor:
    """Images to test a stack with, float32 (digits + noise, 28, 28), values 0 to 1: the same everywhere.

    The digits are those that scikit-learn carries, the noise is uniform.
    """
    digits, noise = whole("digits", digits, least=0), whole("noise", noise, least=0)
    grey = load_images("digits").test_images[:digits].float() / 255
    unit = Init().draw((noise, *grey.shape[1:]), torch.Generator().manual_seed(0))
    return torch.cat([grey, unit])


@torch.no_grad()
def sees(network: ResidualNet, images: Tensor) -> Tensor:
    """Share of the images (B, H, W) whose last layer differs from that of an empty page, (S,), 0 to 1.

    An image that overflows is not seen.
    """
    last = network.last(images)  # (S, B, H, W)
    empty = network.last(torch.zeros_like(images[:1]))
    seen = (last != empty).flatten(2).any(2) & last.isfinite().flatten(2).all(2)
    return seen.double().mean(1)
