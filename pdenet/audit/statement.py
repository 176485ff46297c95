"""A claim of a source, with where to look for its evidence."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Guard:
    """A named assertion among the guards of a page, and what it shows in a few words."""

    page: str
    name: str
    shows: str


@dataclass(frozen=True)
class Statement:
    """A claim of a source, in our words, and where to look for its evidence.

    Parameters
    ----------
    id
        Chapter of the source, ``IV`` of the thesis, ``R2`` of the essay on residual networks or ``P10`` of
        that on backpropagation and physics, a full stop, and a number.
    text
        The claim, a sentence.
    ledger
        Ids of ledger rows.
    supports, opposes
        Ids of measured claims that are true if the statement is, and that are false if it is.
    qualifies
        Ids of measured claims that, where they hold, say that the statement needs a correction.
    shown_by, refuted_by, corrected_by
        Assertions that the statement follows from, that contradict it, and that say which part of it holds.
    form
        Whether it says that two things are one and the same mathematics; any other says what follows.
    ours
        Whether it is our reading: the source does not say it in these words, and it does not count.

    Raises
    ------
    ValueError
        If no evidence is named that could decide it.
    """

    id: str
    text: str
    ledger: tuple[str, ...] = ()
    supports: tuple[str, ...] = ()
    opposes: tuple[str, ...] = ()
    qualifies: tuple[str, ...] = ()
    shown_by: tuple[Guard, ...] = ()
    refuted_by: tuple[Guard, ...] = ()
    corrected_by: tuple[Guard, ...] = ()
    form: bool = False
    ours: bool = False

    def __post_init__(self) -> None:
        decisive = (
            self.ledger,
            self.supports,
            self.opposes,
            self.shown_by,
            self.refuted_by,
            self.corrected_by,
        )
        if not any(decisive):
            message = f"statement {self.id} names no evidence that could decide it"
            raise ValueError(message)

    @property
    def measured(self) -> tuple[str, ...]:
        """Ids of all measured claims that it names."""
        return (*self.supports, *self.opposes, *self.qualifies)

    @property
    def chapter(self) -> str:
        """Chapter of the source."""
        return self.id.partition(".")[0]
