"""The claims about irregular series: judged where there are runs, and they can fail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from helpers.records import made

from pdenet.runs.claims import Verdict
from pdenet.subjects.irregular.arms import ARMS, SeriesArm, arm_name, series_arm
from pdenet.subjects.irregular.experiment import IRREGULAR
from pdenet.subjects.irregular.networks import DECAY, GRU, ODE, TIME
from pdenet.subjects.irregular.system import Sampling

if TYPE_CHECKING:
    from pdenet.runs.record import Record


def record(arm: SeriesArm, seed: int, **measured: float) -> Record:
    data: dict[str, Any] = {"name": arm.shown.name, "checksum": "x", "train": arm.shown.train, "test": 4}
    return made([None], seed=seed, model=arm.model, training=arm.training, data=data, measured=measured)


def test_claims_are_judged_where_there_are_runs_and_can_fail() -> None:
    even = Sampling("regular", 20)
    ahead = {
        series_arm(ODE): (0.05, 0.06, 0.055),
        series_arm(GRU): (0.10, 0.11, 0.10),
        series_arm(DECAY): (0.04, 0.05, 0.045),
        series_arm(TIME): (0.05, 0.07, 0.055),
        series_arm(ODE, even): (0.05, 0.06, 0.05),
        series_arm(GRU, even): (0.06, 0.07, 0.06),
    }
    records = [
        record(arm, seed, ahead=value, between=value, beyond=value, moved=value, solver=value)
        for arm, values in ahead.items()
        for seed, value in enumerate(values)
    ]
    judged = IRREGULAR.judged(IRREGULAR.results(records))
    verdicts = {name: one.verdict for name, one in judged.items()}
    assert verdicts["5.3b"] is Verdict.HOLDS
    assert verdicts["5.3c"] is Verdict.DOES_NOT_HOLD
    assert verdicts["5.3e"] is Verdict.NOT_DECIDED
    assert verdicts["5.3g"] is Verdict.HOLDS
    assert "5.3j" not in verdicts
    assert judged["5.3g"].found.estimate == pytest.approx(np.mean([0.04, 0.04, 0.035]))


def test_every_claim_is_about_arms_that_there_are() -> None:
    """With runs of all arms each of the 25 is judged, so that none names an arm that was never meant."""
    values = {"between": 0.1, "ahead": 0.1, "beyond": 0.1, "moved": 0.1, "solver": 0.1}
    records = [record(arm, seed, **values) for arm in ARMS for seed in range(2)]
    judged = IRREGULAR.judged(IRREGULAR.results(records))
    assert list(judged) == [claim.id for claim in IRREGULAR.claims]
    assert len(judged) == 25


def test_a_seed_that_diverged_leaves_its_claims_undecided_by_anyone() -> None:
    """A mean over the others would hide it; claims about other arms stand."""
    arms = [series_arm(name) for name in (ODE, GRU, DECAY)]
    records = [record(arm, seed, ahead=0.1 + 0.01 * i) for i, arm in enumerate(arms) for seed in range(3)]
    broken = [r for r in records if not (r.model == arms[0].model and r.seed == 1)]
    broken.append(record(arms[0], 1))
    assert {"5.3b", "5.3c"} <= IRREGULAR.judged(IRREGULAR.results(records)).keys()
    assert not {"5.3b", "5.3c"} & IRREGULAR.judged(IRREGULAR.results(broken)).keys()
    assert arm_name(ODE) in IRREGULAR.results(broken)
