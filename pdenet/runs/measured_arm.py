"""Arms that train nothing: a record holds what was measured with a seed, and how long that took."""

from __future__ import annotations

import time
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from pdenet.runs.arm import Arm
from pdenet.runs.machine import describe_origin
from pdenet.runs.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pdenet.runs.arm import Context
    from pdenet.runs.shown import Drawn


@dataclass(frozen=True, kw_only=True)
class MeasuredArm(Arm):
    """What is measured seed by seed, on what the seed draws; where it draws nothing, there is one seed."""

    shown: Drawn

    @abstractmethod
    def measure(self, seed: int) -> dict[str, Any]:
        """What is measured with this seed, by name, in the types that JSON has."""

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        """Measure, once a seed."""
        return [self._run(seed) for seed in seeds]

    def _run(self, seed: int) -> Record:
        started = time.perf_counter()
        measured = self.measure(seed)
        return measured_record(self, seed, measured, time.perf_counter() - started, self.shown.describe())


def measured_record(
    arm: Arm, seed: int, measured: Mapping[str, Any], seconds: float, data: Mapping[str, Any]
) -> Record:
    """The record of a seed of an arm that trained nothing, made on this machine.

    Parameters
    ----------
    arm
        What ran.
    seed
        With which seed.
    measured, seconds
        What was found, and how long it took.
    data
        What the record says of the data.
    """
    return Record(
        model=arm.model,
        training=arm.training,
        seed=seed,
        data=dict(data),
        history={},
        seconds=seconds,
        trunk={},
        measured=dict(measured),
        **describe_origin(torch.device("cpu")),
    )
