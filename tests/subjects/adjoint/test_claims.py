"""The claims on memory: judged by the slope over evaluations, and able to fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import pytest
from helpers.records import made

from pdenet.page.claims import draw_claims
from pdenet.runs.claims import Verdict
from pdenet.subjects.adjoint.arms import CostArm
from pdenet.subjects.adjoint.experiment import ADJOINT

if TYPE_CHECKING:
    from pdenet.runs.record import Record

STATE = 4 * 128 * 28**2 / 2**20  # MiB


def run(adjoint: float, pair: float, solver: float) -> Record:
    """A run in which these ways take so many states for each evaluation, with some scatter."""
    arm = CostArm()
    each = {"adjoint": adjoint, "reversible": pair, "solver": solver}
    counts = arm.protocol.evaluations
    memory = {
        way: {str(n): STATE * (5 + n * states + 0.01 * (-1) ** i) for i, n in enumerate(counts)}
        for way, states in each.items()
    }
    measured = {"problem": {"batch": 128, "size": 28}, "memory_mib": memory}
    return made([0.0], model=arm.model, training=arm.training, data=arm.shown.describe(), measured=measured)


@pytest.mark.parametrize(
    ("states", "verdicts"),
    [
        ((0.0, 0.0, 1.3), (Verdict.HOLDS, Verdict.HOLDS, Verdict.HOLDS)),
        ((0.5, 0.0, 0.5), (Verdict.DOES_NOT_HOLD, Verdict.HOLDS, Verdict.DOES_NOT_HOLD)),
        ((0.1, 2.0, 1.0), (Verdict.NOT_DECIDED, Verdict.DOES_NOT_HOLD, Verdict.NOT_DECIDED)),
    ],
)
def test_memory_is_judged_by_its_growth(
    states: tuple[float, float, float], verdicts: tuple[Verdict, ...]
) -> None:
    judged = ADJOINT.judged(ADJOINT.results([run(*states)]))
    assert [judged[name].verdict for name in ("V8", "V8 pair", "V8 control")] == [*verdicts]
    for name, expected in zip(("V8", "V8 pair", "V8 control"), states, strict=True):
        assert judged[name].found.estimate == pytest.approx(expected, abs=1e-3)


def test_claims_that_lie_close_are_drawn_on_a_plain_axis() -> None:
    plt.switch_backend("agg")
    for states, scale in (((0.0, 0.0, 1.3), "linear"), ((0.0, 0.0, 9.0), "symlog")):
        judged = ADJOINT.judged(ADJOINT.results([run(*states)]))
        fig = draw_claims(list(judged.values()), "states")
        assert fig.axes[0].get_xscale() == scale
        plt.close(fig)


def test_without_a_run_nothing_is_judged() -> None:
    assert ADJOINT.judged(ADJOINT.results([])) == {}


def test_the_shipped_run_decides_all_three() -> None:
    judged = ADJOINT.judged()
    assert {name: one.verdict for name, one in judged.items()} == dict.fromkeys(
        ("V8", "V8 pair", "V8 control"), Verdict.HOLDS
    )
