"""Training with a rate that changes from step to step, of networks that may be normalised or masked."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, cast

import torch

from pdenet.checks.numbers import real
from pdenet.checks.words import flag
from pdenet.runs.training import ImageTask, TrainingConfig

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torch import Tensor

    from pdenet.data import ImageData


class ImageNet(Protocol):
    """Networks of images, side by side: what a `ScheduledTask` trains, a `torch.nn.Module`."""

    seeds: tuple[int, ...]

    def __call__(self, images: Tensor) -> Tensor:
        """Logits (S, B, classes) of images (S, B, H, W)."""

    def describe(self) -> dict[str, Any]:
        """The configuration as plain data, of any seed."""


@dataclass(frozen=True)
class Scheduled(TrainingConfig, ABC):
    """Adam with a rate that changes from step to step; the learning rate is its peak.

    Parameters
    ----------
    epochs, batch_size, learning_rate, pixels, loss, epsilon
        As in `TrainingConfig`.
    """

    epochs: int = 4
    batch_size: int = 100
    learning_rate: float = 5e-3
    moment: ClassVar[float] = 0.5
    """Where in a step its rate is taken: 0 is its start."""

    @abstractmethod
    def rate(self, progress: float) -> float:
        """The rate after this share of the steps."""


@dataclass(frozen=True)
class OneCycle(Scheduled):
    """A rate that rises along half a cosine to its peak and falls along another to zero.

    Parameters
    ----------
    epochs, batch_size, learning_rate, pixels, loss, epsilon
        As in `TrainingConfig`.
    rise
        Share of the steps in which the rate rises, between 0 and 1.

    Raises
    ------
    TypeError, ValueError
        As `TrainingConfig`, and if the share is none.
    """

    epochs: int = 6
    rise: float = 0.3

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "rise", real("rise", self.rise, above=0, below=1))

    def rate(self, progress: float) -> float:
        """The rate after this share of the steps."""
        rising = progress < self.rise
        share = progress / self.rise if rising else (1 - progress) / (1 - self.rise)
        return self.learning_rate * (1 - math.cos(math.pi * share)) / 2


@dataclass(frozen=True)
class FallingRate(Scheduled):
    """A rate that falls along half a cosine to nothing: the last epoch is then like its neighbours."""

    falls: str = "half a cosine"
    moment: ClassVar[float] = 0.0

    def rate(self, progress: float) -> float:
        """The rate after this share of the steps."""
        return self.learning_rate * (1 + math.cos(math.pi * progress)) / 2


class ScheduledTask(ImageTask):
    """Images to be labelled by networks whose rate follows a schedule.

    A normalisation sees its batch in a step and what it has averaged in a test. Weights that a mask holds at
    zero stay there to the last bit: they start at zero and have no gradient, so that Adam leaves them alone.

    Parameters
    ----------
    net
        Moved to the device; left as it is behind a test.
    data, config, device
        As in `ImageTask`.
    masks
        By name of a parameter: where its weights are kept (1) and held at zero (0), in the parameter's shape.
    last_only
        Whether the test images are looked at after the last epoch alone.

    Raises
    ------
    TypeError
        If `last_only` is no switch.
    ValueError
        If a mask has no parameter, another shape, or other numbers than 0 and 1.
    """

    config: Scheduled

    def __init__(
        self,
        net: ImageNet,
        data: ImageData,
        config: Scheduled,
        device: torch.device,
        *,
        masks: Mapping[str, Tensor] | None = None,
        last_only: bool = False,
    ) -> None:
        super().__init__(cast("Any", net), data, config, device)
        self.last_only = flag("last_only", last_only)
        self.done, self.steps = 0, config.epochs * -(-len(self.labels) // config.batch_size)
        self.masks = self._checked(masks or {})
        with torch.no_grad():
            for parameter, mask in self.masks:
                parameter.mul_(mask)

    def _checked(self, masks: Mapping[str, Tensor]) -> list[tuple[Tensor, Tensor]]:
        """Parameters with their masks."""
        own = dict(self.model.named_parameters())
        for name, mask in masks.items():
            if name not in own or mask.shape != own[name].shape:
                there = f"parameter of shape {tuple(own[name].shape)}" if name in own else "parameter"
                message = f"the mask of {name!r}, {tuple(mask.shape)}, has no {there} of that name"
                raise ValueError(message)
            if not bool(((mask == 0) | (mask == 1)).all()):
                message = f"a mask holds 0 and 1 and nothing else; that of {name!r} does not"
                raise ValueError(message)
        return [(own[name], mask.to(own[name])) for name, mask in masks.items()]

    @property
    def identity(self) -> dict[str, Any]:
        """Model, training, images, and how many weights are masked, by parameter and network."""
        kept = [mask.flatten(1).sum(1).tolist() for _, mask in self.masks]
        return {**super().identity, "kept": kept} if kept else super().identity

    def batches(self, epoch: int) -> Iterator[Tensor]:
        """Positions of images (S, B); the steps are counted, also after a break."""
        self.model.train()
        self.done = epoch * self.steps // self.config.epochs
        return super().batches(epoch)

    def adjust(self) -> None:
        """Set the rate of the step that comes, and keep masked weights where they are."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.rate((self.done + self.config.moment) / self.steps)
        self.done += 1
        for parameter, mask in self.masks:
            if parameter.grad is not None:
                parameter.grad.mul_(mask)

    def test(self, epoch: int) -> list[float]:
        """Accuracies on the test images, (S,) between 0 and 1."""
        self.model.eval()
        if self.last_only and epoch < self.epochs - 1:
            self.right.zero_()
            return []
        return super().test(epoch)
