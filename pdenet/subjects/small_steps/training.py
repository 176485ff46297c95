"""How a stepped field is trained: on pairs of states of a pendulum, all of them in every step."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from pdenet.checks.numbers import real, whole
from pdenet.ops.pendulum import pendulum_after
from pdenet.ops.seeding import generator
from pdenet.runs.loop import Task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pdenet.subjects.small_steps.networks import SteppedField

BOX = (2.0, 1.5)  # largest angle (radians) and angular velocity of a state at the start
_TRAIN, _TEST = 50, 51  # random streams, see `pdenet.ops.seeding`
EVERY = 50  # steps in an epoch of the loop


@dataclass(frozen=True)
class PairTraining:
    """Adam on all pairs in every step, its rate falling along half a cosine.

    Parameters
    ----------
    steps
        Steps of the optimiser.
    learning_rate
        At first.
    pairs
        Pairs to learn from.

    Raises
    ------
    TypeError, ValueError
        If a number is none or out of range.
    """

    steps: int = 3000
    learning_rate: float = 0.01
    pairs: int = 512

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", whole("steps", self.steps, least=1))
        object.__setattr__(self, "learning_rate", real("learning_rate", self.learning_rate, above=0))
        object.__setattr__(self, "pairs", whole("pairs", self.pairs, least=1))


def states(seeds: tuple[int, ...], count: int, *, test: bool = False) -> Tensor:
    """States (S, count, 2) of a pendulum, float64, uniform in the box, each seed's from its own stream."""
    stream = _TEST if test else _TRAIN
    unit = [
        torch.rand(count, 2, generator=generator(s, stream), dtype=torch.float64, device="cpu") for s in seeds
    ]
    return (2 * torch.stack(unit) - 1) * torch.tensor(BOX, dtype=torch.float64)


class PairTask(Task):
    """States and what they are a time later; the loss is the mean square error.

    Parameters
    ----------
    net
        Networks; they are changed.
    training
        How.
    """

    def __init__(self, net: SteppedField, training: PairTraining) -> None:
        optimizer = torch.optim.Adam(net.parameters(), training.learning_rate)
        super().__init__(net, net.seeds, -(-training.steps // EVERY), optimizer)
        self.net, self.training, self.step = net, training, 0
        before = states(net.seeds, training.pairs)
        self.before, self.after = before.float(), pendulum_after(before, net.time).float()

    @property
    def identity(self) -> dict[str, Any]:
        """Network and training; the pairs follow from the seeds."""
        return {"model": self.net.describe(), "training": asdict(self.training)}

    def batches(self, epoch: int) -> Iterator[Tensor]:
        """All pairs, once a step."""
        for step in range(epoch * EVERY, min(self.training.steps, (epoch + 1) * EVERY)):
            self.step = step
            yield torch.arange(self.training.pairs).expand(len(self.seeds), -1)

    def losses(self, batch: Tensor) -> Tensor:
        """Mean square error by seed, (S,)."""
        error: Tensor = self.net(self.before) - self.after
        return error.square().mean((1, 2))

    def adjust(self) -> None:
        """Set the rate, which falls along half a cosine."""
        share = (1 + math.cos(math.pi * self.step / self.training.steps)) / 2
        for group in self.optimizer.param_groups:
            group["lr"] = self.training.learning_rate * share
