"""Attacks on networks that read images: small changes of the pixels, sought by gradients, that flip a label.

S networks are attacked side by side, each with its own changes. The changed image is brought back into the
ball and into the range of pixels after each step, by numbers and not inside what is differentiated: the
derivative of a clamp is zero at its bounds, where most pixels of a digit lie, and such an attack is weak.

An image that is labelled wrong as it is counts as wrong, so that no accuracy under attack exceeds the clean
one. What an attack finds bounds the true robustness from above only.

References
----------
FGSM: Goodfellow, Shlens, Szegedy, Explaining and harnessing adversarial examples, ICLR (2015). PGD: Madry et
al., Towards deep learning models resistant to adversarial attacks, ICLR (2018).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import torch

from pdenet.checks.numbers import real, whole
from pdenet.checks.words import flag, one_of
from pdenet.models.measures.balls import Norm, brought_back, distance, drawn_inside, steepest
from pdenet.ops.diverged import DivergedError
from pdenet.ops.seeding import generator

if TYPE_CHECKING:
    from torch import Tensor, nn

STEP = 2.5
"""Radii that all steps together go, unless a step is given: enough to cross the ball and turn at its edge."""
_START = 70  # random stream, see `pdenet.ops.seeding`


class Attacked(NamedTuple):
    """The worst that was found for each image, (S, B, ...).

    Parameters
    ----------
    images : (S, B, H, W)
        The changed images.
    right : (S, B)
        Whether they are labelled right.
    loss : (S, B)
        Cross-entropy there, float64.
    """

    images: Tensor
    right: Tensor
    loss: Tensor


def fgsm(
    net: nn.Module, images: Tensor, labels: Tensor, radius: float | Tensor, *, norm: Norm = "linf"
) -> Attacked:
    """One step from each image to the edge of the ball, along the gradient.

    Parameters
    ----------
    net, images, labels, radius, norm
        As in `pgd`.
    """
    return pgd(net, images, labels, radius, norm=norm, steps=1, step=1.0, random=False)


def pgd(
    net: nn.Module,
    images: Tensor,
    labels: Tensor,
    radius: float | Tensor,
    *,
    norm: Norm = "linf",
    steps: int = 20,
    step: float | None = None,
    restarts: int = 1,
    random: bool = True,
    start: Tensor | None = None,
    stop: bool = True,
    seed: int = 0,
) -> Attacked:
    """Steps up the cross-entropy, each brought back into the ball and into [0, 1]; the worst point counts.

    Parameters
    ----------
    net
        S networks of images (S, B, H, W) -> logits (S, B, C), in evaluation mode; they are not changed.
    images
        Pixels between 0 and 1, (B, H, W), (1, B, H, W) or (S, B, H, W).
    labels
        The true ones, (B,), or by network, (S, B).
    radius
        Of the ball, for all images or by network and image, (S, B).
    norm
        Of the ball: ``"linf"``, the largest change of a pixel, or ``"l2"``, the root of the sum of squares.
    steps
        How many.
    step
        Length of one in radii; 2.5 over the number of steps unless given.
    restarts
        How many starts; the worst point of all counts.
    random
        Whether to start at random points of the ball, the same ones for each network, or at the image.
    start
        Where to start instead, (S, B, H, W); then once.
    stop
        Whether an image is left alone once all networks label it wrong. Otherwise the loss is raised on.
    seed
        Of the random starts.

    Raises
    ------
    TypeError
        If the images are whole numbers, or a number is none.
    ValueError
        If a radius is negative, the network is in training mode, pixels are outside [0, 1], a label is none
        of the classes, or a shape is wrong.
    DivergedError
        If a logit or a gradient is not finite.
    """
    one_of("norm", norm, get_args(Norm))
    steps, restarts = whole("steps", steps, least=1), whole("restarts", restarts, least=1)
    length = STEP / steps if step is None else real("step", step, above=0)
    random, stop = flag("random", random), flag("stop", stop)
    origin, true, worst = _unattacked(net, images, labels)
    radii = _radii(radius, worst.right)
    for round_ in range(restarts if start is None else 1):
        if start is not None:
            begin = _like(start, origin)
        elif random:
            begin = origin + radii * drawn_inside(norm, origin[0], generator(seed, _START, round_))
        else:
            begin = origin
        _climb(
            net,
            origin,
            true,
            radii,
            brought_back(norm, begin, origin, radii),
            worst,
            norm,
            steps,
            length,
            stop,
        )
    return worst


def smallest_radius(
    net: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    most: float,
    norm: Norm = "linf",
    rounds: int = 8,
    **options: Any,
) -> Tensor:
    """The smallest radius at which `pgd` flips each image, by bisection, (S, B), float64.

    It is 0 where the image is labelled wrong as it is, and infinite where even the largest radius does not
    flip it. It bounds the distance to the nearest other label from above.

    Parameters
    ----------
    net, images, labels, norm
        As in `pgd`.
    most
        The largest radius that is tried.
    rounds
        Halvings.
    **options
        Of `pgd`.

    Raises
    ------
    TypeError, ValueError, DivergedError
        As `pgd`, and if `most` is not positive or `rounds` no count.
    """
    most, rounds = real("most", most, above=0), whole("rounds", rounds, least=0)
    origin, _, clean = _unattacked(net, images, labels)
    found = pgd(net, images, labels, most, norm=norm, **options)
    high = distance(norm, found.images - origin).double()
    low = torch.zeros_like(high)
    for _ in range(rounds):
        middle = (low + high) / 2
        tried = pgd(net, images, labels, middle.to(origin.dtype), norm=norm, **options)
        low = torch.where(tried.right, middle, low)
        high = torch.where(tried.right, high, distance(norm, tried.images - origin).double().minimum(middle))
    never = found.right
    return high.masked_fill(never, torch.inf).masked_fill(~clean.right, 0.0)


def unfinished(
    net: nn.Module,
    images: Tensor,
    labels: Tensor,
    radius: float | Tensor,
    found: Tensor,
    *,
    norm: Norm = "linf",
    steps: int = 20,
) -> Tensor:
    """Share of images, (S,), that more steps flip from where an attack has ended: what it could have found.

    Near zero for an attack that does what it can. A gradient that is lost on the way, or a step too small to
    cross the ball, shows here, whoever wrote the attack.

    Parameters
    ----------
    net, images, labels, radius, norm
        As in `pgd`.
    found
        The images that the attack ended with, (S, B, H, W).
    steps
        How many more.

    Raises
    ------
    ValueError
        As `pgd`, and if an image is outside the ball or the range of pixels.
    """
    origin, _, _ = _unattacked(net, images, labels)
    ended = _like(found, origin)
    _, _, there = _unattacked(net, ended, labels)
    radii = _radii(radius, there.right)[..., 0, 0]
    outside = distance(norm, ended - origin) > radii * (1 + 1e-5) + 1e-6
    if bool(outside.any()):
        message = f"{int(outside.sum())} images lie outside the ball; bring them back after each step"
        raise ValueError(message)
    more = pgd(net, images, labels, radius, norm=norm, steps=steps, start=ended)
    return (there.right & ~more.right).double().mean(1)


def _climb(
    net: nn.Module,
    origin: Tensor,
    labels: Tensor,
    radii: Tensor,
    here: Tensor,
    worst: Attacked,
    norm: Norm,
    steps: int,
    length: float,
    stop: bool,
) -> None:
    """Go up from `here` and keep in `worst` what is worse than it."""
    asked = torch.arange(labels.shape[1], device=labels.device)
    for number in range(steps + 1):
        if stop:
            open_ = worst.right[:, asked].any(0)
            asked, here = asked[open_], here[:, open_]
            if not len(asked):
                return
        here = here.detach().requires_grad_(number < steps)
        logits = net(here)
        _keep(worst, asked, here.detach(), *_judge(logits.detach(), labels[:, asked]))
        if number == steps:
            return
        gradient = torch.autograd.grad(logits, here, _uphill(logits.detach(), labels[:, asked]))[0]
        if not bool(gradient.isfinite().all()):
            message = "the gradient by the pixels is not finite; the network cannot be attacked by gradients"
            raise DivergedError(message)
        there, size = origin[:, asked], radii[:, asked]
        here = brought_back(norm, here.detach() + length * size * steepest(norm, gradient), there, size)


def _keep(worst: Attacked, asked: Tensor, images: Tensor, right: Tensor, loss: Tensor) -> None:
    old_right, old_loss = worst.right[:, asked], worst.loss[:, asked]
    worse = (old_right & ~right) | ((old_right == right) & (loss > old_loss))
    worst.images[:, asked] = torch.where(worse[..., None, None], images, worst.images[:, asked])
    worst.right[:, asked] = torch.where(worse, right, old_right)
    worst.loss[:, asked] = torch.where(worse, loss, old_loss)


def _judge(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Whether each label is right, and the cross-entropy, (S, B) both."""
    if not bool(logits.isfinite().all()):
        message = "a logit is not finite; a network that has diverged has no labels to flip"
        raise DivergedError(message)
    logs = logits.double().log_softmax(-1)
    true = labels.unsqueeze(-1)
    return logits.argmax(-1) == labels, logs.gather(-1, true).squeeze(-1).abs()


