"""Small steps: what residual layers learn of a flow, by the number of layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdenet.runs.experiment import Experiment
from pdenet.subjects.small_steps.arms import LAYERS, FieldArm
from pdenet.subjects.small_steps.claims import CLAIMS
from pdenet.subjects.small_steps.training import PairTraining

if TYPE_CHECKING:
    from pdenet.runs.experiment import Mode

BOOK = PairTraining(steps=400)


def _arms(mode: Mode) -> tuple[FieldArm, ...]:
    if mode == "full":
        return tuple(FieldArm(layers=layers) for layers in LAYERS)
    return tuple(FieldArm(layers=layers, protocol=BOOK, most=2) for layers in LAYERS)


SMALL_STEPS = Experiment(
    "small-steps",
    "Small steps: what residual layers learn of a pendulum's flow",
    _arms,
    CLAIMS,
    seeds=10,
    page="small-steps",
    digits=2,
)
