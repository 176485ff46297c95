"""What is to be run: a job, and the units of work that it is divided into."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from pdenet.checks.places import place
from pdenet.ops.seeding import as_seeds
from pdenet.runs.loop import seeds_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pdenet.data import ImageData
    from pdenet.runs.arm import Arm
    from pdenet.runs.experiment import Experiment
    from pdenet.runs.record import Record
    from pdenet.runs.shown import Drawn, Images


_LISTED = 20  # arms that an error lists


@dataclass(frozen=True)
class Job:
    """What is to be there in the end: the runs of an experiment's arms, recorded in `out`.

    Parameters
    ----------
    experiment
        Whose arms; it says which records count beside those in `out`.
    arms
        Those to run.
    images
        The image set, whole; None where no arm reads images.
    out
        File of records.
    seeds
        Which seeds; None: as many as each arm has.
    device
        Where to train.
    """

    experiment: Experiment
    arms: tuple[Arm, ...]
    images: ImageData | None
    out: Path
    seeds: tuple[int, ...] | None = None
    device: str = "auto"
    _data: dict[Images | Drawn, dict[str, Any]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def __post_init__(self) -> None:
        # Workers have a working directory of their own.
        object.__setattr__(self, "out", place("out", self.out).absolute())
        object.__setattr__(self, "seeds", None if self.seeds is None else as_seeds(self.seeds))

    def wanted(self, arm: Arm) -> tuple[int, ...]:
        """The arm's seeds that are to have a record."""
        return arm.seeds(range(self.experiment.seeds)) if self.seeds is None else self.seeds

    def missing(self, arm: Arm) -> tuple[int, ...]:
        """Those that have none now."""
        records = self.experiment.read(self.out)
        done = {record.seed for record in records if self._is_of(record, arm)}
        return tuple(seed for seed in self.wanted(arm) if seed not in done)

    def _is_of(self, record: Record, arm: Arm) -> bool:
        if record.model != arm.model or record.training != arm.training:
            return False
        if self.images is None or not arm.shown.of_images:
            return arm.shown.fits(record.data, "")
        if arm.shown not in self._data:
            self._data[arm.shown] = arm.shown.describe(self.images)
        return self._data[arm.shown].items() <= record.data.items()


@dataclass(frozen=True)
class Unit:
    """What is run in one go: an arm with a few seeds. Small, for it travels to workers.

    `checkpoint` is where its state is kept; `claim` is a file that is there while the command runs that made
    this unit.
    """

    arm: Arm
    seeds: tuple[int, ...]
    keys: tuple[str, ...]
    checkpoint: Path
    claim: Path

    @property
    def title(self) -> str:
        """The arm and its seeds, for people."""
        return f"{self.arm.name}, seeds {', '.join(map(str, self.seeds))}"


def select(arms: Iterable[Arm], patterns: Iterable[str]) -> tuple[Arm, ...]:
    """The arms whose names are among the patterns, such as ``"latent ODE*"``; without a pattern all.

    Raises
    ------
    ValueError
        If a pattern fits no arm; it lists the first names.
    """
    arms, patterns = tuple(arms), tuple(patterns)
    for pattern in patterns:
        if not any(fnmatchcase(arm.name, pattern) for arm in arms):
            names = ", ".join(repr(arm.name) for arm in arms[:_LISTED]) or "none"
            rest = f" and {len(arms) - _LISTED} more, which --estimate lists" if len(arms) > _LISTED else ""
            message = (
                f"no arm is called {pattern!r}; the arms are: {names}{rest} (a * stands for any letters)"
            )
            raise ValueError(message)
    if not patterns:
        return arms
    return tuple(arm for arm in arms if any(fnmatchcase(arm.name, pattern) for pattern in patterns))


def checkpoint_path(out: Path, key: str) -> Path:
    """Where the run whose first seed has this key keeps its state, beside its records."""
    return out.with_name(f"{out.name}.{key[:12]}.checkpoint.pt")


def claim_path(job: Job, arm: Arm) -> Path:
    """The name is that of the arm's runs: a hidden file beside the records, the same for every command."""
    return claim_beside(job.out, arm.key(0, job.images))


def claim_beside(out: Path, key: str) -> Path:
    """The claim of the runs that are named by the key of seed 0."""
    return out.with_name(f".{out.name}.{key[:12]}.claim.tmp")


def split(
    missing: Sequence[int], begun: Iterable[tuple[int, ...]] = (), most: int | None = None
) -> list[tuple[int, ...]]:
    """Divide missing seeds into groups that are trained side by side.

    Parameters
    ----------
    missing
        Seeds without a record.
    begun
        Groups of which a checkpoint is there; where all seeds of one are still missing, it comes first.
    most
        The other seeds are divided evenly into as few groups as hold no more than this; None: into one.
    """
    groups: list[tuple[int, ...]] = []
    left = list(missing)
    for group in begun:
        if set(group) <= set(left):
            groups.append(group)
            left = [seed for seed in left if seed not in group]
    if left:
        count = 1 if most is None else -(-len(left) // most)
        size, longer = divmod(len(left), count)
        ends = [(i + 1) * size + min(i + 1, longer) for i in range(count)]
        groups += [tuple(left[a:b]) for a, b in zip([0, *ends], ends, strict=False)]
    return groups


def plan(job: Job, arm: Arm, most: int | None = None) -> list[Unit]:
    """The units that run what is missing of an arm now.

    Parameters
    ----------
    job, arm
        What is to be run.
    most
        Seeds in a unit that is not begun, at most; the arm may want fewer side by side.
    """
    missing = job.missing(arm)
    keys = {seed: arm.key(seed, job.images) for seed in missing}
    begun = []
    for key in keys.values():
        path = checkpoint_path(job.out, key)
        if path.exists() and (seeds := seeds_in(path)):
            begun.append(seeds)
    limits = [limit for limit in (most, arm.beside) if limit is not None]
    return [
        Unit(
            arm,
            seeds,
            tuple(keys[seed] for seed in seeds),
            checkpoint_path(job.out, keys[seeds[0]]),
            claim_path(job, arm),
        )
        for seeds in split(missing, begun, min(limits, default=None))
    ]
