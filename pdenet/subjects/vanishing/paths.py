"""The gradient of a residual stack as a sum over its skip paths, each of which passes some branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pdenet.models.measures.jacobian import block_jacobians

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from pdenet.models.blocks import BlockStack

    Array = NDArray[np.float64]


def branch_jacobians(stack: BlockStack, u: Tensor) -> Array:
    """What each branch adds to the identity, (L, n, n), along the path of the first state of the first seed.

    Raises
    ------
    ValueError
        If the stack has no skips.
    """
    if not stack.skip:
        message = "a plain stack has one path, and no skips to sum over; give a residual one"
        raise ValueError(message)
    blocks: Array = block_jacobians(stack, u)[0, 0].double().numpy()
    return blocks - np.eye(blocks.shape[-1])


def skip_graph(branches: Array) -> Array:
    """Weights of the graph whose walks are the paths, ((L + 2) n, (L + 2) n), for `ops.paths.resolvent`.

    Its nodes are the units of the input, of what each branch adds, and of the output. From the input and from
    each branch edges lead to every later branch, with that branch's Jacobian, and to the output, with one. A
    path that passes k branches has k + 1 edges.

    Parameters
    ----------
    branches : (L, n, n)
        As `branch_jacobians` gives them.
    """
    depth, units = _shape(branches)
    weights = np.zeros((depth + 2, units, depth + 2, units))
    for later in range(1, depth + 1):
        weights[later, :, :later] = branches[later - 1][:, None]
    weights[-1, :, : depth + 1] = np.eye(units)[:, None]
    return weights.reshape((depth + 2) * units, -1)


def by_length(branches: Array) -> Array:
    """The Jacobians of all paths of one length together, (L + 1, n, n): number of branches, outputs, inputs.

    One layer after the other, since the sum over paths is a product: of ``1 + z B`` over the layers, of which
    the k-th power of z is wanted.
    """
    depth, units = _shape(branches)
    found = np.zeros((depth + 1, units, units))
    found[0] = np.eye(units)
    for layer, branch in enumerate(branches, 1):
        found[1 : layer + 1] += branch @ found[:layer]
    return found


def shares(branches: Array, cotangent: Array) -> Array:
    """What paths of each length add to the squared gradient, as shares that sum to one, (L + 1,).

    Each is the component of their gradient along that of all, so that it may be negative.

    Parameters
    ----------
    branches : (L, n, n)
    cotangent : (n,)
        The gradient at the output.
    """
    parts = cotangent @ by_length(branches)
    whole_gradient = parts.sum(0)
    share: Array = parts @ whole_gradient / (whole_gradient @ whole_gradient)
    return share


def expected_shares(factors: Array) -> Array:
    """The mean squares of the gradients of the paths of each length, as shares, (L + 1,).

    Where branches are drawn independently, different paths are uncorrelated and a path's mean square is the
    product of what its branches multiply one by: binomial shares if these are all alike.

    Parameters
    ----------
    factors : (L,)
        What each branch multiplies the mean square of a gradient by, h^2 included; not negative.

    Raises
    ------
    ValueError
        If there is none, or one is negative.
    """
    if factors.ndim != 1 or not factors.size or not (factors >= 0).all():
        message = f"factors must be one number a branch, none negative; got {factors}"
        raise ValueError(message)
    share = np.ones(1)
    for factor in factors:
        share = np.convolve(share, [1.0, factor]) / (1 + factor)
    return share


def _shape(branches: Array) -> tuple[int, int]:
    if branches.ndim != 3 or branches.shape[1] != branches.shape[2] or not branches.size:
        message = f"branches must be (L, n, n), one or more; got {branches.shape}"
        raise ValueError(message)
    return len(branches), branches.shape[1]
