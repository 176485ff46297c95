"""The runs of an experiment, read back: by arm and seed, with their intervals and differences."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from statistics import fmean
from typing import TYPE_CHECKING, Any

import numpy as np

from pdenet.checks.plain import plain
from pdenet.runs.interval import Interval
from pdenet.runs.intervals import (
    log_mean_interval,
    mean_interval,
    paired_interval,
    prediction_interval,
)
from pdenet.runs.sets import left_out, of_images, of_one_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pdenet.data import ImageData
    from pdenet.runs.arm import Arm
    from pdenet.runs.record import Record

ACCURACY = "accuracy"
LATE = "late accuracy"
EPOCHS_TO_95 = "epochs to 95 %"
"""What an arm's runs measure: one of these, or a key of their records' `measured`.

The first is that after the last epoch, which is what somebody prints who trains once. With a fixed rate it
jumps from epoch to epoch; the second is the mean over the last `TAIL` epochs, which tells the better of two
networks sooner. It was chosen after a first look at the records of seeds 0 to 9, and has been fixed since.
The third is the number of the first epoch after which 95 % of the test images are labelled right; a run that
never gets there counts with its last epoch, which is too early.
"""
TAIL = 10  # epochs


class Results:
    """Records by arm and seed.

    Accuracies are in per cent; a diverged network has labelled nothing right. What else is measured has the
    unit that its arm gives it. Of two records of one run the first counts.

    Parameters
    ----------
    arms
        Of which arms.
    records
        Those of other arms, protocols or data are left out.
    data
        The image set, or its name. A name does not say which images they are: where runs on several sets of
        one name are recorded, those of the checksum that most of them have count, in all arms.

    Warns
    -----
    RecordWarning
        If runs on another set of the same name, or another draw of the same seed, were left out.
    """

    def __init__(
        self, arms: Sequence[Arm], records: Iterable[Record], data: str | ImageData = "mnist"
    ) -> None:
        self.arms = {arm.name: arm for arm in arms}
        by_identity: dict[str, list[Arm]] = {}
        for arm in arms:
            by_identity.setdefault(_identity(arm.model, arm.training), []).append(arm)
        of_arms = [
            (arm, record)
            for record in records
            for arm in by_identity.get(_identity(record.model, record.training), ())
        ]
        chosen = of_one_name(of_arms, data) if isinstance(data, str) else of_images(of_arms, data)
        self._records: dict[str, dict[int, Record]] = {}
        for arm, record in chosen:
            first = self._records.setdefault(arm.name, {}).setdefault(record.seed, record)
            if first.data["checksum"] != record.data["checksum"]:
                left_out(1, record.data["name"], record.data["checksum"], first.data["checksum"])

    def __contains__(self, arm: str) -> bool:
        return arm in self._records

    def records(self, arm: str) -> list[Record]:
        """The arm's records in the order of their seeds; none if it has not been run."""
        return [record for _, record in sorted(self._records.get(arm, {}).items())]

    def seeds(self, arm: str) -> list[int]:
        """The arm's seeds that have a record, ascending."""
        return sorted(self._records.get(arm, {}))

    def values(self, arm: str, what: str = ACCURACY) -> NDArray[np.float64]:
        """What the arm's runs measure, (seed,)."""
        return np.array([_value(record, what) for record in self.records(arm)], dtype=float)

    def interval(self, arm: str, what: str = ACCURACY) -> Interval | None:
        """Mean over seeds with its interval; None if there is no run, or a run that measured nothing.

        A run that diverged has no errors to measure, and a mean over the others would hide it. Where
        Student's interval of accuracies would go beyond 0 or 100 %, there are no limits.
        """
        values = self.values(arm, what)
        if not _complete(values):
            return None
        return _in_range(values, (0.0, 100.0)) if what in _SHARES else mean_interval(values)

    def one_more(self, arm: str, what: str = ACCURACY) -> Interval | None:
        """Where one more run of the arm would lie: what a number that was printed once is compared with."""
        values = self.values(arm, what)
        return prediction_interval(values) if _complete(values) else None

    def paired(self, arms: Sequence[str], what: str = ACCURACY, since: int = 0) -> list[NDArray[np.float64]]:
        """What these arms measure over the seeds, from `since` on, that all of them have, (seed,) each."""
        common = set.intersection(*(set(self.seeds(arm)) for arm in arms))
        shared = sorted(seed for seed in common if seed >= since)
        return [np.array([_value(self._records[arm][s], what) for s in shared], dtype=float) for arm in arms]

    def ahead(
        self,
        arm: str,
        other: str,
        what: str = ACCURACY,
        *,
        learned: float | None = None,
        since: int = 0,
    ) -> Interval | None:
        """How much more an arm measures than another, paired by seed; None where `interval` has none.

        Parameters
        ----------
        arm, other
            Names.
        what
            What is measured.
        learned
            Leave out the seeds of which either arm has no more than this. What is left is a choice made after
            the fact, in favour of whoever fails more often; a claim that uses it says so.
        since
            Leave out the seeds below: what was decided after a look at some is confirmed on others.

        Returns
        -------
        Interval or None
            Without limits where Student's interval would hold differences that no two accuracies have, as
            where some runs learn nothing; `learned` leaves those out.
        """
        first, second = self.paired([arm, other], what, since)
        if learned is not None:
            both = np.minimum(first, second) > learned
            first, second = first[both], second[both]
        if not _complete(first, second):
            return None
        if what not in _SHARES:
            return paired_interval(first, second)
        return _in_range(first - second, _differences(float(first.mean()), float(second.mean())))


