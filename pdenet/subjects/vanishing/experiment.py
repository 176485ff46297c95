"""Vanishing, exploding, diluted: stacks as they are drawn, and networks of digits that are trained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdenet.runs.experiment import Experiment
from pdenet.runs.shown import Images
from pdenet.subjects.vanishing.arms import AFTERWARDS, BASELINE, GRADIENTS, INFORMATION, trained_arms
from pdenet.subjects.vanishing.claims import CLAIMS

if TYPE_CHECKING:
    from pdenet.runs.arm import Arm
    from pdenet.runs.experiment import Mode


def _arms(mode: Mode) -> tuple[Arm, ...]:
    if mode == "full":
        return (*GRADIENTS, *INFORMATION, *trained_arms(), *AFTERWARDS, *BASELINE)
    titles = ("plain, as a library draws it", "h = 1")
    return trained_arms(titles, [(2, 0.005), (16, 0.005)], shown=Images(2000, 1000), epochs=3, most=2)


VANISHING = Experiment(
    "vanishing",
    "Vanishing, exploding, diluted: plain and residual stacks by depth",
    _arms,
    CLAIMS,
    seeds=10,
    page="vanishing",
    digits=2,
)
