"""Staple: what a link does to a protein on a lattice, and a skip to random layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdenet.runs.experiment import Experiment
from pdenet.subjects.staple.arms import FoldingArm, LinkArm, SkipArm
from pdenet.subjects.staple.claims import CLAIMS

if TYPE_CHECKING:
    from pdenet.runs.experiment import Mode
    from pdenet.subjects.staple.arms import ExactArm


def _arms(mode: Mode) -> tuple[ExactArm, ...]:
    if mode == "full":
        return (
            LinkArm(residues=16),
            FoldingArm(residues=14, most=40),
            *(FoldingArm(residues=12, temperature=at, most=40) for at in (0.2, 0.4)),
            *(FoldingArm(residues=12, together=many, most=40) for many in (2, 4)),
            SkipArm(most=20),
        )
    return LinkArm(residues=10, most=4), FoldingArm(residues=10, most=4), SkipArm(places=10, most=2)


STAPLE = Experiment(
    "staple",
    "Staple: what a link does to a protein on a lattice, and a skip to random layers",
    _arms,
    CLAIMS,
    seeds=100,
    page="staple",
    digits=2,
)