_SHARES = (ACCURACY, LATE)


def _in_range(values: NDArray[np.float64], within: tuple[float, float]) -> Interval:
    """The mean with its interval, without limits where Student's would leave the range of what it is of."""
    found = mean_interval(values)
    least, most = within
    if math.isinf(found.low) or least <= found.low <= found.high <= most:
        return found
    return Interval(found.estimate, -math.inf, math.inf, found.n, again=_no_limits(found))


def _no_limits(found: Interval) -> Callable[[float], Interval]:
    return lambda level: Interval(found.estimate, -math.inf, math.inf, found.n, level)


def _differences(first: float, second: float) -> tuple[float, float]:
    """What the difference of two accuracies with these means can be: both are from 0 to 100 per cent."""
    return max(-second, first - 100), min(100 - second, first)


Measure = Callable[[Results], Interval | None]


def mean(arm: str, what: str = ACCURACY) -> Measure:
    """The mean of what an arm measures."""
    return lambda results: results.interval(arm, what)


def ahead(
    arm: str, other: str, what: str = ACCURACY, *, learned: float | None = None, since: int = 0
) -> Measure:
    """By how much an arm measures more than another, as `Results.ahead`."""
    return lambda results: results.ahead(arm, other, what, learned=learned, since=since)


def apart(arm: str, other: str, what: str = ACCURACY) -> Measure:
    """By how much two arms differ, whichever has more."""

    def measure(results: Results) -> Interval | None:
        found = results.ahead(arm, other, what)
        return None if found is None else abs(found)

    return measure


def widened(pair: tuple[str, str], other: tuple[str, str], what: str = ACCURACY) -> Measure:
    """By how much the lead of the first over the second is larger in one pair of arms than in another."""

    def measure(results: Results) -> Interval | None:
        a, b, c, d = results.paired([*pair, *other], what)
        return paired_interval(a - b, c - d) if _complete(a, b, c, d) else None

    return measure


def late_accuracy(record: Record, tail: int = TAIL) -> float:
    """Mean test accuracy over the last `tail` epochs, or all if fewer, per cent; 0 if the run diverged."""
    if math.isnan(record.accuracy):
        return 0.0
    late = [share for share in record.history["test_accuracy"][-tail:] if share is not None]
    return 100 * fmean(late)


def epochs_to(record: Record, share: float) -> float:
    """The first epoch, from 1, after which this share of the test images is labelled right, or the last."""
    course = record.history["test_accuracy"]
    reached = (n for n, found in enumerate(course, 1) if found is not None and found >= share)
    return float(next(reached, len(course)))


def _complete(*samples: NDArray[np.float64]) -> bool:
    """Whether there are seeds, and all of them have a number."""
    return all(len(sample) > 0 and bool(np.isfinite(sample).all()) for sample in samples)


def _value(record: Record, what: str) -> float:
    """What a run has of it: NaN where nothing was measured, 0 for the accuracy of one that diverged."""
    if record.history.get("test_accuracy") or record.diverged_at is not None:
        if what == ACCURACY:
            return 0.0 if math.isnan(record.accuracy) else 100 * record.accuracy
        if what == LATE:
            return late_accuracy(record)
        if what == EPOCHS_TO_95:
            return epochs_to(record, 0.95)
    value = record.measured.get(what)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan


def _identity(model: dict[str, Any], training: dict[str, Any]) -> str:
    """The settings as a text that is the same for equal settings: 1 and 1.0 are one."""
    return json.dumps(_with_whole_numbers(plain("a configuration", [model, training])), sort_keys=True)


def _with_whole_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _with_whole_numbers(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_with_whole_numbers(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def errs_more(arm: str, other: str, what: str = ACCURACY) -> Measure:
    """How many times as many images an arm labels wrong as another, the geometric mean over seeds.

    Accuracies of networks that mostly fail differ by many points, and none is above 100 %.
    """

    def measure(results: Results) -> Interval | None:
        if arm not in results or other not in results:
            return None
        first, second = (100 - values for values in results.paired([arm, other], what))
        return log_mean_interval(first / second) if len(first) else None

    return measure
