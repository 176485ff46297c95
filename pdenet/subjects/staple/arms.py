"""Proteins that are linked, proteins that fold, networks with a skip: what is run, seed by seed.

A seed of the first two is a protein, drawn from those that have one native conformation; what a record holds
of it is exact, so that the spread over seeds is that of proteins.
"""

from __future__ import annotations

import time
from abc import abstractmethod
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np

from pdenet.runs.arm import Arm, Context
from pdenet.runs.measured_arm import measured_record
from pdenet.runs.shown import Drawn
from pdenet.subjects.staple.folding import TOGETHER
from pdenet.subjects.staple.measures import (
    LOOSE,
    SPANS,
    LinkTime,
    drawn,
    link_gains,
    link_times,
    native_share,
    random_skips,
    ranks_agree,
)
from pdenet.subjects.staple.protein import Protein
from pdenet.subjects.staple.resolvents import DeepNet, decay

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pdenet.runs.record import Record

TEMPERATURE = 0.3
"""At which chains fold, in units of the energy of a bond: near the folding temperature of most."""
GROUND = 0.1
"""Stiffness that holds a node of the elastic chain, whose decay is the gain of the networks."""
FASTER, FROM_THERE, STRANDED = "faster", "faster from there", "stranded"


@dataclass(frozen=True, kw_only=True)
class ExactArm(Arm):
    """Something that is computed, not trained, from what a seed draws."""

    shown: Drawn = field(init=False)
    beside: int | None = 5

    @property
    @abstractmethod
    def called(self) -> str:
        """What the seeds draw."""

    @abstractmethod
    def measure(self, seed: int) -> tuple[str, dict[str, float | str | None]]:
        """What was drawn, as a text, and what is measured of it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "shown", Drawn(self.called))

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        """Measure what these seeds draw."""
        records = []
        for seed in seeds:
            started = time.perf_counter()
            what, measured = self.measure(seed)
            data = {**self.shown.describe(), "checksum": sha256(what.encode()).hexdigest()}
            records.append(measured_record(self, seed, measured, time.perf_counter() - started, data))
        return records


@dataclass(frozen=True, kw_only=True)
class LinkArm(ExactArm):
    """Proteins of so many residues: what each native link gains, and which share of links is native."""

    residues: int

    @property
    def name(self) -> str:
        """The length."""
        return f"{self.residues} residues, linked"

    @property
    def called(self) -> str:
        """The proteins."""
        return f"lattice proteins of {self.residues}"

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the chain."""
        return {"kind": "linked chain", "residues": self.residues}

    def measure(self, seed: int) -> tuple[str, dict[str, float | str | None]]:
        """The sequence, and what its links do."""
        protein = Protein(drawn(self.residues)[seed])
        found, (share, closed) = link_gains(protein), native_share(protein)
        return protein.sequence, {
            "sequence": protein.sequence,
            "links": len(found.gains),
            "least gain": float(found.gains.min()),
            "gain": float(found.gains.mean()),
            "rank with closing": ranks_agree(found.gains, -np.log(found.closing)),
            "rank with span": ranks_agree(found.gains, found.spans),
            "native": share,
            "native of closed": closed,
        }


@dataclass(frozen=True, kw_only=True)
class FoldingArm(ExactArm):
    """Proteins of so many residues: how much faster each native link makes them fold."""

    residues: int
    temperature: float = TEMPERATURE
    together: int = TOGETHER

    @property
    def name(self) -> str:
        """The length; temperature and moves where they are others than usual."""
        at = "" if self.temperature == TEMPERATURE else f" at {self.temperature}"
        by = "" if self.together == TOGETHER else f" by {self.together} at once"
        return f"{self.residues} residues, folding{at}{by}"

    @property
    def called(self) -> str:
        """The proteins."""
        return f"lattice proteins of {self.residues}"

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the chain."""
        settings = {"residues": self.residues, "temperature": self.temperature, "together": self.together}
        return {"kind": "folding chain", **settings}

    @property
    def weight(self) -> float:
        """About the number of conformations."""
        return 2.6**self.residues

    def measure(self, seed: int) -> tuple[str, dict[str, float | str | None]]:
        """The sequence, and geometric means over its links by their span; None where it has none."""
        protein = Protein(drawn(self.residues)[seed])
        rigid = link_times(protein, self.temperature, 1, self.together)
        loose = link_times(protein, self.temperature, LOOSE, self.together, min(SPANS["long"]))
        measured: dict[str, float | str | None] = {"sequence": protein.sequence, "links": len(rigid)}
        for name, spans in SPANS.items():
            measured |= _summary(name, [one for one in rigid if one.span in spans])
        return protein.sequence, measured | _summary("loose", loose)


@dataclass(frozen=True, kw_only=True)
class SkipArm(ExactArm):
    """Random layers: what one skip at a random place does to the gradient, before any training."""

    depth: int = 64
    width: int = 64
    places: int = 50
    gain: float = decay(GROUND)

    @property
    def name(self) -> str:
        """The depth."""
        return f"{self.depth} layers, one skip"

    @property
    def called(self) -> str:
        """The layers."""
        return "random layers and places"

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the network."""
        return {
            "kind": "skipped layers",
            "depth": self.depth,
            "width": self.width,
            "gain": round(self.gain, 6),
            "places": self.places,
        }

    def measure(self, seed: int) -> tuple[str, dict[str, float | str | None]]:
        """How often a skip lowers the gradient, and by how much it raises it."""
        plain, skipped = random_skips(DeepNet(self.depth, self.width, self.gain, seed), self.places, seed)
        raised = np.log10(skipped / plain)
        return f"{self.depth}, {self.width}, {seed}", {
            "plain, log10": float(np.log10(plain)),
            "lowered": float((raised < 0).mean()),
            "lowered by half": float((skipped < plain / 2).mean()),
            "median rise, log10": float(np.median(raised)),
        }


def _summary(name: str, times: Sequence[LinkTime]) -> dict[str, float]:
    """Geometric means of what folds, the mean of what is stranded."""
    folds, none = [one for one in times if np.isfinite(one.faster)], [np.nan]
    return {
        f"{name}, {FASTER}": float(np.exp(np.mean([np.log(one.faster) for one in folds] or none))),
        f"{name}, {FROM_THERE}": float(
            np.exp(np.mean([np.log(one.faster_from_there) for one in folds] or none))
        ),
        f"{name}, {STRANDED}": float(np.mean([one.stranded for one in times] or none)),
    }
