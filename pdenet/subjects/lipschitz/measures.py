"""What is measured on trained networks: what is certified, what an attack flips, how tight the bounds are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from pdenet.checks.numbers import real
from pdenet.models.blocks import BlockStack
from pdenet.models.measures.attack import pgd, smallest_radius
from pdenet.models.measures.jacobian import block_jacobians, end_to_end
from pdenet.models.measures.lipschitz import certified_radius, dense_norm, power_iteration

if TYPE_CHECKING:
    from pdenet.subjects.lipschitz.networks import CappedNet

CERTIFIED = (0.1, 0.25, 0.5)
ATTACKED = (0.5, 1.0)
"""Euclidean distances of pooled images, pixels from 0 to 1, at which is certified and attacked."""
STEPS = 40
FARTHEST, ROUNDS = 4.0, 6
"""How far a flip is sought, and how often that is halved."""
SOUGHT, PROBED = 100, 50
"""Test images whose nearest flip is sought, and at which derivatives are taken."""
ROUNDING = 1e-5  # of an attack in single precision, relative


class Stretch(NamedTuple):
    """How far small changes are stretched at some images, beside what bounds it, (S,) or (S, L) each.

    Parameters
    ----------
    block, block_bound
        Largest singular value of each block at any image; 1 + K of it, or K of a plain one.
    floor, floor_bound
        Smallest singular value; 1 - K, or 0 where that is negative or the block is plain.
    whole, whole_bound
        Largest singular value from pixels to the states behind the blocks; the product of all bounds.
    """

    block: Tensor
    block_bound: Tensor
    floor: Tensor
    floor_bound: Tensor
    whole: Tensor
    whole_bound: Tensor


def radii(net: CappedNet, images: Tensor, labels: Tensor) -> Tensor:
    """Certified distances (S, B) of pooled images (B, 14, 14), by exact norms.

    Parameters
    ----------
    net
        As `settled` gives it: in double precision, with no caps left to apply.
    images, labels
        In double precision, and (B,).
    """
    with torch.no_grad():
        return certified_radius(net(images), labels, net.head, net.features_bound())


def stretch(net: CappedNet, images: Tensor) -> Stretch:
    """The derivatives at pooled images (B, 14, 14), and the bounds.

    Parameters
    ----------
    net
        As `settled` gives it, with one block at least.
    images
        In double precision.

    Raises
    ------
    ValueError
        If the network has no block.
    """
    if not isinstance(net.stack, BlockStack):
        message = "a network without a block has no block to measure; its map is linear, and its norm exact"
        raise ValueError(message)
    with torch.no_grad():
        states = net.read(images)
    found = block_jacobians(net.stack, states)  # (S, B, L, n, n)
    each = torch.linalg.svdvals(found)
    through = end_to_end(found) @ net.entry.matrix().detach().mT[:, None]
    k = torch.stack([one.bound().values for one in net.branches], 1)
    skip = net.kind == "residual"
    return Stretch(
        block=each[..., 0].amax(1),
        block_bound=1 + k if skip else k,
        floor=each[..., -1].amin(1),
        floor_bound=(1 - k).clamp_min(0) if skip else torch.zeros_like(k),
        whole=torch.linalg.eigvalsh(through @ through.mT)[..., -1].amax(1).clamp_min(0).sqrt(),
        whole_bound=net.features_bound().values,
    )


def tightness(net: CappedNet, images: Tensor) -> dict[str, Tensor]:
    """Bounds over what was found, and the smallest singular value of a block, (S,) each by name."""
    bound = net.features_bound().values
    if net.kind == "none":
        return {"bound": bound, "bound over stretch": bound / dense_norm(net.entry.matrix()).values}
    found = stretch(net, images)
    return {
        "bound": bound,
        "bound over stretch": found.whole_bound / found.whole.clamp_min(1e-300),
        "block bound": found.block_bound.amax(1),
        "block bound over stretch": (found.block_bound / found.block.clamp_min(1e-300)).log().mean(1).exp(),
        "floor": found.floor.amin(1),
        "floor bound": found.floor_bound.amin(1),
        "floors broken": (found.floor < found.floor_bound - 1e-9).double().sum(1),
    }


def robustness(net: CappedNet, images: Tensor, labels: Tensor) -> dict[str, Tensor]:
    """Per cent of images certified, and right under attack; how near flips are to certificates, (S,) each.

    Parameters
    ----------
    net
        As `settled` gives it.
    images, labels
        Pooled, in double precision, and (B,).
    """
    certified = radii(net, images, labels)
    found = {f"certified {r:g}": 100 * (certified > r).double().mean(1) for r in CERTIFIED}
    found["median radius"] = certified.quantile(0.5, dim=1, interpolation="lower")
    quick, shown = net.settled().float(), images.float()
    broken = torch.zeros(len(net.seeds), dtype=torch.float64)
    for radius in ATTACKED:
        worst = pgd(quick, shown, labels, radius, norm="l2", steps=STEPS)
        found[f"PGD {radius:g}"] = 100 * worst.right.double().mean(1)
        moved = (worst.images - shown).double().flatten(2).norm(dim=2)
        broken += (~worst.right & (certified * (1 - ROUNDING) > moved)).double().sum(1)
    few = slice(SOUGHT)
    nearest = smallest_radius(
        quick, shown[few], labels[few], most=FARTHEST, norm="l2", rounds=ROUNDS, steps=STEPS
    )
    own = certified[:, few]
    broken += ((own > 0) & (own * (1 - ROUNDING) > nearest)).double().sum(1)
    ratios = [(b / a)[(a > 0) & a.isfinite() & b.isfinite()] for a, b in zip(own, nearest, strict=True)]
    medians = [one.quantile(0.5) if len(one) else torch.tensor(torch.nan) for one in ratios]
    return found | {"flip over certificate": torch.stack(medians), "certificates broken": broken}


def nearest_flips(net: CappedNet, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """The nearest images (S, B, 14, 14) found that are named otherwise, and how far they are, (S, B).

    Parameters
    ----------
    net, images, labels
        As in `robustness`.
    """
    far = smallest_radius(net, images, labels, most=FARTHEST, norm="l2", rounds=ROUNDS, steps=STEPS)
    within = far.clamp_max(FARTHEST) * (1 + ROUNDING)
    return pgd(net, images, labels, within, norm="l2", steps=STEPS).images, far


def estimated_bound(net: CappedNet, steps: int = 1) -> Tensor:
    """What `features_bound` would be, (S,), of norms by so many steps of a power iteration: not a bound.

    Parameters
    ----------
    net
        As `settled` gives it, residual.
    steps
        Of each iteration, from a fresh start.
    """
    product = power_iteration(net.entry.matrix(), steps).values
    for branch in net.branches:
        first, second = (power_iteration(one.matrix(), steps).values for one in (branch.first, branch.second))
        product = product * (1 + first * second)
    return product


def training_loss(net: CappedNet, images: Tensor, labels: Tensor) -> Tensor:
    """Mean cross-entropy (S,) of training images, without any penalty."""
    with torch.no_grad():
        logits = net(images)
    losses = functional.cross_entropy(logits.flatten(0, 1), labels.repeat(len(net.seeds)), reduction="none")
    return losses.view(len(net.seeds), -1).mean(1)


def rescaled(net: CappedNet, factor: float) -> CappedNet:
    """A plain network with every matrix of its blocks multiplied, biases and head so that it says the same.

    A ReLU lets a positive factor pass, so that behind so many matrices the states are multiplied by that
    power of it, which the head takes away again.

    Parameters
    ----------
    net
        As `settled` gives it, plain.
    factor
        Positive.

    Raises
    ------
    ValueError
        If the network has skips or no block, or the factor is not positive.
    """
    factor = real("factor", factor, above=0)
    if net.kind != "plain":
        message = f"a factor passes through plain blocks alone; the network is {net.kind!r}"
        raise ValueError(message)
    other, power = net.settled(), 1.0
    with torch.no_grad():
        for branch in other.branches:
            for one in (branch.first, branch.second):
                power *= factor
                one.weight.mul_(factor)
                one.bias.mul_(power)
        other.head.div_(power)
    return other
