"""What a gradient costs: time and peak memory of several ways through one flow, against its evaluations."""

from pdenet.subjects.adjoint.arms import NOISE, CostArm, CostProtocol
from pdenet.subjects.adjoint.experiment import ADJOINT
from pdenet.subjects.adjoint.measures import (
    EVALUATIONS,
    ROUNDS,
    gaps,
    measure,
    peak_by_evaluations,
    plain_pair,
    saved_by_flow,
    slope,
)
from pdenet.subjects.adjoint.ways import THETA, WAYS, Problem

__all__ = [
    "ADJOINT",
    "EVALUATIONS",
    "NOISE",
    "ROUNDS",
    "THETA",
    "WAYS",
    "CostArm",
    "CostProtocol",
    "Problem",
    "gaps",
    "measure",
    "peak_by_evaluations",
    "plain_pair",
    "saved_by_flow",
    "slope",
]
