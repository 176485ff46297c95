"""The smallest thing that is trained: points that fall to the origin."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from pdenet.ops.ode.solvers import DivergedError
from pdenet.runs.arm import Arm, Context
from pdenet.runs.loop import Task, learn
from pdenet.runs.record import Record
from pdenet.runs.shown import Drawn

if TYPE_CHECKING:
    from collections.abc import Iterator


class Points(nn.Module):
    """A point (S, 2) a seed."""

    def __init__(self, seeds: tuple[int, ...]) -> None:
        super().__init__()
        self.at = nn.Parameter(torch.stack([torch.tensor([1.0 + seed, -1.0]) for seed in seeds]))


class Descent(Task):
    """Points that fall to the origin; the batch (S, B, 1) is how steep it is."""

    model: Points

    def __init__(self, seeds: tuple[int, ...] = (0, 1), epochs: int = 4, name: str = "descent") -> None:
        model = Points(seeds)
        super().__init__(model, seeds, epochs, torch.optim.Adam(model.parameters(), 0.1))
        self.name = name
        self.memory["steps"] = 0
        self.runs_away = math.inf  # in which epoch

    @property
    def identity(self) -> dict[str, Any]:
        return {"name": self.name, "epochs": self.epochs}

    def batches(self, epoch: int) -> Iterator[Tensor]:
        if epoch >= self.runs_away:
            message = "it ran away"
            raise DivergedError(message)
        for size in (3, 1):
            yield torch.full((len(self.seeds), size, 1), 1.0 + epoch)

    def losses(self, batch: Tensor) -> Tensor:
        self.memory["steps"] += 1
        return (batch.mean(1) * self.model.at.square()).sum(1)

    def test(self, epoch: int) -> list[float]:
        return [] if epoch == 0 else self.model.at.detach()[:, 0].tolist()


class DescentArm(Arm):
    """Descents of twelve epochs, recorded as runs are."""

    @property
    def name(self) -> str:
        return "descent"

    @property
    def model(self) -> dict[str, Any]:
        return {"name": self.name}

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        task = Descent(seeds, epochs=12)
        course = learn(task, checkpoint=context.checkpoint, resume=True, progress=context.progress)
        return [
            Record(
                model=self.model,
                training={},
                seed=seed,
                data={"name": "slope", "checksum": "-", "train": 0},
                history={"train_loss": [*course.of_seed(row)[0]]},
                seconds=course.seconds,
                machine={},
                versions={},
                date="2026-11-21",
                trunk={"at": task.model.at[row].tolist()},
            )
            for row, seed in enumerate(seeds)
        ]


DESCENT = DescentArm(shown=Drawn("slope"))
