"""What a gradient costs, as an experiment: one run of all ways, and what is claimed of its memory."""

from pdenet.runs.experiment import Experiment, Mode
from pdenet.subjects.adjoint.arms import CostArm, CostProtocol
from pdenet.subjects.adjoint.claims import MEMORY


def _arms(mode: Mode) -> tuple[CostArm, ...]:
    if mode == "full":
        return (CostArm(),)
    return (CostArm(protocol=CostProtocol(batch=32, evaluations=(4, 16), rounds=2)),)


ADJOINT = Experiment(
    "adjoint",
    "What a gradient costs: time and peak memory of several ways through one flow",
    _arms,
    MEMORY,
    seeds=1,
    page="adjoint",
    digits=3,
)