def _uphill(logits: Tensor, labels: Tensor) -> Tensor:
    """The gradient of the cross-entropy by the logits, scaled so that its largest entry is one.

    That of a network that is sure underflows, and an attack along it goes nowhere; its direction does not.
    """
    true = labels.unsqueeze(-1)
    others = logits.double().scatter(-1, true, -torch.inf)
    slope = (others - others.amax(-1, keepdim=True)).exp()
    slope = slope.scatter(-1, true, -slope.sum(-1, keepdim=True))
    return (slope / slope.abs().amax(-1, keepdim=True)).to(logits.dtype)


def _like(images: Tensor, origin: Tensor) -> Tensor:
    if images.shape != origin.shape:
        message = f"changed images must be {tuple(origin.shape)}; got {tuple(images.shape)}"
        raise ValueError(message)
    return images.to(origin)


def _radii(radius: float | Tensor, right: Tensor) -> Tensor:
    """The radius of each image, (S, B, 1, 1)."""
    if isinstance(radius, torch.Tensor) and radius.dim():
        if radius.shape != right.shape:
            message = f"radius must be a number or (S, B) = {tuple(right.shape)}; got {tuple(radius.shape)}"
            raise ValueError(message)
        if not bool((radius.isfinite() & (radius >= 0)).all()):
            message = f"each radius must be finite and at least 0; the smallest is {float(radius.min())}"
            raise ValueError(message)
        return radius[..., None, None]
    size = real("radius", radius, least=0)
    return torch.full((*right.shape, 1, 1), size, device=right.device)


