"""What is measured on a series net: errors by window, moving answers, the solver's error."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from pdenet.checks.numbers import whole
from pdenet.ops.seeding import generator
from pdenet.subjects.irregular.networks import LatentODE, SeriesNet
from pdenet.subjects.irregular.system import PRECISE, WINDOW, Series

WINDOWS = ("between", "ahead", "beyond")
"""The three windows of a test: among the times seen; where training was asked as well; where nothing was."""


@torch.no_grad()
def answers(net: SeriesNet, series: Series, asked: Tensor | None = None) -> Tensor:
    """What the nets answer at the asked times of series, or at other times (S, B, K); float64."""
    when = series.asked if asked is None else asked
    angles: Tensor = net(series.times.float(), series.seen.float(), when.float())
    return angles.double()


def errors(series: Series, found: Tensor) -> dict[str, Tensor]:
    """Root mean square of the error by window, (S,), in radians, against the truth without noise."""
    square = (found - series.truth).square()
    return {name: square[..., series.window(i)].mean((1, 2)).sqrt() for i, name in enumerate(WINDOWS)}


def crowd(series: Series, seeds: Iterable[int], times: int = 3) -> tuple[Tensor, Tensor]:
    """The asked times among `times` as many others, (S, B, K'), ascending, and where they are in there."""
    times = whole("times", times, least=1)
    seeds, count = tuple(seeds), series.asked.shape[-1]
    size = (series.asked.shape[1], times * count)
    extra = torch.stack([torch.rand(size, generator=generator(seed, 50), **PRECISE) for seed in seeds])
    both = torch.cat([series.asked, extra * WINDOW * len(WINDOWS)], -1)
    order = both.argsort(-1)
    return both.gather(-1, order), order.argsort(-1)[..., :count]


def measure(net: SeriesNet, test: Series) -> list[dict[str, float]]:
    """Errors by window, and two checks, for each seed.

    ``moved``: root mean square change of the answers when three times as many other times are asked as well.
    ``solver`` (of a latent ODE): the same when the solver takes steps of a quarter of the length.
    """
    found = answers(net, test)
    measured = errors(test, found)
    crowded, places = crowd(test, net.seeds)
    changes = {"moved": answers(net, test, crowded).gather(-1, places)}
    if isinstance(net.decoder, LatentODE):
        with _steps_of(net.decoder, net.decoder.step / 4):
            changes["solver"] = answers(net, test)
    for name, other in changes.items():
        measured[name] = (other - found).square().mean((1, 2)).sqrt()
    return [{name: float(value[row]) for name, value in measured.items()} for row in range(len(net.seeds))]


@contextmanager
def _steps_of(decoder: LatentODE, step: float) -> Iterator[None]:
    """Let a decoder's solver take steps of this length meanwhile."""
    before, decoder.step = decoder.step, step
    try:
        yield
    finally:
        decoder.step = before
