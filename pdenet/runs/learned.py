"""Records of networks of one arm that one loop trained side by side and tested after each epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pdenet.runs.machine import describe_origin
from pdenet.runs.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import torch

    from pdenet.runs.arm import Arm
    from pdenet.runs.loop import Course


def learned_records(
    arm: Arm,
    seeds: Sequence[int],
    course: Course,
    device: torch.device,
    data: Mapping[str, Any],
    measured: Mapping[str, Any],
    alike: Mapping[str, float] | None = None,
) -> list[Record]:
    """One record a seed: losses and accuracies by epoch, an even share of the time, and what was measured.

    Parameters
    ----------
    arm
        What ran.
    seeds
        In the order of the course's rows.
    course
        How it went.
    device
        Where.
    data
        What the records say of the data.
    measured
        By name, one number a seed, (S,).
    alike
        By name, what was measured once for all seeds.
    """
    return [
        Record(
            model=arm.model,
            training=arm.training,
            seed=seed,
            data=dict(data),
            history={"train_loss": [*course.of_seed(row)[0]], "test_accuracy": [*course.of_seed(row)[1]]},
            diverged_at=course.diverged_at(row),
            seconds=course.seconds / len(seeds),
            trunk={},
            measured={name: float(values[row]) for name, values in measured.items()} | dict(alike or {}),
            **describe_origin(device),
        )
        for row, seed in enumerate(seeds)
    ]
