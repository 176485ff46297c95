"""What is run: networks of one kind, so many geometries, and what is measured of the surface they learn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from pdenet.runs.arm import Arm, Context
from pdenet.runs.learned import learned_records
from pdenet.runs.loop import learn
from pdenet.runs.shown import Drawn
from pdenet.subjects.orbitals.measures import energy_errors, leaving_misses, misses, true_drift
from pdenet.subjects.orbitals.networks import (
    AVERAGED,
    DECAYING,
    GTO,
    NARROW,
    PAIRS,
    PLACES,
    SLATER,
    SORTED,
    WIDE,
    SurfaceNet,
)
from pdenet.subjects.orbitals.orbitals import MOST_L
from pdenet.subjects.orbitals.training import SurfaceTask, SurfaceTraining, held_out, rotations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pdenet.runs.record import Record

SIZES = (50, 200, 1000)
FEW, SOME, MANY = SIZES
ACROSS, MOVING = "a proton leaves", "trajectories"
"""What is measured beside the test."""


@dataclass(frozen=True, kw_only=True)
class SurfaceArm(Arm):
    """Networks of one kind and one protocol.

    Parameters
    ----------
    title
        What the arm is called.
    kind, lmax, span
        As in `SurfaceNet`.
    also
        What is measured beside misses on the test.
    """

    title: str
    kind: str = GTO
    lmax: int = MOST_L
    span: tuple[float, float] = NARROW
    also: tuple[str, ...] = ()
    protocol: SurfaceTraining = field(default_factory=SurfaceTraining)
    shown: Drawn = field(default_factory=lambda: Drawn("energies of H3+"))

    @property
    def name(self) -> str:
        """Its title."""
        return self.title

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the network and of what is looked at."""
        described = SurfaceNet.description(self.kind, lmax=self.lmax, span=self.span)
        return {**described, "measured": ["test", *self.also]}

    @property
    def weight(self) -> float:
        """About the time of a step."""
        return float(self.protocol.steps) * (3.0 if self.kind in (GTO, SLATER, AVERAGED, DECAYING) else 1.0)

    def build(self, seeds: int | Iterable[int] = 1) -> SurfaceNet:
        """The networks before training."""
        return SurfaceNet(self.kind, seeds, lmax=self.lmax, span=self.span)

    def learned(self, seeds: tuple[int, ...], context: Context) -> tuple[SurfaceNet, Any]:
        """The networks after training, and how it went."""
        net = self.build(seeds)
        course = learn(
            SurfaceTask(net, self.protocol),
            checkpoint=context.checkpoint,
            resume=True,
            progress=context.progress,
        )
        return net.eval().requires_grad_(False), course

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        """Train these seeds side by side and measure."""
        net, course = self.learned(seeds, context)
        measured = on_the_test(net)
        if ACROSS in self.also:
            measured |= leaving_misses(net)
        if MOVING in self.also:
            measured |= {} if self.kind == PAIRS else energy_errors(net)
            measured |= true_drift(net)
        data = self.shown.describe()
        return learned_records(self, seeds, course, torch.device("cpu"), data, measured)


def on_the_test(net: SurfaceNet) -> dict[str, torch.Tensor]:
    """Misses on geometries that nobody learns from, as they are and turned, (S,) by name."""
    known = held_out()
    energies, forces = misses(net.predicted(known.places), known)
    turn = rotations(len(known.energies), torch.Generator().manual_seed(2))
    moved = known._replace(places=known.places @ turn.mT, forces=known.forces @ turn.mT)
    turned, _ = misses(net.predicted(moved.places), moved)
    if net.kind == PAIRS:
        return {"force miss": forces}
    return {"energy miss": energies, "force miss": forces, "energy miss, turned": turned}


