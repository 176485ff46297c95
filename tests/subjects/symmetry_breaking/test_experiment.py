"""Arms, claims and figures of equal units; that rounding was recorded, and no more of it."""

from __future__ import annotations

import numpy as np
import pytest

from pdenet.runs.arm import Context
from pdenet.runs.results import Results
from pdenet.subjects.symmetry_breaking import figures, rounding
from pdenet.subjects.symmetry_breaking.arms import (
    ESCAPES,
    LEARNED,
    ROUNDINGS,
    XOR,
    XOR_SIZES,
    EscapeArm,
    LearnedArm,
    RoundingArm,
    XorArm,
)
from pdenet.subjects.symmetry_breaking.claims import FRESH, gains, to_the_sixth
from pdenet.subjects.symmetry_breaking.exclusive_or import amplification
from pdenet.subjects.symmetry_breaking.experiment import SYMMETRY
from pdenet.subjects.symmetry_breaking.measures import escape, rest

pytestmark = pytest.mark.usefixtures("book_style")


def test_an_arm_records_what_it_measures() -> None:
    arms = EscapeArm(units=2), XorArm(marks=(10, 100, 1000))
    (pair,), (xor,) = (arm.run((1,), Context(images=None)) for arm in arms)
    assert pair.measured == {name: value for name, value in escape(1).items() if not np.isnan(value)}
    assert len([name for name in xor.measured if name.startswith("error at")]) == len(XOR_SIZES)
    assert xor.measured["growth at 100"] == pytest.approx(float(amplification(1, [100])[0]))
    assert xor.measured["error at 0e+00"] > 1 / 6


def test_arms_of_rounding_record_what_they_see() -> None:
    alone = RoundingArm(widths=(3,), way="one by one")
    trained = LearnedArm(width=4, way="usual start", steps=20)
    (seen,), (learned,) = (arm.run((0,), Context(images=None)) for arm in (alone, trained))
    assert seen.measured == {"library": rounding.library(), "first at 3": -1, "spread at 3": 0.0}
    assert 0 <= learned.measured["accuracy"] <= 100
    assert learned.measured["spread"] > 0


def test_bad_arms_are_refused() -> None:
    with pytest.raises(ValueError, match="units must be"):
        EscapeArm(units=1)
    for kind in (RoundingArm, LearnedArm):
        with pytest.raises(ValueError, match="precision"):
            kind(precision="half")
        with pytest.raises(ValueError, match="way"):
            kind(way="somehow")
    with pytest.raises(ValueError, match="marks must rise"):
        XorArm(marks=(300, 30))
    for wrong in ({"batch": 0}, {"threads": 0}, {"widths": (5, 1)}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            RoundingArm(**wrong)
    for wrong in ({"width": 1}, {"steps": 0}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            LearnedArm(**wrong)  # type: ignore[arg-type]


def test_the_records_are_there_and_a_seed_says_the_same_again() -> None:
    results = SYMMETRY.results()
    assert [len(results.seeds(arm.name)) for arm in (*ESCAPES, XOR)] == [40] * 4
    assert all(len(results.seeds(arm.name)) == arm.most for arm in (*ROUNDINGS, *LEARNED))
    found = escape(4)
    for name in ("lowest apart", "loss equal"):
        assert results.values(ESCAPES[0].name, name)[4] == pytest.approx(found[name], rel=1e-6)
    assert results.values(ESCAPES[0].name, "time at 1e-06")[4] == pytest.approx(found["time at 1e-06"], abs=2)


def test_claims_are_of_the_record() -> None:
    results = SYMMETRY.results()
    judged = SYMMETRY.judged(results)
    assert judged.keys() == {f"SY{n}" for n in range(1, 9)}
    fresh = to_the_sixth(results) & (np.array(results.seeds(XOR.name)) >= FRESH)
    assert judged["SY8"].found.n == fresh.sum() < 20
    assert judged["SY8"].found.estimate == pytest.approx(gains(results)[fresh].mean())
    assert judged["SY1"].found.n == 40


def test_pairs_at_a_quarter_rest_and_grow_at_a_constant_rate() -> None:
    results = SYMMETRY.results()
    rests = ~to_the_sixth(results)
    assert 0 < rests.sum() < 20
    assert np.abs(results.values(XOR.name, "error at 0e+00")[rests] - 0.25).max() < 1e-3
    assert np.abs(gains(results)[rests] - 10).max() < 1.5


def test_claims_without_runs_are_left_out() -> None:
    assert SYMMETRY.judged(Results([], [])) == {}


def test_figures_are_drawn() -> None:
    results, still = SYMMETRY.results(), rest(0)
    (ax,) = figures.draw_plateaus(still).axes
    assert [line.get_label() for line in ax.lines][::4] == ["equal", "usual start"]
    assert len(figures.draw_sectors(2).axes) == 2
    course, times = figures.draw_escape(still, results).axes
    assert course.get_yscale() == "log"
    assert [text.get_text() for text in times.get_legend().get_texts()] == ["2 units", "3 units", "4 units"]  # type: ignore[union-attr]
    errors, _ = figures.draw_xor(results).axes
    assert len(errors.lines) == 3 + 1
    table = figures.draw_rounding(results).axes[0]
    assert len(table.texts) == 8 * len(rounding.WIDTHS)
