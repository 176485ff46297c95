"""The runs of an experiment, read back: by arm and seed, with their intervals and differences."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pdenet.checks.plain import plain
from pdenet.runs.intervals import Interval, mean_interval, paired_interval
from pdenet.runs.sets import left_out, of_images, of_one_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pdenet.data import ImageData
    from pdenet.runs.arm import Arm
    from pdenet.runs.record import Record

ACCURACY = "accuracy"
"""What an arm's runs measure: this, or a key of their records' `measured`."""


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

        A run that diverged has no errors to measure, and a mean over the others would hide it.
        """
        values = self.values(arm, what)
        return mean_interval(values) if _complete(values) else None

    def paired(self, arms: Sequence[str], what: str = ACCURACY) -> list[NDArray[np.float64]]:
        """What these arms measure over the seeds that all of them have, (seed,) each."""
        shared = sorted(set.intersection(*(set(self.seeds(arm)) for arm in arms)))
        return [np.array([_value(self._records[arm][s], what) for s in shared], dtype=float) for arm in arms]

    def ahead(
        self, arm: str, other: str, what: str = ACCURACY, *, learned: float | None = None
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
        """
        first, second = self.paired([arm, other], what)
        if learned is not None:
            both = np.minimum(first, second) > learned
            first, second = first[both], second[both]
        return paired_interval(first, second) if _complete(first, second) else None


Measure = Callable[[Results], Interval | None]


def mean(arm: str, what: str = ACCURACY) -> Measure:
    """The mean of what an arm measures."""
    return lambda results: results.interval(arm, what)


def ahead(arm: str, other: str, what: str = ACCURACY, *, learned: float | None = None) -> Measure:
    """By how much an arm measures more than another, as `Results.ahead`."""
    return lambda results: results.ahead(arm, other, what, learned=learned)


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


def _complete(*samples: NDArray[np.float64]) -> bool:
    """Whether there are seeds, and all of them have a number."""
    return all(len(sample) > 0 and bool(np.isfinite(sample).all()) for sample in samples)


def _value(record: Record, what: str) -> float:
    if what == ACCURACY:
        return 0.0 if math.isnan(record.accuracy) else 100 * record.accuracy
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
