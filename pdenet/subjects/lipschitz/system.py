"""One block with a branch of known K: how far it moves two inputs apart, and its inverse by a fixed point."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch

from pdenet.checks.numbers import real, whole
from pdenet.models.measures.lipschitz import UpperBound, dense_norm
from pdenet.ops.seeding import TRUNK, generator
from pdenet.subjects.lipschitz.networks import ReluBranch

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor


def drawn_branch(k: float, width: int, seed: int = 0) -> ReluBranch:
    """A ReLU branch at random, in double precision, the product of whose norms is K.

    Parameters
    ----------
    k
        K, not negative.
    width
        Units of a state.
    seed
        What it is drawn from.

    Raises
    ------
    TypeError, ValueError
        If a number is none or out of range.
    """
    k, width = real("k", k, least=0), whole("width", width, least=1)
    branch = ReluBranch(width, [generator(seed, TRUNK)]).double().eval()
    with torch.no_grad():
        for one in (branch.first, branch.second):
            one.weight.mul_(k**0.5 / dense_norm(one.weight).values.item())
    return branch


def states(count: int, width: int, seed: int = 0) -> Tensor:
    """Normal states (1, B, n) in double precision."""
    return torch.randn(1, count, width, generator=generator(seed, TRUNK, 1), dtype=torch.float64)


def moves(branch: ReluBranch, *, skip: bool, inputs: int = 6, turns: int = 60) -> Tensor:
    """Where a block of two units moves circles of radius one around random inputs, from its centre, (P, 2).

    Parameters
    ----------
    branch
        Of width two.
    skip
        Whether the block adds its input.
    inputs, turns
        How many circles, and points on each.
    """
    angle = 2 * math.pi * torch.arange(turns, dtype=torch.float64) / turns
    ring = torch.stack([angle.cos(), angle.sin()], 1)
    centres = states(inputs, 2)

    def block(u: Tensor) -> Tensor:
        after: Tensor = branch(u)
        return u + after if skip else after

    with torch.no_grad():
        around = (centres[0, :, None] + ring).flatten(0, 1)[None]
        moved = block(around).view(inputs, turns, 2) - block(centres)[0, :, None]
    return moved.flatten(0, 1)


def approach(branch: Callable[[Tensor], Tensor], before: Tensor, steps: int) -> Tensor:
    """How far x <- y - F(x), begun at y = x + F(x), is from x after each step, over |F(x)|, (steps + 1,).

    The largest of all states.

    Parameters
    ----------
    branch
        F.
    before
        x, (S, B, n).
    steps
        How many.

    Raises
    ------
    TypeError, ValueError
        If `steps` is no count.
    """
    steps = whole("steps", steps, least=1)
    with torch.no_grad():
        behind = before + branch(before)
        first = (behind - before).norm(dim=-1)
        here, found = behind, [1.0]
        for _ in range(steps):
            here = behind - branch(here)
            found.append(float(((here - before).norm(dim=-1) / first).max()))
    return torch.tensor(found)


def undone(
    branch: Callable[[Tensor], Tensor], behind: Tensor, k: UpperBound, tolerance: float = 1e-12
) -> Tensor:
    """The states that a residual block has made `behind` of, none further off than the tolerance.

    The map x -> y - F(x) brings any two points nearer by K < 1, so that it has one fixed point, and Banach's
    estimate says beforehand how many steps lead near enough.

    Parameters
    ----------
    branch
        F.
    behind
        y = x + F(x), (S, B, n).
    k
        Its constants, (S,); no estimate will do.
    tolerance
        Euclidean, positive.

    Raises
    ------
    TypeError
        If K is no `UpperBound`.
    ValueError
        If a K is 1 or more, where there may be no inverse, or the tolerance is not positive.

    References
    ----------
    J. Behrmann et al., Invertible residual networks, ICML (2019).
    """
    if not isinstance(k, UpperBound):
        message = f"K must be an UpperBound, as branch_bound gives it; got {type(k).__name__}"
        raise TypeError(message)
    tolerance, most = real("tolerance", tolerance, above=0), float(k.values.max())
    if most >= 1:
        message = (
            f"a block is sure to have an inverse for K below 1; got {most:g}: cap its matrices, or use "
            "blocks that take turns"
        )
        raise ValueError(message)
    with torch.no_grad():
        here = behind - branch(behind)
        left = float((here - behind).norm(dim=-1).max()) * most / (1 - most)
        while left > tolerance:
            here = behind - branch(here)
            left *= most
    return here
