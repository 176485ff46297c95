"""How well the Gaussian weights of (35) stand for layers, for flows and for whole stacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pdenet.models.measures.waves import (
    Floats,
    Parts,
    Waves,
    kernel_parts,
    symbols,
    torus_kernel,
    torus_waves,
)
from pdenet.symbolic.propagator import gaussian_weights, lattice_weights, layer_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Tensor

NEAR = 0.05  # distance within which one kernel is said to fit another
OFF = 0.01  # alpha below which there is as good as no diffusion
NARROWEST = 1e-3  # alpha at least, where a bell is asked for: there is none for zero
TORUS = 64


def distance(first: Floats, second: Floats) -> Floats:
    """Half the sum of the sizes of the differences of two kernels; the displacements are the first axis."""
    result: Floats = np.abs(first - second).sum(axis=0) / 2
    return result


@dataclass(frozen=True)
class Halves:
    """The one-dimensional halves of some layers, one along x and one along y, without growth.

    Parameters
    ----------
    width, drift : (half,)
        alpha, not negative, and the drift that acts.
    to_flow, to_layer : (half,)
        Distance of the Gaussian from the exact flow, and from the layer.
    """

    width: Floats
    drift: Floats
    to_flow: Floats
    to_layer: Floats

    def shares(self) -> dict[str, float]:
        """Share of the halves, by what is said of them."""
        kinds = {
            "Gaussian fits the flow": self.to_flow < NEAR,
            "Gaussian fits the layer": self.to_layer < NEAR,
            "no negative tap beside the centre": np.abs(self.drift) <= self.width**2,
            "stable": (np.abs(self.drift) <= self.width) & (self.width <= 1),
            "diffusion off": self.width < OFF,
        }
        return {name: float(mask.mean()) for name, mask in kinds.items()}


def halves(networks: Sequence[Tensor]) -> Halves:
    """The halves of all layers of networks (S, L, 3, 3), five-point kernels without the skip."""
    parts = [kernel_parts(kernels) for kernels in networks]
    drift = np.concatenate([part.drift.ravel() for part in parts])
    width = np.sqrt(np.concatenate([np.maximum(part.diffusion, 0).ravel() for part in parts]))
    places = np.arange(-20, 21)[:, None]
    bell = gaussian_weights(places, np.maximum(width, NARROWEST), drift)
    flow, layer = lattice_weights(places, width, drift), layer_weights(places, width, drift)
    return Halves(width, drift, distance(bell, flow), distance(bell, layer))


@dataclass(frozen=True)
class Stacks:
    """Networks of one depth without their ReLUs, and what stands for them, one number a seed.

    Parameters
    ----------
    parts : Parts, leading axes (S, L)
        Drift, diffusion and growth of the layers.
    largest, error : (S, L)
        Largest size of the symbol of a layer, and of exp(Omega) - 1 - Omega.
    flow_layers, bell_layers, bell_flow : (S,)
        Sum of the absolute differences of two kernels of the whole stack over the sum of sizes of the second:
        the flow against the layers, (34) against the layers, (34) against the flow.
    bell_mass : (S,)
        Sum of the sizes of the kernel of (35).
    """

    parts: Parts
    largest: Floats
    error: Floats
    flow_layers: Floats
    bell_layers: Floats
    bell_flow: Floats
    bell_mass: Floats

    @property
    def variance(self) -> Floats:
        """What the layers add to the variance along x and y, summed over the stack, (S, 2); see (D2)."""
        growth = 1 + self.parts.growth[..., None]
        result: Floats = (self.parts.diffusion / growth - (self.parts.drift / growth) ** 2).sum(axis=1)
        return result

    @property
    def bell_variance(self) -> Floats:
        """What the Gaussians add to it, (S, 2)."""
        result: Floats = self.parts.diffusion.sum(axis=1)
        return result

    @property
    def sharpening(self) -> NDArray[np.bool_]:
        """Whether the stack takes away from the variance along both axes, (S,)."""
        along_x, along_y = self.variance.T < 0
        return np.asarray(along_x & along_y)


def stack_gains(parts: Parts, size: int = TORUS) -> dict[str, Waves]:
    """What four versions of linear stacks, leading axes (S, L), do to the waves of a torus, (S, q, p)."""
    omega, wave = symbols(parts, size), torus_waves(size)
    along = (wave, wave[:, None])
    drift, diffusion = (values.sum(1)[..., None, None] for values in (parts.drift, parts.diffusion))
    growth = parts.growth.sum(1)[:, None, None]
    polynomial = growth + sum(
        -diffusion[:, axis] * p**2 / 2 + 1j * drift[:, axis] * p for axis, p in enumerate(along)
    )
    return {
        "layers": np.prod(1 + omega, axis=1),
        "flow": np.exp(omega.sum(1)),
        "(34)": np.exp(polynomial),
        "(35)": _bells(parts, size),
    }


def _bells(parts: Parts, size: int) -> Waves:
    """The Gaussians of (35) at whole pixels, multiplied wave by wave."""
    places = -np.round(size * np.fft.fftfreq(size))  # a weight is read from output minus input
    gains = np.exp(parts.growth.sum(1))[:, None, None].astype(complex)
    width = np.maximum(np.sqrt(np.maximum(parts.diffusion, 0)), NARROWEST)
    bells = np.fft.ifft(gaussian_weights(places, width[..., None], parts.drift[..., None])) * size
    along_x, along_y = (np.prod(bells[:, :, axis], axis=1) for axis in (0, 1))
    result: Waves = gains * along_x[:, None, :] * along_y[:, :, None]
    return result


def stacks(kernels: Tensor) -> Stacks:
    """Measure networks (S, L, 3, 3), five-point kernels without the skip, as linear stacks."""
    parts = kernel_parts(kernels)
    omega = symbols(parts, TORUS)
    found = {name: torus_kernel(gains) for name, gains in stack_gains(parts).items()}
    size = {name: np.abs(kernel).sum((-2, -1)) for name, kernel in found.items()}

    def gap(one: str, other: str) -> Floats:
        return np.asarray(np.abs(found[one] - found[other]).sum((-2, -1)) / size[other])

    return Stacks(
        parts,
        np.abs(omega).max((-2, -1)),
        np.abs(np.exp(omega) - 1 - omega).max((-2, -1)),
        gap("flow", "layers"),
        gap("(34)", "layers"),
        gap("(34)", "flow"),
        size["(35)"],
    )
