"""An experiment as data: what is run, and what is asked of the runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pdenet.checks.places import place
from pdenet.runs.claims import Claim, Judged, judge
from pdenet.runs.files import read, shipped
from pdenet.runs.results import Results

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Sequence

    from pdenet.runs.arm import Arm
    from pdenet.runs.record import Record

Mode = Literal["book", "full"]


@dataclass(frozen=True)
class Experiment:
    """What is run to answer a question, and what is claimed of it.

    Parameters
    ----------
    name
        As on the command line: ``pdenet run NAME``.
    title
        What a reader is told.
    arms
        The arms of a mode: ``"full"``, whose records ship with the book, or ``"book"``, which takes minutes.
    claims
        Each with a measure of this experiment's `Results`.
    seeds
        Runs of each arm in full mode.
    subject
        The records are in ``results/<subject>.jsonl``; the experiment's name unless given.
    page
        Label of the page that prints its claims, without ``ch:``.
    digits
        Digits behind the point with which its measures are printed.
    """

    name: str
    title: str
    arms: Callable[[Mode], Sequence[Arm]] = lambda mode: ()
    claims: Sequence[Claim] = ()
    seeds: int = 10
    subject: str = ""
    page: str = ""
    digits: int = 1

    @property
    def file(self) -> str:
        """Name of the file of its records."""
        return f"{self.subject or self.name}.jsonl"

    def recorded(self) -> list[Record]:
        """The records of its arms that come with the book; none where their file does not."""
        try:
            return self.of_arms(read(shipped(self.file)))
        except FileNotFoundError:
            return []

    def read(self, out: str | os.PathLike[str]) -> list[Record]:
        """The records in `out`, each run once; none if there is no such file."""
        path = place("out", out)
        return distinct(read(path)) if path.exists() else []

    def of_arms(self, records: Iterable[Record], mode: Mode = "full") -> list[Record]:
        """Those of the records that are of its arms' networks, each run once."""
        models = [arm.model for arm in self.arms(mode)]
        return distinct(record for record in records if record.model in models)

    def results(
        self, records: Iterable[Record] | None = None, data: str = "mnist", mode: Mode = "full"
    ) -> Results:
        """The records by arm and seed.

        Parameters
        ----------
        records
            Those that come with the book, unless given.
        data
            Name of the image set; an arm that is shown a part of it has its part.
        mode
            Whose arms.
        """
        return Results(self.arms(mode), self.recorded() if records is None else records, data)

    def judged(self, results: Results | None = None) -> dict[str, Judged]:
        """Its claims with what the runs measure, by id; those without runs are left out."""
        return judge(self.claims, self.results() if results is None else results)


def distinct(records: Iterable[Record]) -> list[Record]:
    """The records, of two of one run the first."""
    found: dict[str, Record] = {}
    for record in records:
        found.setdefault(record.key, record)
    return list(found.values())
