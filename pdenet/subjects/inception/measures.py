"""What the page measures beside the runs: seconds of equal budgets, walks on a map, seeds that decide."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
import torch
from scipy.special import stdtrit

from pdenet.checks.numbers import real, whole
from pdenet.subjects.inception.system import maps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from pdenet.subjects.inception.networks import FamilyNet

PLUS = np.array([[0.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 0.0]])
"""A cell and its four neighbours."""


def step_seconds(
    nets: Mapping[str, FamilyNet], image: tuple[int, ...], *, batch: int = 25, rounds: int = 9
) -> dict[str, float]:
    """Seconds of a training step forwards and backwards, the networks in turn, medians over the rounds.

    Parameters
    ----------
    nets
        By name; each of as many seeds.
    image
        Shape of an image.
    batch
        Images of a step.
    rounds
        How often; two more come before, uncounted.
    """
    taken: dict[str, list[float]] = {name: [] for name in nets}
    for _ in range(whole("rounds", rounds, least=1) + 2):
        for name, net in nets.items():
            images = torch.zeros(len(net.seeds), batch, *image)
            started = time.perf_counter()
            net(images).square().mean().backward()
            taken[name].append(time.perf_counter() - started)
    return {name: median(values[2:]) for name, values in taken.items()}


def walked(open_cells: NDArray[np.bool_], steps: int) -> NDArray[np.bool_]:
    """Which cells are reached, by so many convolutions with a ReLU behind; as `walks`."""
    return walks(open_cells, steps) > 0


def walks(open_cells: NDArray[np.bool_], steps: int) -> NDArray[np.float64]:
    """Numbers of walks from the middle to each cell, which may stand still, by a network that nobody trained.

    A stage adds to each cell its four neighbours, and takes from closed ones as much as can be there.

    Parameters
    ----------
    open_cells
        (N, side, side), the walks begin in the middle.
    steps
        k, from 0 to 20, so that all numbers are exact.
    """
    steps = whole("steps", steps, least=0, most=20)
    kernel = torch.from_numpy(PLUS)[None, None]
    closed = torch.from_numpy(~open_cells).double()[:, None]
    now = torch.zeros_like(closed)
    middle = now.shape[-1] // 2
    now[..., middle, middle] = 1
    for _ in range(steps):
        now = torch.relu(torch.nn.functional.conv2d(now, kernel, padding=1) - 5.0**steps * closed)
    found: NDArray[np.float64] = now[:, 0].numpy()
    return found


def example(seed: int = 3) -> NDArray[np.bool_]:
    """The map that the page shows."""
    found: NDArray[np.bool_] = maps(1, np.random.default_rng(seed))[0]
    return found


def seeds_for(spread: float, reach: float) -> int:
    """How many seeds place a mean within this reach, at 95 %, if one deviates by so much.

    Parameters
    ----------
    spread
        Standard deviation of one seed.
    reach
        Half the width of the interval.

    Raises
    ------
    TypeError, ValueError
        If a number is not positive.
    """
    spread, reach = real("spread", spread, above=0), real("reach", reach, above=0)
    seeds = 2
    while stdtrit(seeds - 1, 0.975) * spread > reach * seeds**0.5:
        seeds += 1
    return seeds
