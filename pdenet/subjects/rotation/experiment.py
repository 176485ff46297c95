"""Rotation: what a symmetry is worth that is built in, shown, or hoped for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pdenet.runs.experiment import Experiment
from pdenet.subjects.rotation.arms import (
    AUGMENTED,
    BREAKINGS,
    CROWDED,
    LONGER,
    MORE,
    PATIENT,
    POOLED_RATE,
    RELU,
    SECTOR,
    SECTORS,
    TURNED,
    TURNS,
    ListArm,
    PointArm,
    SymmetryArm,
)
from pdenet.subjects.rotation.claims import CLAIMS
from pdenet.subjects.rotation.networks import OFFERED, PLAIN, POOLED, RADIAL, SORTED
from pdenet.subjects.rotation.system import REACH, region
from pdenet.subjects.rotation.training import SymmetryTraining

if TYPE_CHECKING:
    from pdenet.runs.experiment import Mode


def arms(steps: int = 1000, examples: int = 200, most: int | None = None) -> tuple[SymmetryArm, ...]:
    """All arms.

    Parameters
    ----------
    steps, examples
        Of the training.
    most
        Seeds.
    """
    plainly = SymmetryTraining(steps=steps, examples=examples)
    freely = SymmetryTraining(steps=steps, examples=examples, augmented=True)
    richly = SymmetryTraining(steps=steps, examples=examples * MORE // 200)
    quickly, patiently = (
        SymmetryTraining(steps=times * steps, examples=examples, learning_rate=POOLED_RATE)
        for times in (1, LONGER)
    )

    def points(title: str, reads: str = PLAIN, protocol: SymmetryTraining = plainly, **rest: Any) -> PointArm:
        return PointArm(title=title, reads=reads, protocol=protocol, most=most, **rest)

    def lists(title: str, reads: str = PLAIN, protocol: SymmetryTraining = plainly, **rest: Any) -> ListArm:
        return ListArm(title=title, reads=reads, protocol=protocol, most=most, **rest)

    sectors = [
        points(title, reads, protocol, seen=region(half))
        for half in SECTORS
        for title, reads, protocol in (
            (PLAIN, PLAIN, plainly),
            (RADIAL, RADIAL, plainly),
            (OFFERED, OFFERED, plainly),
            (AUGMENTED, PLAIN, freely),
        )
    ]
    broken = [
        points(reads, reads, breaking=strength)
        for strength in BREAKINGS
        for reads in (PLAIN, RADIAL, OFFERED)
    ]
    rings_out = [points(reads, reads, seen=region(reach=REACH)) for reads in (PLAIN, RADIAL)]
    return (
        *sectors,
        points(RELU, seen=region(SECTOR), bend="relu"),
        points(TURNED, seen=region(SECTOR), turns=TURNS),
        points(CROWDED, protocol=richly, seen=region(SECTOR)),
        *rings_out,
        *broken,
        *(lists(reads, reads) for reads in (PLAIN, SORTED)),
        lists(POOLED, POOLED, quickly),
        lists(PATIENT, POOLED, patiently),
        lists(AUGMENTED, protocol=freely),
        lists(PLAIN, ordered=False),
    )


def _arms(mode: Mode) -> tuple[SymmetryArm, ...]:
    return arms() if mode == "full" else arms(steps=300, examples=100, most=2)


ROTATION = Experiment(
    "rotation",
    "Rotation: a symmetry that is built in, shown, or hoped for",
    _arms,
    CLAIMS,
    seeds=12,
    page="rotation",
    digits=3,
)
