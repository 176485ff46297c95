"""Whether a stack of layers is a flow in small steps: roughness over layers, change when steps are halved."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pdenet.checks.numbers import whole
from pdenet.ops import residual_stack

Floats = NDArray[np.float64]


def roughness(values: Any) -> float:
    """How unlike its neighbours each layer is: about 2 for layers in random order, near 0 for smooth ones.

    The ratio of von Neumann on ranks (Bartels 1982), on which one layer far from all others has no hold:
    squared differences of neighbours over squared differences from the mean.

    Parameters
    ----------
    values : (L,)
        A parameter of each layer, from first to last; at least three, not all the same.

    Raises
    ------
    ValueError
        If there are fewer, or all are equal.
    """
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 1 or len(values) < 3 or np.ptp(values) == 0:
        message = f"values must be (L,), three or more that are not all equal; got shape {values.shape}"
        raise ValueError(message)
    from scipy.stats import rankdata  # half a second to import

    ranks = rankdata(values)
    return float((np.diff(ranks) ** 2).sum() / ((ranks - ranks.mean()) ** 2).sum())


@torch.no_grad()
def change_by_splitting(kernels: Tensor, images: Tensor, parts: int = 2) -> Floats:
    """How far the last images move, (S, B), if every layer becomes `parts` layers of a part of its step.

    Of a stack that follows a flow in small steps it is small. The Euclidean distance of the two last images
    over the length of the first; where that is zero the result is NaN.

    Parameters
    ----------
    kernels : (S, L, 3, 3)
        Without the skip.
    images : (B, H, W)
        The same for all seeds.
    parts
        Layers that take the place of one, at least one.

    Raises
    ------
    ValueError
        If `parts` is not whole or less than one, or what `residual_stack` refuses.
    """
    parts = whole("parts", parts, least=1)
    one = residual_stack(images, kernels)
    split = residual_stack(images, (kernels / parts).repeat_interleave(parts, dim=1))
    moved = (one - split).flatten(2).norm(dim=2) / one.flatten(2).norm(dim=2)
    change: Floats = moved.double().numpy()
    return change
