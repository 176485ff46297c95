"""What is measured on untrained stacks: gradients, small differences, the way back, and what can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch.nn import functional

from pdenet.checks.numbers import whole
from pdenet.models.blocks import BlockStack
from pdenet.models.measures.jacobian import block_jacobians, gradient_sizes
from pdenet.models.measures.readout import constant, explained, read_out
from pdenet.ops.ode.solvers import NotConverged
from pdenet.ops.seeding import as_seeds, generator
from pdenet.subjects.vanishing.paths import branch_jacobians, shares

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from pdenet.data import ImageData
    from pdenet.subjects.vanishing.networks import Start

    Array = NDArray[np.float64]

WIDTH = 64
DEPTHS = (4, 8, 16, 32, 64)
LAYERS = (0, 1, 4, 8, 16, 24, 32, 48, 64)
"""Behind which layers information is looked for; 0 is before the first."""
STATES = 64
_INPUT, _COTANGENT, _DIRECTION = 60, 61, 62  # random streams, see `pdenet.ops.seeding`


def unit_states(seeds: tuple[int, ...], stream: int, count: int = STATES, width: int = WIDTH) -> Tensor:
    """Normal states of mean square one, (S, count, width), float64, each seed's from its own stream."""
    drawn = [
        torch.randn(count, width, generator=generator(seed, stream), dtype=torch.float64, device="cpu")
        for seed in seeds
    ]
    return torch.stack(drawn)


def gradient_growth(start: Start, depth: int, seeds: int | Iterable[int] = 1) -> Array:
    """Decimal logarithm of a gradient's norm before the stack over that behind it, (S,).

    The gradient is that of a random linear function of the last states, over a batch of random ones.

    Parameters
    ----------
    start, depth, seeds
        Stacks of width `WIDTH`.
    """
    seeds = as_seeds(seeds)
    stack = start.build(depth, WIDTH, seeds).double()
    sizes = gradient_sizes(stack, unit_states(seeds, _INPUT), unit_states(seeds, _COTANGENT)).state
    growth: Array = (sizes[:, 0] / sizes[:, -1]).log10().numpy()
    return growth


def path_shares(start: Start, depth: int, seeds: int | Iterable[int] = 1) -> Array:
    """What paths of each length add to the squared gradient at one state and cotangent, (S, L + 1).

    Parameters
    ----------
    start, depth, seeds
        Residual stacks of width `WIDTH`.
    """
    found = []
    for seed in as_seeds(seeds):  # the Jacobians of one seed at a time, L^2 n^2 numbers
        stack = start.build(depth, WIDTH, (seed,)).double()
        branches = branch_jacobians(stack, unit_states((seed,), _INPUT, 1))
        found.append(shares(branches, unit_states((seed,), _COTANGENT, 1)[0, 0].numpy()))
    return np.array(found)


class ThereAndBack(NamedTuple):
    """Decimal logarithms of how much a small difference grows, (S,) each.

    Parameters
    ----------
    forward
        From the first state to the last.
    back
        A difference of the last state, on its way to the first: through the inverse of each block.
    """

    forward: Array
    back: Array


def small_differences(start: Start, depth: int, seeds: int | Iterable[int] = 1) -> ThereAndBack:
    """What becomes of a small difference of two states, forwards and undone, along one path a seed.

    Parameters
    ----------
    start, depth, seeds
        Stacks of width `WIDTH`.

    Raises
    ------
    ValueError
        If a block has no inverse.
    """
    seeds = as_seeds(seeds)
    stack = start.build(depth, WIDTH, seeds).double()
    jacobians = block_jacobians(stack, unit_states(seeds, _INPUT, 1))[:, 0]
    found = []
    for back in (False, True):
        vector = unit_states(seeds, _DIRECTION, 1).mT
        growth = torch.zeros(len(seeds), dtype=torch.float64)
        for layer in reversed(range(depth)) if back else range(depth):
            vector = vector / vector.norm(dim=1, keepdim=True)  # what is counted is counted in logarithms
            one = jacobians[:, layer]
            try:
                vector = torch.linalg.solve(one, vector) if back else one @ vector
            except RuntimeError as error:
                message = f"block {layer + 1} has no inverse, so that nothing leads back through it"
                raise ValueError(message) from error
            growth += vector.norm(dim=(1, 2)).log10()
        found.append(growth.numpy())
    return ThereAndBack(*found)


