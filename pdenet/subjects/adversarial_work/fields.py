"""Forces on images: the gradient of the loss, and what people put in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from pdenet.checks.numbers import real
from pdenet.checks.words import one_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from pdenet.subjects.adversarial_work.networks import BentNet

TRUE, CLIPPED, SIGN, UNIT, GUIDED, STOPPED = "gradient", "clipped", "sign", "unit length", "guided", "stopped"
BY_PIXEL = (CLIPPED, SIGN, UNIT)
"""Fields made of the gradient after it is there."""
ON_THE_WAY = (GUIDED, STOPPED)
"""Fields made by another backward pass, of networks with a ReLU."""
KINDS = (TRUE, *BY_PIXEL, *ON_THE_WAY)


class LossField:
    """The cross-entropy of S networks as a potential of images, and its gradient by the pixels.

    Points are (T, S, B, D): at T times the pixels of B images for each of S networks, in one row.

    Parameters
    ----------
    net
        In evaluation mode; logits (S, B, C) of images (S, B, H, W).
    labels
        Of the images, (B,).
    side
        H and W.
    classes
        C.

    Raises
    ------
    ValueError
        If a part of the network draws or averages, or a label is out of range.
    """

    def __init__(self, net: nn.Module, labels: Tensor, side: int = 14, classes: int = 10) -> None:
        moody = nn.modules.dropout._DropoutNd, nn.modules.batchnorm._NormBase  # noqa: SLF001 - bases of all
        random = [name for name, part in net.named_modules() if isinstance(part, moody) and part.training]
        if random:
            message = (
                f"the field is random: conservative only for fixed masks and means; call net.eval() first "
                f"({random[0]} is in training mode)"
            )
            raise ValueError(message)
        if (
            labels.is_floating_point()
            or labels.dtype == torch.bool
            or labels.dim() != 1
            or not labels.numel()
        ):
            message = f"labels must be whole numbers (B,); got {labels.dtype} {tuple(labels.shape)}"
            raise ValueError(message)
        if int(labels.min()) < 0 or int(labels.max()) >= classes:
            message = (
                f"labels must be from 0 to {classes - 1}; got {int(labels.min())} to {int(labels.max())}"
            )
            raise ValueError(message)
        self.net, self.labels, self.side = net, labels, side

    def __call__(self, points: Tensor) -> Tensor:
        """Gradients (T, S, B, D)."""
        return self.by(points, self.net)

    @torch.no_grad()
    def loss(self, points: Tensor) -> Tensor:
        """Cross-entropies (T, S, B)."""
        logits = self.net(self._images(points))
        losses: Tensor = self._back(self._losses(logits, len(points))[..., None], points)[..., 0]
        return losses

    def by(self, points: Tensor, logits_of: Callable[[Tensor], Tensor]) -> Tensor:
        """What backpropagation through another way to the same logits gives, (T, S, B, D).

        Parameters
        ----------
        points
            (T, S, B, D).
        logits_of
            Logits (S, B, C) of images (S, B, H, W).
        """
        images = self._images(points).detach().requires_grad_()
        losses = self._losses(logits_of(images), len(points))
        (gradient,) = torch.autograd.grad(losses.sum(), images)
        return self._back(gradient.flatten(2), points)

    def _images(self, points: Tensor) -> Tensor:
        if points.dim() != 4 or points.shape[2:] != (len(self.labels), self.side**2):
            message = f"points must be (T, S, {len(self.labels)}, {self.side**2}); got {tuple(points.shape)}"
            raise ValueError(message)
        images: Tensor = points.transpose(0, 1).flatten(1, 2).unflatten(-1, (self.side, self.side))
        return images

    def _losses(self, logits: Tensor, times: int) -> Tensor:
        """(S, T B) of logits (S, T B, C)."""
        labels = self.labels.repeat(times).expand(len(logits), -1)
        losses = functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="none")
        return losses.view(labels.shape)

    @staticmethod
    def _back(values: Tensor, points: Tensor) -> Tensor:
        """(T, S, B, n) of (S, T B, n)."""
        apart: Tensor = values.unflatten(1, (len(points), -1)).transpose(0, 1)
        return apart


def field(kind: str, loss: LossField, level: Tensor | float = 0.0) -> Callable[[Tensor], Tensor]:
    """A force by its name.

    Parameters
    ----------
    kind
        ``"gradient"``, the true one. Made of it: ``"clipped"``, each pixel cut at `level`; ``"sign"``, each
        pixel's sign; ``"unit length"``, the whole divided by its length. By another backward pass through
        ReLUs: ``"guided"``, which lets only positive slopes through; ``"stopped"``, where half of the first
        layer's units count as constants.
    loss
        Whose gradient.
    level
        Where to cut, a positive number, or one for each image, (S, B, 1).

    Raises
    ------
    TypeError, ValueError
        If the kind is unknown, the network has no ReLU to be changed, or the level is not positive.
    """
    one_of("kind", kind, KINDS)
    if kind == TRUE:
        return loss
    if kind in ON_THE_WAY:
        if getattr(loss.net, "bend", "") != "relu":
            message = f"the field {kind!r} is of a BentNet with ReLUs; got {type(loss.net).__name__}"
            raise ValueError(message)
        net = cast("BentNet", loss.net)
        bend = guided if kind == GUIDED else stopped
        return lambda points: loss.by(points, lambda images: net.through(images, bend))
    if kind == SIGN:
        return lambda points: loss(points).sign()
    if kind == UNIT:
        return lambda points: functional.normalize(loss(points), dim=-1, eps=1e-300)
    if isinstance(level, Tensor):
        if not bool((level > 0).all()):
            message = f"level must be positive for each image; the smallest is {float(level.min())}"
            raise ValueError(message)
        cut = level
        return lambda points: loss(points).minimum(cut).maximum(-cut)
    number = real("level", level, above=0)
    return lambda points: loss(points).clamp(-number, number)


class _Guided(torch.autograd.Function):
    """A ReLU whose backward pass lets nothing negative through."""

    @staticmethod
    def forward(ctx: Any, z: Tensor) -> Tensor:
        ctx.save_for_backward(z)
        return z.relu()

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> Tensor:
        (z,) = ctx.saved_tensors
        kept: Tensor = slope.clamp(min=0) * (z > 0)
        return kept


def guided(z: Tensor, layer: int) -> Tensor:
    """The ReLU of guided backpropagation (Springenberg et al. 2015)."""
    result: Tensor = _Guided.apply(z)
    return result


def stopped(z: Tensor, layer: int) -> Tensor:
    """A ReLU; of the first layer's units the first half are constants to the backward pass."""
    u = z.relu()
    half = u.shape[-1] // 2
    return u if layer else torch.cat([u[..., :half].detach(), u[..., half:]], -1)
