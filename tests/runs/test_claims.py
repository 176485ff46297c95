"""Claims: verdicts on both sides of the threshold, and the sentences that say them."""

import math
from typing import Any

import numpy as np
import pytest

from pdenet.runs.claims import Claim, Judged, Verdict, holm, judge, together
from pdenet.runs.interval import Interval
from pdenet.runs.intervals import exact_interval, mean_interval, prediction_interval

INF = math.inf


def claim(**changes: Any) -> Claim:
    given: dict[str, Any] = {"id": "C1", "text": "it works", "kind": "comparison", "threshold": 1.0}
    return Claim(**given | changes)


@pytest.mark.parametrize(
    ("direction", "low", "high", "verdict"),
    [
        ("above", 1.1, 2.0, "holds"),
        ("above", 1.0, 2.0, "not decided"),
        ("above", 0.5, 1.5, "not decided"),
        ("above", 0.5, 1.0, "does not hold"),
        ("above", 1.0, 1.0, "does not hold"),
        ("above", -INF, INF, "not decided"),
        ("below", 0.5, 0.9, "holds"),
        ("below", 0.5, 1.0, "not decided"),
        ("below", 0.5, 1.5, "not decided"),
        ("below", 1.0, 1.5, "does not hold"),
        ("below", 1.0, 1.0, "does not hold"),
    ],
)
def test_verdict_needs_the_whole_interval_on_one_side(
    direction: str, low: float, high: float, verdict: str
) -> None:
    estimate = low if math.isfinite(low) else 3.0
    assert claim(direction=direction).judge(Interval(estimate, low, high, 3)) == verdict


def test_one_value_decides_nothing() -> None:
    assert claim(threshold=0.5).judge(mean_interval([0.97])) is Verdict.NOT_DECIDED


@pytest.mark.parametrize(
    ("ends", "message"),
    [((3, 1, 2), r"got estimate 3 and interval \[1, 2\]"), ((2, math.nan, 3), "without NaN")],
)
def test_what_is_no_interval_cannot_be_judged(ends: tuple[float, float, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        claim().judge(Interval(*ends, n=3))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "guess"}, r"kind 'guess' is unknown; use one of 'identity', 'prediction', 'comparison'"),
        ({"direction": "over"}, r"direction 'over' is unknown; use 'above' or 'below'"),
        ({"threshold": math.nan}, r"claim C1: the threshold must be a finite number; got nan"),
        ({"id": " "}, r"needs an id and a text"),
        ({"text": ""}, r"needs an id and a text"),
        ({"kind": "identity"}, r"below a positive rounding level, got above 1.0"),
        ({"kind": "identity", "direction": "below", "threshold": 0.0}, r"got below 0.0"),
    ],
)
def test_bad_claims_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        claim(**changes)


def test_only_comparisons_are_not_asserted() -> None:
    assert claim(kind="identity", direction="below").asserted
    assert claim(kind="prediction").asserted
    assert not claim(kind="comparison").asserted


def test_sentence_tells_claim_measure_and_verdict() -> None:
    gap = claim(id="E2", text="at 50 layers the ResNet is ahead", threshold=0.0)
    assert gap.sentence(Interval(0.03, 0.01, 0.05, 3), ".1%") == (
        "E2 (comparison): at 50 layers the ResNet is ahead. "
        "Measured 3.0% [1.0%, 5.0%] (95 % interval, n = 3), needed above 0.0%: holds."
    )
    assert gap.sentence(Interval(0.03, -0.01, 0.07, 3)).endswith("needed above 0: not decided.")
    assert gap.sentence(Interval(-0.03, -0.05, -0.01, 3)).endswith(": does not hold.")


def test_sentence_without_an_interval() -> None:
    exact = claim(
        id="I1", text="stencil and conv2d agree", kind="identity", threshold=1e-12, direction="below"
    )
    assert exact.sentence(Interval(2.5e-16, 2.5e-16, 2.5e-16, 1)) == (
        "I1 (identity): stencil and conv2d agree. Measured 2.5e-16, needed below 1e-12: holds."
    )
    sentence = claim().sentence(mean_interval([2.0]))
    assert "Measured 2 (no interval, n = 1)" in sentence
    assert sentence.endswith("not decided.")


# Claims with their measure


