"""Training by steps: its epochs cover every step once, and the rate falls along half a cosine."""

import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from pdenet.runs.stepped import SteppedTask, SteppedTraining


class Nothing(SteppedTask):
    """A task of which only steps and rate are asked."""

    @property
    def identity(self) -> dict[str, Any]:
        return {}

    def batches(self, epoch: int) -> list[Tensor]:
        return []

    def losses(self, batch: Tensor) -> Tensor:
        return torch.zeros(1)


def task(steps: int, every: int, rate: float = 0.5) -> Nothing:
    return Nothing(nn.Linear(1, 1), (0,), SteppedTraining(steps, rate), every)


@pytest.mark.parametrize(("steps", "every", "epochs"), [(7, 3, 3), (6, 3, 2), (1, 50, 1)])
def test_every_step_is_in_one_epoch(steps: int, every: int, epochs: int) -> None:
    found = task(steps, every)
    assert found.epochs == epochs
    assert [step for epoch in range(epochs) for step in found.span(epoch)] == list(range(steps))


def test_the_rate_falls_along_half_a_cosine() -> None:
    found = task(8, 4)
    rates = []
    for epoch in range(found.epochs):
        for step in found.span(epoch):
            found.step = step
            found.adjust()
            rates.append(found.optimizer.param_groups[0]["lr"])
    assert rates == pytest.approx([0.5 * math.cos(math.pi * k / 16) ** 2 for k in range(8)], rel=1e-12)


def test_numbers_are_checked() -> None:
    with pytest.raises(ValueError, match="steps must be a whole number, at least 1; got 0"):
        SteppedTraining(0)
    with pytest.raises(ValueError, match="learning_rate must be"):
        SteppedTraining(1, 0.0)
