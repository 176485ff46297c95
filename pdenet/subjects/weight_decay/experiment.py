"""Weight decay: where the weights of a network vanish, how, and what is learned there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdenet.runs.experiment import Experiment
from pdenet.subjects.weight_decay.arms import ADAM, BIASED, NEARBY, SWEPT, WHOLE, AdamArm, NearArm, SweepArm
from pdenet.subjects.weight_decay.claims import CLAIMS

if TYPE_CHECKING:
    from pdenet.runs.arm import Arm
    from pdenet.runs.experiment import Mode


def _arms(mode: Mode) -> tuple[Arm, ...]:
    if mode == "full":
        return (*SWEPT.values(), *NEARBY.values(), BIASED, *ADAM.values(), WHOLE)
    kinds = (SweepArm, NearArm, AdamArm)
    return tuple(kind(hidden=(4,), train=200, test=200, most=2) for kind in kinds)


WEIGHT_DECAY = Experiment(
    "weight-decay",
    "Weight decay: where the weights of a network vanish, how, and what is learned there",
    _arms,
    CLAIMS,
    seeds=20,
    page="weight-decay",
    digits=2,
)
