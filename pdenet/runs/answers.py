"""How networks label images: which classes they name, how often they are right, and how sure where wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import torch

from pdenet.runs.pixels import scaled

if TYPE_CHECKING:
    from torch import Tensor

    from pdenet.models import ResidualNet

BATCH = 1000  # images a step
SURE = 0.99
"""The probability from which on an answer counts as sure."""


@dataclass(frozen=True)
class Answers:
    """The labels that S networks give to N images.

    Parameters
    ----------
    confusion
        Numbers of images of one class that are labelled as another, (S, C, C) of int64: true, then named. A
        network with NaN in its logits names nothing.
    sure
        The same of the answers whose probability is above `SURE`.
    images
        N.
    """

    confusion: Tensor
    sure: Tensor
    images: int

    @classmethod
    @torch.no_grad()
    def of(cls, model: ResidualNet, images: Tensor, labels: Tensor, scale: tuple[float, float]) -> Self:
        """The answers to images (N, H, W) of uint8; `scale` as `pixel_scale` gave it for training."""
        seeds = len(model.seeds)
        classes = max(int(model.classifier.weights[-1].shape[2]), int(labels.max()) + 1)
        tables = torch.zeros(2, seeds * classes**2, dtype=torch.int64, device=images.device)
        rows = torch.arange(seeds, device=images.device)[:, None] * classes
        for batch, target in zip(images.split(BATCH), labels.split(BATCH), strict=True):
            logits = model(scaled(batch, scale))  # (S, B, classes)
            likeliest, named = logits.softmax(-1).max(-1)
            known = logits.isfinite().all(-1)
            places = (rows + target) * classes + named
            for table, chosen in zip(tables, (known, known & (likeliest > SURE)), strict=True):
                table += torch.bincount(places[chosen], minlength=len(table))
        confusion, sure = tables.cpu().view(2, seeds, classes, classes)
        return cls(confusion, sure, len(labels))

    @property
    def accuracy(self) -> Tensor:
        """Share of the images that are labelled right, (S,), between 0 and 1."""
        return self.confusion.diagonal(dim1=1, dim2=2).sum(-1).double() / self.images

    @property
    def named(self) -> Tensor:
        """How often each class is named, (S, C)."""
        return self.confusion.sum(1)

    @property
    def wrong_and_sure(self) -> Tensor:
        """Share of the images that are labelled wrong with a probability above `SURE`, (S,)."""
        right = self.sure.diagonal(dim1=1, dim2=2).sum(-1)
        return (self.sure.sum((1, 2)) - right).double() / self.images


def accuracy(model: ResidualNet, images: Tensor, labels: Tensor, scale: tuple[float, float]) -> Tensor:
    """Share of images (N, H, W) of uint8 that each seed's network labels right, (S,), between 0 and 1."""
    return Answers.of(model, images, labels, scale).accuracy
