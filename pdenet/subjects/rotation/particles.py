r"""Alike particles on a line: an energy that no exchange changes, and lists that are seen in one order.

The energy is :math:`\sum_{i<j} e^{-(x_i - x_j)^2/2\ell^2}`, :math:`\ell = 0.4`, of positions from -1 to 1.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations, permutations
from typing import TYPE_CHECKING

import torch

from pdenet.checks.numbers import whole
from pdenet.ops.seeding import as_seeds, generator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torch import Tensor

PARTICLES = 5
LENGTH = 0.4
"""Over which two particles feel each other."""
LISTS = 100
"""To test on, each in all its orders."""
_TRAIN, _TEST, _ORDER = 61, 62, 63  # random streams, see `pdenet.ops.seeding`


def energy(lists: Tensor) -> Tensor:
    """Energies (...) of positions (..., m).

    Raises
    ------
    ValueError
        If there are fewer than two positions, or one is not finite.
    """
    if lists.dim() < 1 or lists.shape[-1] < 2:
        message = f"an energy of pairs needs two positions at least, (..., m); got {tuple(lists.shape)}"
        raise ValueError(message)
    if not bool(lists.isfinite().all()):
        message = "positions must be finite; got NaN or infinity"
        raise ValueError(message)
    i, j = torch.triu_indices(lists.shape[-1], lists.shape[-1], 1)
    apart = lists[..., i] - lists[..., j]
    return torch.exp(-apart.square() / (2 * LENGTH**2)).sum(-1)


def draw_lists(seeds: int | Iterable[int], count: int, *, ordered: bool, test: bool = False) -> Tensor:
    """Lists (S, count, m) of positions, float64, each seed's from its own stream.

    Parameters
    ----------
    seeds
        How many, or which.
    count
        Lists.
    ordered
        Whether each is given from left to right; the same positions else, in any order.
    test
        Whether they are to test on.
    """
    count, stream = whole("count", count, least=1), _TEST if test else _TRAIN
    drawn = [
        torch.rand(count, PARTICLES, generator=generator(seed, stream), dtype=torch.float64)
        for seed in as_seeds(seeds)
    ]
    lists = 2 * torch.stack(drawn) - 1
    return lists.sort(-1).values if ordered else lists


def shuffled(lists: Tensor, seeds: tuple[int, ...], step: int) -> Tensor:
    """Lists (S, B, m), each in an order that this seed draws in this step."""
    orders = [
        torch.rand(lists.shape[1:], generator=generator(seed, _ORDER, step)).argsort(-1) for seed in seeds
    ]
    return lists.gather(-1, torch.stack(orders))


@lru_cache(maxsize=1)
def orders() -> Tensor:
    """All orders of the particles, (m!, m), the first from left to right."""
    return torch.tensor([*permutations(range(PARTICLES))])


@lru_cache(maxsize=1)
def swaps() -> Tensor:
    """How many exchanges of neighbours sort each order, (m!,): the pairs in it that stand the wrong way."""
    return torch.tensor([sum(a > b for a, b in combinations(one, 2)) for one in orders().tolist()])


def all_orders(lists: Tensor) -> Tensor:
    """Ordered lists (S, B, m), each in all orders, (S, B, m!, m)."""
    return lists[..., orders()]
