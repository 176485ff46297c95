"""How the networks are trained: on all examples in every step, which may be turned or shuffled afresh."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import torch

from pdenet.checks.numbers import whole
from pdenet.checks.words import flag
from pdenet.ops.seeding import generator
from pdenet.runs.stepped import SteppedTask, SteppedTraining
from pdenet.subjects.rotation.networks import ListNet, PointNet
from pdenet.subjects.rotation.particles import shuffled
from pdenet.subjects.rotation.system import turned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

EVERY = 100  # steps in an epoch of the loop
_TURN = 64  # random stream, see `pdenet.ops.seeding`


@dataclass(frozen=True)
class SymmetryTraining(SteppedTraining):
    """Adam on all examples in every step, its rate falling along half a cosine.

    Parameters
    ----------
    steps, learning_rate
        As of `SteppedTraining`.
    examples
        Points or lists to learn from.
    augmented
        Whether each example is turned, or its list shuffled, at random and afresh in every step.

    Raises
    ------
    TypeError, ValueError
        If a number is none or out of range, or the switch is none.
    """

    learning_rate: float = 5e-3
    examples: int = 200
    augmented: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "examples", whole("examples", self.examples, least=1))
        object.__setattr__(self, "augmented", flag("augmented", self.augmented))


class ExampleTask(SteppedTask):
    """Examples with their values; the loss is the mean square error.

    Parameters
    ----------
    net
        Networks; they are changed.
    examples
        (S, n, inputs), float64.
    values
        (S, n).
    training
        How.
    label
        What the examples are, for a checkpoint.

    Raises
    ------
    ValueError
        If there are other seeds or another number of examples than the training says.
    """

    def __init__(
        self,
        net: PointNet | ListNet,
        examples: Tensor,
        values: Tensor,
        training: SymmetryTraining,
        label: dict[str, Any],
    ) -> None:
        if examples.shape[:2] != (len(net.seeds), training.examples) or values.shape != examples.shape[:2]:
            message = (
                f"training needs {training.examples} examples, and a value of each, for each of "
                f"{len(net.seeds)} networks; got {tuple(examples.shape)} and {tuple(values.shape)}"
            )
            raise ValueError(message)
        super().__init__(net, net.seeds, training, EVERY)
        self.net, self.training, self.label = net, training, label
        self.examples, self.values = examples.float(), values.float()

    @property
    def identity(self) -> dict[str, Any]:
        """Network, training and what the examples are; these follow from the seeds."""
        return {"model": self.net.describe(), "training": asdict(self.training), "data": self.label}

    def batches(self, epoch: int) -> Iterator[Tensor]:
        """All examples, once a step."""
        for step in self.span(epoch):
            self.step = step
            yield torch.arange(self.training.examples).expand(len(self.seeds), -1)

    def losses(self, batch: Tensor) -> Tensor:
        """Mean square error by seed, (S,)."""
        examples = moved(self.net, self.examples, self.step) if self.training.augmented else self.examples
        error: Tensor = self.net(examples) - self.values
        return error.square().mean(1)


def moved(net: PointNet | ListNet, examples: Tensor, step: int) -> Tensor:
    """The examples (S, n, ...), each under a random element of the group that this step draws."""
    if isinstance(net, ListNet):
        return shuffled(examples, net.seeds, step)
    turns = [torch.rand(examples.shape[1], generator=generator(seed, _TURN, step)) for seed in net.seeds]
    return turned(examples, 2 * math.pi * torch.stack(turns))
