r"""Stacks of two channels, R and I, that step a Schrödinger equation: in turn, or both at once (Euler).

A layer in turn is two residual blocks without ReLU, ``R <- R + K * I`` and ``I <- I - K * R`` with the new R:
the step of `pdenet.ops.steppers.coupling`, written out so that one convolution serves all seeds, or all
layers become one filter. A test holds it to that step.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from pdenet.ops.stack import CORNERS

Channels = tuple[Tensor, Tensor]


def two_channel_layers(
    first: Tensor, second: Tensor, kernels: Tensor, *, in_turn: bool = True, transposed: bool = False
) -> Channels:
    """The layers one by one, for any 3x3 kernels; zeros outside the image.

    Parameters
    ----------
    first, second : (S, B, H, W)
        The channels R and I.
    kernels : (S, L, 3, 3)
        Cross-correlations, without the skip.
    in_turn
        Whether I is updated with the new R; else both at once with the old ones.
    transposed
        Whether I is updated with the mirrored kernel, which as a matrix is the transpose.

    Returns
    -------
    R and I behind the last layer, (S, B, H, W) each; differentiable.

    Raises
    ------
    ValueError
        If the shapes do not fit.

    References
    ----------
    P. B. Visscher, Computers in Physics 5 (1991) 596; B. Chang et al., AAAI (2018).
    """
    _check(first, kernels)
    _check(second, kernels)
    r, i = first.transpose(0, 1), second.transpose(0, 1)  # (B, S, H, W): the seeds are the channels
    for layer in range(kernels.shape[1]):
        there = kernels[:, layer]
        back = there.flip(-1, -2) if transposed else there
        before = r
        r = r + _correlated(i, there)
        i = i - _correlated(r if in_turn else before, back)
    return r.transpose(0, 1), i.transpose(0, 1)


def two_channel_filter(u: Tensor, kernels: Tensor, *, in_turn: bool = True) -> Channels:
    r"""What the layers make of R = `u`, I = 0, for symmetric five-point kernels, all layers in one.

    With zeros outside the image all such kernels have the same eigenvectors, products of sines. In these a
    layer is a 2x2 matrix for each wave, and the stack a factor for each: nearly the same cost at any depth.

    Parameters
    ----------
    u : (S, B, H, W)
        Images.
    kernels : (S, L, 3, 3)
        Opposite taps are equal and corners zero.
    in_turn
        As in `two_channel_layers`.

    Returns
    -------
    R and I behind the last layer, (S, B, H, W) each; differentiable.

    Raises
    ------
    ValueError
        If the shapes do not fit, or a kernel is not symmetric or has corners.
    """
    _check(u, kernels)
    _check_symmetric(kernels)
    rows, columns = (sines(n).to(u) for n in u.shape[-2:])
    waves = rows @ u @ columns
    factors = wave_factors(symbols(kernels, *u.shape[-2:]), in_turn=in_turn)
    r, i = (rows @ (factor[:, None] * waves) @ columns for factor in factors)
    return r, i


def wave_factors(k: Tensor, *, in_turn: bool = True) -> Channels:
    """What layers make of the channels (1, 0) of a wave: R and I, (S, H, W) each.

    Parameters
    ----------
    k : (S, L, H, W)
        What the kernels do to each wave, as `symbols`.
    in_turn
        As in `two_channel_layers`.
    """
    r = k.new_ones(len(k), *k.shape[-2:])
    i = torch.zeros_like(r)
    for layer in range(k.shape[1]):
        before = r
        r = r + k[:, layer] * i
        i = i - k[:, layer] * (r if in_turn else before)
    return r, i


def symbols(kernels: Tensor, rows: int, columns: int) -> Tensor:
    """What symmetric five-point kernels (S, L, 3, 3) do to each wave, (S, L, rows, columns): real numbers."""
    along_y, along_x = (2 * torch.cos(_angles(n)).to(kernels) for n in (rows, columns))
    taps = kernels[..., None, None]
    return taps[..., 1, 1, :, :] + taps[..., 1, 2, :, :] * along_x + taps[..., 2, 1, :, :] * along_y[:, None]


def sines(sites: int) -> Tensor:
    """The standing waves on a row of sites with zeros at both ends, (wave, site): symmetric, orthogonal."""
    place = torch.arange(1, sites + 1, dtype=torch.float64)
    return math.sqrt(2 / (sites + 1)) * torch.sin(_angles(sites)[:, None] * place)


def _angles(sites: int) -> Tensor:
    return math.pi * torch.arange(1, sites + 1, dtype=torch.float64) / (sites + 1)


def _correlated(u: Tensor, kernels: Tensor) -> Tensor:
    """Images (B, S, H, W), each seed with its kernel (S, 3, 3)."""
    return functional.conv2d(u, kernels.unsqueeze(1), padding=1, groups=len(kernels))


def _check(u: Tensor, kernels: Tensor) -> None:
    if u.dim() != 4 or kernels.dim() != 4 or kernels.shape[-2:] != (3, 3) or len(u) != len(kernels):
        message = (
            "channels must be (S, B, H, W) and kernels (S, L, 3, 3), with one number of seeds; "
            f"got {tuple(u.shape)} and {tuple(kernels.shape)}"
        )
        raise ValueError(message)


def _check_symmetric(kernels: Tensor) -> None:
    if not torch.equal(kernels, kernels.flip(-1, -2)) or kernels.flatten(-2)[..., list(CORNERS)].any():
        message = (
            "kernels must be five-point with equal opposite taps; a drift makes them unequal: use "
            "two_channel_layers"
        )
        raise ValueError(message)
