"""What becomes of the light of a digit: gates and growth of all layers, and its place, spread and loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from torch.nn.functional import pad

from pdenet.models.measures.layers import coefficients
from pdenet.subjects.mechanism.layers import course, piles, shifted
from pdenet.symbolic import PDE1
from pdenet.symbolic.growth import plane_gain
from pdenet.symbolic.moments import depth_moments, image_moments

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    Floats = NDArray[np.float64]

WIDE = 50  # pixels of room on every side, in which no light gets lost


def gates(kernels: Tensor, images: Tensor) -> dict[str, Floats]:
    """What layers may do, from their parameters, and what they do to images, one number a seed.

    Parameters
    ----------
    kernels : (S, L, 3, 3)
        Of the form (39).
    images : (B, H, W)

    Returns
    -------
    Shares of positive and of stable layers, mean logarithm of the largest gain, share of closed gates, share
    added by clipping, length of the predicted shift, predicted variance; and for the theorems the largest
    ratio of met to possible growth, the largest share of gates that a positive layer closed, and the number
    of positive layers.
    """
    found, theta = course(kernels, images), coefficients(kernels)
    path, gain = depth_moments(PDE1, theta), plane_gain(theta)
    return {
        "positive": found.positive.mean(axis=1),
        "stable": (gain <= 1 + 1e-6).mean(axis=1),
        "gain": np.log(gain).mean(axis=1),
        "cut": found.cut.mean(axis=1),
        "added": found.added.mean(axis=1),
        "shift": np.linalg.norm(path.place[:, -1], axis=1),
        "variance": np.trace(path.covariance[:, -1], axis1=1, axis2=2) / 2,
        "excess": (found.growth / gain).max(axis=1),
        "cut where positive": np.where(found.positive, found.cut, 0.0).max(axis=1),
        "positive layers": found.positive.sum(axis=1).astype(np.float64),
    }


def light(kernels: Tensor, images: Tensor) -> dict[str, tuple[Floats, Floats]]:
    """Where the light is behind the last layer, how wide, outside and lost: (predicted, met), by seed.

    Parameters
    ----------
    kernels : (S, L, 3, 3)
        Of the form (39).
    images : (B, H, W)
    """
    path = depth_moments(PDE1, coefficients(kernels))
    met = image_moments(_wide(kernels, images))
    place, spread = (many[:, 1] - many[:, 0] for many in (met.place, met.covariance))
    rigid = shifted(images, path.place[:, -1]).sum((1, 2, 3)) / images.sum()
    mass = piles(kernels, images).sum((2, 3))
    return {
        "place": (_length(path.place[:, -1]), _length(place)),
        "spread": (_along_an_axis(path.covariance[:, -1]), _along_an_axis(spread)),
        "outside": (1 - rigid.double().numpy(), outside(kernels, images)),
        "mass": (path.mass[:, -1], mass[:, 1] / mass[:, 0]),
    }


def outside(kernels: Tensor, images: Tensor) -> Floats:
    """Share of the light of images that has left their frame behind the last layer, (S,)."""
    last = _wide(kernels, images)[:, 1]
    rows, columns = images.shape[-2:]
    inside = last[:, WIDE : WIDE + rows, WIDE : WIDE + columns]
    share: Floats = 1 - inside.sum((1, 2)) / last.sum((1, 2))
    return share


def _wide(kernels: Tensor, images: Tensor) -> Floats:
    return piles(kernels, pad(images, (WIDE,) * 4))


def _length(places: Floats) -> Floats:
    lengths: Floats = np.linalg.norm(places, axis=1)
    return lengths


def _along_an_axis(covariance: Floats) -> Floats:
    half: Floats = np.trace(covariance, axis1=1, axis2=2) / 2
    return half
