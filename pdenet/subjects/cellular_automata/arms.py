"""What is measured seed by seed: how many of the 256 rules are recovered, by what is seen and trained."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pdenet.runs.measured_arm import MeasuredArm
from pdenet.runs.shown import Drawn
from pdenet.subjects.cellular_automata.evidence import counts
from pdenet.subjects.cellular_automata.fits import (
    FRAME_STEPS,
    UNIT_STEPS,
    descend_frames,
    descend_table,
    descend_units,
)
from pdenet.subjects.cellular_automata.frames import labels
from pdenet.subjects.cellular_automata.noise import corrected, flipped, plain
from pdenet.subjects.cellular_automata.system import RULES, drawn, history, tables

CELLS, STEPS = 64, 32
UNITS = (1, 2, 3, 4, 8, 16)
FRAMES = (1, 2, 3, 4)
CHANCES = (0.05, 0.1, 0.2, 0.3)
START, FLIPS = range(2)  # streams of random numbers


def _stream(seed: int, *stream: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=stream))


def _equal(found: np.ndarray) -> np.ndarray:
    """Which rules have these outcomes, (rule,), of (rule, 8)."""
    right: np.ndarray = np.all(found == tables(), axis=1)
    return right


@dataclass(frozen=True, kw_only=True)
class HistoryArm(MeasuredArm):
    """Every frame of one random start, read without noise, and a table that descends on it.

    Parameters
    ----------
    cells, steps
        Of the history.
    """

    cells: int = CELLS
    steps: int = STEPS
    shown: Drawn = field(default_factory=lambda: Drawn("histories of automata"))

    @property
    def name(self) -> str:
        """What is seen."""
        return "every frame"

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the histories."""
        return {"kind": "automata, table", "cells": self.cells, "steps": self.steps}

    def measure(self, seed: int) -> dict[str, Any]:
        """Rules whose neighbourhoods all occur, rules recovered, and how far unseen logits have moved."""
        start = drawn(_stream(seed, START), self.cells)
        found = np.array([counts(history(rule, start, self.steps)) for rule in range(RULES)])
        seen = found.any(2)
        logits = descend_table(found).numpy()
        right = (logits > 0) == (tables() == 1)
        unseen = np.abs(logits[~seen])
        return {
            "rules seen": int(np.all(seen, axis=1).sum()),
            "recovered": int(np.all(right & seen, axis=1).sum()),
            "seen and wrong": int((seen & ~right).sum()),
            "unseen moved": float(unseen.max()) if len(unseen) else 0.0,
        }


@dataclass(frozen=True, kw_only=True)
class UnitsArm(MeasuredArm):
    """Networks of a few units, shown all eight neighbourhoods.

    Parameters
    ----------
    units
        Of the hidden layer.
    steps
        Of Adam.
    """

    units: int
    steps: int = UNIT_STEPS
    shown: Drawn = field(default_factory=lambda: Drawn("neighbourhoods of automata"))

    @property
    def name(self) -> str:
        """How many units."""
        return f"{self.units} units"

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the networks."""
        return {"kind": "automata, units", "units": self.units, "steps": self.steps}

    def measure(self, seed: int) -> dict[str, Any]:
        """How many rules the networks have at the end, and which not."""
        right = _equal(descend_units(self.units, seed, self.steps).outcomes)
        return {"recovered": int(right.sum()), "missed": np.flatnonzero(~right).tolist()}


@dataclass(frozen=True, kw_only=True)
class FramesArm(MeasuredArm):
    """Every k-th frame, all windows of it, and the soft automaton unrolled.

    Parameters
    ----------
    k
        Steps between frames that are seen.
    steps
        Of Adam.
    """

    k: int
    steps: int = FRAME_STEPS
    shown: Drawn = field(default_factory=lambda: Drawn("frames of automata"))
    beside: int | None = 4

    @property
    def name(self) -> str:
        """Which frames, and how long it is trained where that is not as usual."""
        return frames_name(self.k, self.steps)

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the frames."""
        return {"kind": "automata, frames", "k": self.k, "steps": self.steps}

    @property
    def weight(self) -> float:
        """About the number of windows."""
        return float(4**self.k * self.steps)

    def measure(self, seed: int) -> dict[str, Any]:
        """How many rules have the right k-th frame at the end, how many before, and the losses of both."""
        same = labels(self.k)
        ended, begun = (self._found(same, seed, steps) for steps in (self.steps, 0))
        right, losses = ended
        return {
            "recovered": int(right.sum()),
            "untrained": int(begun[0].sum()),
            "missed": np.flatnonzero(~right).tolist(),
            "loss, found": float(np.median(losses[right])),
            "loss, missed": float(np.median(losses[~right])) if not right.all() else 0.0,
        }

    def _found(self, same: np.ndarray, seed: int, steps: int) -> tuple[np.ndarray, np.ndarray]:
        ended = descend_frames(self.k, seed, steps)
        numbers = ended.outcomes.astype(int) @ (1 << np.arange(8))
        return same[numbers] == same, ended.losses


def frames_name(k: int, steps: int = FRAME_STEPS) -> str:
    """The name of what every k-th frame is learned from."""
    return f"frame {k}" + ("" if steps == FRAME_STEPS else f", {steps} steps")


@dataclass(frozen=True, kw_only=True)
class NoiseArm(MeasuredArm):
    """Histories in which cells are misread, counted plainly and corrected for the noise.

    Parameters
    ----------
    starts, steps
        Random starts, and steps of each.
    cells
        Of the ring.
    """

    starts: int
    steps: int
    cells: int = CELLS
    shown: Drawn = field(default_factory=lambda: Drawn("noisy histories of automata"))

    @property
    def name(self) -> str:
        """What is seen."""
        return noise_name(self.starts, self.steps)

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the histories."""
        return {"kind": "automata, noise", "starts": self.starts, "steps": self.steps, "cells": self.cells}

    def measure(self, seed: int) -> dict[str, Any]:
        """By the chance that a cell is misread, how many rules come out right."""
        start = drawn(_stream(seed, START), self.starts, self.cells)
        rows = [history(rule, start, self.steps) for rule in range(RULES)]
        found: dict[str, Any] = {}
        for n, p in enumerate(CHANCES):
            flips = _stream(seed, FLIPS, n)
            counted = np.array([counts(flipped(row, p, flips)) for row in rows])
            found[f"plain at {p:g}"] = int(_equal(plain(counted)).sum())
            found[f"corrected at {p:g}"] = int(_equal(plain(corrected(counted, p))).sum())
        return found


def noise_name(starts: int, steps: int) -> str:
    """The name of so many starts followed for so many steps."""
    return f"noise, {starts} starts, {steps} steps"


LONG = 4 * FRAME_STEPS
HISTORY = HistoryArm()
NETWORKS = tuple(UnitsArm(units=units) for units in UNITS)
SKIPPED = tuple(FramesArm(k=k) for k in FRAMES)
LONGER = FramesArm(k=2, steps=LONG), FramesArm(k=3, steps=LONG)
WIDE, DEEP, MANY = (NoiseArm(starts=n, steps=steps) for n, steps in ((32, 1), (1, 32), (512, 1)))
