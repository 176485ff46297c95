"""Running it backwards: networks that take turns beside others, and stacks that are stepped back."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from pdenet.runs.experiment import Experiment
from pdenet.runs.schedule import FallingRate
from pdenet.runs.shown import Images
from pdenet.subjects.reversible.arms import StackArm
from pdenet.subjects.reversible.claims import CLAIMS
from pdenet.subjects.reversible.costs import COSTS
from pdenet.subjects.reversible.maps import DTYPES, MapArm, MapProtocol
from pdenet.subjects.reversible.networks import Kind
from pdenet.subjects.reversible.system import ACTIVATIONS

if TYPE_CHECKING:
    from pdenet.runs.arm import Arm
    from pdenet.runs.experiment import Mode

BOOK = FallingRate(epochs=2)
BOOK_MAP = MapProtocol(gains=(0.5, 2.0), depths=(8, 32))


def _arms(mode: Mode) -> tuple[Arm, ...]:
    kinds, maps = get_args(Kind), [(a, p) for a in ACTIVATIONS for p in DTYPES]
    if mode == "full":
        return (
            *(StackArm(kind=kind) for kind in kinds),
            *(MapArm(activation=a, precision=p) for a, p in maps),
            *COSTS,
        )
    return (
        *(StackArm(kind=kind, protocol=BOOK, shown=Images(1000, 1000), most=1) for kind in kinds),
        *(MapArm(activation=a, precision=p, protocol=BOOK_MAP, most=1) for a, p in maps),
    )


REVERSIBLE = Experiment(
    "reversible",
    "Running it backwards: as good as others, and when does it come back?",
    _arms,
    CLAIMS,
    seeds=12,
    page="reversible",
    digits=2,
)
