"""The records of the automata, their claims, and the page's figures."""

from __future__ import annotations

import numpy as np
import pytest

from pdenet.runs.arm import Context
from pdenet.runs.intervals import mean_interval, paired_interval
from pdenet.runs.results import Results
from pdenet.subjects.cellular_automata import figures
from pdenet.subjects.cellular_automata.arms import (
    CHANCES,
    DEEP,
    HISTORY,
    LONGER,
    MANY,
    NETWORKS,
    SKIPPED,
    WIDE,
    FramesArm,
    HistoryArm,
    NoiseArm,
    UnitsArm,
)
from pdenet.subjects.cellular_automata.claims import CLAIMS
from pdenet.subjects.cellular_automata.experiment import AUTOMATA
from pdenet.subjects.cellular_automata.frames import known
from pdenet.subjects.cellular_automata.noise import breaking_points
from pdenet.subjects.cellular_automata.system import RULES, relabelled, separable

pytestmark = pytest.mark.usefixtures("book_style")


def test_the_full_runs_are_there_and_every_claim_is_judged() -> None:
    results = AUTOMATA.results()
    assert {len(results.seeds(arm.name)) for arm in AUTOMATA.arms("full")} == {AUTOMATA.seeds}
    assert AUTOMATA.judged().keys() == {claim.id for claim in CLAIMS} == {f"CA{n}" for n in range(1, 14)}
    assert AUTOMATA.judged(Results(AUTOMATA.arms("full"), [])) == {}


@pytest.mark.parametrize("arm", [HISTORY, WIDE, DEEP], ids=lambda arm: arm.name)
def test_what_is_counted_is_counted_again(arm: HistoryArm | NoiseArm) -> None:
    assert arm.measure(3) == AUTOMATA.results().records(arm.name)[3].measured


@pytest.mark.parametrize("arm", [NETWORKS[1], SKIPPED[1], SKIPPED[2]], ids=lambda arm: arm.name)
def test_what_is_trained_comes_out_much_the_same_again(arm: UnitsArm | FramesArm) -> None:
    """To the bit on the machine of the records; a few rules of 256 may go elsewhere on another one."""
    there, again = AUTOMATA.results().records(arm.name)[3].measured, arm.measure(3)
    assert abs(there["recovered"] - again["recovered"]) <= 4
    assert len(set(there["missed"]) ^ set(again["missed"])) <= 8


def test_what_is_missed_is_what_is_not_recovered() -> None:
    results = AUTOMATA.results()
    for arm in (*NETWORKS, *SKIPPED, *LONGER):
        for record in results.records(arm.name):
            assert record.measured["recovered"] + len(record.measured["missed"]) == RULES


def test_one_unit_finds_weighted_sums_and_two_units_every_kind() -> None:
    results = AUTOMATA.results()
    one = [set(range(RULES)) - set(r.measured["missed"]) for r in results.records("1 units")]
    assert set().union(*one) <= set(separable())
    two = [set(range(RULES)) - set(r.measured["missed"]) for r in results.records("2 units")]
    assert {other for rule in set().union(*two) for other in relabelled(rule)} == set(range(RULES))


def test_nothing_that_occurs_is_wrong_and_nothing_unseen_moves() -> None:
    results = AUTOMATA.results()
    assert not results.values(HISTORY.name, "seen and wrong").any()
    assert not results.values(HISTORY.name, "unseen moved").any()
    (record,) = HistoryArm(cells=8, steps=2, most=1).run((0,), Context())
    assert record.measured["recovered"] <= record.measured["rules seen"] < RULES
    assert record.measured["unseen moved"] == 0


def test_untrained_maps_are_right_as_often_as_by_chance() -> None:
    results = AUTOMATA.results()
    for arm in SKIPPED:
        found = mean_interval(results.values(arm.name, "untrained"), level=0.999)
        assert found.low < known(arm.k).by_chance < found.high


def test_plain_counts_of_many_cells_are_near_their_limit() -> None:
    results, points = AUTOMATA.results(), breaking_points()
    for p in CHANCES:
        few, many = (results.values(arm.name, f"plain at {p:g}").mean() for arm in (WIDE, MANY))
        assert many <= few + 40
        assert abs(many - (points > p).sum()) <= 16


def test_claims_measure_what_they_say() -> None:
    results, judged = AUTOMATA.results(), AUTOMATA.judged()
    frame = [results.values(arm.name, "recovered") for arm in SKIPPED]
    longer = results.values(LONGER[0].name, "recovered")
    deep = [results.values(DEEP.name, f"{kind} at 0.1") for kind in ("corrected", "plain")]
    assert judged["CA5"].found == mean_interval(frame[2])
    assert judged["CA7"].found == paired_interval(frame[1], frame[3])
    assert judged["CA8"].found == paired_interval(longer, frame[1])
    assert judged["CA10"].found == mean_interval(deep[1])
    assert judged["CA13"].found == paired_interval(deep[0], deep[1])
    assert judged["CA12"].found == mean_interval(results.values(MANY.name, "corrected at 0.3"))


def test_an_arm_is_known_unbuilt() -> None:
    arm = FramesArm(k=3, steps=7)
    assert arm.name == "frame 3, 7 steps"
    assert arm.model == {"kind": "automata, frames", "k": 3, "steps": 7}
    assert NoiseArm(starts=2, steps=5).model["starts"] == 2
    assert SKIPPED[1].name == "frame 2"


def test_figures_are_drawn() -> None:
    results = AUTOMATA.results()
    titles = [ax.get_title() for ax in figures.draw_histories().axes]
    assert titles == [
        f"rule {rule}\n{n} of 8 unseen" for rule, n in zip((0, 90, 184, 110), (4, 3, 4, 0), strict=True)
    ]
    left, right = figures.draw_evidence().axes
    assert [bar.get_height() for bar in left.patches] == [120, 24, 16, 32, 64]  # type: ignore[attr-defined]
    assert len(right.lines) == RULES + 2
    units = figures.draw_units(results).axes[0]
    assert np.asarray(units.lines[-1].get_ydata()).tolist() == [104, *[RULES] * 5]
    frames = figures.draw_frames(results).axes[0]
    assert np.asarray(frames.lines[-1].get_ydata())[1] == known(2).by_chance
    noise = figures.draw_noise(results).axes
    assert np.asarray(noise[1].lines[0].get_ydata())[[0, -1]].tolist() == [RULES, 48]
