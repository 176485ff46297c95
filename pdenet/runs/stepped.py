"""Training counted in steps: Adam, its rate falling along half a cosine."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import torch

from pdenet.checks.numbers import real, whole
from pdenet.runs.loop import Task

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class SteppedTraining:
    """Adam, its rate falling along half a cosine.

    Parameters
    ----------
    steps
        Of the optimiser.
    learning_rate
        At first.

    Raises
    ------
    TypeError, ValueError
        If a number is none or out of range.
    """

    steps: int = 1000
    learning_rate: float = 0.01

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", whole("steps", self.steps, least=1))
        object.__setattr__(self, "learning_rate", real("learning_rate", self.learning_rate, above=0))


class Steps(Protocol):
    """What a stepped task asks of its training."""

    @property
    def steps(self) -> int:
        """How many."""

    @property
    def learning_rate(self) -> float:
        """That of the first."""


class SteppedTask(Task):
    """Networks that are trained for a number of steps, some of which make an epoch of the loop.

    A task sets `step` as it gives the batches of `span`: the rate goes by it.

    Parameters
    ----------
    model, seeds
        As of `Task`.
    training
        Steps, and the first rate.
    every
        Steps in an epoch of the loop; the last may have fewer.
    """

    def __init__(self, model: nn.Module, seeds: tuple[int, ...], training: Steps, every: int) -> None:
        optimizer = torch.optim.Adam(model.parameters(), training.learning_rate)
        super().__init__(model, seeds, -(-training.steps // every), optimizer)
        self.pace, self.every, self.step = training, every, 0

    def span(self, epoch: int) -> range:
        """The steps of an epoch."""
        return range(epoch * self.every, min(self.pace.steps, (epoch + 1) * self.every))

    def adjust(self) -> None:
        """Set the rate, which falls along half a cosine."""
        share = (1 + math.cos(math.pi * self.step / self.pace.steps)) / 2
        for group in self.optimizer.param_groups:
            group["lr"] = self.pace.learning_rate * share
