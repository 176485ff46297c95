"""Intervals against published examples, SciPy and simulation."""

import math
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
import pytest
from scipy import stats

from pdenet.runs.interval import Interval
from pdenet.runs.intervals import (
    difference_of_draws,
    exact_interval,
    log_mean_interval,
    mean_interval,
    paired_interval,
    prediction_interval,
    rank_interval,
    seeds_that_decide,
    wilson_interval,
)

# Student's own data (1908), hours of sleep gained with two drugs by the same ten patients; the paired
# interval is the one that R prints for it (t.test, dataset sleep).
SLEEP_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SLEEP_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]

INF = math.inf


def test_paired_interval_gives_students_sleep_example() -> None:
    interval = paired_interval(SLEEP_1, SLEEP_2)
    assert interval.estimate == pytest.approx(-1.58)
    assert (interval.low, interval.high) == pytest.approx((-2.4598858, -0.7001142), abs=1e-7)
    assert interval.n == 10


@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
@pytest.mark.parametrize("n", [2, 3, 10])
def test_mean_interval_agrees_with_scipy(n: int, level: float) -> None:
    values = np.random.default_rng(n).normal(97, 0.3, n)
    expected = stats.ttest_1samp(values, 0).confidence_interval(level)
    interval = mean_interval(values, level)
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high), rel=1e-12)
    assert interval.level == level


def test_mean_interval_covers_the_truth_as_often_as_it_says() -> None:
    trials, n = 4000, 3
    draws = np.random.default_rng(0).normal(5.0, 2.0, (trials, n))
    covered = sum((i := mean_interval(row)).low <= 5.0 <= i.high for row in draws)
    # Four standard errors of the share: the seed is fixed, the bound is not fitted to it.
    assert covered / trials == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / trials))


def test_pairing_removes_what_the_seeds_share() -> None:
    common = np.random.default_rng(1).normal(0, 10, 5)
    a, b = common + np.array([1.1, 0.9, 1.0, 1.05, 0.95]), common
    assert paired_interval(a, b).low > 0.8
    assert mean_interval(a).low < 0 < mean_interval(b).high


def test_one_value_decides_nothing() -> None:
    interval = mean_interval([0.97])
    assert (interval.estimate, interval.low, interval.high, interval.n) == (0.97, -INF, INF, 1)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    # R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_interval_gives_newcombes_examples(successes: int, n: int, low: float, high: float) -> None:
    interval = wilson_interval(successes, n)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-5)
    assert interval.estimate == successes / n


@pytest.mark.parametrize("n", [1, 2, 7, 10_000])
def test_wilson_interval_agrees_with_scipy(n: int) -> None:
    for successes in {0, n // 3, n - 1, n}:
        expected = stats.binomtest(successes, n).proportion_ci(0.9, method="wilson")
        interval = wilson_interval(successes, n, level=0.9)
        assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize("share", [0.05, 0.4])
def test_wilson_interval_covers_the_truth_on_average(share: float) -> None:
    n = 40
    weights = stats.binom.pmf(np.arange(n + 1), n, share)
    covers = [(i := wilson_interval(k, n)).low <= share <= i.high for k in range(n + 1)]
    assert weights[covers].sum() == pytest.approx(0.95, abs=0.03)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mean_interval([]), r"values has shape \(0,\); .* at least one"),
        (lambda: mean_interval([[1.0, 2.0]]), r"shape \(1, 2\)"),
        (lambda: mean_interval([0.9, math.nan, 0.8, INF]), r"not finite at position 1, 3; .*wilson_interval"),
        (lambda: mean_interval([1.0, 2.0], level=95), r"level is 95; it must lie between 0 and 1"),
        (lambda: paired_interval([1.0, 2.0], [1.0]), r"a has 2 values and b has 1; .* every seed"),
        (lambda: paired_interval([1.0, 2.0], [1.0, math.nan]), r"b is not finite at position 1"),
        (lambda: wilson_interval(3, 2), r"3 successes in 2 trials"),
        (lambda: wilson_interval(0, 0), r"0 successes in 0 trials"),
        (lambda: wilson_interval(cast("int", 1.5), 2), r"1.5 successes .* whole numbers"),
        (lambda: wilson_interval(1, 2, level=0), r"level is 0"),
        (lambda: Interval(3.0, 1.0, 2.0, 5), r"low <= estimate <= high"),
        (lambda: Interval(math.nan, 1.0, 2.0, 5), r"without NaN"),
    ],
)
def test_bad_samples_are_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("ends", "size"),
    [
        ((1.0, 0.5, 2.0), (1.0, 0.5, 2.0)),
        ((-1.0, -2.0, -0.5), (1.0, 0.5, 2.0)),
        ((-1.0, -2.0, 3.0), (1.0, 0.0, 3.0)),
    ],
)
def test_the_absolute_value_of_an_interval_has_the_sizes_of_all_that_lies_in_it(
    ends: tuple[float, float, float], size: tuple[float, float, float]
) -> None:
    assert abs(Interval(*ends, n=7, level=0.9)) == Interval(*size, n=7, level=0.9)


