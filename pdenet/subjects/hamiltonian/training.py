"""How a field is learned: from states and their rates, a batch of them in each step."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import torch

from pdenet.checks.numbers import whole
from pdenet.ops.seeding import ORDER, generator
from pdenet.runs.stepped import SteppedTask, SteppedTraining

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

    from pdenet.subjects.hamiltonian.networks import PhaseField
    from pdenet.subjects.hamiltonian.system import Observed

EVERY = 50  # steps in an epoch of the loop


@dataclass(frozen=True)
class RateTraining(SteppedTraining):
    """Adam on batches drawn with replacement, its rate falling along half a cosine.

    Parameters
    ----------
    steps, learning_rate
        As of `SteppedTraining`.
    batch_size
        States a step.

    Raises
    ------
    TypeError, ValueError
        If a number is none or out of range.
    """

    batch_size: int = 200

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "batch_size", whole("batch_size", self.batch_size, least=1))


class RateTask(SteppedTask):
    """States and their rates; the loss is the mean square error of the rate.

    Parameters
    ----------
    net
        Networks; they are changed.
    training
        How.
    observed
        What the states and rates are drawn from.
    """

    def __init__(self, net: PhaseField, training: RateTraining, observed: Observed) -> None:
        super().__init__(net, net.seeds, training, EVERY)
        self.net, self.training, self.observed = net, training, observed
        states, rates = observed.draw(net.seeds)
        self.states, self.rates = states.float(), rates.float()

    @property
    def identity(self) -> dict[str, Any]:
        """Network, training and what is observed; the data follow from the seeds."""
        return {
            "model": self.net.describe(),
            "training": asdict(self.training),
            "observed": asdict(self.observed),
        }

    def batches(self, epoch: int) -> Iterator[Tensor]:
        """Numbers of states (S, B), drawn anew for each step."""
        steps = self.span(epoch)
        shape = (len(steps), self.training.batch_size)
        drawn = [
            torch.randint(self.states.shape[1], shape, generator=generator(seed, ORDER, epoch))
            for seed in self.seeds
        ]
        for self.step, batch in zip(steps, torch.stack(drawn, 1), strict=True):
            yield batch

    def losses(self, batch: Tensor) -> Tensor:
        """Mean square error by seed, (S,)."""
        rows = torch.arange(len(self.seeds))[:, None]
        error: Tensor = self.net(self.states[rows, batch]) - self.rates[rows, batch]
        return error.square().mean((1, 2))
