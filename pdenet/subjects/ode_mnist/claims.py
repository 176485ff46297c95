"""What the recorded runs of flows and their controls decide; accuracies in per cent, paired by seed."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from pdenet.runs.claims import Claim, Judged, Verdict, judge
from pdenet.runs.intervals import paired_interval
from pdenet.subjects.ode_mnist.arms import arm_name
from pdenet.subjects.ode_mnist.settings import (
    ALONE,
    BLOCKS,
    CONV,
    FEW,
    FLOW,
    SETTINGS,
    STENCIL,
    TIED,
    Setting,
    euler,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from pdenet.runs.interval import Interval
    from pdenet.runs.record import Record
    from pdenet.runs.results import Results

Place = tuple[str, str]  # setting, member
FEWEST_SEEDS = 3
HALF_A_POINT = 0.5  # in points of a per cent: what the book calls agreement


def by_place(results: Results) -> dict[Place, list[Record]]:
    """The runs by (setting, member), each in the order of its seeds; places without a run are left out."""
    places = ((setting.name, member) for setting in SETTINGS.values() for member in setting.members)
    return {place: runs for place in places if (runs := results.records(arm_name(*place)))}


def per_cent(runs: Sequence[Record]) -> NDArray[np.float64]:
    """Accuracies in per cent, (seed,); a network whose training broke off has labelled nothing right."""
    return 100 * np.nan_to_num([run.accuracy for run in runs])


def in_test(runs: Sequence[Record], solver: str, what: str = "accuracy") -> NDArray[np.float64]:
    """``accuracy`` or ``same`` of the solver test in per cent, (seed,); a solution that broke off has 0."""
    values = [run.measured["solver_test"][what][solver] for run in runs if "solver_test" in run.measured]
    return 100 * np.array([0.0 if value is None else value for value in values])


def loss_of_accuracy(runs: Sequence[Record]) -> Interval | None:
    """Points that networks lose when their field is solved accurately instead of as in training."""
    trained = in_test(runs, "trained")
    if not len(trained):
        return None
    return _with_enough_seeds(paired_interval(trained, in_test(runs, "accurate")))


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
        return Claim(f"5.2{self.letter} ahead", f"{self._text}: the flow is ahead", measure=self.gain)

    @property
    def agree(self) -> Claim:
        """The claim that it does not matter which of the two one takes."""
        text = f"{self._text}: the two agree to half a point"

        def apart(results: Results) -> Interval | None:
            gain = self.gain(results)
            return None if gain is None else abs(gain)

        return Claim(
            f"5.2{self.letter} agree", text, threshold=HALF_A_POINT, direction="below", measure=apart
        )

    def gain(self, results: Results) -> Interval | None:
        """Points by which the flow is ahead, paired by seed; without limits below three seeds."""
        flow, other = (arm_name(self.setting.name, member) for member in (FLOW, self.other))
        return _with_enough_seeds(results.ahead(flow, other))

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
PAIR_CLAIMS = tuple(claim for pair in PAIRS for claim in (pair.ahead, pair.agree))


def _lost_to_an_accurate_solver(arm: str, results: Results) -> Interval | None:
    return loss_of_accuracy(results.records(arm))


def solver_claims(setting: Setting) -> dict[str, Claim]:
    """The claims that a network is an ODE, by member, coarse steps first.

    A network counts as one if an accurate solver costs it less than half a point.
    """
    return {
        member: Claim(
            f"5.2 {setting.name} {member}",
            f"{setting.title}, {member}: an accurate solver costs less than half a point",
            threshold=HALF_A_POINT,
            direction="below",
            measure=partial(_lost_to_an_accurate_solver, arm_name(setting.name, member)),
        )
        for member in sorted(setting.members, key=steps_of)
    }


def judge_solvers(results: Results, setting: Setting) -> dict[str, Judged]:
    """The claims that a network is an ODE with what the runs measure, by member, where there are runs."""
    claims = solver_claims(setting)
    judged = judge(claims.values(), results)
    return {member: judged[claim.id] for member, claim in claims.items() if claim.id in judged}


def steps_of(member: str) -> float:
    """Euler steps that the network is trained with; infinitely many for the adaptive solver."""
    return float(member.split()[1]) if member.startswith("Euler") else float("inf")


def ode_from(judged: Mapping[str, Judged]) -> int | None:
    """The fewest Euler steps from which on every tested number gives an ODE; None if the largest does not."""
    fewest = None
    for member in sorted((m for m in judged if m.startswith("Euler")), key=steps_of, reverse=True):
        if judged[member].verdict is not Verdict.HOLDS:
            break
        fewest = int(steps_of(member))
    return fewest


def _with_enough_seeds(found: Interval | None) -> Interval | None:
    """The interval, but an infinite one below three seeds: two can agree by luck."""
    if found is None or found.n >= FEWEST_SEEDS:
        return found
    return replace(found, low=-math.inf, high=math.inf)
