"""From grey levels to what a network is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from pdenet.data.image_data import ImageData

PIXELS = ("unit", "standard")


def pixel_scale(data: ImageData, pixels: str) -> tuple[float, float]:
    """The shift and the factor, grey levels of uint8, that bring pixels to the range that `pixels` names."""
    if pixels == "unit":
        return 0.0, 1 / 255
    levels = data.train_images.double()
    return float(levels.mean()), 1 / float(levels.std())


def scaled(images: Tensor, scale: tuple[float, float]) -> Tensor:
    """Float32 images from uint8 ones."""
    shift, factor = scale
    return images.float().sub_(shift).mul_(factor)
