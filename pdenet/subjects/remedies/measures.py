"""What is measured on networks with a remedy: what layers do, and how unlike its image the output is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from pdenet.runs.intervals import rank_interval
from pdenet.subjects.remedies.networks import PositivePDENet, ScaledPDENet
from pdenet.symbolic import PDE1, growth, moments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from torch import Tensor

    from pdenet.models import PDENet, ResidualNet
    from pdenet.runs.interval import Interval


@torch.no_grad()
def strangeness(network: ResidualNet, images: Tensor) -> NDArray[np.float64]:
    """How unlike the image is what the trunk makes of it, (S,): zero for the identity, whatever the scale.

    It is the root of one minus the squared cosine of the two, averaged over images: the relative distance
    that the best factor leaves. An image of which nothing, or nothing finite, is left counts as one.
    """
    return unlike(network.last(images), images)


@torch.no_grad()
def unlike(after: Tensor, images: Tensor) -> NDArray[np.float64]:
    """The `strangeness` of pictures (S, B, rows, columns) that something makes of images (B, rows, columns).

    Raises
    ------
    ValueError
        If there is not one picture of its size for each image.
    """
    if after.dim() != 4 or after.shape[1:] != images.shape:
        message = (
            f"after must be (S, B, rows, columns) for images (B, rows, columns); got {tuple(after.shape)} "
            f"for {tuple(images.shape)}"
        )
        raise ValueError(message)
    after = after.double().flatten(2)
    before = images.double().flatten(1)
    size = after.abs().amax(-1, keepdim=True)  # beforehand, so that no square overflows
    after = torch.where((size > 0) & size.isfinite(), after / size, torch.zeros_like(after))
    cosine = (after * before).sum(-1) / (after.norm(dim=-1) * before.norm(dim=-1)).clamp_min(1e-300)
    distance = (1 - cosine.square()).clamp_min(0).sqrt().mean(-1)
    return np.asarray(distance.numpy(), dtype=np.float64)


def strangeness_of_shift(images: Tensor, pixels: int) -> float:
    """The strangeness of a shift of images (B, rows, columns) to the right, on a torus: a yardstick."""
    return float(unlike(images.roll(pixels, -1)[None], images)[0])


def order_of_merit(
    strange: Mapping[str, NDArray[np.float64]], scores: Mapping[str, NDArray[np.float64]]
) -> Interval:
    """The rank correlation, over networks, of nearness to the identity with accuracy; it stays within 1.

    The networks are what it generalises over: seeds are averaged beforehand, since ten seeds of the same
    networks are no ten times as many networks.

    Parameters
    ----------
    strange, scores
        Strangeness and accuracy by network, (seed,) each.

    Raises
    ------
    ValueError
        If the two name different networks, or fewer than two.
    """
    if strange.keys() != scores.keys():
        message = f"strange has {', '.join(strange)}, scores {', '.join(scores)}; name the same networks"
        raise ValueError(message)
    nearness, merit = ([float(np.mean(side[name])) for name in strange] for side in (strange, scores))
    return rank_interval([-value for value in nearness], merit)


class Portrait(NamedTuple):
    """What layers do to an image, were they linear: shift (pixels), added variance (pixels squared), growth.

    The last bounds how often a wave is amplified, in powers of ten; each is (seed,).
    """

    shift: NDArray[np.float64]
    spread: NDArray[np.float64]
    growth: NDArray[np.float64]


def portrait(theta: NDArray[np.float64]) -> Portrait:
    """The portrait of layers with parameters (seed, layer, 5) of (39), as `explicit_steps` finds them."""
    ends = moments.depth_moments(PDE1, theta)
    shift = np.linalg.norm(ends.place[:, -1], axis=-1)
    spread = np.trace(ends.covariance[:, -1], axis1=-2, axis2=-1) / 2
    return Portrait(shift, spread, np.log10(growth.plane_gain(theta)).sum(-1))


def explicit_steps(network: PDENet) -> NDArray[np.float64]:
    """Parameters of (39) that the layers have as explicit steps of length one, (seed, layer, 5)."""
    theta = network.physical() if isinstance(network, PositivePDENet) else network.theta
    theta = theta.detach().double().clone()
    if isinstance(network, ScaledPDENet):
        s = network.time / network.depth
        theta = theta * torch.tensor([s**0.5, s, s**0.5, s, s], dtype=torch.float64)
    return np.asarray(theta.numpy(), dtype=np.float64)
