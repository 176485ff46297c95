"""Equal hidden units: their saddle and the way out, exclusive or, and what rounding does to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdenet.runs.experiment import Experiment
from pdenet.subjects.symmetry_breaking.arms import (
    ESCAPES,
    LEARNED,
    ROUNDINGS,
    XOR,
    EscapeArm,
    LearnedArm,
    RoundingArm,
    XorArm,
)
from pdenet.subjects.symmetry_breaking.claims import CLAIMS

if TYPE_CHECKING:
    from pdenet.runs.arm import Arm
    from pdenet.runs.experiment import Mode


def _arms(mode: Mode) -> tuple[Arm, ...]:
    if mode == "full":
        return *ESCAPES, XOR, *ROUNDINGS, *LEARNED
    return (
        # Five units, of which the record has none: what takes minutes is another run than what is recorded.
        EscapeArm(units=5, most=1),
        XorArm(marks=(30, 300, 3000), most=1),
        RoundingArm(widths=(2, 5), most=1),
        LearnedArm(width=5, steps=300, most=1),
    )


SYMMETRY = Experiment(
    "symmetry-breaking",
    "Equal hidden units: their saddle and the way out, exclusive or, and what rounding does to them",
    _arms,
    CLAIMS,
    seeds=40,
    page="symmetry-breaking",
    digits=2,
)
