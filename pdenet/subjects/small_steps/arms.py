"""Fields that are learned through one layer, or several: what is run, seed by seed."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from pdenet.ops.pendulum import pendulum, pendulum_after
from pdenet.runs.arm import Arm, Context
from pdenet.runs.loop import learn
from pdenet.runs.machine import describe_origin
from pdenet.runs.record import Record
from pdenet.runs.shown import Drawn
from pdenet.subjects.small_steps.networks import SteppedField
from pdenet.subjects.small_steps.training import PairTask, PairTraining, states

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torch import Tensor

LAYERS = (1, 2, 4, 8)
TIME = 1.0
"""Time between the states of a pair: a sixth of the pendulum's period."""
TEST_STATES = 1000


@dataclass(frozen=True, kw_only=True)
class FieldArm(Arm):
    """A field that is learned through so many layers.

    Parameters
    ----------
    layers
        How many share the time between the states of a pair.
    protocol
        How it is trained.
    """

    layers: int
    protocol: PairTraining = field(default_factory=PairTraining)
    shown: Drawn = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shown", Drawn("pendulum, pairs", train=self.protocol.pairs))

    @property
    def name(self) -> str:
        """Its layers."""
        return arm_name(self.layers)

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the network."""
        return SteppedField.description(self.layers, time=TIME)

    @property
    def weight(self) -> float:
        """Its layers."""
        return float(self.layers)

    def build(self, seeds: int | Iterable[int] = 1) -> SteppedField:
        """The networks before training."""
        return SteppedField(self.layers, seeds, time=TIME)

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        """Train these seeds side by side, and compare the fields with the pendulum's."""
        started = time.perf_counter()
        net = self.build(seeds)
        task = PairTask(net, self.protocol)
        course = learn(task, checkpoint=context.checkpoint, resume=True, progress=context.progress)
        measured = measure(net)
        seconds, origin = (time.perf_counter() - started) / len(seeds), describe_origin(torch.device("cpu"))
        return [
            Record(
                model=self.model,
                training=self.training,
                seed=seed,
                data={**self.shown.describe(), "train": self.protocol.pairs, "test": TEST_STATES},
                history={"train_loss": [*course.of_seed(row)[0]]},
                diverged_at=course.diverged_at(row),
                seconds=seconds,
                trunk={},
                measured={name: float(values[row]) for name, values in measured.items()},
                **origin,
            )
            for row, seed in enumerate(seeds)
        ]


def arm_name(layers: int) -> str:
    """The name of the field that is learned through so many layers."""
    return "1 layer" if layers == 1 else f"{layers} layers"


@torch.no_grad()
def measure(net: SteppedField) -> dict[str, Tensor]:
    """How far the learned field is from the pendulum's and from the flow's, on fresh states, (S,) each.

    Returns
    -------
    dict
        ``"from the field"``: relative distance of f to the rate of the pendulum. ``"from the flow"``: to the
        flow's increment over one layer, divided by its time. ``"between them"``: distance of these two, what
        the first must be if the second is zero. ``"error"``: root mean square of the state after all layers.
    """
    before = states(net.seeds, TEST_STATES, test=True)
    one_layer = net.time / net.layers
    learned = net.field(before.float()).double()
    rate = pendulum(before)
    flow = (pendulum_after(before, one_layer) - before) / one_layer
    error = net(before.float()).double() - pendulum_after(before, net.time)

    def relative(difference: Tensor) -> Tensor:
        distance: Tensor = difference.norm(dim=(1, 2)) / rate.norm(dim=(1, 2))
        return distance

    return {
        "from the field": relative(learned - rate),
        "from the flow": relative(learned - flow),
        "between them": relative(flow - rate),
        "error": error.square().mean((1, 2)).sqrt(),
    }
