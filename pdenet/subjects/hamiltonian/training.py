"""How a field is learned: from states and their rates, a batch of them in each step."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import torch

from pdenet.checks.numbers import real, whole
from pdenet.ops.seeding import ORDER, generator
from pdenet.runs.loop import Task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

    from pdenet.subjects.hamiltonian.networks import PhaseField
    from pdenet.subjects.hamiltonian.system import Observed

EVERY = 50  # steps in an epoch of the loop


@dataclass(frozen=True)
class RateTraining:
    """Adam on batches drawn with replacement, its rate falling along half a cosine.

    Parameters
    ----------
    steps
        Of the optimiser.
    learning_rate
        At first.
    batch_size
        States a step.

    Raises
    ------
    TypeError, ValueError
        If a number is none or out of range.
    """

    steps: int = 1000
    learning_rate: float = 0.01
    batch_size: int = 200

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", whole("steps", self.steps, least=1))
        object.__setattr__(self, "learning_rate", real("learning_rate", self.learning_rate, above=0))
        object.__setattr__(self, "batch_size", whole("batch_size", self.batch_size, least=1))


class RateTask(Task):
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
        optimizer = torch.optim.Adam(net.parameters(), training.learning_rate)
        super().__init__(net, net.seeds, -(-training.steps // EVERY), optimizer)
        self.net, self.training, self.observed, self.step = net, training, observed, 0
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
        steps = range(epoch * EVERY, min(self.training.steps, (epoch + 1) * EVERY))
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

    def adjust(self) -> None:
        """Set the rate, which falls along half a cosine."""
        share = (1 + math.cos(math.pi * self.step / self.training.steps)) / 2
        for group in self.optimizer.param_groups:
            group["lr"] = self.training.learning_rate * share
