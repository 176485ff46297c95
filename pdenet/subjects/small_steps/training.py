"""How a stepped field is trained: on pairs of states of a pendulum, all of them in every step."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from pdenet.checks.numbers import whole
from pdenet.ops.pendulum import pendulum_after
from pdenet.ops.seeding import generator
from pdenet.runs.stepped import SteppedTask, SteppedTraining

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pdenet.subjects.small_steps.networks import SteppedField

BOX = (2.0, 1.5)  # largest angle (radians) and angular velocity of a state at the start
_TRAIN, _TEST = 50, 51  # random streams, see `pdenet.ops.seeding`
EVERY = 50  # steps in an epoch of the loop


@dataclass(frozen=True)
class PairTraining(SteppedTraining):
    """Adam on all pairs in every step, its rate falling along half a cosine.

    Parameters
    ----------
    steps, learning_rate
        As of `SteppedTraining`.
    pairs
        Pairs to learn from.

    Raises
    ------
    TypeError, ValueError
        If a number is none or out of range.
    """

    steps: int = 3000
    pairs: int = 512

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "pairs", whole("pairs", self.pairs, least=1))


def states(seeds: tuple[int, ...], count: int, *, test: bool = False) -> Tensor:
    """States (S, count, 2) of a pendulum, float64, uniform in the box, each seed's from its own stream."""
    stream = _TEST if test else _TRAIN
    unit = [
        torch.rand(count, 2, generator=generator(s, stream), dtype=torch.float64, device="cpu") for s in seeds
    ]
    return (2 * torch.stack(unit) - 1) * torch.tensor(BOX, dtype=torch.float64)


class PairTask(SteppedTask):
    """States and what they are a time later; the loss is the mean square error.

    Parameters
    ----------
    net
        Networks; they are changed.
    training
        How.
    """

    def __init__(self, net: SteppedField, training: PairTraining) -> None:
        super().__init__(net, net.seeds, training, EVERY)
        self.net, self.training = net, training
        before = states(net.seeds, training.pairs)
        self.before, self.after = before.float(), pendulum_after(before, net.time).float()

    @property
    def identity(self) -> dict[str, Any]:
        """Network and training; the pairs follow from the seeds."""
        return {"model": self.net.describe(), "training": asdict(self.training)}

    def batches(self, epoch: int) -> Iterator[Tensor]:
        """All pairs, once a step."""
        for step in self.span(epoch):
            self.step = step
            yield torch.arange(self.training.pairs).expand(len(self.seeds), -1)

    def losses(self, batch: Tensor) -> Tensor:
        """Mean square error by seed, (S,)."""
        error: Tensor = self.net(self.before) - self.after
        return error.square().mean((1, 2))
