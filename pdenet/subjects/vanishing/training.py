"""How the networks of digits are trained: Adam whose rate rises and falls once, all seeds side by side."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from pdenet.checks.numbers import real
from pdenet.runs.training import ImageTask, TrainingConfig

if TYPE_CHECKING:
    from collections.abc import Iterator

    import torch
    from torch import Tensor

    from pdenet.data import ImageData
    from pdenet.subjects.vanishing.networks import DigitNet


@dataclass(frozen=True)
class OneCycle(TrainingConfig):
    """Adam with a rate that rises along half a cosine to its peak and falls along another to zero.

    Parameters
    ----------
    epochs, batch_size, learning_rate, pixels, loss, epsilon
        As in `TrainingConfig`; the learning rate is the peak.
    rise
        Share of the steps in which the rate rises, between 0 and 1.

    Raises
    ------
    TypeError, ValueError
        As `TrainingConfig`, and if the share is none.
    """

    epochs: int = 6
    batch_size: int = 100
    learning_rate: float = 5e-3
    rise: float = 0.3

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "rise", real("rise", self.rise, above=0, below=1))

    def rate(self, progress: float) -> float:
        """The rate after this share of the steps."""
        rising = progress < self.rise
        share = progress / self.rise if rising else (1 - progress) / (1 - self.rise)
        return self.learning_rate * (1 - math.cos(math.pi * share)) / 2


class DigitTask(ImageTask):
    """Digits to be labelled by networks whose rate rises and falls once.

    Parameters
    ----------
    net, data, config, device
        As in `ImageTask`.
    """

    def __init__(self, net: DigitNet, data: ImageData, config: OneCycle, device: torch.device) -> None:
        super().__init__(cast("Any", net), data, config, device)
        self.cycle, self.done = config, 0
        self.steps = config.epochs * -(-len(self.labels) // config.batch_size)

    def batches(self, epoch: int) -> Iterator[Tensor]:
        """Positions of images (S, B); the steps are counted, also after a break."""
        self.done = epoch * self.steps // self.config.epochs
        return super().batches(epoch)

    def adjust(self) -> None:
        """Set the rate of the step that comes."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.cycle.rate((self.done + 0.5) / self.steps)
        self.done += 1
