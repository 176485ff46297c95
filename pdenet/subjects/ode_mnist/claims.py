"""What the recorded runs of flows and their controls decide; accuracies in per cent, paired by seed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from pdenet.runs.claims import Claim, Judged, Verdict, judge
from pdenet.runs.interval import Interval
from pdenet.runs.intervals import paired_interval
from pdenet.subjects.ode_mnist.arms import arm_name
from pdenet.subjects.ode_mnist.measures import NO_STEPS
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
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

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


def has_test(runs: Iterable[Record], solver: str) -> bool:
    """Whether any of the runs was tested with this solver; older ones have no test of `NO_STEPS`."""
    return any(solver in run.measured.get("solver_test", {}).get("accuracy", {}) for run in runs)


def in_test(runs: Sequence[Record], solver: str, what: str = "accuracy") -> NDArray[np.float64]:
    """``accuracy`` or ``same`` of the solver test in per cent, (seed,); a solution that broke off has 0.

    Runs that have no test of this solver are left out.
    """
    values = [run.measured["solver_test"][what][solver] for run in runs if has_test([run], solver)]
    return 100 * np.array([0.0 if value is None else value for value in values])


def loss_of_accuracy(runs: Sequence[Record], solver: str = "accurate") -> Interval | None:
    """Points that networks lose when their field is solved so instead of as in training.

    Runs that have no test of this solver, as older ones have none of `NO_STEPS`, are left out.
    """
    tested = [run for run in runs if has_test([run], solver)]
    if not tested:
        return None
    trained, other = in_test(tested, "trained"), in_test(tested, solver)
    most = float(trained.mean())  # nobody loses more than he had, nor gains more than he lacked
    try:
        return _with_enough_seeds(paired_interval(trained, other, within=(most - 100, most)))
    except ValueError:
        return _without_limits(float((trained - other).mean()), len(tested))


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
        text = f"{self._text}: the flow is ahead"
        return Claim(f"5.2{self.letter} ahead", text, measure=self.gain, family="flows and their controls")

    @property
    def agree(self) -> Claim:
        """The claim that it does not matter which of the two one takes."""
        text = f"{self._text}: the two agree to half a point"

        def apart(results: Results) -> Interval | None:
            gain = self.gain(results)
            return None if gain is None else abs(gain)

        return Claim(
            f"5.2{self.letter} agree",
            text,
            threshold=HALF_A_POINT,
            direction="below",
            family="flows and their controls",
            measure=apart,
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


@dataclass(frozen=True)
class SolverTest:
    """Whether a trained network is an ODE: what a better solver costs it, and what no solver at all would.

    Parameters
    ----------
    accurate
        The claim that an accurate solver costs less than half a point.
    without
        The claim that taking the block out costs more; None where no run has this control.
    """

    accurate: Judged
    without: Judged | None = None

    @property
    def void(self) -> bool:
        """Whether the network does without its block: then it passes with any field, a zero one too."""
        return self.without is not None and self.without.verdict is Verdict.DOES_NOT_HOLD

    @property
    def verdict(self) -> Verdict:
        """What follows: a network that passes is an ODE only if it would not pass without its block."""
        if self.accurate.verdict is not Verdict.HOLDS:
            return self.accurate.verdict
        controlled = self.without is not None and self.without.verdict is Verdict.HOLDS
        return Verdict.HOLDS if controlled else Verdict.NOT_DECIDED

    @property
    def words(self) -> str:
        """The verdict, and why it is none."""
        if self.verdict is not Verdict.NOT_DECIDED or self.accurate.verdict is not Verdict.HOLDS:
            return {Verdict.HOLDS: "yes", Verdict.DOES_NOT_HOLD: "no"}.get(self.verdict, "not decided")
        if self.void:
            return "void: so does no block"
        return "no control" if self.without is None else "control not decided"


def _lost(arm: str, solver: str, results: Results) -> Interval | None:
    return loss_of_accuracy(results.records(arm), solver)


def solver_claims(setting: Setting) -> dict[str, Claim]:
    """The claims that an accurate solver costs a network less than half a point, by member, coarse first."""
    return {
        member: Claim(
            f"5.2 {setting.name} {member}",
            f"{setting.title}, {member}: an accurate solver costs less than half a point",
            threshold=HALF_A_POINT,
            direction="below",
            family=f"solver test, {setting.name}",
            measure=partial(_lost, arm_name(setting.name, member), "accurate"),
        )
        for member in sorted(setting.members, key=steps_of)
    }


def control_claims(setting: Setting) -> dict[str, Claim]:
    """The claims that a network needs its block, by member, coarse steps first."""
    return {
        member: Claim(
            f"5.2 {setting.name} {member}, no block",
            f"{setting.title}, {member}: without its block it loses more than half a point",
            threshold=HALF_A_POINT,
            family=f"solver test, {setting.name}",
            measure=partial(_lost, arm_name(setting.name, member), NO_STEPS),
        )
        for member in sorted(setting.members, key=steps_of)
    }


def judge_solvers(results: Results, setting: Setting) -> dict[str, SolverTest]:
    """Which networks are ODEs, by member, where there are runs."""
    claims, controls = solver_claims(setting), control_claims(setting)
    judged = judge([*claims.values(), *controls.values()], results)
    return {
        member: SolverTest(judged[claim.id], judged.get(controls[member].id))
        for member, claim in claims.items()
        if claim.id in judged
    }


def steps_of(member: str) -> float:
    """Euler steps that the network is trained with; infinitely many for the adaptive solver."""
    return float(member.split()[1]) if member.startswith("Euler") else float("inf")


def ode_from(judged: Mapping[str, SolverTest]) -> int | None:
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
    return _without_limits(found.estimate, found.n)


def _without_limits(estimate: float, n: int, level: float = 0.95) -> Interval:
    again = partial(_without_limits, estimate, n)
    return Interval(estimate, -math.inf, math.inf, n, level, again=again)
