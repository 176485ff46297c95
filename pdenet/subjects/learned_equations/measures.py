"""What the nine-term equations of a stack of kernels are like: five numbers a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pdenet.symbolic.converse import kernel_coefficients, nearest_reachable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from pdenet.runs.table import Recorded

    Floats = NDArray[np.float64]

CENTRE = np.diag([0, 1, 0])
LEARNED = 0.9
"""Accuracy of a control that has learned: those that did not stay at chance, a tenth."""


@dataclass(frozen=True)
class Controls:
    """The controls of one start and depth that learned: kernels before and after training.

    Parameters
    ----------
    of : int
        How many were trained, those that never learned among them.
    seeds : (S,)
        The seeds of those that learned.
    start, trained : (S, L, 3, 3)
        Their kernels, without the skip.
    accuracies : (S,)
        Their shares of test images labelled right, after training.
    """

    of: int
    seeds: NDArray[np.int64]
    start: Floats
    trained: Floats
    accuracies: Floats


def learned(found: Recorded) -> Controls:
    """Those of the recorded networks of a cell that learned."""
    alive = found.accuracies > LEARNED
    start, trained = (
        net.kernels()[0].detach().double().numpy()[alive] for net in (found.start, found.trained)
    )
    return Controls(len(alive), np.array(found.start.seeds)[alive], start, trained, found.accuracies[alive])


@dataclass(frozen=True)
class Traits:
    """What a stack of kernels is like, one number a network, (S,).

    Parameters
    ----------
    reach, around
        Share of the squares of the taps that equation (39) reaches; the same, the centre tap left out.
    centre
        Share of the squares on the centre taps.
    sharpens
        Share of layers whose equation, read as an Euler step, takes diffusion away along both axes.
    gathers
        Share of layers whose modified equation does, which add a negative variance along both axes.
    variance
        Square pixels that the stack as a linear map adds along an axis, mean of both.
    growth
        Logarithm of the factor by which it multiplies the sum of all pixels, in size.
    """

    reach: Floats
    around: Floats
    centre: Floats
    sharpens: Floats
    gathers: Floats
    variance: Floats
    growth: Floats


def traits(kernels: Floats) -> Traits:
    """The traits of stacks of kernels (S, L, 3, 3)."""
    a = kernel_coefficients(kernels)
    ring = kernels * (1 - CENTRE)
    along_x, along_y = added_variance(kernels)
    return Traits(
        reach=kept(kernels, nearest_reachable(kernels)),
        around=kept(ring, nearest_reachable(ring)),
        centre=kept(kernels, kernels - ring),
        sharpens=((a[..., 2, 0] < 0) & (a[..., 0, 2] < 0)).mean(axis=-1),
        gathers=((along_x < 0) & (along_y < 0)).mean(axis=-1),
        variance=(along_x + along_y).sum(axis=-1) / 2,
        growth=np.log(np.abs(1 + a[..., 0, 0])).sum(axis=-1),
    )


def kept(kernels: Floats, nearest: Floats) -> Floats:
    """Share of the sum of squares of the taps that a projection keeps, stack by stack.

    Parameters
    ----------
    kernels, nearest : (..., L, 3, 3)
        Kernels, and the nearest ones of some kind.

    Returns
    -------
    (...)
        NaN where all taps are zero.
    """
    axes = (-3, -2, -1)
    with np.errstate(invalid="ignore"):
        share: Floats = 1 - ((kernels - nearest) ** 2).sum(axes) / (kernels**2).sum(axes)
    return share


def added_variance(kernels: Floats) -> tuple[Floats, Floats]:
    r"""Variance that each layer adds along x and along y, from the second moments of skip and kernel.

    :math:`2a_{20}/m - (a_{10}/m)^2` with :math:`m = 1 + a_{00}`, and the same in y: minus the second
    derivative of :math:`\log g` at long waves.

    Parameters
    ----------
    kernels : (..., 3, 3)
        Without the skip; none may lose the constant, m = 0.

    Returns
    -------
    (...), (...)
        Square pixels.
    """
    a = kernel_coefficients(kernels)
    mass = 1 + a[..., 0, 0]
    along_x = 2 * a[..., 2, 0] / mass - (a[..., 1, 0] / mass) ** 2
    along_y = 2 * a[..., 0, 2] / mass - (a[..., 0, 1] / mass) ** 2
    return along_x, along_y


def of_noise() -> Floats:
    """Standard deviations (3, 3) of the coefficients a_ij of independent taps of deviation one."""
    sums = np.array([3, 2, 1 / 2])  # over the offsets, of (d**i / i!)**2
    deviations: Floats = np.sqrt(np.outer(sums, sums))
    return deviations


def gathered(values: Mapping[int, Controls], which: str) -> Floats:
    """The kernels of all depths one after another, (kernel, 3, 3): ``"start"`` or ``"trained"``."""
    return np.concatenate([getattr(one, which).reshape(-1, 3, 3) for one in values.values()])
