"""What is measured on a potential: work along paths, quadrature errors, attacks, circulation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from pdenet.checks.numbers import real, whole
from pdenet.models.measures.balls import Norm, brought_back, steepest
from pdenet.ops.curves import Curve, bezier, bulged, circle, polygon, straight
from pdenet.ops.line_integral import line_integral, pull
from pdenet.ops.seeding import generator
from pdenet.subjects.adversarial_work.fields import CLIPPED, TRUE, LossField, field
from pdenet.subjects.adversarial_work.kinks import kinks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import nn

PANELS = (1, 2, 4, 8, 16, 32, 64)
PATHS = ("straight", "bulged", "curved")
RADII = (0.1, 0.5, 1.0)
AWAY = 2.0
"""How far the detours lead to the side."""
ROUND = 1.5
"""Radius of the loops."""
STEPS = 20
_SIDES, _PLANES, _RANDOM = 80, 81, 82  # random streams, see `pdenet.ops.seeding`


@dataclass(frozen=True)
class Setting:
    """Networks, the loss as a potential, and images to start from.

    Parameters
    ----------
    loss
        The potential.
    images
        (B, H, W), 64 bits, between 0 and 1.
    seed
        Of directions.
    """

    loss: LossField
    images: Tensor
    seed: int = 0

    @property
    def net(self) -> nn.Module:
        """The networks."""
        return self.loss.net

    @property
    def start(self) -> Tensor:
        """The images as points (S, B, D)."""
        seeds = len(self.net.seeds)  # type: ignore[arg-type]
        return self.images.flatten(1).expand(seeds, -1, -1)

    def drawn(self, stream: int, part: int = 0) -> Tensor:
        """Unit vectors at random, one an image and the same for each network, (S, B, D)."""
        like = self.start
        vectors = torch.randn(like.shape[1:], generator=generator(self.seed, stream, part), dtype=like.dtype)
        return functional.normalize(vectors, dim=-1).expand_as(like)

    def rise(self, end: Tensor) -> Tensor:
        """How much higher the loss is at points (S, B, D) than at the images, (S, B)."""
        both = self.loss.loss(torch.stack([self.start, end]))
        return both[1] - both[0]


def setting(net: nn.Module, images: Tensor, labels: Tensor, seed: int = 0) -> Setting:
    """Networks and images with the loss as a potential, all of 64 bits.

    Parameters
    ----------
    net
        In evaluation mode; changed to 64 bits.
    images, labels
        (B, H, W) between 0 and 1, and (B,).
    seed
        Of directions.
    """
    return Setting(LossField(net.double(), labels, images.shape[-1]), images.double(), seed)


# Paths


def climbed(one: Setting, radius: float, *, steps: int = STEPS, norm: Norm = "l2") -> Tensor:
    """Where projected gradient ascent goes, step by step, (steps + 1, S, B, D).

    The steps are those of `pdenet.models.measures.attack.pgd` without a random start: together they are 2.5
    radii long, and each is brought back into the ball and the range of pixels. That function hands out the
    worst point alone.

    Parameters
    ----------
    one
        Networks and images.
    radius
        Of the ball.
    steps
        How many; one step has the length of the radius.
    norm
        Of the ball.

    Raises
    ------
    TypeError, ValueError
        If the radius is negative or no number, or the steps are no positive count.
    """
    radius, steps = real("radius", radius, least=0), whole("steps", steps, least=1)
    shape = (*one.start.shape[:2], *one.images.shape[1:])
    origin, radii = one.start.view(shape), torch.full((*shape[:2], 1, 1), radius, dtype=one.images.dtype)
    length = radius * (1.0 if steps == 1 else 2.5 / steps)
    points = [one.start]
    for _ in range(steps):
        slope = steepest(norm, one.loss(points[-1][None])[0].view(shape))
        moved = points[-1].view(shape) + length * slope
        points.append(brought_back(norm, moved, origin, radii).flatten(2))
    return torch.stack(points)


def moved(one: Setting, ahead: Tensor, lengths: Tensor) -> Tensor:
    """The images moved by so much in these directions as far as they stay images, (S, B, D).

    A black pixel can only become lighter; what that takes from the length the other pixels make up for.

    Parameters
    ----------
    one
        Networks and images.
    ahead
        Directions (S, B, D).
    lengths
        By how much, (S, B).
    """
    change = ahead
    for _ in range(8):
        change = functional.normalize(change, dim=-1, eps=1e-300) * lengths[..., None]
        change = (one.start + change).clamp(0, 1) - one.start
    return one.start + change


def three_paths(one: Setting, end: Tensor) -> dict[str, Curve]:
    """Three curves from the images to the points (S, B, D): straight, with a bulge, by way of elsewhere."""
    side = AWAY * one.drawn(_SIDES)
    return {
        "straight": straight(one.start, end),
        "bulged": bulged(one.start, end, side),
        "curved": bezier(one.start, one.start + side, end),
    }


# Errors of the quadrature


def quadrature_errors(
    one: Setting, end: Tensor, panels: Sequence[int] = PANELS, rule: str = "gauss"
) -> dict[str, Tensor]:
    """By path, how far the work is off the difference of the losses, (panels, S, B)."""
    rise = one.rise(end)
    return {
        name: torch.stack([line_integral(one.loss, path, panels=k, rule=rule) - rise for k in panels]).abs()  # type: ignore[arg-type]
        for name, path in three_paths(one, end).items()
    }


def split_errors(
    one: Setting, end: Tensor, panels: Sequence[int] = PANELS, samples: int = 256
) -> dict[str, Tensor]:
    """The same where panels end at the kinks of the ReLUs as well, (panels, S, B) by path.

    Parameters
    ----------
    one, end, panels
        As in `quadrature_errors`.
    samples
        As in `kinks`.
    """
    rise, found = one.rise(end), {}
    for name, path in three_paths(one, end).items():
        edges = kinks(one.net, path, samples)  # type: ignore[arg-type]
        works = [line_integral(one.loss, path, edges=merged(edges, k)) for k in panels]
        found[name] = (torch.stack(works) - rise).abs()
    return found


def merged(edges: Tensor, panels: int) -> Tensor:
    """Edges together with those of equal panels, ascending.

    Parameters
    ----------
    edges
        (K + 1, ...), from 0 to 1.
    panels
        How many equal ones.
    """
    count = whole("panels", panels, least=1)
    equal = torch.arange(1, count, dtype=edges.dtype) / count
    return torch.cat([edges, equal.view(-1, *(1,) * (edges.dim() - 1)).expand(-1, *edges.shape[1:])]).sort(0)[
        0
    ]


def order(panels: Sequence[int], errors: Tensor) -> float:
    """Minus the power of the number of panels with which errors fall: root mean squares, in logarithms.

    Parameters
    ----------
    panels
        K, ascending.
    errors
        (K, ...).
    """
    sizes = errors.flatten(1).square().mean(1).sqrt().numpy()
    return float(-np.polyfit(np.log(np.array(panels)), np.log(sizes), 1)[0])


# Attacks in these terms


class Way(NamedTuple):
    """A path and what it is worth, each (S, B)."""

    work: Tensor
    first_order: Tensor
    """Gradient at the image times the whole change."""
    logits_linear: Tensor
    """Rise of the loss if the logits were linear in the change and the cross-entropy as it is."""
    riemann: Tensor
    """Gradient at the start of each step times the step, added up."""
    length: Tensor
    distance: Tensor
    """Of the end from the image."""
    along: Tensor
    """Work over what a force of this size along every bit of the path would do: the mean cosine."""

    @property
    def directness(self) -> Tensor:
        """Distance over length: the straight line does the same work on so much of the way."""
        return self.distance / self.length


def way(one: Setting, corners: Tensor, panels: int = 4) -> Way:
    """A path from corner to corner in terms of work.

    Parameters
    ----------
    one
        Networks and images.
    corners
        (K + 1, S, B, D), from the images on.
    panels
        A step, for what is integrated.
    """
    curve, changes = polygon(corners), corners.diff(dim=0)
    slopes = one.loss(corners[:-1])
    whole_change, work = corners[-1] - corners[0], one.rise(corners[-1])
    count = panels * len(changes)
    middles = (torch.arange(count, dtype=corners.dtype) + 0.5) / count
    strength = (one.loss(curve.at(middles)).norm(dim=-1) * curve.velocity(middles).norm(dim=-1)).mean(0)
    return Way(
        work=work,
        first_order=(slopes[0] * whole_change).sum(-1),
        logits_linear=_linear_rise(one, corners[-1]),
        riemann=(slopes * changes).sum((0, -1)),
        length=changes.norm(dim=-1).sum(0),
        distance=whole_change.norm(dim=-1),
        along=work / strength,
    )


def _linear_rise(one: Setting, end: Tensor) -> Tensor:
    """Rise of the cross-entropy along the tangent of the logits, (S, B)."""
    shape = (*one.start.shape[:2], *one.images.shape[1:])
    here, change = one.start.view(shape), (end - one.start).view(shape)
    # Twice backwards: what is linear in its argument has its slope by that argument for all values of it.
    here = here.detach().requires_grad_()
    logits = one.net(here)
    weights = torch.zeros_like(logits, requires_grad=True)
    (back,) = torch.autograd.grad(logits, here, weights, create_graph=True)
    (slope,) = torch.autograd.grad(back, weights, change)
    labels = one.loss.labels.expand(logits.shape[:2]).flatten()
    before, after = (
        functional.cross_entropy(x.flatten(0, 1), labels, reduction="none").view(shape[:2])
        for x in (logits.detach(), logits.detach() + slope)
    )
    return after - before


def attacks(one: Setting, radius: float, draws: int = 20) -> dict[str, Tensor]:
    """Rises of the loss (S, B) by what is done to the image, all of the length that the last one has.

    Parameters
    ----------
    one
        Networks and images.
    radius
        Of the ball in which the last one climbs.
    draws
        Random changes, whose mean size of the rise and mean rise are given.
    """
    end = climbed(one, radius)[-1]
    lengths = (end - one.start).norm(dim=-1)
    random = torch.stack([one.rise(moved(one, one.drawn(_RANDOM, n), lengths)) for n in range(draws)])
    slope = one.loss(one.start[None])[0]
    return {
        "random": random.abs().mean(0),
        "random, mean": random.mean(0),
        "one step": one.rise(moved(one, slope, lengths)),
        "one step of signs": one.rise(moved(one, slope.sign(), lengths)),
        "climb": one.rise(end),
    }


# Circulation


def loops(one: Setting, radius: float = ROUND, part: int = 0) -> Curve:
    """Circles around the images in planes at random, the same ones for each network.

    Parameters
    ----------
    one
        Networks and images.
    radius
        Of the circles.
    part
        Which of many draws.
    """
    across = one.drawn(_PLANES, 2 * part)
    other = one.drawn(_PLANES, 2 * part + 1)
    up = other - (other * across).sum(-1, keepdim=True) * across
    return circle(one.start, across, functional.normalize(up, dim=-1), radius)


def force(one: Setting, kind: str) -> Callable[[Tensor], Tensor]:
    """A field by its name; what is clipped is cut at the gradient's root mean square at the image."""
    if kind != CLIPPED:
        return field(kind, one.loss)
    level = one.loss(one.start[None])[0].square().mean(-1, keepdim=True).sqrt()
    return field(kind, one.loss, level.clamp(min=1e-300))


def circulation(one: Setting, kind: str = TRUE, panels: int = 400, loop: Curve | None = None) -> Tensor:
    """The loop integral of a field, as a share of what its sizes add up to, (S, B).

    Parameters
    ----------
    one
        Networks and images.
    kind
        Of the field.
    panels
        Of the midpoint rule, which converges faster than any power on a smooth loop.
    loop
        S times B closed curves; `loops` unless given.
    """
    curve, pulled = loops(one) if loop is None else loop, force(one, kind)
    t = (torch.arange(whole("panels", panels, least=1), dtype=curve.like.dtype) + 0.5) / panels
    found = torch.cat([pull(pulled, curve, part) for part in t.split(50)])
    return found.mean(0) / found.abs().mean(0)


def typical(values: Tensor) -> Tensor:
    """Root mean square over images, (S,) of (S, B)."""
    return values.square().mean(-1).sqrt()