COORDINATES, TURNED, AVERAGE, SORT = "coordinates", "coordinates, turned", "distances", "distances, sorted"
ORBITALS, SLATERS, FIRST, NONE = "orbitals", "Slater functions", "orbitals, l to 1", "orbitals, l = 0"
BARE = "orbitals, energies alone"
PULLS = "pair forces"
NETS: dict[str, dict[str, Any]] = {
    ORBITALS: {"kind": GTO},
    SLATERS: {"kind": SLATER},
    FIRST: {"kind": GTO, "lmax": 1},
    NONE: {"kind": GTO, "lmax": 0},
    AVERAGE: {"kind": AVERAGED},
    SORT: {"kind": SORTED},
    COORDINATES: {"kind": PLACES},
    TURNED: {"kind": PLACES},
    BARE: {"kind": GTO},
    PULLS: {"kind": PAIRS},
}
LEAVING_NETS: dict[str, dict[str, Any]] = {
    "orbitals, leaving": {"kind": GTO},
    "wide orbitals, leaving": {"kind": GTO, "span": WIDE},
    "distances, leaving": {"kind": AVERAGED},
    "decays, leaving": {"kind": DECAYING},
}
LOCAL, REACHING, GLOBAL, FADING = LEAVING_NETS
RUN = (
    *((title, size) for size in SIZES for title in (ORBITALS, AVERAGE, SORT, COORDINATES)),
    *((title, SOME) for title in (SLATERS, FIRST, NONE, BARE)),
    *((title, MANY) for title in (SLATERS, FIRST, NONE, TURNED, PULLS)),
)
WATCHED = {(ORBITALS, MANY), (AVERAGE, MANY), (SORT, MANY), (PULLS, MANY)}
"""Whose trajectories are followed."""


def arm_name(title: str, size: int) -> str:
    """The name of the arm of such networks, shown so many geometries."""
    return f"{title}, {size}"


LONGER, LONGEST = 3000, 10_000
"""Steps of networks that are asked whether more of them change the comparison."""


def longer_name(title: str, size: int = SOME, steps: int = LONGER) -> str:
    """The name of the arm of such networks that are trained for longer."""
    return f"{arm_name(title, size)}, {steps} steps"


def longer_arms() -> tuple[Arm, ...]:
    """Orbitals and distances with three times the steps, coordinates with ten times."""
    found = []
    for title, size, steps, most in (
        (ORBITALS, SOME, LONGER, 5),
        (AVERAGE, SOME, LONGER, 5),
        (ORBITALS, MANY, LONGER, None),
        (AVERAGE, MANY, LONGER, None),
        (COORDINATES, FEW, LONGEST, None),
        (TURNED, FEW, LONGEST, None),
        (TURNED, MANY, LONGEST, None),
    ):
        config = SurfaceTraining(train=size, steps=steps, turned=title == TURNED)
        name = longer_name(title, size, steps)
        found.append(SurfaceArm(title=name, protocol=config, most=most, **NETS[title]))
    return tuple(found)


def arms(
    steps: int = SurfaceTraining.steps, run: Iterable[tuple[str, int]] = RUN, most: int | None = None
) -> tuple[Arm, ...]:
    """Arms of the comparison, and four that have seen a proton leave.

    Parameters
    ----------
    steps
        Of training.
    run
        Titles and sizes.
    most
        Seeds.
    """
    found = []
    for title, size in run:
        config = SurfaceTraining(train=size, steps=steps, forces=title != BARE, turned=title == TURNED)
        also = (*((ACROSS,) if title in (ORBITALS, AVERAGE) and size == MANY else ()),)
        also += (MOVING,) if (title, size) in WATCHED else ()
        found.append(
            SurfaceArm(title=arm_name(title, size), protocol=config, also=also, most=most, **NETS[title])
        )
    far = SurfaceTraining(train=600, steps=steps, far=True)
    found += [
        SurfaceArm(title=title, protocol=far, also=(ACROSS,), most=most, **net)
        for title, net in LEAVING_NETS.items()
    ]
    return tuple(found)
