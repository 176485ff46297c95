"""What is measured on blocks with two convolutions: how far they drive two images apart, and on a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from pdenet.ops.two_convolutions import convolution_matrix, minus_transpose, two_convolutions

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    Activation = Callable[[Tensor], Tensor]

DIRECTIONS = ((1, 0), (0, 1), (1, 1), (1, -1))
"""Steps (x, y) to neighbours: to the right, down, and along the two diagonals."""


def differences(directions: int) -> Tensor:
    """Kernels (directions, 1, 3, 3) of the differences to the first so many neighbours of `DIRECTIONS`."""
    kernels = torch.zeros(directions, 1, 3, 3, dtype=torch.float64)
    kernels[:, 0, 1, 1] = -1
    for kernel, (x, y) in zip(kernels, DIRECTIONS, strict=False):
        kernel[0, 1 + y, 1 + x] = 1
    return kernels


def stretch(u: Tensor, first: Tensor, second: Tensor, activation: Activation, step: float) -> float:
    r"""The most by which the block stretches a small difference from the image u.

    The largest singular value of its derivative :math:`I + \Delta t\,K_2\,\mathrm{diag}(\phi'(K_1u))\,K_1`,
    which is the Jacobian that gradients pass backwards.

    Parameters
    ----------
    u : (1, C, H, W)
        The image, a small one.
    first, second, activation, step
        As of `two_convolutions`.

    Returns
    -------
    float
    """
    between = torch.nn.functional.conv2d(u, first, padding="same").requires_grad_()
    (slope,) = torch.autograd.grad(activation(between).sum(), between)
    into, back = (convolution_matrix(kernels, *u.shape[-2:]) for kernels in (first, second))
    derivative = np.eye(u.numel()) + step * back @ (slope.flatten().numpy()[:, None] * into)
    return float(np.linalg.norm(derivative, 2))


def random_kernels(count: int, channels: int, seed: int) -> Tensor:
    """Kernels (count, channels, 1, 3, 3), standard normal."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, channels, 1, 3, 3, dtype=torch.float64, generator=generator)


def stretches(
    kernels: Tensor,
    second: Callable[[Tensor], Tensor],
    activation: Activation,
    steps: np.ndarray,
    size: int = 6,
) -> np.ndarray:
    """Largest stretch found for every kernel and step, near four images: none at all, faint, plain, bright.

    Parameters
    ----------
    kernels : (count, M, 1, 3, 3)
        First convolutions.
    second : callable
        What makes the second convolution of the first.
    activation : callable
        With slopes between 0 and 1.
    steps : (steps,)
        In units of 1 / ||K_1||**2, the norm being that on images of this size.
    size : int
        Rows and columns of the images.

    Returns
    -------
    numpy.ndarray, shape (count, steps)
    """
    generator = torch.Generator().manual_seed(0)
    image = torch.randn(1, 1, size, size, dtype=torch.float64, generator=generator)
    found = np.zeros((len(kernels), len(steps)))
    for i, first in enumerate(kernels):
        unit = 1 / np.linalg.norm(convolution_matrix(first, size, size), 2) ** 2
        for j, step in enumerate(steps):
            found[i, j] = max(
                stretch(scale * image, first, second(first), activation, step * unit)
                for scale in (0.0, 0.1, 1.0, 10.0)
            )
    return found


@dataclass(frozen=True)
class Course:
    """A noisy picture on its way through equal blocks.

    Parameters
    ----------
    images : (layer, H, W)
        Before the first layer and after each.
    errors : (layer,)
        Root mean square of their deviations from the picture without noise.
    """

    images: np.ndarray
    errors: np.ndarray

    @property
    def best(self) -> int:
        """The number of layers after which the error is smallest."""
        return int(self.errors.argmin())


def picture(size: int = 64) -> np.ndarray:
    """A picture with edges and flat parts, (size, size): a disc and three bars, grey on black."""
    y, x = 64 / size * np.mgrid[:size, :size]
    result = np.where((x - 20) ** 2 + (y - 22) ** 2 < 13**2, 1.0, 0.0)
    result[(y >= 36) & (y < 56) & (x >= 34) & (x < 56)] = 0.6
    result[(y >= 8) & (y < 30) & (x >= 44) & (x < 50)] = 0.8
    result[(y >= 40) & (y < 58) & (x >= 8) & (x < 12)] = 1.0
    return result


def course(clean: np.ndarray, noisy: np.ndarray, activation: Activation, step: float, layers: int) -> Course:
    """Send a noisy picture (H, W) through so many blocks of diffusion to right and down."""
    first = differences(2)
    u = torch.from_numpy(noisy)[None, None]
    images = [noisy]
    for _ in range(layers):
        u = two_convolutions(u, first, minus_transpose(first), activation, step=step)
        images.append(u[0, 0].numpy())
    stack = np.stack(images)
    return Course(stack, np.sqrt(((stack - clean) ** 2).mean(axis=(1, 2))))


def steep_ramp(sites: int, slope: float, length: int) -> Tensor:
    """A line (1, 1, 1, sites) that rises with this slope over so many pixels in its middle."""
    place = torch.arange(sites, dtype=torch.float64) - (sites - length) // 2
    return slope * place.clamp(0, length)[None, None, None]
