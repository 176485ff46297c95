"""The time that ways to a gradient take, side by side in one run, on a quiet machine and beside others."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pdenet.checks.numbers import whole
from pdenet.runs.intervals import log_mean_interval
from pdenet.runs.measured_arm import MeasuredArm
from pdenet.runs.protocol import described
from pdenet.runs.shown import Drawn
from pdenet.subjects.reversible.system import BATCH, WAYS, conv_blocks, gradients, images

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pdenet.runs.interval import Interval
    from pdenet.runs.results import Results

NOISE = Drawn("noise of deviation one")
CLOCKS = {"wall": time.perf_counter, "processor": time.process_time}


@dataclass(frozen=True)
class CostProtocol:
    """So many blocks and images, so many rounds of the ways in turn, beside so many busy processes.

    Raises
    ------
    TypeError, ValueError
        If a number is none, not whole or out of range.
    """

    depth: int = 32
    batch: int = BATCH
    rounds: int = 20
    busy: int = 0

    def __post_init__(self) -> None:
        for name, least in (("depth", 1), ("batch", 1), ("rounds", 2), ("busy", 0)):
            object.__setattr__(self, name, whole(name, getattr(self, name), least=least))


@dataclass(frozen=True, kw_only=True)
class CostArm(MeasuredArm):
    """All ways together, since they take turns; nothing is trained, and nothing is claimed of seconds.

    Parameters
    ----------
    protocol
        How it is measured.
    """

    protocol: CostProtocol = CostProtocol()
    shown: Drawn = NOISE
    most: int | None = 1

    @property
    def name(self) -> str:
        """How many images, and how busy the machine is made."""
        return f"times, {self.protocol.batch} images beside {self.protocol.busy} busy processes"

    @property
    def model(self) -> dict[str, Any]:
        """The ways."""
        return {"kind": "gradient times", "ways": [*WAYS], **described(self.protocol)}

    def measure(self, seed: int) -> dict[str, Any]:
        """Seconds by clock, way and round, and how busy the machine was before; the seed draws nothing."""
        load = os.getloadavg()[0]
        with _busy(self.protocol.busy):
            seconds = measure_times(self.protocol)
        return {"seconds": seconds, "load_at_start": load}


def measure_times(protocol: CostProtocol) -> dict[str, dict[str, list[float]]]:
    """Seconds of a gradient by clock and way, round by round; a first round does not count."""
    blocks, u = conv_blocks(protocol.depth), images(protocol.batch)
    found: dict[str, dict[str, list[float]]] = {clock: {way: [] for way in WAYS} for clock in CLOCKS}
    for number in range(protocol.rounds + 1):
        for way in WAYS:
            before = {name: clock() for name, clock in CLOCKS.items()}
            gradients(way, blocks, u)
            if number:
                for name, clock in CLOCKS.items():
                    found[name][way].append(clock() - before[name])
    return found


COSTS = (CostArm(), CostArm(protocol=CostProtocol(busy=2)), CostArm(protocol=CostProtocol(batch=128)))
"""What is recorded: the images of the page, alone and beside others, and eight times as many."""


def time_ratio(results: Results, arm: str, way: str, clock: str = "processor") -> Interval | None:
    """How many times the plain way's seconds a way takes: the geometric mean over rounds."""
    records = results.records(arm)
    if not records:
        return None
    seconds = records[0].measured["seconds"][clock]
    return log_mean_interval(np.array(seconds[way]) / np.array(seconds["plain"]))


@contextlib.contextmanager
def _busy(count: int) -> Iterator[None]:
    """So many processes that do nothing but count, for as long as this lasts."""
    spawn = multiprocessing.get_context("spawn")
    others = [spawn.Process(target=_count, daemon=True) for _ in range(count)]
    for other in others:
        other.start()
    try:
        yield
    finally:
        for other in others:
            other.terminate()
            other.join()


def _count() -> None:
    number = 0
    while True:
        number += 1