@torch.no_grad()
def _unattacked(net: nn.Module, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Attacked]:
    """Images and labels by network, and how they are labelled now; refuses what cannot be attacked."""
    training = [name or "the network" for name, part in net.named_modules() if part.training]
    if training:
        message = (
            f"the network must be in evaluation mode, since in training mode images of a batch mix and means "
            f"move; call net.eval() first ({training[0]} is in training mode)"
        )
        raise ValueError(message)
    if not images.is_floating_point():
        message = f"images must be floating point, between 0 and 1; got {images.dtype}; divide by 255"
        raise TypeError(message)
    if images.dim() not in (3, 4) or labels.shape[-1:] != images.shape[-3:-2] or not labels.numel():
        message = (
            f"images must be (B, H, W) or (S, B, H, W) with labels (B,) or (S, B); "
            f"got {tuple(images.shape)} and {tuple(labels.shape)}"
        )
        raise ValueError(message)
    if not bool(((images >= 0) & (images <= 1)).all()):
        message = f"pixels must lie between 0 and 1; got {float(images.min())} to {float(images.max())}"
        raise ValueError(message)
    logits = net(images)
    if logits.dim() != 3 or labels.shape not in (logits.shape[1:2], logits.shape[:2]):
        message = (
            f"logits must be (S, B, C), of labels {tuple(labels.shape)}, which are (B,) or (S, B); "
            f"got {tuple(logits.shape)}"
        )
        raise ValueError(message)
    if labels.is_floating_point() or int(labels.min()) < 0 or int(labels.max()) >= logits.shape[-1]:
        message = (
            f"labels must be whole numbers from 0 to {logits.shape[-1] - 1}; "
            f"got {labels.dtype}, {labels.min()} to {labels.max()}"
        )
        raise ValueError(message)
    origin = images.expand(len(logits), *images.shape[-3:])
    true = labels.expand(logits.shape[:2])
    right, loss = _judge(logits, true)
    return origin, true, Attacked(origin.clone(), right, loss)
