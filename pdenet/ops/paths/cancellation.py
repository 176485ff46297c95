"""How much of what all paths bring cancels: the absolute sum over the signed one, and a bound on it.

Both sums go through the layers side by side, so that networks of any depth and any number of seeds cost what
two runs of the network cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pdenet.checks.words import one_of
from pdenet.ops.arrays import finite
from pdenet.ops.paths.gates import BOUNDARIES, Boundary

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_MODES = {"zero": "constant", "periodic": "wrap"}


@dataclass(frozen=True, eq=False)
class PathSums:
    """What all paths bring to each output pixel, with their signs and without.

    Parameters
    ----------
    output : (..., H, W)
        The signed sum: the network's output.
    absolute : (..., H, W)
        The sum of the absolute values.
    """

    output: NDArray[np.float64]
    absolute: NDArray[np.float64]

    @property
    def cancellation(self) -> NDArray[np.float64]:
        """Absolute sum over signed sum, (...,), both taken over all output pixels; inf where nothing is lit.

        The mean of the cancellation of the lit pixels, each counted with its brightness.
        """
        return _ratio(self.absolute.sum((-2, -1)), self.output.sum((-2, -1)))

    @property
    def at_brightest(self) -> NDArray[np.float64]:
        """The same ratio at the brightest output pixel of each network, (...,)."""
        places = self.output.reshape(*self.output.shape[:-2], -1).argmax(-1)[..., None]
        absolute, output = (
            np.take_along_axis(sums.reshape(*sums.shape[:-2], -1), places, -1)[..., 0]
            for sums in (self.absolute, self.output)
        )
        return _ratio(absolute, output)


def path_sums(
    u: ArrayLike, kernels: ArrayLike, bias: ArrayLike | None = None, *, boundary: Boundary = "zero"
) -> PathSums:
    """Run ``u <- relu(u + K_l * u + b_l)``, and beside it the same gates on the absolute entries.

    Parameters
    ----------
    u : (H, W) or (..., H, W)
        One image for all networks, or one for each.
    kernels : (..., L, rows, columns)
        Without the skip, of odd sizes; what `torch.nn.functional.conv2d` would apply.
    bias : (..., L), optional
        One number a layer.
    boundary : {"zero", "periodic"}
        As in `pdenet.ops.paths.gates.relu_gates`.

    Raises
    ------
    TypeError, ValueError
        If shapes do not fit, something that should be finite numbers is not, or the boundary is unknown.
    """
    one_of("boundary", boundary, BOUNDARIES)
    u, steps = finite("u", u), _steps(kernels)
    births = np.zeros(steps.shape[:-2]) if bias is None else finite("bias", bias)
    if u.ndim < 2 or births.shape != steps.shape[:-2]:
        message = (
            f"u must be (..., H, W) and the bias one number a layer, {steps.shape[:-2]}; "
            f"got {u.shape} and {births.shape}"
        )
        raise ValueError(message)
    seeds = np.broadcast_shapes(u.shape[:-2], steps.shape[:-3])
    output = np.broadcast_to(u, (*seeds, *u.shape[-2:]))
    absolute = np.abs(output)
    for layer in range(steps.shape[-3]):
        step, birth = steps[..., layer, :, :], births[..., layer, None, None]
        before = _apply(step, output, boundary) + birth
        output = np.maximum(before, 0)
        absolute = np.where(before > 0, _apply(np.abs(step), absolute, boundary) + np.abs(birth), 0)
    return PathSums(output, absolute)


def cancellation_bound(kernels: ArrayLike) -> NDArray[np.float64]:
    """Product over layers of the sum of the absolute entries of a step over the sum of its entries.

    On a torus no image without negative pixels has a larger `PathSums.cancellation`, whatever the ReLUs
    close, and without ReLUs every one has this. In a frame with zeros outside it is an estimate once light
    has reached the frame.

    Parameters
    ----------
    kernels : (..., L, rows, columns)
        Without the skip, of odd sizes; no layer has a bias.

    Returns
    -------
    (...,)

    Raises
    ------
    TypeError, ValueError
        If the entries of a step, skip included, add up to nothing or less (there is no bound then), or the
        kernels are no finite numbers of odd sizes.

    References
    ----------
    B. Neyshabur, R. Tomioka, N. Srebro (2015): the numerator is a path norm.
    """
    steps = _steps(kernels)
    mass = steps.sum((-2, -1))
    if (mass <= 0).any():
        message = (
            f"the entries of a step (skip plus kernel) must have a positive sum; got {mass.min():.3g} "
            "in a layer: leave the networks out that have such a layer"
        )
        raise ValueError(message)
    bound: NDArray[np.float64] = (np.abs(steps).sum((-2, -1)) / mass).prod(-1)
    return bound


def _steps(kernels: ArrayLike) -> NDArray[np.float64]:
    """Skip plus kernels, (..., L, rows, columns)."""
    steps = finite("kernels", kernels).copy()
    if steps.ndim < 3 or not all(size % 2 for size in steps.shape[-2:]):
        message = f"kernels must be (..., L, rows, columns) of odd sizes; got {steps.shape}"
        raise ValueError(message)
    steps[..., steps.shape[-2] // 2, steps.shape[-1] // 2] += 1
    return steps


def _apply(step: NDArray[np.float64], u: NDArray[np.float64], boundary: Boundary) -> NDArray[np.float64]:
    """Cross-correlation of images (..., H, W) with kernels (..., rows, columns)."""
    height, width = u.shape[-2:]
    rows, columns = step.shape[-2:]
    margins = [(0, 0)] * (u.ndim - 2) + [(rows // 2,) * 2, (columns // 2,) * 2]
    room = np.pad(u, margins, mode=_MODES[boundary])  # type: ignore[call-overload]
    total: NDArray[np.float64] = np.zeros(u.shape)
    for row, column in np.ndindex(rows, columns):
        entry = step[..., row, column, None, None]
        if entry.any():
            total = total + entry * room[..., row : row + height, column : column + width]
    return total


def _ratio(absolute: NDArray[np.float64], signed: NDArray[np.float64]) -> NDArray[np.float64]:
    lit = signed != 0
    ratio: NDArray[np.float64] = np.full(signed.shape, np.inf)
    return np.divide(absolute, np.abs(signed), out=ratio, where=lit)