def test_interval_prints_with_any_float_format() -> None:
    assert f"{Interval(97.314, 97.12, 97.5, 3):.1f}" == "97.3 [97.1, 97.5]"


# Rank correlation


def test_rank_correlation_is_that_of_scipy_and_blind_to_monotone_maps() -> None:
    rng = np.random.default_rng(0)
    a = rng.normal(size=30)
    b = a + rng.normal(size=30)
    found = rank_interval(a, b)
    assert found.estimate == pytest.approx(stats.spearmanr(a, b).statistic)
    assert rank_interval(np.exp(a), b) == found
    assert rank_interval(-a, b).estimate == pytest.approx(-found.estimate)
    half = 1.959964 * math.sqrt((1 + found.estimate**2 / 2) / 27)  # of the arc tangent, Bonett and Wright
    assert math.atanh(found.high) - math.atanh(found.low) == pytest.approx(2 * half, rel=1e-6)
    assert found.low < found.estimate < found.high


def test_the_interval_of_a_rank_correlation_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    population = 6 / np.pi * np.arcsin(0.6 / 2)  # Spearman's correlation of normal numbers correlated by 0.6
    hits = 0
    for _ in range(400):
        a = rng.normal(size=40)
        b = 0.6 * a + 0.8 * rng.normal(size=40)
        found = rank_interval(a, b)
        hits += found.low <= population <= found.high
    assert 0.91 <= hits / 400 <= 0.985


@pytest.mark.parametrize(("a", "b"), [([1, 2, 3, 4], [1, 2, 3, 4]), (range(9), range(9))])
def test_few_pairs_and_a_perfect_order_have_no_limits(a: Sequence[int], b: Sequence[int]) -> None:
    found = rank_interval(a, b)
    assert found.estimate == pytest.approx(1)
    assert (found.low, found.high) == (-np.inf, np.inf)


def test_five_pairs_are_the_fewest_with_limits() -> None:
    order = [1, 2, 3, 5, 4]
    assert math.isfinite(rank_interval(order, range(5)).low)
    for n in (2, 3, 4):
        assert math.isinf(rank_interval([2, 1, 3, 4][:n], range(n)).low)


def test_a_side_that_does_not_vary_is_not_correlated() -> None:
    assert rank_interval([1.0] * 6, range(6)).estimate == 0


@pytest.mark.parametrize(("a", "b"), [([1, 2], [1, 2, 3]), ([1], [1]), ([[1, 2]], [[1, 2]])])
def test_pairs_that_are_none_are_refused(a: Any, b: Any) -> None:
    with pytest.raises(ValueError, match=r"a and b must be \(n,\)"):
        rank_interval(a, b)


def test_a_number_without_spread_is_both_ends() -> None:
    assert exact_interval(2.5, 7) == Interval(2.5, 2.5, 2.5, 7)
    with pytest.raises(ValueError, match="without NaN"):
        exact_interval(math.nan)


@pytest.mark.parametrize("values", [["0.9", "0.8"], [True, False], [1j, 2.0], ["0.9", None]], ids=repr)
@pytest.mark.parametrize("interval", [mean_interval, lambda a: rank_interval(a, a)], ids=["mean", "rank"])
def test_text_and_switches_are_no_sample(interval: Callable[[Any], Interval], values: Any) -> None:
    with pytest.raises(TypeError, match="must hold numbers; got "):
        interval(values)


def test_a_number_that_is_none_has_no_rank() -> None:
    with pytest.raises(ValueError, match="b is not finite at position 1"):
        rank_interval([1.0, 2.0, 3.0], [1.0, math.nan, 2.0])
    with pytest.raises(ValueError, match="a is not finite at position 0"):
        rank_interval([math.inf, 2.0, 3.0], [1.0, 2.0, 3.0])


