"""What the recorded run says of memory: how much the peak grows with each evaluation of the field."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pdenet.runs.claims import Claim
from pdenet.subjects.adjoint.arms import CostArm
from pdenet.subjects.adjoint.measures import slope_interval, states_an_evaluation

if TYPE_CHECKING:
    from pdenet.runs.interval import Interval
    from pdenet.runs.results import Results

FLAT = 0.1  # states for each evaluation: what counts as none


def _growth(way: str, results: Results) -> Interval | None:
    """States of memory for each evaluation; a run after the first does not count, since one is enough."""
    records = results.records(CostArm().name)
    return slope_interval(states_an_evaluation(records[0].measured, way)) if records else None


def _flat(name: str, way: str, called: str) -> Claim:
    return Claim(
        name,
        f"with {called}, peak memory grows by less than a tenth of a state for each evaluation",
        threshold=FLAT,
        direction="below",
        family="memory of a gradient",
        measure=partial(_growth, way),
    )


MEMORY = (
    _flat("V8", "adjoint", "the adjoint"),
    _flat("V8 pair", "reversible", "a reversible pair"),
    Claim(
        "V8 control",
        "with backpropagation through the solver, it grows by more than a state for each evaluation",
        threshold=1,
        family="memory of a gradient",
        measure=partial(_growth, "solver"),
    ),
)
"""In states (batches of images) an evaluation. The control says that the measure sees what is stored."""
