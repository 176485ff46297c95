"""Errors of trained networks: where they learned, elsewhere, after averaging, and by the distance between."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from pdenet.subjects.rotation.particles import LISTS, all_orders, draw_lists, energy, swaps
from pdenet.subjects.rotation.system import (
    ANGLES,
    Region,
    averaged,
    grid,
    inside,
    off_axis,
    rings,
    root_mean_square,
    target,
)

if TYPE_CHECKING:
    from torch import Tensor

    from pdenet.subjects.rotation.networks import ListNet, PointNet

BAND = 10
"""Degrees of angle over which an error is taken together."""
ERROR, INSIDE, OUTSIDE, AVERAGED, UNEVEN = "error", "inside", "outside", "averaged", "uneven"
ZERO_INSIDE, ZERO_OUTSIDE, CONSTANT = "zero, inside", "zero, outside", "constant"


@torch.no_grad()
def on_grid(net: PointNet) -> Tensor:
    """Values (S, R, A) of networks on the grid of the disc."""
    points = grid().flatten(0, 1).to(next(net.parameters()).dtype)
    values: Tensor = net(points.expand(len(net.seeds), -1, -1))
    found: Tensor = values.double().unflatten(1, (-1, ANGLES))
    return found


def point_errors(net: PointNet, seen: Region, breaking: float) -> dict[str, Tensor]:
    """Root mean square errors over the disc, (S,) by name.

    Returns
    -------
    dict
        ``"error"`` over all of it; ``"inside"`` and ``"outside"`` of what was seen (if there is an outside),
        with those of saying zero there; ``"averaged"``: of the network's mean over all turns of the grid;
        ``"uneven"``: what that mean takes away. The square of the first is the sum of the squares of the last
        two, if the target is even. By ten degrees from the x axis, up to the radius that was seen: `band`.
    """
    values, truth = on_grid(net), target(grid(), breaking)
    error, where = values - truth, inside(seen)
    found = {
        ERROR: root_mean_square(error),
        INSIDE: root_mean_square(error, where),
        AVERAGED: root_mean_square(averaged(values) - truth),
        UNEVEN: root_mean_square(values - averaged(values)),
    }
    if not bool(where.all()):
        alike = torch.ones_like(error[:, 0, 0])
        found |= {
            OUTSIDE: root_mean_square(error, ~where),
            ZERO_INSIDE: alike * root_mean_square(truth, where),
            ZERO_OUTSIDE: alike * root_mean_square(truth, ~where),
        }
    near = rings()[0][:, None] <= seen.reach
    for start in range(0, 180, BAND):
        there = (off_axis() >= start) & (off_axis() < start + BAND)
        found[band(start)] = root_mean_square(error, near & there)
    return found


def band(start: int) -> str:
    """What the error between this angle from the x axis and ten degrees on is called."""
    return f"{start} to {start + BAND} degrees"


@torch.no_grad()
def in_all_orders(net: ListNet) -> tuple[Tensor, Tensor]:
    """Values of networks (S, B, m!) on lists of their seeds in all orders, and the energies (S, B, m!)."""
    lists = all_orders(draw_lists(net.seeds, LISTS, ordered=True, test=True))
    values: Tensor = net(lists.flatten(1, 2).to(next(net.parameters()).dtype))
    return values.double().unflatten(1, lists.shape[1:3]), energy(lists)


def list_errors(net: ListNet, *, ordered: bool, constant: Tensor) -> dict[str, Tensor]:
    """Root mean square errors over lists in all orders, (S,) by name, as `point_errors` has them.

    Parameters
    ----------
    net
        Networks.
    ordered
        Whether they saw lists from left to right alone, so that all other orders are outside.
    constant
        What a constant would say, (S,): the mean of the training values.
    """
    values, truth = in_all_orders(net)
    error, mean = values - truth, values.mean(-1, keepdim=True)

    def typical(some: Tensor) -> Tensor:
        return some.square().flatten(1).mean(1).sqrt()

    found = {
        ERROR: typical(error),
        INSIDE: typical(error[..., 0] if ordered else error),
        AVERAGED: typical(mean - truth[..., :1]),
        UNEVEN: typical(values - mean),
        CONSTANT: typical(truth[..., 0] - constant[:, None]),
    }
    if ordered:
        found[OUTSIDE] = typical(error[..., 1:])
    most = int(swaps().max())
    return found | {swapped(k): typical(error[..., swaps() == k]) for k in range(most + 1)}


def swapped(count: int) -> str:
    """What the error on lists so many exchanges of neighbours away from the order seen is called."""
    return f"{count} swaps"
