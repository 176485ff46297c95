"""How near the recorded layers are to a quantum walk: sizes, flows, unitary maps, gates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

from pdenet.models.measures.waves import (
    Floats,
    Parts,
    Waves,
    kernel_parts,
    symbols,
    torus_kernel,
    torus_waves,
)
from pdenet.ops.paths.gates import gated_stack, jacobian

if TYPE_CHECKING:
    from torch import Tensor

TORUS = 64  # pixels: larger than any kernel that is compared on it
SMALL = 0.05  # size of an error that counts as small


def off_unitary(sizes: Floats) -> Floats:
    """Distance of maps from the nearest constant times a unitary map, as a share of their own size.

    Both sizes are root sums of squares over all waves, or singular values. The nearest has the map's own
    polar factor, times the mean of the sizes: 0 for a constant times a unitary map, near 1 where all but a
    few waves are gone.

    Parameters
    ----------
    sizes : (..., q, p)
        What the maps multiply the waves by, without the phase.
    """
    mean, square = sizes.mean((-2, -1)), (sizes**2).mean((-2, -1))
    result: Floats = np.sqrt(np.maximum(0, 1 - mean**2 / square))
    return result


def off_constant(gains: Waves) -> Floats:
    """Distance of maps from the nearest constant times the identity, as a share of their own size.

    Parameters
    ----------
    gains : (..., q, p)
        What the maps multiply the waves by.
    """
    mean, square = np.abs(gains.mean((-2, -1))), (np.abs(gains) ** 2).mean((-2, -1))
    result: Floats = np.sqrt(np.maximum(0, 1 - mean**2 / square))
    return result


@dataclass(frozen=True)
class Walk:
    """The linear layers of some networks beside a quantum walk.

    Parameters
    ----------
    parts : Parts, leading axes (S, L)
        Drift, diffusion and growth of the layers.
    largest : (S, L)
        Largest size of the symbol of a layer over all waves.
    error : (S, L)
        Largest size of exp(Omega) - 1 - Omega.
    layer_off : (S, L)
        `off_unitary` of a layer.
    ratio, off, still : (S,)
        Of all layers in a row: largest over least gain, `off_unitary` and `off_constant`.
    flow_gap : (S,)
        Kernel of the flow, the product of exp(Omega), against that of the layers: sum of the absolute
        differences over the sum of the sizes of the latter.
    walk_gap : (S,)
        The same for the quantum walk: drifts over 1 + gamma, no diffusion, times all the growth.
    """

    parts: Parts
    largest: Floats
    error: Floats
    layer_off: Floats
    ratio: Floats
    off: Floats
    still: Floats
    flow_gap: Floats
    walk_gap: Floats

    @property
    def small(self) -> int:
        """Number of layers of which the exponential is one plus the symbol, to five hundredths."""
        return int((self.error < SMALL).sum())

    @property
    def drifting(self) -> float:
        """Share of axes, two a layer, along which drift exceeds diffusion: the taps have both signs."""
        return float((np.abs(self.parts.drift) > self.parts.diffusion).mean())


def walk(kernels: Tensor) -> Walk:
    """Measure the layers of some networks as linear maps.

    Parameters
    ----------
    kernels : (S, L, 3, 3)
        Five-point kernels without the skip.
    """
    parts = kernel_parts(kernels)
    omega = symbols(parts, TORUS)
    layers, stack, flow = 1 + omega, np.prod(1 + omega, axis=1), np.exp(omega.sum(1))
    sizes, whole = np.abs(layers), np.abs(stack)
    return Walk(
        parts,
        np.abs(omega).max((-2, -1)),
        np.abs(np.exp(omega) - layers).max((-2, -1)),
        off_unitary(sizes),
        whole.max((-2, -1)) / whole.min((-2, -1)),
        off_unitary(whole),
        off_constant(stack),
        _gap(flow, stack),
        _gap(walk_gains(parts), stack),
    )


def walk_gains(parts: Parts, size: int = TORUS) -> Waves:
    """What the quantum walks of networks, leading axes (S, L), do to the waves of a torus, (S, q, p)."""
    growth = 1 + parts.growth
    reach = (parts.drift / growth[..., None]).sum(-2)
    waves = np.sin(torus_waves(size))
    hop = reach[:, 0, None, None] * waves + reach[:, 1, None, None] * waves[:, None]
    result: Waves = np.prod(growth, axis=-1)[:, None, None] * np.exp(1j * hop)
    return result


def _gap(first: Waves, second: Waves) -> Floats:
    one, other = torus_kernel(first), torus_kernel(second)
    result: Floats = np.abs(one - other).sum((-2, -1)) / np.abs(other).sum((-2, -1))
    return result


def frame_off_unitary(kernels: Tensor, side: int = 28) -> float:
    """`off_unitary` of a stack of layers on an image with zeros outside, from its singular values.

    Parameters
    ----------
    kernels : (L, 3, 3)
        Without the skip.
    side
        Pixels along each axis of the image.
    """
    taps = kernels.detach().double().numpy()
    matrix = jacobian(gated_stack(taps, np.ones((len(taps), side, side))))
    sizes = np.sqrt(np.maximum(0, np.linalg.eigvalsh(matrix.T @ matrix)))
    return float(off_unitary(sizes[None]))


@torch.no_grad()
def relu_share(kernels: Tensor, images: Tensor) -> tuple[Floats, Floats]:
    """How many ReLUs cut, and how far the network's last images are from those of its linear layers.

    Parameters
    ----------
    kernels : (S, L, 3, 3)
        Without the skip.
    images : (B, H, W)

    Returns
    -------
    closed : (S,)
        Share of negative sums before the ReLUs, among those that are not zero.
    off : (S,)
        Euclidean distance of the two last images over the size of the linear one, median over the images.
    """
    closed, off = [], []
    for seed in kernels.detach().double():
        gated = linear = images.double()
        negative = some = 0
        for kernel in seed:
            before = _layer(gated, kernel)
            negative += int((before < 0).sum())
            some += int((before != 0).sum())
            gated, linear = before.clamp(min=0), _layer(linear, kernel)
        distance = (gated - linear).flatten(1).norm(dim=1) / linear.flatten(1).norm(dim=1)
        closed.append(negative / max(some, 1))
        off.append(float(distance.median()))
    return np.array(closed), np.array(off)


def _layer(u: Tensor, kernel: Tensor) -> Tensor:
    return u + functional.conv2d(u[:, None], kernel[None, None], padding=1)[:, 0]
