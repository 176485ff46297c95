"""The claims on remedies: in families, corrected for each other, and marked where they are no predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from helpers.records import made

from pdenet.runs.claims import Verdict
from pdenet.subjects.remedies.claims import AGAINST_ALONE, CLAIMS, NONE
from pdenet.subjects.remedies.experiment import REMEDIES
from pdenet.subjects.remedies.networks import DEPTHS, NETWORKS, SCALED, SMALL

if TYPE_CHECKING:
    from pdenet.runs.record import Record
    from pdenet.runs.results import Results
    from pdenet.runs.table import Place


def found(accuracies: dict[Place, list[float]]) -> Results:
    """Runs that end with these accuracies, by seed; their trunks are empty."""
    records: list[Record] = []
    for place, values in accuracies.items():
        cell = REMEDIES.cell(*place)
        data = {"name": "mnist[2000+2000]", "checksum": "-"}
        fields = {"model": cell.model, "training": cell.training, "data": data}
        records += [made([value], seed=seed, **fields) for seed, value in enumerate(values)]
    return REMEDIES.results(records)


ALONE = [0.88, 0.89, 0.90, 0.88, 0.89]


def test_each_network_with_layers_is_compared_with_none_within_one_family() -> None:
    assert AGAINST_ALONE.keys() == {(depth, name) for depth in DEPTHS for name in NETWORKS}
    assert {claim.family for claim in AGAINST_ALONE.values()} == {"remedies, classifier alone"}
    assert {claim.family for claim in CLAIMS} == {"remedies"}
    assert {claim.id for claim in REMEDIES.claims} == {c.id for c in (*CLAIMS, *AGAINST_ALONE.values())}


def test_what_was_worded_after_a_first_look_says_so() -> None:
    late = [claim.id for claim in CLAIMS if "(worded after a first look)" in claim.text]
    assert late == ["4.4j", "4.4k"]


def test_a_gain_that_stands_alone_falls_in_its_family() -> None:
    """Sixteen comparisons: one at p = 0.03 is what luck gives."""
    slight = [a + gain for a, gain in zip(ALONE, (0.02, 0.004, 0.012, 0.001, 0.018), strict=True)]
    places = [place for place in AGAINST_ALONE if place != (50, SMALL)]
    same = {place: [a + (0.01, -0.01)[seed % 2] for seed, a in enumerate(ALONE)] for place in places}
    judged = REMEDIES.judged(found({NONE: ALONE, (50, SMALL): slight, **same}))
    one = judged[AGAINST_ALONE[50, SMALL].id]
    assert one.found.low > 0
    assert one.found.p_value(0) == pytest.approx(0.047, abs=0.005)
    assert one.adjusted is not None
    assert one.adjusted > 0.5
    assert one.verdict is Verdict.NOT_DECIDED


def test_a_clear_gain_and_a_clear_loss_are_told() -> None:
    accuracies = {
        NONE: ALONE,
        (200, SMALL): [a + 0.05 + 0.001 * i for i, a in enumerate(ALONE)],
        (200, SCALED): [a - 0.05 + 0.001 * i for i, a in enumerate(ALONE)],
    }
    judged = REMEDIES.judged(found(accuracies))
    verdicts = [judged[AGAINST_ALONE[200, name].id].verdict for name in (SMALL, SCALED)]
    assert verdicts == [Verdict.HOLDS, Verdict.DOES_NOT_HOLD]
    assert AGAINST_ALONE[50, SMALL].id not in judged


def test_the_shipped_runs_say_of_the_small_start_that_only_the_deep_one_is_better() -> None:
    judged = REMEDIES.judged()
    better = [p for p, claim in AGAINST_ALONE.items() if judged[claim.id].verdict is Verdict.HOLDS]
    assert better == [(200, SMALL)]
