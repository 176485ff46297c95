"""Convolutions of S networks side by side: a network is a group of channels, and one call serves all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from pdenet.checks.numbers import whole

if TYPE_CHECKING:
    from torch import Tensor


def seed_conv(
    u: Tensor,
    kernels: Tensor,
    bias: Tensor | None = None,
    *,
    stride: int = 1,
    padding: int | None = None,
    groups: int = 1,
) -> Tensor:
    """Cross-correlate the states of S networks, each with kernels of its own.

    Parameters
    ----------
    u : (B, S * C, H, W)
        States: batch, the channels of one network next to each other, rows, columns. Laid out channels last
        (`beside`) two networks take little longer than one.
    kernels : (S, M, C / groups, rows, columns)
        From C channels to M, by network.
    bias : (S, M)
        Added to each channel; None adds nothing.
    stride, padding
        As in `torch.nn.functional.conv2d`; the padding keeps an image's size at stride 1 unless given.
    groups
        Groups of channels within one network: C for a depthwise convolution.

    Returns
    -------
    (B, S * M, H', W')

    Raises
    ------
    TypeError
        If a number is none.
    ValueError
        If shapes do not fit together, or kernels are even and no padding is given.
    """
    groups = whole("groups", groups, least=1)
    stride = whole("stride", stride, least=1)
    if kernels.dim() != 5 or u.dim() != 4 or u.shape[1] != kernels.shape[0] * kernels.shape[2] * groups:
        message = (
            "u must be (B, S * C, H, W) and kernels (S, M, C / groups, rows, columns); got "
            f"{tuple(u.shape)}, {tuple(kernels.shape)} and groups={groups}"
        )
        raise ValueError(message)
    if padding is None and not kernels.shape[3] % 2 == kernels.shape[4] % 2 == 1:
        message = (
            f"even kernels have no middle; got {tuple(kernels.shape[3:])}, give a padding or odd kernels"
        )
        raise ValueError(message)
    around = (
        (kernels.shape[3] // 2, kernels.shape[4] // 2)
        if padding is None
        else (whole("padding", padding, least=0),) * 2
    )
    flat = None if bias is None else bias.flatten()
    return functional.conv2d(u, kernels.flatten(0, 1), flat, stride, around, groups=len(kernels) * groups)


def beside(images: Tensor, seeds: int) -> Tensor:
    """States (B, S * C, H, W), channels last, of what S networks are shown.

    Parameters
    ----------
    images : (B, H, W), (S, B, H, W) or (S, B, C, H, W)
        The same images for all networks, or each network's own; without an axis of channels there is one.
    seeds
        S.

    Raises
    ------
    TypeError
        If the number is none.
    ValueError
        If the images have another shape.
    """
    seeds = whole("seeds", seeds, least=1)
    own = images.expand(seeds, *images.shape) if images.dim() == 3 else images
    channels = own.unsqueeze(2) if own.dim() == 4 else own
    if channels.dim() != 5 or len(channels) != seeds:
        message = (
            f"images must be (B, H, W), ({seeds}, B, H, W) or ({seeds}, B, C, H, W), networks first; "
            f"got {tuple(images.shape)}"
        )
        raise ValueError(message)
    return channels.transpose(0, 1).flatten(1, 2).contiguous(memory_format=torch.channels_last)


def apart(u: Tensor, seeds: int) -> Tensor:
    """What each network has, (S, B, C, ...), of states (B, S * C, ...).

    Raises
    ------
    TypeError
        If the number of networks is none.
    ValueError
        If the channels cannot be shared out among them.
    """
    seeds = whole("seeds", seeds, least=1)
    if u.dim() < 2 or u.shape[1] % seeds:
        message = f"states must be (B, {seeds} * C, ...); got {tuple(u.shape)}"
        raise ValueError(message)
    states: Tensor = u.unflatten(1, (seeds, -1)).transpose(0, 1)
    return states
