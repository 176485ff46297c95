"""What is measured under attack: what a network keeps, the smallest change that flips, what carries over."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from pdenet.models.measures.attack import pgd, smallest_radius

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pdenet.models.measures.balls import Norm
    from pdenet.models.twin_net import TwinNet

CLEAN = "clean"
SMALLEST = "smallest radius"
DEVIATION = "deviation"
RADII: dict[Norm, tuple[float, ...]] = {"linf": (0.02, 0.04, 0.06), "l2": (0.5,)}
"""Radii of the attacks: the largest change of a pixel, and the root of the sum of squares."""
CHUNK = 250
"""Images that are attacked at once; more leave the processor's cache."""
BISECTED = 200
"""Images of which the smallest radius is looked for."""
MOST, ROUNDS = 0.3, 7
"""The largest radius that is tried, and halvings from there: to 0.003."""


def under(norm: Norm, radius: float) -> str:
    """What the share of images is called that are labelled right under this attack."""
    return f"{norm} {radius:g}"


def of_right(norm: Norm, radius: float) -> str:
    """What the same is called as a share of those that are labelled right without an attack."""
    return f"{norm} {radius:g} of right"


def under_attack(
    net: TwinNet,
    images: Tensor,
    labels: Tensor,
    radii: Mapping[Norm, Iterable[float]] = RADII,
    **options: Any,
) -> dict[str, Tensor]:
    """Shares of images that are labelled right, clean and under each attack, in per cent, (S,) by name.

    A ball lies in each larger one, so that an image that is flipped counts as flipped from there on.

    Parameters
    ----------
    net
        In evaluation mode.
    images, labels
        Pixels between 0 and 1, (B, H, W), and their labels.
    radii
        Ascending, by norm.
    **options
        Of `pdenet.models.measures.attack.pgd`.
    """
    with torch.no_grad():
        parts = [net(part).argmax(-1) for part in images.split(CHUNK)]
    clean = torch.cat(parts, 1) == labels
    found = {CLEAN: clean}
    for norm, sizes in radii.items():
        right = clean.clone()
        for radius in sizes:
            for start in range(0, len(labels), CHUNK):
                part = torch.arange(start, min(start + CHUNK, len(labels)))
                asked = part[right[:, part].any(0)]
                if len(asked):
                    tried = pgd(net, images[asked], labels[asked], radius, norm=norm, **options)
                    right[:, asked] &= tried.right
            found[under(norm, radius)] = right.clone()
    shares = {name: 100 * right.double().mean(1) for name, right in found.items()}
    shares |= {
        of_right(norm, radius): 100 * shares[under(norm, radius)] / shares[CLEAN]
        for norm, sizes in radii.items()
        for radius in sizes
    }
    return shares


def typical_radius(net: TwinNet, images: Tensor, labels: Tensor, **options: Any) -> Tensor:
    """Median of the smallest largest change of a pixel that flips an image labelled right, (S,).

    Parameters
    ----------
    net, images, labels
        As in `under_attack`.
    **options
        Of `pdenet.models.measures.attack.pgd`.
    """
    radii = smallest_radius(net, images, labels, most=MOST, rounds=ROUNDS, **options)
    return torch.stack(
        [one[one > 0].median() if bool((one > 0).any()) else one.new_tensor(0.0) for one in radii]
    )


@torch.no_grad()
def deviations(net: TwinNet, images: Tensor) -> Tensor:
    """How far each block is from the identity: size of what it changes over that of its input, (S, L).

    For a residual block this is the size of its branch, step included; for a plain one that of the branch
    less the state. Root of the mean square over images.

    Parameters
    ----------
    net
        In evaluation mode, with a block at least.
    images
        (B, H, W).
    """
    states = [u.unflatten(1, (len(net.seeds), -1)) for u in net.stack.states(net.read(images))]  # type: ignore[operator]
    sizes = [
        ((after - before).square().sum((0, 2, 3, 4)) / before.square().sum((0, 2, 3, 4))).sqrt()
        for before, after in pairwise(states)
    ]
    return torch.stack(sizes, 1)


def carried_over(source: TwinNet, targets: Iterable[TwinNet], images: Tensor, labels: Tensor) -> list[Tensor]:
    """Shares of images that targets label right after an attack on a source that knows nothing of them, (S,).

    Parameters
    ----------
    source
        Networks to attack, all steps, at the largest radius of `RADII`.
    targets
        As many networks each; network i is shown what was made against network i of the source.
    images, labels
        As in `under_attack`.
    """
    radius = RADII["linf"][-1]
    made = [
        pgd(source, part, known, radius, stop=False).images
        for part, known in zip(images.split(CHUNK), labels.split(CHUNK), strict=True)
    ]
    with torch.no_grad():
        named = [torch.cat([target(part).argmax(-1) for part in made], 1) for target in targets]
    return [100 * (one == labels).double().mean(1) for one in named]
