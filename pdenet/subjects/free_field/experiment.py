"""The free field: which modes an autoencoder keeps, trained on the exact loss, from samples, and as usual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdenet.runs.experiment import Experiment
from pdenet.subjects.free_field.arms import DRAWN, EXACT, LONG, NOISE, SAMPLE, SHELL, NoiseArm, SampleArm
from pdenet.subjects.free_field.claims import CLAIMS

if TYPE_CHECKING:
    from pdenet.runs.arm import Arm
    from pdenet.runs.experiment import Mode


def _arms(mode: Mode) -> tuple[Arm, ...]:
    if mode == "full":
        return *EXACT, SAMPLE, *DRAWN, NOISE, SHELL, *LONG
    return SampleArm(sizes=(300, 1000), most=2), NoiseArm(noises=(3.5,), most=1)


FREE_FIELD = Experiment(
    "free-field",
    "A free field: which modes an autoencoder keeps",
    _arms,
    CLAIMS,
    seeds=20,
    page="free-field",
    digits=3,
)
