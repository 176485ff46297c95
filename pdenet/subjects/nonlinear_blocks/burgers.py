"""Burgers' equation u_t + u u_x = nu u_xx as a block with two convolutions: with squares, and with ReLUs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from scipy.special import erfc

from pdenet.checks.numbers import real, whole
from pdenet.ops.two_convolutions import two_convolutions

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

VISCOSITY, STRENGTH = 0.5, 20.0
FIRST_TIME, LAST_TIME = 20.0, 60.0


def hump(x: np.ndarray, time: float, viscosity: float = VISCOSITY, strength: float = STRENGTH) -> np.ndarray:
    r"""An exact solution that starts as a pulse at x = 0 and becomes a triangle with a steep front.

    It is Hopf's and Cole's :math:`u = -2\nu\,\theta_x/\theta` with a solution of the heat equation,
    :math:`\theta = 1 + \tfrac12(e^R - 1)\,\mathrm{erfc}(x/\sqrt{4\nu t})`; R is the strength.
    """
    size = np.expm1(strength)
    bell = np.exp(-(x**2) / (4 * viscosity * time))
    result: np.ndarray = (
        np.sqrt(viscosity / (np.pi * time))
        * size
        * bell
        / (1 + size / 2 * erfc(x / np.sqrt(4 * viscosity * time)))
    )
    return result


@dataclass(frozen=True)
class Block:
    """A block with two convolutions on a line.

    Parameters
    ----------
    first : (M, 1, 1, 3)
        Kernels of the first convolution.
    activation : callable
        Of the M channels.
    second : (1, M, 1, 3)
        Kernels of the second.
    """

    first: Tensor
    activation: Callable[[Tensor], Tensor]
    second: Tensor

    def step(self, u: Tensor, step: float) -> Tensor:
        """Lines (B, 1, 1, W) after one block with this step."""
        return two_convolutions(u, self.first, self.second, self.activation, step=step)


def squares(spacing: float = 1.0, viscosity: float = VISCOSITY) -> Block:
    """Burgers' explicit scheme exactly: one channel is squared, one is left as it is."""
    outer = torch.stack([_half_derivative(spacing), _diffusion(spacing, viscosity)])
    return Block(_copies(2), lambda v: torch.cat([v[:, :1] ** 2, v[:, 1:]], dim=1), outer[None, :, None, :])


def relus(channels: int, top: float, spacing: float = 1.0, viscosity: float = VISCOSITY) -> Block:
    """The same with the square replaced by its chords between 0 and `top`: ReLUs with biases.

    Parameters
    ----------
    channels : int
        How many ReLUs, hence chords of equal width.
    top : float
        Where the last chord ends; beyond it the line goes on straight.
    spacing, viscosity : float
        Distance of two pixels; nu.

    Raises
    ------
    TypeError, ValueError
        If the channels are no positive whole number, or `top` is no positive number.
    """
    channels, top = whole("channels", channels, least=1), real("top", top, above=0)
    width = top / channels
    corners = width * torch.arange(channels, dtype=torch.float64)[:, None, None]
    bends = torch.full((channels, 1), 2 * width, dtype=torch.float64)
    bends[0] = width
    outer = bends * _half_derivative(spacing)
    outer[0] += _diffusion(spacing, viscosity)  # the first ReLU lets all through where u is not negative
    return Block(_copies(channels), lambda v: torch.relu(v - corners), outer[None, :, None, :])


def travel(block: Block, spacing: float = 1.0) -> tuple[np.ndarray, np.ndarray, int]:
    """Send the hump from its first to its last time through equal blocks.

    Parameters
    ----------
    block : Block
        For lines of this spacing.
    spacing : float
        The step in time is a quarter of its square.

    Returns
    -------
    place : numpy.ndarray, shape (W,)
    state : numpy.ndarray, shape (W,)
        At the last time.
    layers : int
    """
    place = np.arange(-40, 88 + spacing / 2, spacing)
    layers = round((LAST_TIME - FIRST_TIME) / (0.25 * spacing**2))
    u = torch.from_numpy(hump(place, FIRST_TIME))[None, None, None]
    for _ in range(layers):
        u = block.step(u, (LAST_TIME - FIRST_TIME) / layers)
    return place, u[0, 0, 0].numpy(), layers


def _copies(channels: int) -> Tensor:
    kernels = torch.zeros(channels, 1, 1, 3, dtype=torch.float64)
    kernels[..., 1] = 1
    return kernels


def _half_derivative(spacing: float) -> Tensor:
    """Minus half of the central first difference: of a square, minus u u_x."""
    return torch.tensor([0.25, 0.0, -0.25], dtype=torch.float64) / spacing


def _diffusion(spacing: float, viscosity: float) -> Tensor:
    return viscosity / spacing**2 * torch.tensor([1.0, -2.0, 1.0], dtype=torch.float64)
