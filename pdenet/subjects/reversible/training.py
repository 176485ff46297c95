"""How these networks are trained: as `fit` does, but for a rate that falls, and one test at the end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from pdenet.runs.training import ImageTask, TrainingConfig

if TYPE_CHECKING:
    from collections.abc import Iterator

    import torch
    from torch import Tensor

    from pdenet.data import ImageData
    from pdenet.subjects.reversible.networks import StackNet


@dataclass(frozen=True)
class FallingRate(TrainingConfig):
    """Adam, its rate falling along half a cosine to nothing: the last epoch is then like its neighbours."""

    epochs: int = 4
    batch_size: int = 100
    learning_rate: float = 5e-3
    falls: str = "half a cosine"


class StackTask(ImageTask):
    """Images to be labelled by networks of this page.

    Parameters
    ----------
    net, data, config, device
        As in `ImageTask`.
    """

    def __init__(self, net: StackNet, data: ImageData, config: FallingRate, device: torch.device) -> None:
        super().__init__(cast("Any", net), data, config, device)
        self.step, self.steps = 0, config.epochs * -(-len(data.train_labels) // config.batch_size)

    def batches(self, epoch: int) -> Iterator[Tensor]:
        """Positions of images (S, B), and the number of the step for the rate."""
        for number, batch in enumerate(super().batches(epoch)):
            self.step = epoch * self.steps // self.epochs + number
            yield batch

    def adjust(self) -> None:
        """Set the rate."""
        share = (1 + math.cos(math.pi * self.step / self.steps)) / 2
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.learning_rate * share

    def test(self, epoch: int) -> list[float]:
        """Accuracies after the last epoch; the test images are not looked at before."""
        if epoch < self.epochs - 1:
            self.right.zero_()
            return []
        return super().test(epoch)
