"""A signal with a known truth for the page on irregular series: damped pendulums, seen now and then.

All pendulums are the same and start anew each time. Time is in units of sqrt(length / gravity), angles are in
radians. What is seen lies in [0, 6], about one period; what is asked for may lie up to 18.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, get_args

import numpy as np
import torch
from torch import Tensor, nn

from pdenet.checks.numbers import real, whole
from pdenet.checks.words import one_of
from pdenet.ops.ode.dense import states_at
from pdenet.ops.seeding import as_seeds, generator

WINDOW = 6.0
"""Length of a part of the time axis: seen is [0, 6], learned from in training [0, 12], never met (12, 18]."""

DAMPING = 0.1
NOISE = 0.05  # radians, standard deviation
LARGEST = (2.0, 1.0)  # of angle and angular velocity at the start; a pendulum that starts so never goes over

_START, _SEEN, _ASKED, _NOISE = range(40, 44)  # random streams, see `pdenet.seeding`
PRECISE: dict[str, Any] = {"dtype": torch.float64, "device": "cpu"}  # whatever torch's defaults are
_ACCURATE = 0.03  # step of the truth, whose error is then less than 1e-6

Kind = Literal["irregular", "regular", "shared"]
Part = Literal["train", "test"]


class Pendulum(nn.Module):
    """The field (angle, velocity) -> (velocity, -sin(angle) - damping * velocity), on the last axis."""

    def __init__(self, damping: float = DAMPING) -> None:
        super().__init__()
        self.damping = real("damping", damping)

    def forward(self, t: Tensor | float, u: Tensor) -> Tensor:
        """du/dt of states `u` (..., 2); `t` plays no part."""
        angle, velocity = u.unbind(-1)
        return torch.stack([velocity, -angle.sin() - self.damping * velocity], -1)


@dataclass(frozen=True)
class Sampling:
    """When a pendulum is looked at, `count` times in each window.

    ``"irregular"``: at random times, others for each pendulum. ``"shared"``: at random times, the same for
    all of a seed, in training and test. ``"regular"``: at equal distances.

    Raises
    ------
    TypeError
        If the kind is no text or the count no number.
    ValueError
        If the kind is unknown, or the count is not whole or below two.
    """

    kind: Kind = "irregular"
    count: int = 20

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", one_of("kind", self.kind, get_args(Kind)))
        object.__setattr__(self, "count", whole("count", self.count, least=2))

    @property
    def label(self) -> str:
        """The sampling in a few words."""
        return f"{self.kind}, {self.count}"

    def times(self, seed: int, series: int, windows: int, stream: Sequence[int], *, asked: bool) -> Tensor:
        """Times (series, windows * count), ascending. At equal distances, asked is half-way between seen."""
        if self.kind == "regular":
            equal = torch.arange(windows * self.count, **PRECISE) + (1.0 if asked else 0.5)
            return (WINDOW * equal / self.count).expand(series, -1)
        if self.kind == "shared":  # always the whole list, of which a test asks for more than training
            lists = torch.rand(1, 3, self.count, generator=generator(seed, stream[0]), **PRECISE)
            shares = lists[:, :windows]
        else:
            size = (series, windows, self.count)
            shares = torch.rand(size, generator=generator(seed, *stream), **PRECISE)
        times = WINDOW * (shares.sort(-1).values + torch.arange(windows, device="cpu")[:, None]).flatten(1)
        return times.expand(series, -1)


@dataclass(frozen=True)
class Series:
    """Pendulums of S seeds, B a seed, float64.

    Parameters
    ----------
    start
        True angle and angular velocity at time 0, (S, B, 2).
    times, seen
        When each was looked at, and the noisy angle that was seen, (S, B, n).
    asked, truth
        Times asked for, others than those seen, ascending, and the angle there without noise, (S, B, K).
    noisy
        The angle at these times with noise: what training may see of the truth.
    """

    start: Tensor
    times: Tensor
    seen: Tensor
    asked: Tensor
    truth: Tensor
    noisy: Tensor

    def window(self, number: int) -> slice:
        """Which of the asked times lie in window `number`, counted from 0."""
        count = self.times.shape[-1]
        return slice(number * count, (number + 1) * count)


def draw(sampling: Sampling, seeds: int | Iterable[int], count: int, part: Part = "train") -> Series:
    """Draw pendulums and what is seen of them; with one seed they start alike under every sampling.

    All are seen in the first window and asked at other times of the same law: for training in the first two
    windows, for a test in three.

    Parameters
    ----------
    sampling
        When they are looked at.
    seeds
        How many seeds (0, 1, ...), or which.
    count
        Pendulums a seed; the first of many are the same as few.
    part
        What they are for; they are others for each.

    Raises
    ------
    ValueError
        If the count is not whole or there is no pendulum, the part is unknown, or what `as_seeds` refuses.
    """
    count = whole("count", count, least=1)
    one_of("part", part, get_args(Part))
    fork = get_args(Part).index(part)
    windows = 2 + fork
    start, times, asked, noise = [], [], [], []
    for seed in as_seeds(seeds):
        share = 2 * torch.rand(count, 2, generator=generator(seed, _START, fork), **PRECISE) - 1
        start.append(share * torch.tensor(LARGEST, **PRECISE))
        times.append(sampling.times(seed, count, 1, (_SEEN, fork), asked=False))
        asked.append(sampling.times(seed, count, windows, (_ASKED, fork), asked=True))
        size = (count, (1 + windows) * sampling.count)
        noise.append(NOISE * _normal(size, generator(seed, _NOISE, fork)))
    begin, when, later, error = (torch.stack(parts) for parts in (start, times, asked, noise))
    angles = states_at(Pendulum(), begin, torch.cat([when, later], -1), _ACCURATE)[..., 0]
    blurred, n = angles + error, sampling.count
    return Series(begin, when, blurred[..., :n], later, angles[..., n:], blurred[..., n:])


def _normal(size: tuple[int, int], stream: torch.Generator) -> Tensor:
    """Standard normal numbers, of which the first of many rows are the same as few.

    torch draws them in blocks of 16 and an incomplete last block in another way, so none is left incomplete.
    """
    count = size[0] * size[1]
    return torch.randn(-(-count // 16) * 16, generator=stream, **PRECISE)[:count].view(size)


def checksum(train: Series, test: Series, row: int) -> str:
    """SHA-256 of the series of the seed in this row, to six decimals: the same on every machine."""
    digest = hashlib.sha256()
    for series in (train, test):
        for part in (series.times, series.seen, series.asked, series.noisy):
            digest.update(np.ascontiguousarray((part[row].numpy() * 1e6).round().astype("<i8")).tobytes())
    return digest.hexdigest()


# Controls that learn nothing from other series.


def resting(series: Series) -> Tensor:
    """The angle at rest, whatever was seen: (S, B, K) zeros."""
    return torch.zeros_like(series.asked)


def straight_lines(series: Series) -> Tensor:
    """Straight lines from one seen angle to the next, and the last one for ever after; (S, B, K)."""
    flat = zip(
        series.asked.flatten(0, 1).numpy(),
        series.times.flatten(0, 1).numpy(),
        series.seen.flatten(0, 1).numpy(),
        strict=True,
    )
    lines = [np.interp(asked, times, seen) for asked, times, seen in flat]
    return torch.from_numpy(np.stack(lines)).view_as(series.asked)


@lru_cache(maxsize=1)
def _sinusoids() -> tuple[Tensor, Tensor]:
    """Rates of decay and frequencies to choose from, both (choices,)."""
    decay = torch.linspace(0, 0.3, 16, **PRECISE)
    frequency = torch.linspace(0.4, 1.15, 76, **PRECISE)
    pairs = torch.cartesian_prod(decay, frequency)
    return pairs[:, 0], pairs[:, 1]


def _fit_sinusoids(series: Series) -> tuple[Tensor, ...]:
    """Decay, frequency and both amplitudes of the best damped sinusoid, each (S, B)."""
    decay, frequency = _sinusoids()
    found = []
    for times, seen in zip(series.times.flatten(0, 1), series.seen.flatten(0, 1), strict=True):
        fall = torch.exp(-decay[:, None] * times)
        a, b = fall * torch.cos(frequency[:, None] * times), fall * torch.sin(frequency[:, None] * times)
        aa, ab, bb = (a * a).sum(-1), (a * b).sum(-1), (b * b).sum(-1)
        ay, by = a @ seen, b @ seen
        determinant = aa * bb - ab * ab
        first, second = (bb * ay - ab * by) / determinant, (aa * by - ab * ay) / determinant
        best = int((first * ay + second * by).argmax())  # explained sum of squares
        found.append(torch.stack([decay[best], frequency[best], first[best], second[best]]))
    return torch.stack(found).view(*series.times.shape[:2], 4).unbind(-1)


def damped_sinusoid(series: Series) -> Tensor:
    """The least-squares damped sinusoid through what was seen of each series, (S, B, K).

    It is what a pendulum does in small swings. Decay and frequency come from a fine grid.
    """
    decay, frequency, first, second = (part[..., None] for part in _fit_sinusoids(series))
    phase = frequency * series.asked
    return torch.exp(-decay * series.asked) * (first * phase.cos() + second * phase.sin())


def true_pendulum(series: Series, rounds: int = 10) -> Tensor:
    """The pendulum's own equation from the least-squares start of each series, (S, B, K).

    Only the noise is left to err: no forecast can do much better. Levenberg and Marquardt's iteration.
    """
    decay, frequency, first, second = _fit_sinusoids(series)
    rounds = whole("rounds", rounds, least=0)
    start = torch.stack([first, frequency * second - decay * first], -1)  # (S, B, 2)
    shift = 1e-5 * torch.eye(2, **PRECISE)

    def angles(begin: Tensor) -> Tensor:
        return states_at(Pendulum(), begin, series.times, 0.2)[..., 0]

    damping = torch.full(start.shape[:2], 1e-2, **PRECISE)
    error = series.seen - angles(start)
    for _ in range(rounds):
        slopes = torch.stack([(angles(start + d) - angles(start - d)) / 2e-5 for d in shift], -1)
        square = slopes.mT @ slopes
        weighted = square + damping[..., None, None] * torch.diag_embed(square.diagonal(dim1=-2, dim2=-1))
        trial = start + torch.linalg.solve(weighted, (slopes.mT @ error[..., None]))[..., 0]
        there = series.seen - angles(trial)
        better = there.square().sum(-1) < error.square().sum(-1)
        start = torch.where(better[..., None], trial, start)
        error = torch.where(better[..., None], there, error)
        damping = torch.where(better, damping / 4, damping * 8).clamp(1e-9, 1e6)
    return states_at(Pendulum(), start, series.asked, 0.1)[..., 0]


REST, LINES, SINUSOID, TRUE = "at rest", "straight lines", "damped sinusoid", "the pendulum itself"
CONTROLS: dict[str, Callable[[Series], Tensor]] = {
    REST: resting,
    LINES: straight_lines,
    SINUSOID: damped_sinusoid,
    TRUE: true_pendulum,
}
"""What learns nothing from other series; the last two know some or all of the physics."""