def test_counts_and_levels_are_numbers() -> None:
    assert wilson_interval(cast("int", np.int64(1)), cast("int", 2.0)) == wilson_interval(1, 2)
    for counts in ((True, 2), ("1", 2), (1, "2")):
        with pytest.raises(TypeError, match="must be a whole number"):
            wilson_interval(*cast("tuple[int, int]", counts))
    with pytest.raises(TypeError, match=r"level must be a finite number; got '0\.95'"):
        mean_interval([1.0, 2.0], level=cast("float", "0.95"))


def test_one_more_run_falls_into_its_interval_as_often_as_it_says() -> None:
    """The interval of a mean is far too narrow for a draw: that is the fault it is there to mend."""
    trials, n = 4000, 5
    rng = np.random.default_rng(1)
    draws, more = rng.normal(97, 0.2, (trials, n)), rng.normal(97, 0.2, trials)
    both = list(zip(draws, more, strict=True))
    inside = [(i := prediction_interval(row)).low <= one <= i.high for row, one in both]
    tight = [(i := mean_interval(row)).low <= one <= i.high for row, one in both]
    assert np.mean(inside) == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / trials))
    assert np.mean(tight) < 0.8
    assert prediction_interval([1.0, 2.0]).of == "draw"


def test_two_more_runs_differ_by_less_as_often_as_it_says() -> None:
    trials, n = 4000, 6
    rng = np.random.default_rng(2)
    draws, pairs = rng.normal(97, 0.4, (trials, n)), rng.normal(97, 0.4, (trials, 2))
    inside = [difference_of_draws(row).high >= abs(a - b) for row, (a, b) in zip(draws, pairs, strict=True)]
    assert np.mean(inside) == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / trials))


def test_errors_are_averaged_by_their_logarithms() -> None:
    found = log_mean_interval([0.1, 0.1, 0.1, 10.0])
    assert found.low > 0
    assert found.estimate == pytest.approx(10 ** (-0.5))
    assert (found.low * found.high) ** 0.5 == pytest.approx(found.estimate), "symmetric as a ratio"
    with pytest.raises(ValueError, match=r"a geometric mean is of positive numbers; got 0\.0"):
        log_mean_interval([0.0, 1.0])


def test_an_interval_that_leaves_the_range_of_what_it_is_of_is_refused() -> None:
    """Three controls of ten learn nothing: Student's interval holds +3.8 points, which none can have."""
    differences = [-87.0] * 3 + [-0.1] * 7
    assert mean_interval(differences).high > 1.8
    with pytest.raises(ValueError, match=r"leaves \[-98.2, 1.8\], the range of what it is of; report the"):
        mean_interval(differences, within=(-98.2, 1.8))
    with pytest.raises(ValueError, match=r"the interval \[-0.1, 0.5\] leaves \[0, inf\]"):
        Interval(0.2, -0.1, 0.5, 6, within=(0.0, INF))


@pytest.mark.parametrize(
    "found",
    [
        mean_interval(SLEEP_1),
        prediction_interval(SLEEP_1),
        rank_interval(SLEEP_1, SLEEP_2),
        wilson_interval(7, 10),
        log_mean_interval([1.0, 2.0, 2.5]),
        abs(mean_interval(SLEEP_2)),
    ],
)
def test_an_error_probability_is_the_level_at_which_a_threshold_drops_out(found: Interval) -> None:
    threshold = found.high + 0.1 * (found.high - found.estimate)
    p = found.p_value(threshold)
    assert p < 1 - found.level
    assert found.at(1 - 1.001 * p).high < threshold < found.at(1 - 0.999 * p).high
    assert found.at(found.level) == found


def test_the_error_probability_of_a_mean_is_that_of_students_test() -> None:
    expected = stats.ttest_1samp(SLEEP_1, 0).pvalue
    assert mean_interval(SLEEP_1).p_value(0.0) == pytest.approx(expected, rel=1e-3)


def test_an_interval_given_by_its_ends_has_no_other_level() -> None:
    with pytest.raises(ValueError, match="given by its ends"):
        Interval(1.0, 0.0, 2.0, 3).p_value(0.5)


def test_seeds_that_decide_are_those_of_student_s_interval() -> None:
    assert seeds_that_decide(1.0, 13.0) == 2  # t with one degree of freedom is 12.706
    assert seeds_that_decide(1.0, 0.7154) == 10  # 2.262 / sqrt(10) = 0.7153
    assert seeds_that_decide(1.0, 0.7152) == 11
    with pytest.raises(ValueError, match="distance must be"):
        seeds_that_decide(1.0, 0.0)
