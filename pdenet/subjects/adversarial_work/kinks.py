"""Where a curve crosses the kinks of a network of ReLUs: the edges of panels on which all is smooth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from pdenet.checks.numbers import whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from pdenet.ops.curves import Curve
    from pdenet.subjects.adversarial_work.networks import BentNet

ROUNDS, SETTLED = 60, 1e-14
"""Of false position, at most, and the times below which it stops to move: a few rounds are the rule, since
what a unit is given is nearly a straight line between two samples, unless a unit before it switches there."""


@torch.no_grad()
def kinks(net: BentNet, curve: Curve, samples: int = 256) -> Tensor:
    """Times from 0 to 1 between which no unit switches, ascending, (K + 1, S, B).

    Each change of sign between two samples is followed down to rounding. A unit that switches twice between
    two samples is missed; more samples find it. Curves with fewer kinks have their last edge repeated.

    Parameters
    ----------
    net
        Of ReLUs.
    curve
        S times B curves (S, B, D).
    samples
        How many equal steps to look at.

    Raises
    ------
    ValueError
        If the network has another bend or no hidden layer, or the samples are no positive count.
    """
    if net.bend != "relu":
        message = f"only ReLUs have kinks; got a network with {net.bend}"
        raise ValueError(message)
    if not net.widths:
        message = "an affine network has no kinks; give it hidden layers, or integrate without edges"
        raise ValueError(message)
    samples, like = whole("samples", samples, least=1), curve.like
    grid = torch.arange(samples + 1, dtype=like.dtype) / samples
    on = torch.cat([_given(net, curve, part) > 0 for part in grid.split(64)])  # (samples + 1, S, B, units)
    step, seed, image, unit = (on[1:] != on[:-1]).nonzero(as_tuple=True)
    counts = torch.zeros(like.shape[:-1], dtype=torch.int64)
    counts.index_put_((seed, image), torch.ones_like(seed), accumulate=True)
    most = int(counts.max()) if len(step) else 0
    # Crossings side by side: row n is the n-th of its curve, wherever that has one.
    order = torch.argsort(seed * like.shape[1] + image, stable=True)
    step, seed, image, unit = step[order], seed[order], image[order], unit[order]
    begins = counts.flatten().cumsum(0) - counts.flatten()
    row = torch.arange(len(step)) - begins[seed * like.shape[1] + image]
    low, high = (torch.ones(most, *like.shape[:-1], dtype=like.dtype) for _ in range(2))
    which = torch.zeros(most, *like.shape[:-1], dtype=torch.int64)
    low[row, seed, image], high[row, seed, image] = grid[step], grid[step + 1]
    which[row, seed, image] = unit
    ends = torch.stack([torch.zeros_like(like[..., 0]), torch.ones_like(like[..., 0])])
    if most:
        high = _root(lambda t: _given(net, curve, t).gather(-1, which[..., None])[..., 0], low, high)
    edges: Tensor = torch.cat([ends[:1], high, ends[1:]]).sort(0)[0]
    return edges


def crossings(edges: Tensor) -> Tensor:
    """How many kinks lie on each curve, (S, B).

    Parameters
    ----------
    edges
        As `kinks` gives them.
    """
    return ((edges > 0) & (edges < 1)).sum(0)


def _root(function: Callable[[Tensor], Tensor], low: Tensor, high: Tensor) -> Tensor:
    """Where a function changes its sign between two times, by false position in Illinois's manner."""
    below, above = function(low), function(high)
    root = high
    for _ in range(ROUNDS):
        last = root
        apart = below - above
        share = torch.where(apart == 0, 0.5, below / torch.where(apart == 0, 1.0, apart)).clamp(0, 1)
        root = low + share * (high - low)
        if bool(((root - last).abs() < SETTLED).all()):
            break
        value = function(root)
        lower = (value > 0) == (below > 0)
        # The end that stays gets half its value, or it would stay for ever.
        below, above = torch.where(lower, value, below / 2), torch.where(lower, above / 2, value)
        low, high = torch.where(lower, root, low), torch.where(lower, high, root)
    return root


def _given(net: BentNet, curve: Curve, t: Tensor) -> Tensor:
    """What the bends are given at these times, (T, S, B, units of all layers)."""
    points = curve.at(t)
    side = round(points.shape[-1] ** 0.5)
    images = points.transpose(0, 1).flatten(1, 2).unflatten(-1, (side, side))
    given = torch.cat(net.bent(images), -1)  # (S, T B, units)
    apart: Tensor = given.unflatten(1, (len(points), -1)).transpose(0, 1)
    return apart
