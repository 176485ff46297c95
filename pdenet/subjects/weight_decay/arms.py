"""What is measured of networks on digits under weight decay; each seed draws its images and first weights."""

from __future__ import annotations

import time
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pdenet.runs.arm import Arm
from pdenet.runs.measured_arm import measured_record
from pdenet.subjects.weight_decay.measures import (
    BUDGETS,
    EVEN,
    NEAR,
    RATE,
    SWEEP,
    TRAINED,
    Subject,
    drawn,
    near,
    swept,
    trained,
)

if TYPE_CHECKING:
    from pdenet.runs.arm import Context
    from pdenet.runs.record import Record


@dataclass(frozen=True, kw_only=True)
class DecayArm(Arm):
    """A network on digits, measured at many strengths of weight decay.

    Parameters
    ----------
    hidden
        Widths of the hidden layers.
    bias
        Whether the output has a bias, without decay.
    train, test
        Images that a seed draws.
    """

    hidden: tuple[int, ...] = (8,)
    bias: bool = False
    train: int = 1000
    test: int = 1000
    beside: int | None = 4

    @property
    @abstractmethod
    def kind(self) -> str:
        """What is measured."""

    @abstractmethod
    def measure(self, subject: Subject, seed: int) -> dict[str, Any]:
        """What is measured with this seed."""

    @property
    def name(self) -> str:
        """What is measured, of which network."""
        return f"{self.kind}, {_widths(self.hidden)}{', bias' if self.bias else ''}"

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the network and of what was measured."""
        told = {"kind": "decayed network", "measured": self.kind, "hidden": [*self.hidden], "bias": self.bias}
        return told | {"images": [self.train, self.test]} | self.settings

    @property
    def settings(self) -> dict[str, Any]:
        """Strengths and what else is measured with."""
        return {}

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        """Measure, once a seed."""
        images = context.part(self.shown)
        records = []
        for seed in seeds:
            started = time.perf_counter()
            subject = Subject(drawn(images, seed, self.train, self.test), self.hidden, self.bias)
            measured = self.measure(subject, seed)
            told = {"name": images.name, "checksum": images.checksum}
            records.append(measured_record(self, seed, measured, time.perf_counter() - started, told))
        return records


@dataclass(frozen=True, kw_only=True)
class SweepArm(DecayArm):
    """At rest, heated and cooled."""

    @property
    def kind(self) -> str:
        """What is measured."""
        return "swept"

    @property
    def settings(self) -> dict[str, Any]:
        """Strengths."""
        return {"strengths": [*SWEEP]}

    def measure(self, subject: Subject, seed: int) -> dict[str, Any]:
        """States by strength, on both ways."""
        return swept(subject, seed)


@dataclass(frozen=True, kw_only=True)
class NearArm(DecayArm):
    """At rest, next to the critical strength."""

    @property
    def kind(self) -> str:
        """What is measured."""
        return "near"

    @property
    def settings(self) -> dict[str, Any]:
        """Distances."""
        return {"distances": [*NEAR]}

    def measure(self, subject: Subject, seed: int) -> dict[str, Any]:
        """Where the weights vanish, and how."""
        return near(subject, seed)


@dataclass(frozen=True, kw_only=True)
class AdamArm(DecayArm):
    """After a budget of steps.

    Parameters
    ----------
    strengths
        Over the critical one, rising, the first of which is zero.
    """

    strengths: tuple[float, ...] = TRAINED

    @property
    def kind(self) -> str:
        """What is measured."""
        return "trained" if self.strengths == TRAINED else "trained from no decay on"

    @property
    def settings(self) -> dict[str, Any]:
        """Strengths, steps and rate of Adam."""
        return {"strengths": [*self.strengths], "steps": [*BUDGETS], "rate": RATE}

    def measure(self, subject: Subject, seed: int) -> dict[str, Any]:
        """States by strength, and where they fall fastest."""
        return trained(subject, seed, self.strengths)


def _widths(hidden: tuple[int, ...]) -> str:
    return " and ".join(map(str, hidden)) if hidden else "no hidden layer"


WIDTHS = (1, 8, 32, 128)
FEW, FEWEST = 10, 6
"""Draws of the arms that take long, and of those that take longest."""
SWEPT: dict[tuple[int, ...], SweepArm] = {
    (): SweepArm(hidden=()),
    (1,): SweepArm(hidden=(1,)),
    (8,): SweepArm(hidden=(8,), most=FEW),
    (8, 8): SweepArm(hidden=(8, 8), most=FEW),
}
"""By widths of the hidden layers."""
NEARBY = {width: NearArm(hidden=(width,)) for width in WIDTHS}
BIASED = NearArm(hidden=(8,), bias=True)
ADAM = {width: AdamArm(hidden=(width,), most=FEWEST) for width in (8, 32)}
WHOLE = AdamArm(strengths=EVEN, most=FEWEST)
"""Down to no decay, 8 units: is the peak still one where nobody says where to look?"""
