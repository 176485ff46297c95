"""What the recorded runs of `pdenet.ode_nets` say: accuracies by seed, and claims with their verdicts."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from pdenet.runs.claims import Claim, Verdict
from pdenet.runs.compare import HALF_A_POINT, Judged, verdict
from pdenet.runs.files import read, shipped
from pdenet.runs.intervals import Interval, paired_interval
from pdenet.runs.record import Record
from pdenet.subjects.ode_mnist.experiment import (
    ALONE,
    BLOCKS,
    CONV,
    FEW,
    FILE,
    FLOW,
    SETTINGS,
    STENCIL,
    TIED,
    Setting,
    euler,
)

Place = tuple[str, str]  # setting, member
FEWEST_SEEDS = 3


def recorded() -> list[Record]:
    """The records that come with the book; none where their file does not yet."""
    try:
        return read(shipped(FILE))
    except FileNotFoundError:
        return []


def results(records: Iterable[Record], data: str = "mnist") -> dict[Place, list[Record]]:
    """The runs by (setting, member), each in the order of its seeds; places without a run are left out.

    Parameters
    ----------
    records
        Of `pdenet.ode_nets`.
    data
        Name of the whole image set; a setting that takes a part of it has its part.
    """
    given = list(records)
    found: dict[Place, list[Record]] = {}
    for setting in SETTINGS.values():
        training = asdict(setting.config)
        fitting = [r for r in given if r.training == training and _is_part(r, setting, data)]
        for name, member in setting.members.items():
            description = member(0).description
            runs = {r.seed: r for r in fitting if r.model == description}
            if runs:
                found[setting.name, name] = [runs[seed] for seed in sorted(runs)]
    return found


def _is_part(record: Record, setting: Setting, data: str) -> bool:
    """Whether the record's images are the setting's part of that image set."""
    base, _, _ = record.data["name"].partition("[")
    whole = record.data["name"] == base
    return base == data and whole == (setting.train is None and setting.test is None)


def per_cent(runs: Sequence[Record]) -> np.ndarray:
    """Accuracies in per cent, (seed,); a network whose training broke off has labelled nothing right."""
    return 100 * np.nan_to_num([run.accuracy for run in runs])


def in_test(runs: Sequence[Record], solver: str, what: str = "accuracy") -> np.ndarray:
    """``accuracy`` or ``same`` of the solver test in per cent, (seed,); a solution that broke off has 0."""
    values = [run.measured["solver_test"][what][solver] for run in runs if "solver_test" in run.measured]
    return 100 * np.array([0.0 if value is None else value for value in values])


def ahead(found: Mapping[Place, list[Record]], place: Place, other: Place) -> Interval | None:
    """Points by which one network is ahead of another, paired over the seeds that both have."""
    first, second = (
        {run.seed: value for run, value in zip(runs, per_cent(runs), strict=True)}
        for runs in (found.get(place, []), found.get(other, []))
    )
    shared = sorted(first.keys() & second.keys())
    return _paired([first[s] for s in shared], [second[s] for s in shared]) if shared else None


def loss_of_accuracy(runs: Sequence[Record]) -> Interval | None:
    """Points that networks lose when their field is solved accurately instead of as in training."""
    trained = in_test(runs, "trained")
    return _paired(trained, in_test(runs, "accurate")) if len(trained) else None


@dataclass(frozen=True)
class Pair:
    """A flow and a network of the same setting that it is measured against."""

    letter: str
    setting: Setting
    other: str

    @property
    def name(self) -> str:
        """What a reader calls the other network."""
        return "one block" if self.other == euler(1) else self.other

    @property
    def ahead(self) -> Claim:
        """The claim that the flow is better."""
        return Claim(f"5.2{self.letter} ahead", f"{self._text}: the flow is ahead", "comparison", 0.0)

    @property
    def agree(self) -> Claim:
        """The claim that it does not matter which of the two one takes."""
        text = f"{self._text}: the two agree to half a point"
        return Claim(f"5.2{self.letter} agree", text, "comparison", HALF_A_POINT, "below")

    @property
    def _text(self) -> str:
        return f"flow and {self.name} ({self.setting.title})"


PAIRS = tuple(
    Pair(letter, setting, other)
    for letter, (setting, other) in zip(
        "abcdefghi",
        [
            *((STENCIL, other) for other in (ALONE, euler(1), TIED)),
            *((setting, other) for setting in (CONV, FEW) for other in (ALONE, euler(1), BLOCKS)),
        ],
        strict=True,
    )
)


def judge(found: Mapping[Place, list[Record]]) -> dict[str, Judged]:
    """Two claims about each of `PAIRS` with what the runs measure, by id; pairs without a run left out."""
    judged: dict[str, Judged] = {}
    for pair in PAIRS:
        gain = ahead(found, (pair.setting.name, FLOW), (pair.setting.name, pair.other))
        if gain is not None:
            judged |= {pair.ahead.id: (pair.ahead, gain), pair.agree.id: (pair.agree, abs(gain))}
    return judged


def judge_solvers(found: Mapping[Place, list[Record]], setting: Setting) -> dict[str, Judged]:
    """Claims that a network is an ODE, by member, for those with a solver test, coarse steps first.

    A network counts as one if an accurate solver costs it less than half a point.
    """
    judged = {}
    for member in sorted(setting.members, key=steps_of):
        interval = loss_of_accuracy(found.get((setting.name, member), []))
        if interval is not None:
            text = f"{setting.title}, {member}: an accurate solver costs less than half a point"
            judged[member] = (
                Claim(f"5.2 {setting.name} {member}", text, "comparison", HALF_A_POINT, "below"),
                interval,
            )
    return judged


def steps_of(member: str) -> float:
    """Euler steps that the network is trained with; infinitely many for the adaptive solver."""
    return float(member.split()[1]) if member.startswith("Euler") else float("inf")


def ode_from(judged: Mapping[str, Judged]) -> int | None:
    """The fewest Euler steps from which on every tested number gives an ODE; None if the largest does not."""
    fewest = None
    for member in sorted((m for m in judged if m.startswith("Euler")), key=steps_of, reverse=True):
        if verdict(judged[member]) is not Verdict.HOLDS:
            break
        fewest = int(steps_of(member))
    return fewest


def _paired(a: ArrayLike, b: ArrayLike) -> Interval:
    """`paired_interval`, but an infinite one below three seeds: two can agree by luck."""
    found = paired_interval(a, b)
    return found if found.n >= FEWEST_SEEDS else replace(found, low=-math.inf, high=math.inf)
