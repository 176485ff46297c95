"""Intervals over seeds: of a mean, of a paired difference, of a rank correlation, of a share."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri, stdtrit

from pdenet.checks.numbers import real, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Interval:
    """An estimate with its confidence interval, which may be infinite (one run says nothing of the spread).

    ``format(interval, ".2f")`` gives ``97.31 [97.12, 97.50]``; any format of a float will do, ``".1%"`` too.

    Parameters
    ----------
    estimate, low, high : float
        The estimate and the ends of the interval, ``low <= estimate <= high``, in the unit of the data.
    n : int
        Number of independent runs or trials behind it.
    level : float
        Confidence level.

    Raises
    ------
    ValueError
        If a value is NaN or the estimate lies outside the interval.
    """

    estimate: float
    low: float
    high: float
    n: int
    level: float = 0.95

    def __post_init__(self) -> None:
        _check_order(self.estimate, self.low, self.high)

    def __format__(self, spec: str) -> str:
        return f"{self.estimate:{spec}} [{self.low:{spec}}, {self.high:{spec}}]"

    def __abs__(self) -> Interval:
        """The interval of the absolute value: for claims that two things agree."""
        low, high = max(self.low, -self.high, 0.0), max(-self.low, self.high)
        return Interval(abs(self.estimate), low, high, self.n, self.level)


def exact_interval(value: float, n: int = 1) -> Interval:
    """The interval of a number without spread, such as a computed deviation; both ends are the number."""
    return Interval(value, value, value, n)


def mean_interval(values: ArrayLike, level: float = 0.95) -> Interval:
    """Return the mean over seeds with its Student-t interval; a single value has an infinite one.

    Parameters
    ----------
    values : array_like, shape (seeds,)
        One finite number a seed.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    ValueError
        If there is no value, one is NaN or infinite, or the level is out of range.

    References
    ----------
    Student (W. S. Gosset), The probable error of a mean, Biometrika 6 (1908).
    """
    sample = _sample(values, "values")
    tail = _upper_quantile_level(level)
    n = sample.size
    mean = float(sample.mean())
    if n == 1:
        return Interval(mean, -math.inf, math.inf, 1, level)
    half = float(stdtrit(n - 1, tail) * sample.std(ddof=1) / math.sqrt(n))
    return Interval(mean, mean - half, mean + half, n, level)


def paired_interval(a: ArrayLike, b: ArrayLike, level: float = 0.95) -> Interval:
    """Return the mean of ``a - b`` over the seeds both sides share, with its Student-t interval.

    Parameters
    ----------
    a, b : array_like, shape (seeds,)
        One finite number a seed; equal positions hold equal seeds.
    level : float
        Confidence level, between 0 and 1.

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
    return mean_interval(first - second, level)


def rank_interval(a: ArrayLike, b: ArrayLike) -> Interval:
    """Spearman's rank correlation with a 95 % interval (Bonett and Wright 2000).

    Parameters
    ----------
    a, b : (n,)
        Paired measurements.

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
    from scipy.stats import spearmanr  # half a second to import, for which most pages have no use

    n = len(first)
    varied = np.ptp(first) > 0 and np.ptp(second) > 0
    rank = float(spearmanr(first, second).statistic) if varied else 0.0
    if n < 5 or abs(rank) > 1 - 1e-12:
        return Interval(rank, -math.inf, math.inf, n)
    half = float(ndtri(0.975)) * math.sqrt((1 + rank**2 / 2) / (n - 3))
    low, high = (math.tanh(math.atanh(rank) + sign * half) for sign in (-1, 1))
    return Interval(rank, low, high, n)


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
    return Interval(
        share, min(max(centre - half, 0.0), share), max(min(centre + half, 1.0), share), trials, level
    )


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


def _check_order(estimate: float, low: float, high: float) -> None:
    # Written so that a NaN anywhere fails as well.
    if not low <= estimate <= high:
        message = (
            f"got estimate {estimate} and interval [{low}, {high}]; "
            "low <= estimate <= high must hold, without NaN"
        )
        raise ValueError(message)


def _listed(items: Sequence[object]) -> str:
    return ", ".join(repr(item) for item in items)
