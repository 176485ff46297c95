"""What the formulas for linear layers say of the networks of both equations, at the start and trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pdenet.models.measures.layers import coefficients, contrast, diffusion_off
from pdenet.symbolic import PDE1
from pdenet.symbolic.growth import plane_gain
from pdenet.symbolic.moments import depth_moments

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from pdenet.runs.table import Recorded

    Floats = NDArray[np.float64]

Place = tuple[str, int]  # equation, layers

_ROUNDING = 1e-6  # of a gain whose parameters are single precision


@dataclass(frozen=True)
class Portrait:
    """Linear stacks of one equation and depth, one number a seed, (S,), but for the ends.

    Parameters
    ----------
    positive, stable
        Share of layers in which no tap of the step is negative; in which no wave grows.
    off
        Share of the diffusions, alpha and sigma, that are as good as zero; see `diffusion_off`.
    excess : (S, L)
        By how much the fastest wave outgrows the mean in a layer: max|g| / |1 + gamma| - 1.
    variance
        Square pixels that the stack adds to an image along an axis, mean of both.
    end : (S, 2)
        Where the stack moves the middle of an image, pixels in x and y.
    contrast
        Largest over least factor by which it multiplies a wave.
    """

    positive: Floats
    stable: Floats
    off: Floats
    excess: Floats
    variance: Floats
    end: Floats
    contrast: Floats

    @property
    def shift(self) -> Floats:
        """Length of the move of the middle in pixels, (S,)."""
        length: Floats = np.linalg.norm(self.end, axis=-1)
        return length


def portrait(theta: Floats) -> Portrait:
    """The portrait of stacks (S, L, 5) with the parameters of (39) as they act; see `coefficients`."""
    gain = plane_gain(theta)
    path = depth_moments(PDE1, theta)
    return Portrait(
        positive=PDE1.stability().is_positive(theta).mean(axis=1),
        stable=(gain <= 1 + _ROUNDING).mean(axis=1),
        off=diffusion_off(theta),
        excess=gain / np.abs(1 + theta[..., 4]) - 1,
        variance=np.trace(path.covariance[:, -1], axis1=1, axis2=2) / 2,
        end=path.place[:, -1],
        contrast=contrast(theta),
    )


def before_and_after(found: Recorded) -> tuple[Portrait, Portrait]:
    """The portraits of recorded networks as they started and after training."""
    first, last = (portrait(coefficients(net.kernels()[0])) for net in (found.start, found.trained))
    return first, last


def drift_contrast(theta: Floats) -> Floats:
    r"""Contrast of stacks (S, L, 5) if their diffusion is left out and all drifts of a stack have one sign.

    Then :math:`|g|^2 = (1 + \gamma)^2 + (\beta \sin p + \rho \sin q)^2` is least for the mean and largest for
    the waves of a quarter turn, in every layer for the same wave. It bounds the contrast if they have not.
    """
    sideways = (np.abs(theta[..., 1]) + np.abs(theta[..., 3])) / (1 + theta[..., 4])
    product: Floats = np.hypot(1, sideways).prod(axis=-1)
    return product


def count(
    portraits: Mapping[Place, tuple[Portrait, Portrait]],
    equation: str,
    holds: Callable[[Portrait, Portrait], NDArray[np.bool_]],
) -> str:
    """In how many networks of an equation something holds of start and end: "37 of 40"."""
    answers = [holds(*both) for (name, _), both in portraits.items() if name == equation]
    found = np.concatenate(answers)
    return f"{int(found.sum())} of {len(found)}"
