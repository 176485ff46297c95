"""The seconds that standard and depthwise convolutions take, in turn in one run."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn import functional

from pdenet.checks.numbers import whole
from pdenet.models.measures.flops import convolution_flops
from pdenet.ops.convolution import beside
from pdenet.ops.seeding import TRUNK, generator
from pdenet.runs.intervals import log_mean_interval
from pdenet.runs.measured_arm import MeasuredArm
from pdenet.runs.protocol import described
from pdenet.runs.shown import Drawn
from pdenet.subjects.scaling.networks import ScaledNet
from pdenet.subjects.scaling.system import BASE, CHEAP, KERNEL, Shape

if TYPE_CHECKING:
    from collections.abc import Callable

    from pdenet.runs.interval import Interval
    from pdenet.runs.results import Results

NOISE = Drawn("noise of deviation one")
WIDTHS = (8, 16, 32, 64, 128)
NETS = {"standard blocks": BASE, "depthwise blocks": CHEAP}


@dataclass(frozen=True)
class CostProtocol:
    """So many images of so many rows, so many rounds in turn.

    Raises
    ------
    TypeError, ValueError
        If a number is none, not whole or out of range.
    """

    batch: int = 50
    side: int = 24
    rounds: int = 20

    def __post_init__(self) -> None:
        for name, least in (("batch", 1), ("side", KERNEL), ("rounds", 2)):
            object.__setattr__(self, name, whole(name, getattr(self, name), least=least))


@dataclass(frozen=True, kw_only=True)
class CostArm(MeasuredArm):
    """A 3x3 convolution beside the pair that replaces it, and networks of equal operations; all in turn.

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
        """What it measures."""
        return "times"

    @property
    def model(self) -> dict[str, Any]:
        """What is measured."""
        nets = {name: ScaledNet.description(shape) for name, shape in NETS.items()}
        return {"kind": "block times", "widths": [*WIDTHS], "nets": nets, **described(self.protocol)}

    def measure(self, seed: int) -> dict[str, Any]:
        """Processor's seconds by what is measured and round, and how busy the machine was before."""
        load = os.getloadavg()[0]
        return {"seconds": measure_times(self.protocol, seed), "load_at_start": load}


def measure_times(protocol: CostProtocol, seed: int = 0) -> dict[str, list[float]]:
    """Seconds of the processor by what is done, round by round; a first round does not count."""
    work = {
        **{_single(width): _convolution(protocol, width, seed) for width in WIDTHS},
        **{_pair(width): _separable(protocol, width, seed) for width in WIDTHS},
        **{name: _step(shape, protocol.batch, seed) for name, shape in NETS.items()},
    }
    found: dict[str, list[float]] = {name: [] for name in work}
    for number in range(protocol.rounds + 1):
        for name, do in work.items():
            before = time.process_time()
            do()
            if number:
                found[name].append(time.process_time() - before)
    return found


def operations(width: int, side: int) -> tuple[int, int]:
    """Operations of a 3x3 convolution that keeps so many channels, and of the pair that replaces it."""
    pair = convolution_flops(KERNEL, width, width, side, side, groups=width)
    return (
        convolution_flops(KERNEL, width, width, side, side),
        pair + convolution_flops(1, width, width, side, side),
    )


def pair_ratio(seconds: dict[str, list[float]], width: int) -> Interval:
    """Seconds of the pair over those of the convolution that it replaces: geometric mean over rounds."""
    return log_mean_interval(np.array(seconds[_pair(width)]) / np.array(seconds[_single(width)]))


def nets_ratio(seconds: dict[str, list[float]]) -> Interval:
    """Seconds of a training step with depthwise blocks over those with standard ones."""
    depthwise, standard = (np.array(seconds[name]) for name in ("depthwise blocks", "standard blocks"))
    return log_mean_interval(depthwise / standard)


def recorded(results: Results) -> dict[str, list[float]] | None:
    """The seconds of the record; None if there is none."""
    records = results.records(CostArm().name)
    return records[0].measured["seconds"] if records else None


def _single(width: int) -> str:
    return f"convolution, {width} channels"


def _pair(width: int) -> str:
    return f"pair, {width} channels"


def _drawn(seed: int, *shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=generator(seed, TRUNK), device="cpu")


def _states(protocol: CostProtocol, width: int, seed: int) -> torch.Tensor:
    return beside(_drawn(seed, 1, protocol.batch, width, protocol.side, protocol.side), 1)


def _convolution(protocol: CostProtocol, width: int, seed: int) -> Callable[[], object]:
    u, kernels = _states(protocol, width, seed), _drawn(seed, width, width, KERNEL, KERNEL)
    return lambda: functional.conv2d(u, kernels, padding=KERNEL // 2)


def _separable(protocol: CostProtocol, width: int, seed: int) -> Callable[[], object]:
    u = _states(protocol, width, seed)
    each, mix = _drawn(seed, width, 1, KERNEL, KERNEL), _drawn(seed, width, width, 1, 1)
    return lambda: functional.conv2d(functional.conv2d(u, each, padding=KERNEL // 2, groups=width), mix)


def _step(shape: Shape, batch: int, seed: int) -> Callable[[], object]:
    net = ScaledNet(shape, (seed,)).train()
    images = _drawn(seed, 1, batch, shape.side, shape.side)

    def step() -> None:
        net.zero_grad()
        net(images).square().sum().backward()

    return step
