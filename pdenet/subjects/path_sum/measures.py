"""What is measured on the paths of recorded networks: cancellation, lengths, signs; a logit's constant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from pdenet.ops.linear import seed_linear
from pdenet.ops.paths.cancellation import cancellation_bound, path_sums
from pdenet.ops.paths.gates import GatedStack, gated_stack, propagate, relu_gates
from pdenet.ops.paths.paths import Heaviest, enumerate_paths, heaviest_paths
from pdenet.ops.paths.signed import SignedDraws, draw_signed

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from torch import Tensor

    from pdenet.models import ResidualNet
    from pdenet.models.classifier import Classifier

    Floats = NDArray[np.float64]


def trunk_of(network: ResidualNet) -> tuple[Floats, Floats | None]:
    """Kernels (S, L, 3, 3) and biases (S, L) or None of networks, in double precision."""
    kernels, bias = network.double().kernels()
    return kernels.detach().numpy(), None if bias is None else bias.detach().numpy()


def brightest(image: ArrayLike) -> tuple[int, int]:
    """Row and column of the brightest pixel of an image (H, W)."""
    pixels = np.asarray(image)
    row, column = np.unravel_index(pixels.argmax(), pixels.shape)
    return int(row), int(column)


def with_gates(kernels: ArrayLike, image: ArrayLike) -> tuple[GatedStack, tuple[int, int]]:
    """A network (L, 3, 3) with the gates of an image, and the pixel that is then its brightest."""
    stack = gated_stack(kernels, relu_gates(image, kernels))
    return stack, brightest(propagate(stack, image))


@dataclass(frozen=True)
class Cancelled:
    """Cancellation of S networks, one number each.

    Parameters
    ----------
    outputs, at_brightest : (S,)
        Of the sum of all output pixels, and at each network's own brightest pixel.
    bound : (S,)
        `cancellation_bound`; NaN with a bias, or where the entries of a step do not add up to more than 0.
    """

    outputs: Floats
    at_brightest: Floats
    bound: Floats


def cancelled(network: ResidualNet, image: ArrayLike) -> Cancelled:
    """How much of what all paths bring cancels in these networks, for one image (H, W)."""
    kernels, bias = trunk_of(network)
    sums = path_sums(image, kernels, bias)
    bound = np.full(len(kernels), np.nan)
    bounded = (1 + kernels.sum((-2, -1)) > 0).all(1) if bias is None else np.zeros(len(kernels), dtype=bool)
    if bounded.any():
        bound[bounded] = cancellation_bound(kernels[bounded])
    return Cancelled(sums.cancellation, sums.at_brightest, bound)


def mean_bound_at_start(depth: int, eighths: int = 8) -> float:
    """Mean of the bound over networks whose alpha, beta, sigma, rho are uniform on (0, 1) and gamma is 0.

    The factors of the layers are independent, and each has the mean pi/4 - 1/3 + 2 (1/3 + 4/15 c^(3/2)) with
    the largest drift c.

    Parameters
    ----------
    depth : int
        Layers.
    eighths : int
        Largest drift in eighths of a pixel: 8 for (39), 1 for (40).
    """
    along_an_axis = 1 / 3 + 4 / 15 * (eighths / 8) ** 1.5
    return float((np.pi / 4 - 1 / 3 + 2 * along_an_axis) ** depth)


def heaviest_at_brightest(network: ResidualNet, image: ArrayLike, k: int) -> list[Heaviest]:
    """The k heaviest paths into the brightest output pixel of each of S networks without bias."""
    kernels, _ = trunk_of(network)
    stacks = [with_gates(kernel, image) for kernel in kernels]
    return [heaviest_paths(stack, image, pixel, k) for stack, pixel in stacks]


def signs_at_brightest(network: ResidualNet, image: ArrayLike, draws: int) -> list[tuple[SignedDraws, float]]:
    """For each of S networks without bias: paths drawn into its brightest pixel, and the pixel itself."""
    kernels, _ = trunk_of(network)
    found = []
    for seed, kernel in enumerate(kernels):
        stack, pixel = with_gates(kernel, image)
        output = float(propagate(stack, image)[pixel])
        found.append((draw_signed(stack, image, pixel, draws, seed=seed), output))
    return found


@dataclass(frozen=True)
class ByLength:
    """Paths into the brightest pixel of S networks, by the number of layers in which they move, 0 to L.

    Parameters
    ----------
    count, share, part : (S, L + 1)
        How many bring something; their share of the absolute sum; their sum over the output.
    """

    count: NDArray[np.int64]
    share: Floats
    part: Floats


def by_length(network: ResidualNet, image: ArrayLike) -> ByLength:
    """Sort all paths into the brightest pixel of each network without bias by their length."""
    kernels, _ = trunk_of(network)
    rows = []
    for kernel in kernels:
        stack, pixel = with_gates(kernel, image)
        paths = enumerate_paths(stack, image, pixel)
        brings = paths.contributions
        moves = (np.diff(paths.sites, axis=1) != 0).sum(axis=1)
        classes = [brings[(moves == length) & (brings != 0)] for length in range(len(kernel) + 1)]
        absolute, output = np.abs(brings).sum(), brings.sum()
        rows.append([(len(some), np.abs(some).sum() / absolute, some.sum() / output) for some in classes])
    count, share, part = np.moveaxis(np.array(rows), -1, 0)
    return ByLength(count.astype(np.int64), share, part)


@torch.no_grad()
def with_held_gates(classifier: Classifier, features: Tensor, gates_of: Tensor) -> Tensor:
    """Logits of `features` (S, B, inputs) if the ReLUs between the layers stand as for `gates_of`."""
    last = len(classifier.weights) - 1
    for i, (weight, bias) in enumerate(zip(classifier.weights, classifier.biases, strict=True)):
        features, gates_of = seed_linear(features, weight, bias), seed_linear(gates_of, weight, bias)
        if i < last:
            features, gates_of = features * (gates_of > 0), gates_of.relu()
    return features
