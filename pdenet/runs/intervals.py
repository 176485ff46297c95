"""Intervals over seeds: of a mean, a paired difference, a rank correlation, a share, one more run."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri, stdtrit

from pdenet.checks.numbers import real, whole
from pdenet.runs.interval import Interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray


def exact_interval(value: float, n: int = 1) -> Interval:
    """The interval of a number without spread, such as a computed deviation; both ends are the number."""
    return Interval(value, value, value, n)


def mean_interval(
    values: ArrayLike, level: float = 0.95, *, within: tuple[float, float] = (-math.inf, math.inf)
) -> Interval:
    """Return the mean over seeds with its Student-t interval; a single value has an infinite one.

    Parameters
    ----------
    values : array_like, shape (seeds,)
        One finite number a seed.
    level : float
        Confidence level, between 0 and 1.
    within : (float, float)
        The range that no mean of such values can leave.

    Raises
    ------
    ValueError
        If there is no value, one is NaN or infinite, the level is out of range, or the interval leaves
        `within`.

    References
    ----------
    Student (W. S. Gosset), The probable error of a mean, Biometrika 6 (1908).
    """
    sample = _sample(values, "values")
    n, mean = sample.size, float(sample.mean())
    half = _reach(sample, _deviation(sample), level) / math.sqrt(n)
    # At other levels the range is not asked for: that of this level says whether the method suits the data.
    again = partial(mean_interval, sample)
    return Interval(mean, mean - half, mean + half, n, level, within=within, again=again)


def prediction_interval(values: ArrayLike, level: float = 0.95) -> Interval:
    """Return where one more run would lie, by Student's t: what a single printed number is compared with.

    A mean over seeds is known better than one run of them, by the root of their number. A number that stands
    for one run has the spread of a run, so that a mean's interval would find it strange far too often.

    Parameters
    ----------
    values : array_like, shape (seeds,)
        One finite number a seed.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    ValueError
        As `mean_interval`.
    """
    sample = _sample(values, "values")
    mean, half = float(sample.mean()), _reach(sample, spread_of_a_draw(sample), level)
    again = partial(prediction_interval, sample)
    return Interval(mean, mean - half, mean + half, sample.size, level, "draw", again=again)


def difference_of_draws(values: ArrayLike, level: float = 0.95) -> Interval:
    """Return how far apart two more runs would be, zero to so much, by Student's t.

    Parameters
    ----------
    values : array_like, shape (seeds,)
        One finite number a seed.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    ValueError
        As `mean_interval`.
    """
    sample = _sample(values, "values")
    most = _reach(sample, math.sqrt(2) * _deviation(sample), level)
    return Interval(0.0, 0.0, most, sample.size, level, "draw", again=partial(difference_of_draws, sample))


def spread_of_a_draw(values: ArrayLike) -> float:
    """Standard deviation of one more run less the mean of these; infinite if they are one."""
    sample = _sample(values, "values")
    return _deviation(sample) * math.sqrt(1 + 1 / sample.size)


def log_mean_interval(values: ArrayLike, level: float = 0.95) -> Interval:
    """Return the geometric mean over seeds with the interval of its logarithm: for what is positive.

    Parameters
    ----------
    values : array_like, shape (seeds,)
        One positive number a seed.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    ValueError
        As `mean_interval`, and if a value is not positive.
    """
    sample = _sample(values, "values")
    if (sample <= 0).any():
        message = f"a geometric mean is of positive numbers; got {float(sample.min())}"
        raise ValueError(message)
    found = mean_interval(np.log(sample), level)
    with np.errstate(over="ignore"):  # at levels close to one the upper end has no bound that a float holds
        estimate, low, high = np.exp([found.estimate, found.low, found.high]).tolist()
    again = partial(log_mean_interval, sample)
    return Interval(estimate, low, high, found.n, level, within=(0.0, math.inf), again=again)


def paired_interval(
    a: ArrayLike, b: ArrayLike, level: float = 0.95, *, within: tuple[float, float] = (-math.inf, math.inf)
) -> Interval:
    """Return the mean of ``a - b`` over the seeds both sides share, with its Student-t interval.

    Parameters
    ----------
    a, b : array_like, shape (seeds,)
        One finite number a seed; equal positions hold equal seeds.
    level : float
        Confidence level, between 0 and 1.
    within : (float, float)
        The range that no mean of such differences can leave.

    Raises
    ------
    ValueError
        As `mean_interval`, and if the two sides differ in length.
    """
    first, second = _sample(a, "a"), _sample(b, "b")
    if first.size != second.size:
        message = (
            f"a has {first.size} values and b has {second.size}; "
            "a paired interval needs one of each for every seed, in the same order"
        )
        raise ValueError(message)
    return mean_interval(first - second, level, within=within)


def rank_interval(a: ArrayLike, b: ArrayLike, level: float = 0.95) -> Interval:
    """Spearman's rank correlation with its interval (Bonett and Wright 2000).

    Parameters
    ----------
    a, b : (n,)
        Paired measurements.
    level
        Confidence level, between 0 and 1.

    Returns
    -------
    Interval
        Without limits (minus and plus infinity) for fewer than five pairs and for a perfect order, for which
        the interval is not defined; with the estimate 0 where one side does not vary.

    Raises
    ------
    ValueError
        If the two differ in length, there are fewer than two pairs, or a value is NaN or infinite.
    """
    first, second = _numbers(a, "a"), _numbers(b, "b")
    if first.shape != second.shape or first.ndim != 1 or len(first) < 2:
        message = f"a and b must be (n,) with n at least 2; got shapes {first.shape} and {second.shape}"
        raise ValueError(message)
    _check_finite(first, "a")
    _check_finite(second, "b")
    n = len(first)
    varied = np.ptp(first) > 0 and np.ptp(second) > 0
    rank = float(np.corrcoef(_ranks(first), _ranks(second))[0, 1]) if varied else 0.0
    again = partial(rank_interval, first, second)
    if n < 5 or abs(rank) > 1 - 1e-12:
        return Interval(rank, -math.inf, math.inf, n, level, again=again)
    half = float(ndtri(_upper_quantile_level(level))) * math.sqrt((1 + rank**2 / 2) / (n - 3))
    low, high = (math.tanh(math.atanh(rank) + sign * half) for sign in (-1, 1))
    return Interval(rank, low, high, n, level, within=(-1.0, 1.0), again=again)


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places in the order of size, equal values at their mean place; SciPy's takes a second to import."""
    _, which, count = np.unique(values, return_inverse=True, return_counts=True)
    last: NDArray[np.float64] = np.cumsum(count)[which].astype(np.float64)
    return last - (count[which] - 1) / 2


