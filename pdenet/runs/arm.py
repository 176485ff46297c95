"""One thing that is run seed by seed.

Identity is data: an `Arm` says what its records will say of model, training and data, so that nothing is
built, drawn or solved to know whether a run is recorded.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pdenet.runs.protocol import described
from pdenet.runs.record import Record, run_key
from pdenet.runs.shown import ALL, Drawn, Images

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pdenet.data import ImageData
    from pdenet.runs.loop import Progress


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
    shown: Images | Drawn = ALL
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
        return {} if self.protocol is None else described(self.protocol)

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
