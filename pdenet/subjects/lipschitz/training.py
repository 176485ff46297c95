"""How networks whose norms are kept small are trained: caps are in the network, a penalty is in the loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pdenet.checks.numbers import real
from pdenet.runs.schedule import OneCycle, ScheduledTask

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from pdenet.data import ImageData
    from pdenet.subjects.lipschitz.networks import CappedNet


@dataclass(frozen=True)
class PenaltyCycle(OneCycle):
    """One cycle of the rate, and a penalty on the squared norms of the branches' matrices.

    Parameters
    ----------
    epochs, batch_size, learning_rate, pixels, loss, epsilon, rise
        As in `OneCycle`.
    penalty
        What the sum of the squares, estimated by a power iteration, is multiplied by; not negative.

    Raises
    ------
    TypeError, ValueError
        As `OneCycle`, and if the penalty is none.

    References
    ----------
    Y. Yoshida, T. Miyato, Spectral norm regularization for improving the generalizability of deep learning,
    arXiv:1705.10941 (2017).
    """

    epochs: int = 8
    penalty: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "penalty", real("penalty", self.penalty, least=0))


class CappedTask(ScheduledTask):
    """Images to be labelled, with a penalty on norms.

    Parameters
    ----------
    net, data, config, device
        As in `ScheduledTask`.
    """

    model: CappedNet  # type: ignore[assignment]  # whose tests need no more than logits
    config: PenaltyCycle

    def __init__(self, net: CappedNet, data: ImageData, config: PenaltyCycle, device: torch.device) -> None:
        super().__init__(net, data, config, device, last_only=True)

    def losses(self, batch: Tensor) -> Tensor:
        """Mean loss of each seed over its part of the batch, the penalty included, (S,)."""
        found = super().losses(batch)
        if self.config.penalty:
            for branch in self.model.branches:
                for one in (branch.first, branch.second):
                    found = found + self.config.penalty * one.estimate() ** 2
        return found