def undone(stack: BlockStack, after: Tensor) -> Tensor:
    """The states that a stack turns into these ones, found block by block by Newton's method.

    Parameters
    ----------
    stack
        In double precision, however the states were found.
    after : (S, B, n)
        States behind the last block.

    Raises
    ------
    NotConverged
        If a block is not undone to 1e-10 in 50 steps, or one of them meets a derivative without an inverse.
    """
    wanted = after.detach().double()
    for layer in reversed(range(stack.depth)):
        block = BlockStack([stack.branches[layer]], skip=stack.skip, scale=stack.scale)
        before = wanted
        for _ in range(50):
            with torch.no_grad():
                missed = block(before) - wanted
            if missed.abs().max() < 1e-10:
                break
            try:
                step = torch.linalg.solve(block_jacobians(block, before)[:, :, 0], missed.unsqueeze(-1))
            except RuntimeError as error:
                message = f"block {layer + 1} is flat on the way, so that Newton's method cannot undo it"
                raise NotConverged(message) from error
            before = before - step.squeeze(-1)
        else:
            message = f"block {layer + 1} is not undone in 50 steps of Newton's; it may have no inverse there"
            raise NotConverged(message)
        wanted = before
    return wanted


def multipliers(start: Start, depth: int, layer: int = 0, seed: int = 0) -> NDArray[np.complex128]:
    """Eigenvalues of one block's Jacobian along the path of one random state, (n,)."""
    layer = whole("layer", layer, least=0, most=whole("depth", depth, least=1) - 1)
    stack = start.build(depth, WIDTH, (seed,)).double()
    found: NDArray[np.complex128] = np.linalg.eigvals(
        block_jacobians(stack, unit_states((seed,), _INPUT, 1))[0, 0, layer].numpy()
    )
    return found


class Components(NamedTuple):
    """Images by their principal components, of mean square one, with labels."""

    train: Tensor
    test: Tensor
    train_labels: Tensor
    test_labels: Tensor


def components(data: ImageData, count: int = WIDTH) -> Components:
    """The first principal components of images of 14x14 pixels, those of the training images.

    Parameters
    ----------
    data
        Images; pixels are averaged in fours.
    count
        Components, at most 196.
    """
    pixels = [
        functional.avg_pool2d(images.double() / 255, 2).flatten(1)
        for images in (data.train_images, data.test_images)
    ]
    mean = pixels[0].mean(0)
    _, _, axes = torch.linalg.svd(pixels[0] - mean, full_matrices=False)
    axes = axes[: whole("count", count, least=1, most=pixels[0].shape[1])]
    largest = axes.gather(1, axes.abs().argmax(1, keepdim=True))
    axes = axes * largest.sign()  # a library may give either of the two directions of an axis
    train, test = ((one - mean) @ axes.T for one in pixels)
    size = train.square().mean().sqrt()
    return Components(train / size, test / size, data.train_labels, data.test_labels)


@torch.no_grad()
def information(
    start: Start, images: Components, seeds: int | Iterable[int] = 1, layers: Sequence[int] = LAYERS
) -> tuple[Array, Array]:
    """What a linear map reads from the states of a stack in single precision, (S, layers) each.

    Parameters
    ----------
    start
        Stacks of as many blocks as the last of `layers` says.
    images
        What they are shown.
    seeds
        How many stacks, or which seeds.
    layers
        Behind how many blocks, ascending.

    Returns
    -------
    explained, right
        Share of the variance of the input that is read back, and share of the digits labelled right, both on
        test images. Where the state is the same for all images, both are what the mean tells.
    """
    seeds = as_seeds(seeds)
    width = images.train.shape[1]
    stack = start.build(layers[-1], width, seeds)
    states = [stack.states(one.float().expand(len(seeds), -1, -1)) for one in (images.train, images.test)]
    targets = torch.cat([images.train, functional.one_hot(images.train_labels).double()], 1)
    mean = targets.mean(0)
    shares = np.zeros((2, len(seeds), len(layers)))
    for row in range(len(seeds)):
        for column, layer in enumerate(layers):
            known, asked = (one[layer][row] for one in states)
            dead = constant(known)
            told = mean.expand(len(asked), -1) if dead else read_out(known, targets, asked)
            shares[0, row, column] = explained(told[:, :width], images.test, mean[:width])
            right = told[:, width:].argmax(1) == images.test_labels
            shares[1, row, column] = float(right.double().mean())
    return shares[0], shares[1]