def test_claims_are_judged_where_they_can_be_measured() -> None:
    """A claim without a measure, and one for which there are no runs, are left out; the order is kept."""
    given = {"seen": exact_interval(2.0)}
    claims = [
        Claim("B", "it is large", threshold=1.0, measure=lambda found: found["seen"]),
        Claim("none", "nobody says how to see it"),
        Claim("later", "it has no runs yet", measure=lambda found: found.get("later")),
        Claim("A", "it is larger", threshold=3.0, measure=lambda found: found["seen"]),
    ]
    judged = judge(claims, given)
    assert list(judged) == ["B", "A"]
    assert judged["B"] == Judged(claims[0], given["seen"])
    assert [one.verdict for one in judged.values()] == [Verdict.HOLDS, Verdict.DOES_NOT_HOLD]


def test_a_claim_is_what_it_says_however_it_is_measured() -> None:
    measured = claim(measure=lambda _: None)
    assert measured == claim()
    assert "measure" not in repr(measured)


@pytest.mark.parametrize(
    ("ends", "word"), [((2.0, 1.5, 3.0), "yes"), ((0.5, 0.0, 0.7), "no"), ((1.0, 0.5, 2.0), "who knows")]
)
def test_what_is_judged_says_the_words_that_fit_its_verdict(
    ends: tuple[float, float, float], word: str
) -> None:
    judged = Judged(claim(), Interval(*ends, n=5))
    assert judged.say("yes", "no", "who knows") == word
    assert judged.sentence(".1f") == claim().sentence(judged.found, ".1f")
    assert judged.sentence().endswith(f"{judged.verdict}.")


def test_words_for_what_is_not_decided_are_none_unless_given() -> None:
    assert Judged(claim(), Interval(1.0, 0.5, 2.0, 5)).say("yes", "no") == ""


def test_a_number_printed_once_is_not_compared_with_a_mean() -> None:
    """Ten runs of 97 to 98 know their mean to a tenth; one run of them may well be 97.1."""
    runs = np.linspace(97, 98, 10)
    printed = claim(threshold=97.1, against="draw")
    with pytest.raises(ValueError, match="compares with a draw, but the interval is that of a mean"):
        printed.judge(mean_interval(runs))
    assert printed.judge(prediction_interval(runs)) is Verdict.NOT_DECIDED
    assert claim(threshold=97.1).judge(mean_interval(runs)) is Verdict.HOLDS
    with pytest.raises(ValueError, match="compares with a value, but the interval is that of a draw"):
        claim(threshold=97.1).judge(prediction_interval(runs))


def test_a_family_is_not_judged_one_by_one() -> None:
    with pytest.raises(ValueError, match="claim C1 is judged with its family, by `judge`"):
        claim(family="all").judge(mean_interval([1.0, 2.0, 3.0]))
    with pytest.raises(ValueError, match="claim C1 has no family, so that nothing is to be corrected"):
        claim().judge(mean_interval([1.0, 2.0, 3.0]), 0.01)
    with pytest.raises(ValueError, match="a family is of comparisons"):
        claim(kind="prediction", family="all")


def test_of_twenty_comparisons_of_nothing_with_nothing_none_holds() -> None:
    """One by one about one in forty would be called better, in nearly half of such families at least one."""
    rng = np.random.default_rng(3)
    families, wrong = 300, 0
    alone = 0
    for _ in range(families):
        noise = rng.normal(0, 1, (20, 10))
        pairs = [
            (claim(id=str(i), threshold=0, family="f"), mean_interval(row)) for i, row in enumerate(noise)
        ]
        found = together(pairs).values()
        wrong += any(one.verdict is not Verdict.NOT_DECIDED for one in found)
        alone += any(not one.found.low <= 0 <= one.found.high for one in found)
    assert wrong / families == pytest.approx(0.05, abs=4 * math.sqrt(0.05 * 0.95 / families))
    assert alone / families > 0.5


def test_holm_is_that_of_the_example_in_print() -> None:
    """Four probabilities, of which the smallest is multiplied by four, the next by three, and so on."""
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005}) == pytest.approx(
        {"d": 0.02, "a": 0.03, "c": 0.06, "b": 0.06}
    )
    assert holm({"a": 0.6, "b": 0.7}) == {"a": 1.0, "b": 1.0}


def test_a_claim_of_a_family_says_its_corrected_probability() -> None:
    runs = mean_interval([1.4, 1.5, 1.6, 1.5])
    judged = together([(claim(id=name, family="f"), runs) for name in ("A", "B")])
    assert judged["A"].adjusted == pytest.approx(2 * runs.p_value(1.0))
    assert f", p = {judged['A'].adjusted:.2g} in its family, needed above 1: holds." in judged["A"].sentence()
