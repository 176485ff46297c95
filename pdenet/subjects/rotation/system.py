r"""A function on a disc that every rotation leaves as it is, or nearly: where it is seen, and where not.

The target at the radius r and the angle :math:`\theta` is :math:`f_0(r) + \varepsilon h(r)\cos\theta` on the
disc :math:`r \le 3`, :math:`f_0 = e^{-r^2/2}\cos 2r` and :math:`h \propto r\,e^{-r^2/2}`, as large as
:math:`f_0` in the mean square over the disc. With h in place of :math:`f_0` before the cosine, the target is
smooth at the centre as well, so that no network of x and y is asked for a jump.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from pdenet.checks.numbers import real, whole
from pdenet.ops.seeding import as_seeds, generator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torch import Tensor

RADIUS = 3.0
REACH = 2.0
"""Where the seen part ends if a ring is left out."""
ANGLES = 72
"""Of the grid: a turn by the angle between two of them leaves the grid as it is."""
_NODES = 20  # radii on either side of `REACH`
_POINTS = 60  # random stream, see `pdenet.ops.seeding`
_LEAST = 1e-12


class Region(NamedTuple):
    """The part of the disc that training sees: a sector about the x axis, up to a radius.

    Parameters
    ----------
    half_angle
        Half of the sector's opening, degrees; 180 is all around.
    reach
        Largest radius.
    """

    half_angle: float = 180.0
    reach: float = RADIUS


def region(half_angle: float = 180.0, reach: float = RADIUS) -> Region:
    """The region, checked.

    Raises
    ------
    TypeError, ValueError
        If the half angle is not in (0, 180] degrees, or the radius not in (0, 3].
    """
    return Region(
        real("half_angle (degrees)", half_angle, above=0, most=180),
        real("reach", reach, above=0, most=RADIUS),
    )


def radius(points: Tensor) -> Tensor:
    """Distances (..., 1) of points (..., 2) from the centre; the gradient is finite there as well."""
    return (points.square().sum(-1, keepdim=True) + _LEAST).sqrt()


def even_part(r: Tensor) -> Tensor:
    """The part of the target that no rotation changes, at radii of any shape."""
    return torch.exp(-r.square() / 2) * torch.cos(2 * r)


@lru_cache(maxsize=1)
def norm() -> float:
    """Root mean square of the even part over the disc: the error of saying zero."""
    r, weights = rings()
    return float((weights * even_part(r).square()).sum().sqrt())


@lru_cache(maxsize=1)
def _scale() -> float:
    r, weights = rings()
    return norm() / float((weights * (r * torch.exp(-r.square() / 2)).square()).sum().sqrt())


def tilt(points: Tensor) -> Tensor:
    """What is added of broken symmetry at strength 1, (...) of points (..., 2); its mean over angles is 0."""
    return _scale() * points[..., 0] * torch.exp(-points.square().sum(-1) / 2)


def target(points: Tensor, breaking: float = 0.0) -> Tensor:
    """Values (...) of the target at points (..., 2).

    Parameters
    ----------
    points
        Coordinates x and y.
    breaking
        The strength of what breaks the symmetry.

    Raises
    ------
    ValueError
        If points have no two coordinates, or one of these is not finite.
    """
    if points.shape[-1] != 2:
        message = f"points have two coordinates, (..., 2); got {tuple(points.shape)}"
        raise ValueError(message)
    if not bool(points.isfinite().all()):
        message = "coordinates must be finite; got NaN or infinity"
        raise ValueError(message)
    there = even_part(points.square().sum(-1).sqrt())
    return there + breaking * tilt(points)


def floor(breaking: float) -> float:
    """The least error, root mean square over the disc, of a function of the radius alone."""
    return abs(real("breaking", breaking)) * norm() / math.sqrt(2)


def draw(seeds: int | Iterable[int], count: int, seen: Region) -> Tensor:
    """Points (S, count, 2) that are uniform in the region, float64, each seed's from its own stream.

    Another region is filled by the same numbers, so that runs of one seed can be compared.

    Parameters
    ----------
    seeds
        How many, or which.
    count
        Points, at least 1.
    seen
        Where they lie.
    """
    count = whole("count", count, least=1)
    unit = torch.stack(
        [torch.rand(count, 2, generator=generator(s, _POINTS), dtype=torch.float64) for s in as_seeds(seeds)]
    )
    r = seen.reach * unit[..., 0].sqrt()
    theta = math.radians(seen.half_angle) * (2 * unit[..., 1] - 1)
    return torch.stack([r * theta.cos(), r * theta.sin()], -1)


def turned(points: Tensor, angles: Tensor) -> Tensor:
    """Points (..., 2), turned by angles (...) in radians."""
    c, s = angles.cos(), angles.sin()
    x, y = points[..., 0], points[..., 1]
    return torch.stack([c * x - s * y, s * x + c * y], -1)


@lru_cache(maxsize=1)
def rings() -> tuple[Tensor, Tensor]:
    """Radii (R,) and their shares of the disc (R,): Gauss's nodes in r squared, on both sides of `REACH`."""
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    squares, shares = [], []
    for low, high in ((0.0, REACH**2), (REACH**2, RADIUS**2)):
        squares.append(low + (high - low) * (nodes + 1) / 2)
        shares.append((high - low) * weights / 2 / RADIUS**2)
    return torch.tensor(np.sqrt(np.concatenate(squares))), torch.tensor(np.concatenate(shares))


def angles() -> Tensor:
    """Angles (A,) of the grid, radians: evenly spaced, none on an edge of a sector of whole five degrees."""
    return (torch.arange(ANGLES, dtype=torch.float64) + 0.5) * 2 * math.pi / ANGLES


def grid() -> Tensor:
    """Points (R, A, 2) over the disc: whatever has fewer waves round than angles is summed exactly."""
    r, theta = rings()[0][:, None], angles()
    return torch.stack([r * theta.cos(), r * theta.sin()], -1)


def off_axis() -> Tensor:
    """How far the grid's angles are from the x axis, (A,) degrees from 0 to 180."""
    degrees = torch.rad2deg(angles())
    return torch.minimum(degrees, 360 - degrees)


def inside(seen: Region) -> Tensor:
    """Which points of the grid the region has, (R, A)."""
    r = rings()[0][:, None]
    return (r <= seen.reach) & (off_axis() <= seen.half_angle)


def root_mean_square(error: Tensor, where: Tensor | None = None) -> Tensor:
    """Root mean squares (...) of errors (..., R, A) over the disc, or a part of it (R, A); 0 over none."""
    weights = rings()[1][:, None] / ANGLES * torch.ones(ANGLES, dtype=torch.float64)
    weights = weights if where is None else weights * where
    total = weights.sum()
    mean = (weights * error.square()).sum((-2, -1)) / total if float(total) > 0 else 0 * error.sum((-2, -1))
    return mean.sqrt()


def averaged(values: Tensor) -> Tensor:
    """Means over the turns of the grid (Reynolds), (..., R, A): a value for each ring, at all its angles."""
    return values.mean(-1, keepdim=True).expand_as(values)
