"""The claims about irregular series: judged where there are runs, together, and they can fail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from helpers.records import made

from pdenet.runs.claims import Verdict
from pdenet.subjects.irregular.arms import ARMS, SeriesArm, long_arm, series_arm
from pdenet.subjects.irregular.experiment import IRREGULAR
from pdenet.subjects.irregular.networks import DECAY, GRU, ODE, TIME
from pdenet.subjects.irregular.system import Sampling
from pdenet.subjects.irregular.training import CONFIG

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pdenet.runs.record import Record


def record(arm: SeriesArm, seed: int, **measured: float) -> Record:
    data: dict[str, Any] = {"name": arm.shown.name, "checksum": "x", "train": arm.shown.train, "test": 4}
    return made([None], seed=seed, model=arm.model, training=arm.training, data=data, measured=measured)


EVEN = Sampling("regular", 20)
WHAT = ("between", "ahead", "beyond", "moved", "solver")


def runs(errors: Mapping[SeriesArm, Sequence[float]]) -> list[Record]:
    """Runs of arms with these errors, by seed, in all that is measured."""
    return [
        record(arm, seed, **dict.fromkeys(WHAT, value))
        for arm, values in errors.items()
        for seed, value in enumerate(values)
    ]


def verdicts(errors: Mapping[SeriesArm, Sequence[float]]) -> dict[str, Verdict]:
    judged = IRREGULAR.judged(IRREGULAR.results(runs(errors)))
    return {name: one.verdict for name, one in judged.items()}


def test_claims_are_judged_where_there_are_runs_and_can_fail() -> None:
    errors = {
        long_arm(ODE): (0.050, 0.060, 0.055, 0.051),
        long_arm(GRU): (0.101, 0.119, 0.112, 0.101),
        long_arm(DECAY): (0.040, 0.049, 0.045, 0.0405),
        long_arm(TIME): (0.05, 0.07, 0.055, 0.051),
        long_arm(ODE, EVEN): (0.050, 0.061, 0.055, 0.051),
        long_arm(GRU, EVEN): (0.060, 0.0725, 0.0665, 0.061),
    }
    judged = verdicts(errors)
    assert judged["5.3b"] is Verdict.HOLDS
    assert judged["5.3c"] is Verdict.DOES_NOT_HOLD
    assert judged["5.3e"] is Verdict.NOT_DECIDED
    assert judged["5.3g"] is Verdict.HOLDS
    assert not {"5.3j", "5.3k"} & judged.keys()
    measured = IRREGULAR.judged(IRREGULAR.results(runs(errors)))["5.3g"].found
    ratios = [np.log(0.101 / 0.050 / (0.060 / 0.050)), np.log(0.119 / 0.060 / (0.0725 / 0.061))]
    ratios += [np.log(0.112 / 0.055 / (0.0665 / 0.055)), np.log(0.101 / 0.051 / (0.061 / 0.051))]
    assert measured.estimate == pytest.approx(np.exp(np.mean(ratios)))


def test_claims_are_about_trainings_that_have_converged() -> None:
    """Short ones do not decide what a net can do, unless the claim says that they were short."""
    short = {series_arm(ODE): (0.05, 0.06, 0.055), series_arm(GRU): (0.10, 0.12, 0.11)}
    assert not verdicts(short).keys() & {"5.3a", "5.3b", "5.3d", "5.3g"}
    brief = [arm for arm in ARMS if not arm.validation and arm.training.get("steps") in (None, CONFIG.steps)]
    told = {claim.id: claim.text for claim in IRREGULAR.claims}
    decided = verdicts(dict.fromkeys(brief, (0.05, 0.06, 0.055))).keys()
    assert {name for name in told if "short training" in told[name]} == decided


def test_claims_are_corrected_for_their_number() -> None:
    """What would hold alone does not among thirty that are made at once."""
    assert len({claim.family for claim in IRREGULAR.claims}) == 1
    assert IRREGULAR.claims[0].family
    close = {long_arm(ODE): (0.10, 0.10, 0.10, 0.10), long_arm(GRU): (0.11, 0.14, 0.12, 0.15)}
    one = IRREGULAR.judged(IRREGULAR.results(runs(close)))["5.3b"]
    assert one.found.low > 1
    assert one.adjusted is not None
    assert one.verdict is Verdict.NOT_DECIDED


def test_no_interval_is_below_zero_even_if_a_seed_fails() -> None:
    errors = {arm: (0.05, 0.06, 0.7, 0.05) for arm in ARMS if not arm.validation}
    for one in IRREGULAR.judged(IRREGULAR.results(runs(errors))).values():
        assert one.found.low >= 0, one.claim.id


def test_every_claim_is_about_arms_that_there_are() -> None:
    """With runs of all arms each is judged, so that none names an arm that was never meant."""
    records = runs(dict.fromkeys(ARMS, (0.1, 0.1)))
    judged = IRREGULAR.judged(IRREGULAR.results(records))
    assert list(judged) == [claim.id for claim in IRREGULAR.claims]
    assert {"5.3a", "5.3b", "5.3g", "5.3i"} <= judged.keys(), "which the scorecard names"
    assert len(judged) == 25


def test_a_seed_that_diverged_leaves_its_claims_undecided_by_anyone() -> None:
    """A mean over the others would hide it; claims about other arms stand."""
    arms = [long_arm(name) for name in (ODE, GRU, DECAY)]
    records = [record(arm, seed, ahead=0.1 + 0.01 * i) for i, arm in enumerate(arms) for seed in range(3)]
    broken = [r for r in records if not (r.model == arms[0].model and r.seed == 1)]
    broken.append(record(arms[0], 1))
    assert {"5.3b", "5.3c"} <= IRREGULAR.judged(IRREGULAR.results(records)).keys()
    assert not {"5.3b", "5.3c"} & IRREGULAR.judged(IRREGULAR.results(broken)).keys()
    assert arms[0].name in IRREGULAR.results(broken)
