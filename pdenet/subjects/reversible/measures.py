"""What ways to a gradient cost, and how far a stack comes back: bytes, convolutions, errors."""

from __future__ import annotations

import warnings
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from pdenet.models.measures.memory import Held, held_bytes, live_bytes
from pdenet.ops.reversible import halves, rebuilding_bound, rebuilding_error, undone
from pdenet.ops.steppers import UnstableStepWarning
from pdenet.subjects.reversible.system import (
    WAYS,
    conv_blocks,
    gradients,
    images,
    parameters,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from torch import Tensor

DEPTHS = (2, 4, 8, 16, 32, 64, 128)
GAINS = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0)
MAP_DEPTHS = (8, 32, 128)
MAP_BATCH = 2
SMALL = 1e-13  # next to the end, of a difference that a way back stretches: far above rounding still


def held(way: str, depth: int) -> Held:
    """Bytes that this way holds for images of the page, parameters left out."""
    blocks, u = conv_blocks(depth), images()
    return held_bytes(partial(WAYS[way], blocks, u), parameters(blocks))


def alive(way: str, depth: int) -> int:
    """Most bytes that live at one time on the way there and back, the gradients of parameters among them."""
    blocks, u = conv_blocks(depth), images()
    return live_bytes(lambda: WAYS[way](blocks, u).sum().backward())


def parameter_bytes(depth: int) -> int:
    """Bytes of the parameters of a stack; their gradients are as many again."""
    return sum(p.nbytes for p in parameters(conv_blocks(depth)))


def exponent(by_depth: Mapping[int, float]) -> float:
    """The power of the depth with which something grows, by least squares over the logarithms."""
    depths, values = np.array([*by_depth.keys()], float), np.array([*by_depth.values()], float)
    return float(np.polyfit(np.log(depths), np.log(values), 1)[0])


class _Convolutions(TorchDispatchMode):
    """Counts what costs as much as one convolution: the gradient of one is two, for input and kernels."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.count: int = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is torch.ops.aten.convolution.default:
            self.count += 1
        elif func is torch.ops.aten.convolution_backward.default:
            self.count += sum(args[-1][:2])  # of input and kernels: which are asked for
        return func(*args, **(kwargs or {}))


def convolutions(way: str, depth: int) -> int:
    """How many convolutions a gradient takes, there and back."""
    blocks, u = conv_blocks(depth), images(1)
    counted = _Convolutions()
    with counted:
        WAYS[way](blocks, u).sum().backward()
    return counted.count


def gradient_gap(
    depth: int, gain: float, activation: str, dtype: torch.dtype, *, batch: int = MAP_BATCH, seed: int = 0
) -> float:
    """Relative difference of the reversible gradient to the plain one, images and parameters together."""
    blocks = conv_blocks(depth, gain, activation, seed=seed, dtype=dtype)
    u = images(batch, seed=seed, dtype=dtype)
    return _apart(*(_all(way, blocks, u) for way in ("reversible", "plain")))


class WayBack(NamedTuple):
    """How far a stack comes back, relative errors."""

    rebuilt: float
    """Of the states at its start, made again from those at its end."""
    bound: float
    """How far one rounding of the end can grow on the way back, by the branches' constants."""
    reversible: float
    """Of the reversible gradient, to the plain one in float64."""
    plain: float
    """Of the plain gradient in the same precision, to the same."""
    growth: float
    """Size of the states at the end next to that at the start."""


def way_back(depth: int, gain: float, activation: str, dtype: torch.dtype, *, seed: int = 0) -> WayBack:
    """How far a stack comes back, and what it and its plain twin make of the gradient."""
    exact = _all(
        "plain",
        conv_blocks(depth, gain, activation, seed=seed, dtype=torch.float64),
        images(MAP_BATCH, seed=seed, dtype=torch.float64),
    )
    blocks = conv_blocks(depth, gain, activation, seed=seed, dtype=dtype)
    u = images(MAP_BATCH, seed=seed, dtype=dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnstableStepWarning)  # it is what is looked at
        rebuilt = rebuilding_error(blocks, *halves(u.detach()))
    with torch.no_grad():
        growth = float(WAYS["plain"](blocks, u).norm() / u.norm())
    return WayBack(
        rebuilt,
        rebuilding_bound([(gain, gain)] * depth, dtype),
        _apart(_all("reversible", blocks, u), exact),
        _apart(_all("plain", blocks, u), exact),
        growth,
    )


@cache
def stretch_back(depth: int, gain: float, activation: str, *, seeds: int = 2) -> float:
    """How many times larger a small difference of the end is at the start: geometric mean, in float64.

    A rounding is small next to the end, and the start may be smaller than the end: times the growth of the
    states this is what a way back makes of a rounding, relative to the start.
    """
    powers = []
    for seed in range(seeds):
        blocks = conv_blocks(depth, gain, activation, seed=seed, dtype=torch.float64)
        u = images(MAP_BATCH, seed=seed, dtype=torch.float64).detach()
        noise = images(MAP_BATCH, seed=seeds + seed, dtype=torch.float64).detach()
        with torch.no_grad():
            end = WAYS["plain"](blocks, u)
            noise *= SMALL * end.norm() / noise.norm()
            ways = (torch.cat(undone(blocks, *halves(one)), 1) for one in (end, end + noise))
            found = torch.sub(*ways).norm() / noise.norm()
        powers.append(float(found.log()))
    return float(np.exp(np.mean(powers)))


def way_back_map(
    activation: str,
    dtype: torch.dtype,
    gains: Sequence[float] = GAINS,
    depths: Sequence[int] = MAP_DEPTHS,
    *,
    seed: int = 0,
) -> dict[tuple[float, int], WayBack]:
    """`way_back` by gain and depth."""
    return {
        (gain, depth): way_back(depth, gain, activation, dtype, seed=seed)
        for gain in gains
        for depth in depths
    }


def _all(way: str, blocks: Any, u: Tensor) -> Tensor:
    """All gradients as one vector of float64."""
    return torch.cat([part.double().flatten() for part in gradients(way, blocks, u)])


def _apart(found: Tensor, wanted: Tensor) -> float:
    return float((found - wanted).norm() / wanted.norm())


def kept_by_depth(depths: Iterable[int] = DEPTHS) -> dict[str, dict[int, Held]]:
    """What each way holds, by depth."""
    depths = list(depths)
    return {way: {depth: held(way, depth) for depth in depths} for way in WAYS}
