"""What a run leaves behind: append-only JSON lines, one record a seed, read back as a list.

A line, once written, is never touched again. A process that is killed can at worst leave a torn last line,
which `read` recognises and the next `append` leaves on a line of its own. What happens to a line later, its
digest tells.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pdenet.checks.plain import plain
from pdenet.runs.line import parsed, sealed
from pdenet.runs.values import fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

from pdenet.page.words import escaped

SCHEMA = 1
_TRUNK_DIGITS = 7
_OPTIONAL = {"measured"}  # older records lack it


class RecordError(ValueError):
    """A record that this version of the package cannot read or write."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """One trained network: its whole configuration, its course and its outcome.

    Parameters
    ----------
    model, training : dict
        The configurations, as JSON values.
    seed : int
        Seed of the initialisation and of the data order.
    data : dict
        At least ``name`` and ``checksum`` of the image set.
    history : dict of lists
        ``train_loss`` and ``test_accuracy`` (a share, 0 to 1), one number an epoch, None where not finite.
    diverged_at : int or None
        Epoch (counted from 1) at which the loss stopped being finite.
    seconds : float
        Wall time of the run in seconds; NaN where it was not recorded.
    machine, versions : dict
        Where it ran (``device``, ``name``, ``threads`` and the like); versions of the packages.
    date : str
        End of the run, ISO 8601, UTC.
    trunk : dict of nested lists
        Final parameters of the residual stack, name -> (layers, ...); kept to seven significant digits.
    measured : dict
        What else was measured on the trained network, as JSON values; left out of the line if empty.
    schema : int
        Version of this layout.
    """

    schema: int = SCHEMA
    model: dict[str, Any]
    training: dict[str, Any]
    seed: int
    data: dict[str, Any]
    history: dict[str, list[float | None]]
    diverged_at: int | None = None
    seconds: float
    machine: dict[str, Any]
    versions: dict[str, Any]
    date: str
    trunk: dict[str, Any]
    measured: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def key(self) -> str:
        """SHA-256 (hex) of what determines the run: model, training, seed, name and checksum of the data."""
        return run_key(self.model, self.training, self.seed, self.data["name"], self.data["checksum"])

    @property
    def accuracy(self) -> float:
        """Test accuracy after the last epoch, a share of 1; NaN if the run diverged or has no epoch yet."""
        course = self.history.get("test_accuracy", [])
        if self.diverged_at is not None or not course or course[-1] is None:
            return math.nan
        return course[-1]

    def to_json(self) -> str:
        """Return the record as one line of compact JSON with a digest of itself, without the newline.

        Raises
        ------
        RecordError
            If a value has no place in JSON, or is one that `from_json` would refuse.
        """
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        fields["trunk"] = _plain(self.trunk, digits=_TRUNK_DIGITS)
        if not self.measured:  # as in the records written before the field was there
            del fields["measured"]
        fields = _plain(fields)
        if self.schema == SCHEMA and (wrong := fault(fields)):
            message = f"this is no record, and is not written: {wrong}"
            raise RecordError(message)
        return sealed(fields)

    @classmethod
    def from_json(cls, line: str | bytes) -> Record:
        """Return the record of one line.

        Raises
        ------
        RecordError
            If the line is a record of a schema that this version does not read.
        ValueError
            If the line is not a record, is damaged, or holds a value that no run has.
        """
        try:
            record = cls._from_json(line)
            _ = record.key  # a model that is nested deeper than Python goes has none
        except RecursionError:
            message = "nested too deeply"
            raise ValueError(message) from None
        return record

    @classmethod
    def _from_json(cls, line: str | bytes) -> Record:
        fields = parsed(line)
        if fields["schema"] != SCHEMA:
            message = f"schema {fields['schema']}, but this version of pdenet reads schema {SCHEMA}"
            raise RecordError(message)
        known = {field.name for field in dataclasses.fields(cls)}
        if wrong := sorted((fields.keys() - known) | (known - _OPTIONAL - fields.keys())):
            message = f"fields missing or unknown: {', '.join(wrong)}"
            raise ValueError(message)
        if found := fault(fields):
            raise ValueError(found)
        if fields["seconds"] is None:
            fields["seconds"] = math.nan
        return cls(**fields)


def run_key(
    model: Mapping[str, Any], training: Mapping[str, Any], seed: int, data_name: str, data_checksum: str
) -> str:
    """Return the `Record.key` that a run with these ingredients will have.

    Parameters
    ----------
    model, training : mapping
        The configurations, as JSON values.
    seed : int
        The run's seed.
    data_name, data_checksum : str
        The image set's.

    Raises
    ------
    RecordError
        If a value has no place in JSON.
    """
    identity = json.dumps(
        _plain([model, training, seed, data_name, data_checksum]),
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )
    return hashlib.sha256(identity.encode()).hexdigest()


def provenance(records: Sequence[Record]) -> str:
    """Return one line that says when, where, with what, from which seeds and on which data.

    Parameters
    ----------
    records : sequence of Record
        At least one.

    Raises
    ------
    ValueError
        If there is no record.
    """
    if not records:
        message = "got no records; provenance needs at least one"
        raise ValueError(message)
    days = sorted({record.date[:10] for record in records})
    parts = [
        days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}",
        _joined(_machine(record.machine) for record in records),
        _joined(_software(record.versions) for record in records),
        f"seeds {_ranges(sorted({record.seed for record in records}))}",
        _joined(f"data {record.data['name']}" for record in records),
    ]
    return escaped("; ".join(part for part in parts if part))


def _plain(value: Any, digits: int | None = None) -> Any:
    try:
        return plain("a record", value, digits=digits)
    except (TypeError, ValueError) as error:
        raise RecordError(str(error)) from None


def _machine(machine: Mapping[str, Any]) -> str:
    name = str(machine.get("name") or machine.get("device", "unknown machine"))
    if machine.get("device") != "cpu":
        return name
    threads = machine.get("threads", "?")
    return f"{name}, {threads} thread{'' if threads == 1 else 's'}"


def _software(versions: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {versions[name]}" for name in ("pdenet", "torch") if name in versions)


def _joined(items: Iterable[str]) -> str:
    return " and ".join(dict.fromkeys(items))


def _ranges(numbers: Sequence[int]) -> str:
    """Return sorted distinct whole numbers as text, runs drawn together: 0-2, 5."""
    starts = [numbers[0], *(b for a, b in pairwise(numbers) if b != a + 1)]
    ends = [*(a for a, b in pairwise(numbers) if b != a + 1), numbers[-1]]
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True))
