"""An experiment as data: what is run, seed by seed and on what, and what is asked of the runs.

Identity is data: an `Arm` says what its records will say of model, training and data, so that nothing is
built, drawn or solved to know whether a run is recorded.
"""

from __future__ import annotations

import dataclasses
import json
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pdenet.runs.claims import Claim, Judged, judge
from pdenet.runs.files import read, shipped
from pdenet.runs.record import Record, run_key
from pdenet.runs.results import Results

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from pdenet.data import ImageData
    from pdenet.runs.loop import Progress

Mode = Literal["book", "full"]


@dataclass(frozen=True)
class Images:
    """A random part of an image set, or all of it.

    Parameters
    ----------
    train, test
        Numbers of images, at most; None is all.
    """

    train: int | None = None
    test: int | None = None
    of_images: ClassVar[bool] = True

    def of(self, images: ImageData) -> ImageData:
        """The part, or less where there is less."""
        train = None if self.train is None else min(self.train, len(images.train_labels))
        test = None if self.test is None else min(self.test, len(images.test_labels))
        return images.subset(train, test)

    def describe(self, images: ImageData) -> dict[str, Any]:
        """Name and checksum that a record will give."""
        part = self.of(images)
        return {"name": part.name, "checksum": part.checksum}

    def fits(self, data: Mapping[str, Any], name: str) -> bool:
        """Whether a record's data are this part of the image set of that name, or all of a smaller set."""
        base, _, sizes = data["name"].partition("[")
        wanted = self.train, self.test
        if base != name or bool(sizes) != any(count is not None for count in wanted):
            return False
        found = [int(size) for size in sizes.rstrip("]").split("+")] if sizes else []
        return all(most is None or count <= most for count, most in zip(found, wanted, strict=False))


@dataclass(frozen=True)
class Drawn:
    """Data that a run draws from its seed, by a program that the name stands for.

    Parameters
    ----------
    name
        As the record gives it.
    train
        Examples to learn from.
    """

    name: str
    train: int = 0
    of_images: ClassVar[bool] = False

    def describe(self, images: ImageData | None = None) -> dict[str, Any]:
        """What names the data before they are drawn; a record adds their checksum."""
        return {"name": self.name, "checksum": f"drawn, {self.train}"}

    def fits(self, data: Mapping[str, Any], name: str) -> bool:
        """Whether a record's data were drawn so, whatever image set is here."""
        return bool(data["name"] == self.name and data.get("train", 0) == self.train)


@dataclass(frozen=True)
class Context:
    """What a run is given beside its seeds.

    Parameters
    ----------
    images
        The image set, whole; None where the arms draw what they need.
    device
        ``"auto"``, ``"cpu"``, ``"cuda"``, ...
    checkpoint
        File to keep the state in, and to go on from if it is there; None keeps none.
    progress
        Told after each epoch, as in `fit`.
    """

    images: ImageData | None = None
    device: str = "auto"
    checkpoint: Path | None = None
    progress: Progress | None = None

    def part(self, shown: Images | Drawn) -> ImageData:
        """The images that an arm is shown.

        Raises
        ------
        ValueError
            If there are none.
        """
        if self.images is None or isinstance(shown, Drawn):
            message = "this arm reads images; give the context an image set"
            raise ValueError(message)
        return shown.of(self.images)


@dataclass(frozen=True, kw_only=True)
class Arm(ABC):
    """One thing that is run seed by seed.

    Parameters
    ----------
    protocol
        How it is run: a frozen data class that a record gives as its training; None where nothing is trained.
    shown
        What it is shown.
    most
        How many seeds it has; None: as many as the experiment.
    beside
        How many seeds are run side by side, at most; None: all that are missing.
    """

    protocol: Any = None
    shown: Images | Drawn = Images()
    most: int | None = None
    beside: int | None = None

    @property
    @abstractmethod
    def name(self) -> str:
        """Its name, unique in its experiment."""

    @property
    @abstractmethod
    def model(self) -> dict[str, Any]:
        """What a record says of the model."""

    @abstractmethod
    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        """Run these seeds and return one record a seed."""

    @property
    def training(self) -> dict[str, Any]:
        """What a record says of the training, in the types that JSON has."""
        if self.protocol is None:
            return {}
        plain: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(self.protocol)))
        return plain

    @property
    def weight(self) -> float:
        """How long a run takes, next to the other arms of its experiment: long ones are handed out first."""
        return 1.0

    def key(self, seed: int, images: ImageData | None) -> str:
        """What names the run of a seed before it is made; with images it is the record's own key."""
        data = self.shown.describe(images)  # type: ignore[arg-type]  # who reads images is given some
        return run_key(self.model, self.training, seed, data["name"], data["checksum"])

    def seeds(self, wanted: Sequence[int]) -> tuple[int, ...]:
        """Those of the wanted seeds that the arm has."""
        return tuple(wanted) if self.most is None else tuple(wanted)[: self.most]


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
    reads
        Other subjects whose records count for this one too.
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
    reads: tuple[str, ...] = ()
    page: str = ""
    digits: int = 1

    @property
    def file(self) -> str:
        """Name of the file of its records."""
        return f"{self.subject or self.name}.jsonl"

    def recorded(self) -> list[Record]:
        """The records of its arms that come with the book; none where their file does not."""
        return self.of_arms(self.shipped())

    def shipped(self) -> list[Record]:
        """All records that come with the book in its file and in those that it reads, whoever's arms."""
        return distinct(record for file in self._files() for record in _shipped(file))

    def read(self, out: Path) -> list[Record]:
        """The records in `out`, and those beside it in the files of the subjects that this one reads.

        A file that is not there has no records; of two records of one run the first is kept.
        """
        beside = (out.with_name(file) for file in self._files()[:-1])
        files = [file for file in dict.fromkeys((*beside, out)) if file.exists()]
        return distinct(record for file in files for record in read(file))

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

    def _files(self) -> tuple[str, ...]:
        return (*(f"{name}.jsonl" for name in self.reads), self.file)


def distinct(records: Iterable[Record]) -> list[Record]:
    """The records, of two of one run the first."""
    found: dict[str, Record] = {}
    for record in records:
        found.setdefault(record.key, record)
    return list(found.values())


def _shipped(file: str) -> list[Record]:
    try:
        return read(shipped(file))
    except FileNotFoundError:
        return []
