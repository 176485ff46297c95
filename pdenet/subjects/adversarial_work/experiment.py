"""The loss as a potential: work along paths, attacks, and loops of fields that are no gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdenet.runs.experiment import Experiment
from pdenet.runs.shown import Images
from pdenet.subjects.adversarial_work.arms import arms
from pdenet.subjects.adversarial_work.claims import CLAIMS

if TYPE_CHECKING:
    from pdenet.runs.arm import Arm
    from pdenet.runs.experiment import Mode


def _arms(mode: Mode) -> tuple[Arm, ...]:
    return arms() if mode == "full" else arms(shown=Images(3000, 500), watched=10, epochs=3)


ADVERSARIAL_WORK = Experiment(
    "adversarial-work",
    "The loss as a potential: work along paths, attacks, and loops of fields that are no gradient",
    _arms,
    CLAIMS,
    seeds=10,
    page="adversarial-work",
    digits=2,
)
