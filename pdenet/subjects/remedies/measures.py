"""What is measured on networks with a remedy: how unlike the image is what their trunk makes of it."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pdenet.models import ResidualNet


@torch.no_grad()
def strangeness(network: ResidualNet, images: Tensor) -> NDArray[np.float64]:
    """How unlike the image is what the trunk makes of it, (S,): zero for the identity, whatever the scale.

    It is the root of one minus the squared cosine of the two, averaged over images: the relative distance
    that the best factor leaves. An image of which nothing, or nothing finite, is left counts as one.
    """
    after = network.last(images).double().flatten(2)
    before = images.double().flatten(1)
    size = after.abs().amax(-1, keepdim=True)  # beforehand, so that no square overflows
    after = torch.where((size > 0) & size.isfinite(), after / size, torch.zeros_like(after))
    cosine = (after * before).sum(-1) / (after.norm(dim=-1) * before.norm(dim=-1)).clamp_min(1e-300)
    distance = (1 - cosine.square()).clamp_min(0).sqrt().mean(-1)
    return np.asarray(distance.numpy(), dtype=np.float64)
