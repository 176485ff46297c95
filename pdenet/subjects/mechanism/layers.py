"""What a residual stack does to images layer by layer: moments, gates, growth, probes, gradients.

All of it takes the kernels of a network and real images, so that what the symbols predict can be set beside
what is measured. A seed is an axis, S; layers are L, images B, rows H, columns W.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from pdenet.checks.numbers import whole
from pdenet.ops import residual_stack
from pdenet.symbolic.moments import Moments, image_moments

Floats = NDArray[np.float64]


def without_drift(kernels: Tensor) -> Tensor:
    """The kernels less their odd part: in equation (39), beta = rho = 0. Shape (..., 3, 3)."""
    return (kernels + kernels.flip(-2, -1)) / 2


def without_diffusion(kernels: Tensor) -> Tensor:
    """The kernels less their even part, growth kept: in equation (39), alpha = sigma = 0. (..., 3, 3)."""
    left = (kernels - kernels.flip(-2, -1)) / 2
    left[..., 1, 1] += kernels.sum((-2, -1))
    return left


def mirrored(kernels: Tensor) -> Tensor:
    """The kernels (..., L, 3, 3) with every second layer turned by 180 degrees.

    In equation (39) that is beta -> -beta, rho -> -rho in layers 2, 4, 6, ...: each layer keeps its growth,
    its diffusion, its largest gain and the size of its drift, and only the drift's direction alternates.
    """
    turned = kernels.clone()
    turned[..., 1::2, :, :] = kernels[..., 1::2, :, :].flip(-2, -1)
    return turned


def through(images: Tensor, kernels: Tensor) -> Tensor:
    """The last layer of a stack, as `residual_stack` gives it; corners that no kernel has cost nothing."""
    corners = kernels[..., ::2, ::2].any()
    return residual_stack(images, kernels, support="full" if corners else "cross")


@dataclass(frozen=True)
class Course:
    """What images undergo from layer to layer.

    Parameters
    ----------
    positive : (S, L) of bool
        Whether skip plus kernel has no negative tap.
    cut : (S, L)
        Share of closed gates: negative arguments of the ReLU among those that are not zero.
    added : (S, L)
        What the ReLU cuts off, as a share of what it lets pass: by so much clipping raises the total.
    growth : (S, L)
        Largest factor, over the images, by which the layer changes the root of the sum of squares.
    moments : Moments, leading axes (S, L + 1)
        Mass, place and covariance of all images laid on top of each other. A sum of images is an image, so
        that linear layers change these as they change those of one image.
    pile : (S, L + 1, H, W)
        The sum of all images.
    """

    positive: NDArray[np.bool_]
    cut: Floats
    added: Floats
    growth: Floats
    moments: Moments
    pile: Floats


@torch.no_grad()
def course(kernels: Tensor, images: Tensor) -> Course:
    """Measure what the layers u <- relu(u + K_l * u), zero outside the frame, do to images.

    Parameters
    ----------
    kernels : (S, L, 3, 3)
    images : (B, H, W), not negative

    Raises
    ------
    ValueError
        If the shapes do not fit.
    """
    if kernels.dim() != 4 or images.dim() != 3:
        message = (
            f"kernels must be (S, L, 3, 3) and images (B, H, W); got {(*kernels.shape,)}, {(*images.shape,)}"
        )
        raise ValueError(message)
    skip = kernels.new_zeros(3, 3)
    skip[1, 1] = 1
    state = images.expand(len(kernels), *images.shape)
    piles, cut, added, growth = [state.double().sum(1)], [], [], []
    before = _sizes(state.double())
    for layer in range(kernels.shape[1]):
        kernel = kernels[:, layer : layer + 1]
        passed = through(state, kernel)
        held = through(state, -kernel - 2 * skip)  # relu of minus the argument
        negative, positive = (part.gt(0).sum((1, 2, 3)) for part in (held, passed))
        cut.append(negative / (negative + positive).clamp(min=1))
        exact = passed.double()
        pile = exact.sum(1)
        added.append(held.double().sum((1, 2, 3)) / pile.sum((1, 2)).clamp(min=1e-300))
        after = _sizes(exact)
        growth.append((after / before.clamp(min=1e-300)).where(before > 1e-20, 0.0).amax(1))
        piles.append(pile)
        state, before = passed, after
    summed = torch.stack(piles, dim=1).numpy()
    steps = kernels + skip
    shares = [torch.stack(values, dim=1).double().numpy() for values in (cut, added, growth)]
    positive_steps = (steps >= 0).flatten(2).all(2).numpy()
    return Course(positive_steps, shares[0], shares[1], shares[2], image_moments(summed), summed)


def _sizes(images: Tensor) -> Tensor:
    """Roots of the sums of squares of images (S, B, H, W), (S, B)."""
    sizes: Tensor = torch.linalg.vector_norm(images, dim=(2, 3))
    return sizes


@torch.no_grad()
def piles(kernels: Tensor, images: Tensor) -> Floats:
    """The sums of all images (B, H, W) before the first and behind the last of the layers, (S, 2, H, W).

    The first and the last pile of `course`, at a small part of its cost.
    """
    first = images.expand(len(kernels), *images.shape)
    return torch.stack([u.double().sum(1) for u in (first, through(first, kernels))], dim=1).numpy()


@torch.no_grad()
def follow(kernels: Tensor, images: Tensor, places: Any, margin: int) -> Tensor:
    """The last layer in a frame with room around it, through a window of the old size that may be moved.

    Parameters
    ----------
    kernels : (S, L, 3, 3)
    images : (B, H, W)
    places : (..., S, 2)
        How far each seed's window is moved along x and y, whole pixels. Several windows cost no more than
        one: the layers are gone through once.
    margin : int
        Pixels of room on every side of the old frame and of all windows of a seed; what gets further is lost.

    Returns
    -------
    (..., S, B, H, W)

    Raises
    ------
    TypeError
        If the places or the margin are no numbers.
    ValueError
        If a place is not whole, or there are places for other seeds.
    """
    margin = whole("margin", margin, least=0)
    moves = _whole_pixels("places", places)
    if moves.shape[-2:] != (len(kernels), 2):
        message = f"places must be (..., S, 2) with S = {len(kernels)}; got the shape {moves.shape}"
        raise ValueError(message)
    rows, columns = images.shape[-2:]
    windows = []
    by_seed = moves.reshape(-1, len(kernels), 2).swapaxes(0, 1)
    for kernel, some in zip(kernels, by_seed, strict=True):  # a seed at a time: the room is large
        left, above = (margin - some.min(axis=0, initial=0)).tolist()
        right, below = (margin + some.max(axis=0, initial=0)).tolist()
        last = through(functional.pad(images, (left, right, above, below)), kernel)
        corners = [(above + down, left + across) for across, down in some]
        windows.append(
            torch.stack([last[:, top : top + rows, start : start + columns] for top, start in corners])
        )
    return torch.stack(windows, dim=1).reshape(*moves.shape[:-1], *images.shape)


def shifted(images: Tensor, moves: Any) -> Tensor:
    """The images moved rigidly, with zeros coming in from outside: what a drift alone would make of them.

    Parameters
    ----------
    images : (B, H, W)
    moves : (..., 2)
        Shifts along x and y in pixels, rounded to whole ones.

    Returns
    -------
    (..., B, H, W)

    Raises
    ------
    TypeError
        If the moves are no numbers.
    ValueError
        If a move is not finite, or they are not pairs.
    """
    shifts = _numbers("moves", moves)
    if shifts.shape[-1:] != (2,):
        message = f"moves must be (..., 2), along x and y; got the shape {shifts.shape}"
        raise ValueError(message)
    steps = np.rint(shifts).astype(int)
    rows, columns = images.shape[-2:]
    moved = []
    for right, down in steps.reshape(-1, 2):
        right, down = int(np.clip(right, -columns, columns)), int(np.clip(down, -rows, rows))
        out = torch.zeros_like(images)
        kept = images[:, max(0, -down) : rows - max(0, down), max(0, -right) : columns - max(0, right)]
        out[:, max(0, down) : rows - max(0, -down), max(0, right) : columns - max(0, -right)] = kept
        moved.append(out)
    return torch.stack(moved).reshape(*steps.shape[:-1], *images.shape)


def _numbers(name: str, given: Any) -> Floats:
    """Finite numbers as an array of floats."""
    array = np.asarray(given)
    if array.dtype.kind not in "iuf":
        message = f"{name} must be numbers, in pixels; got {given!r}"
        raise TypeError(message)
    if not np.isfinite(array).all():
        message = f"{name} must be finite; got {given!r}"
        raise ValueError(message)
    return array.astype(np.float64)


def _whole_pixels(name: str, given: Any) -> NDArray[np.int64]:
    """Numbers that are whole, as an array of integers."""
    array = _numbers(name, given)
    if (array != np.rint(array)).any():
        message = f"{name} must be whole pixels; got {given!r}"
        raise ValueError(message)
    return array.astype(np.int64)
