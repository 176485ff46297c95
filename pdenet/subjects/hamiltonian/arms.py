"""Fields that are learned, with an energy or without, and fields that are not: what is run, seed by seed."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from pdenet.checks.words import one_of
from pdenet.runs.arm import Arm, Context
from pdenet.runs.loop import learn
from pdenet.runs.machine import describe_origin
from pdenet.runs.measured_arm import measured_record
from pdenet.runs.record import Record
from pdenet.runs.shown import Drawn
from pdenet.subjects.hamiltonian.measures import FINE, WAYS, measured
from pdenet.subjects.hamiltonian.networks import LAWS, PhaseField
from pdenet.subjects.hamiltonian.rivals import LinearField
from pdenet.subjects.hamiltonian.system import POINTS, Observed
from pdenet.subjects.hamiltonian.training import RateTask, RateTraining

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pdenet.subjects.hamiltonian.measures import Field

BASE, DAMPED = Observed(), Observed(friction=0.1)
OTHERS = (
    Observed(noise=0.0),
    Observed(noise=0.2),
    Observed(stretches=5),
    Observed(stretches=100),
)
"""What else is observed without friction: less and more noise, less and more data."""


def arm_name(law: str, observed: Observed = BASE) -> str:
    """The name of what a law learns from what is observed."""
    return f"{law}: {observed.stretches} stretches, noise {observed.noise:g}, friction {observed.friction:g}"


def _drawn(observed: Observed) -> Drawn:
    what = f"pendulum, noise {observed.noise:g}, friction {observed.friction:g}"
    return Drawn(what, train=observed.stretches * POINTS)


@dataclass(frozen=True, kw_only=True)
class FieldArm(Arm):
    """Fields that are learned.

    Parameters
    ----------
    law
        What is built in.
    observed
        What they are shown.
    protocol
        How they are trained.
    width
        Of the networks.
    """

    law: str
    observed: Observed = BASE
    protocol: RateTraining = field(default_factory=RateTraining)
    width: int = 64
    shown: Drawn = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shown", _drawn(self.observed))

    @property
    def name(self) -> str:
        """Law and data."""
        return arm_name(self.law, self.observed)

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the network."""
        return PhaseField.description(self.law, width=self.width)

    @property
    def weight(self) -> float:
        """A rate that is a gradient takes twice the time."""
        return 2.0 if self.law in LAWS[2:] else 1.0

    def build(self, seeds: int | Iterable[int] = 1) -> PhaseField:
        """The networks before training."""
        return PhaseField(self.law, seeds, width=self.width)

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        """Train these seeds side by side, and follow the fields."""
        started = time.perf_counter()
        net = self.build(seeds)
        task = RateTask(net, self.protocol, self.observed)
        course = learn(task, checkpoint=context.checkpoint, resume=True, progress=context.progress)
        found = of_network(net, self.observed)
        seconds, origin = (time.perf_counter() - started) / len(seeds), describe_origin(torch.device("cpu"))
        return [
            Record(
                model=self.model,
                training=self.training,
                seed=seed,
                data={**self.shown.describe(), "train": self.shown.train},
                history={"train_loss": [*course.of_seed(row)[0]]},
                diverged_at=course.diverged_at(row),
                seconds=seconds,
                trunk={},
                measured=found[row],
                **origin,
            )
            for row, seed in enumerate(seeds)
        ]


def of_network(net: PhaseField, observed: Observed) -> list[dict[str, Any]]:
    """All that is recorded of networks, in double precision; in the base case by all ways of stepping."""
    net = net.double()
    ways = tuple(WAYS) if observed == BASE else (FINE,)
    energy = net.energy if net.law == "energy" else None
    found = measured(net, observed, net.seeds, energy=energy, ways=ways)
    if net.law == LAWS[3]:
        for one, friction in zip(found, net.friction[:, 0].tolist(), strict=True):
            one["friction"] = friction
    return found


LINEAR, KEEPING, FRESH, FRESH_ENERGY = (
    "linear",
    "linear with an energy",
    "untrained",
    "untrained with an energy",
)
RIVALS = (LINEAR, KEEPING, FRESH, FRESH_ENERGY)


@dataclass(frozen=True, kw_only=True)
class RivalArm(Arm):
    """Fields that are not trained.

    Parameters
    ----------
    rival
        Which.
    observed
        What is fitted, and what it is measured by.
    """

    rival: str
    observed: Observed = BASE
    shown: Drawn = field(init=False)

    def __post_init__(self) -> None:
        one_of("rival", self.rival, RIVALS)
        object.__setattr__(self, "shown", _drawn(self.observed))

    @property
    def name(self) -> str:
        """Which, and its data."""
        return arm_name(self.rival, self.observed)

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the field."""
        return {"kind": "untrained field", "name": self.rival}

    def fields(self, seeds: tuple[int, ...]) -> Field:
        """The fields of these seeds side by side."""
        if self.rival in (LINEAR, KEEPING):
            return LinearField(self.observed, seeds, keeps=self.rival == KEEPING)
        return PhaseField("none" if self.rival == FRESH else "energy", seeds).double()

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        """Fit or draw these seeds, and follow the fields."""
        started = time.perf_counter()
        found = measured(self.fields(seeds), self.observed, seeds)
        seconds = (time.perf_counter() - started) / len(seeds)
        data = {**self.shown.describe(), "train": self.shown.train}
        return [measured_record(self, seed, found[row], seconds, data) for row, seed in enumerate(seeds)]


LEARNED = (
    *(FieldArm(law=law, observed=one) for one in (BASE, *OTHERS, DAMPED) for law in ("none", "energy")),
    *(FieldArm(law=law, observed=one) for one in (BASE, DAMPED) for law in ("second order", LAWS[3])),
)
NOT_LEARNED = (*(RivalArm(rival=rival) for rival in RIVALS), RivalArm(rival=LINEAR, observed=DAMPED))
