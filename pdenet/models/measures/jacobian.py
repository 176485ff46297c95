"""Derivatives of a stack of blocks: sizes of gradients by layer, the Jacobian of each block, their product.

Networks of a batch and of several seeds share no state, so that the sum over both keeps their derivatives
apart: one reverse sweep an output serves all of them. A branch that mixes the images of a batch has no
Jacobian of this kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch
from torch.func import jacrev

if TYPE_CHECKING:
    from torch import Tensor

    from pdenet.models.blocks import BlockStack


class Sizes(NamedTuple):
    """Norms of gradients by layer.

    Parameters
    ----------
    state : (S, L + 1)
        Of the derivatives by the states before the first block, ..., behind the last one, over the batch.
    parameters : (S, L)
        Of the derivatives by all parameters of each branch, whose first axis is the seed.
    """

    state: Tensor
    parameters: Tensor


def gradient_sizes(stack: BlockStack, u: Tensor, cotangent: Tensor) -> Sizes:
    """Norms of the gradients of ``sum(cotangent * stack(u))``, layer by layer.

    Parameters
    ----------
    stack
        Blocks; they are not changed.
    u : (S, B, ...)
        States before the first block.
    cotangent
        Shape of the states behind the last block.

    Raises
    ------
    ValueError
        If the cotangent has another shape than the last state.
    """
    states = stack.states(u.detach().requires_grad_())
    if cotangent.shape != states[-1].shape:
        message = (
            f"the cotangent must be {tuple(states[-1].shape)}, as the last states are; "
            f"got {tuple(cotangent.shape)}"
        )
        raise ValueError(message)
    own = [list(branch.parameters()) for branch in stack.branches]
    flat = [parameter for one in own for parameter in one]
    found = torch.autograd.grad(states[-1], [*states, *flat], cotangent)
    by_state, rest = found[: len(states)], list(found[len(states) :])
    by_layer = [[rest.pop(0).flatten(1) for _ in one] for one in own]
    return Sizes(
        torch.stack([g.flatten(1).norm(dim=1) for g in by_state], 1),
        torch.stack([torch.cat(one, 1).norm(dim=1) for one in by_layer], 1),
    )


def block_jacobians(stack: BlockStack, u: Tensor) -> Tensor:
    """Jacobian of each block at the states that `u` passes through, (S, B, L, n, n): outputs, then inputs.

    Parameters
    ----------
    stack
        Blocks that keep the number n of units of a state.
    u : (S, B, ...)
        States before the first block.
    """
    with torch.no_grad():
        states = stack.states(u)
    found = []
    for layer, state in enumerate(states[:-1]):

        def block(v: Tensor, layer: int = layer) -> Tensor:
            return stack.block(layer, v).flatten(2).sum((0, 1))

        derivative: Tensor = jacrev(block)(state)  # (n, S, B, ...)
        found.append(derivative.detach().flatten(3).movedim(0, 2))
    return torch.stack(found, 2)


def end_to_end(jacobians: Tensor) -> Tensor:
    """The product of the blocks' Jacobians, last block first, (..., n, n).

    Parameters
    ----------
    jacobians : (..., L, n, n)
        As `block_jacobians` gives them.

    Raises
    ------
    ValueError
        If they are not square, or there is none.
    """
    if jacobians.dim() < 3 or jacobians.shape[-1] != jacobians.shape[-2] or not jacobians.shape[-3]:
        message = f"Jacobians must be (..., L, n, n) with one block at least; got {tuple(jacobians.shape)}"
        raise ValueError(message)
    first, *others = jacobians.unbind(-3)
    product = first
    for one in others:
        product = one @ product
    return product
