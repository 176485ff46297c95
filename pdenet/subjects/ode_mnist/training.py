"""How a network with a block or a flow is trained: as `fit` does, with its evaluations counted."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING, Any, cast

from torch.nn import functional

from pdenet.ops.ode.solvers import DivergedError
from pdenet.ops.pick import pick
from pdenet.runs.pixels import scaled
from pdenet.runs.training import ImageTask, TrainingConfig
from pdenet.subjects.ode_mnist.measures import accuracy

if TYPE_CHECKING:
    from collections.abc import Iterator

    import torch
    from torch import Tensor

    from pdenet.data import ImageData
    from pdenet.subjects.ode_mnist.networks import BlockNet


class FlowTask(ImageTask):
    """Images to be labelled by one network, whose block may be a flow.

    Parameters
    ----------
    net, data, config, device
        As in `ImageTask`.
    only_last
        Whether the test images are looked at after the last epoch only.

    Raises
    ------
    ValueError
        If the loss is not cross-entropy.
    """

    def __init__(
        self,
        net: BlockNet,
        data: ImageData,
        config: TrainingConfig,
        device: torch.device,
        *,
        only_last: bool = False,
    ) -> None:
        if config.loss != "cross-entropy":
            message = f"a flow is trained with loss 'cross-entropy'; got {config.loss!r}"
            raise ValueError(message)
        super().__init__(cast("Any", net), data, config, device)
        self.net, self.only_last = net, only_last
        self.memory["evaluations"] = []  # of the field, by epoch and step

    def batches(self, epoch: int) -> Iterator[Tensor]:
        """Positions of images (1, B)."""
        self.memory["evaluations"].append([])
        return super().batches(epoch)

    def losses(self, batch: Tensor) -> Tensor:
        """Mean cross-entropy of the images `batch` (1, B), (1,); one seed that is lost ends its run."""
        logits = self.net(pick(self.images, batch, *self.scale)[0])
        self.memory["evaluations"][-1].append(self.net.evaluations)
        loss = functional.cross_entropy(logits, self.labels[batch[0]])
        if not loss.isfinite():
            message = "the loss is no longer a finite number"
            raise DivergedError(message)
        return loss[None]

    def test(self, epoch: int) -> list[float]:
        """Accuracy on the test images; none before the last epoch where that is enough."""
        if self.only_last and epoch < self.epochs - 1:
            return []
        return [accuracy(self.net, scaled(self.test_images, self.scale), self.test_labels)]

    def mean_evaluations(self) -> list[float]:
        """How often on average a step evaluated the field, by epoch; none for a step that broke off."""
        return [fmean(steps) if steps else 0.0 for steps in self.memory["evaluations"]]