def wilson_interval(successes: int, n: int, level: float = 0.95) -> Interval:
    """Return the share of successes with Wilson's score interval, sound near 0 and 1 and for small n.

    Parameters
    ----------
    successes, n : int
        Successes among `n` independent trials, ``0 <= successes <= n``.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    ValueError
        If the counts are not whole numbers or out of range, or the level is out of range.

    References
    ----------
    E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).
    """
    try:
        trials, right = whole("n", n, least=1), whole("successes", successes, least=0)
    except ValueError:
        trials, right = 0, 1
    if right > trials:
        message = (
            f"got {successes} successes in {n} trials; "
            "counts are whole numbers, 0 <= successes <= n and n >= 1"
        )
        raise ValueError(message)
    z = float(ndtri(_upper_quantile_level(level)))
    share = right / trials
    weight = z * z / trials
    centre = (share + weight / 2) / (1 + weight)
    half = z * math.sqrt(share * (1 - share) / trials + weight / (4 * trials)) / (1 + weight)
    # At 0 and n successes one end is exactly the share; rounding must not push it past.
    low, high = min(max(centre - half, 0.0), share), max(min(centre + half, 1.0), share)
    again = partial(wilson_interval, right, trials)
    return Interval(share, low, high, trials, level, within=(0.0, 1.0), again=again)


def _deviation(sample: NDArray[np.float64]) -> float:
    """Standard deviation of runs; infinite for one, which says nothing of it."""
    return float(sample.std(ddof=1)) if sample.size > 1 else math.inf


def _reach(sample: NDArray[np.float64], spread: float, level: float) -> float:
    """Half the width of Student's interval for this standard deviation; infinite for one run."""
    tail = _upper_quantile_level(level)
    return float(stdtrit(sample.size - 1, tail)) * spread if sample.size > 1 else math.inf


def _sample(values: ArrayLike, name: str) -> NDArray[np.float64]:
    sample = _numbers(values, name)
    if sample.ndim != 1 or sample.size == 0:
        message = f"{name} has shape {sample.shape}; it must be a sequence of one number a seed, at least one"
        raise ValueError(message)
    _check_finite(sample, name)
    return sample


def _numbers(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Values as floats; text and switches are none, though NumPy would make some of them."""
    found = np.asarray(values)
    if found.dtype.kind not in "fiuO" or (
        found.dtype.kind == "O" and any(isinstance(v, str) for v in found.flat)
    ):
        message = f"{name} must hold numbers; got {values!r}"
        raise TypeError(message)
    return found.astype(np.float64)


def _check_finite(sample: NDArray[np.float64], name: str) -> None:
    broken = np.flatnonzero(~np.isfinite(sample))
    if broken.size:
        message = (
            f"{name} is not finite at position {_listed(broken.tolist())}; leaving diverged runs out would "
            "flatter the mean: report their share (wilson_interval) or give them the value they scored"
        )
        raise ValueError(message)


def _upper_quantile_level(level: float) -> float:
    if not 0 < real("level", level) < 1:
        message = f"the confidence level is {level}; it must lie between 0 and 1, such as 0.95"
        raise ValueError(message)
    return (1 + level) / 2


def _listed(items: Sequence[object]) -> str:
    return ", ".join(repr(item) for item in items)


def seeds_that_decide(spread: float, distance: float) -> int:
    """How many seeds place a mean within this distance, at 95 %, if one run deviates by so much.

    Parameters
    ----------
    spread
        Standard deviation of one run, or of one paired difference.
    distance
        From what is expected to the threshold.

    Raises
    ------
    TypeError, ValueError
        If a number is not positive.
    """
    spread, distance = real("spread", spread, above=0), real("distance", distance, above=0)
    seeds = 2
    while stdtrit(seeds - 1, 0.975) * spread > distance * seeds**0.5:
        seeds += 1
    return seeds
