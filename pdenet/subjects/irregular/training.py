"""How a series net is trained: Adam, a rate that falls along half a cosine, gradients cut for each seed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from pdenet.ops.seeding import ORDER, generator
from pdenet.subjects.irregular.networks import SeriesNet
from pdenet.subjects.irregular.pendulum import Series


@dataclass(frozen=True)
class SeriesTraining:
    """How a net learns: Adam, its rate falling along half a cosine, gradients cut at norm one for each seed.

    Parameters
    ----------
    steps, batch
        Steps, and series a step.
    learning_rate
        At first. Chosen on other seeds: for the recurrent net and the function of time among 0.01, 0.02 and
        0.04, for the latent ODE between 0.01 and 0.02.
    series
        Training series.
    targets
        ``"others"``: training asks at other times than those seen. ``"seen"``: in the first window it asks
        for what the encoder has just read.

    Raises
    ------
    ValueError
        If a number is out of range.
    """

    steps: int = 500
    batch: int = 50
    learning_rate: float = 0.02
    series: int = 200
    targets: Literal["others", "seen"] = "others"

    def __post_init__(self) -> None:
        if self.steps < 1 or not 1 <= self.batch <= self.series:
            message = (
                f"steps must be at least 1 and batch between 1 and the number of series, {self.series}; "
                f"got {self.steps} and {self.batch}"
            )
            raise ValueError(message)
        if not 0 < self.learning_rate < math.inf:
            message = f"learning_rate must be a positive number, such as 0.02; got {self.learning_rate}"
            raise ValueError(message)


CONFIG = SeriesTraining()


def fit(
    net: SeriesNet, train: Series, training: SeriesTraining = CONFIG, every: int = 25
) -> list[list[float]]:
    """Train nets side by side, each on its own series, and return their losses by seed.

    Parameters
    ----------
    net
        S nets; they are changed.
    train
        Series of S seeds, drawn for training.
    training
        How.
    every
        Steps over which a loss (mean square, noise included) is averaged.

    Raises
    ------
    ValueError
        If there are other seeds or fewer series than the training needs.
    """
    seeds, count = train.start.shape[:2]
    if seeds != len(net.seeds) or count < training.series:
        message = (
            f"training needs {training.series} series for each of {len(net.seeds)} nets; "
            f"got {count} for {seeds}"
        )
        raise ValueError(message)
    times, seen, asked, wanted = (
        part.float() for part in (train.times, train.seen, train.asked, train.noisy)
    )
    if training.targets == "seen":
        n = times.shape[-1]
        asked, wanted = (torch.cat([a, b[..., n:]], -1) for a, b in ((times, asked), (seen, wanted)))
    orders = [generator(seed, ORDER) for seed in net.seeds]
    rows = torch.arange(seeds)[:, None]
    parameters = list(net.parameters())
    optimiser = torch.optim.Adam(parameters, training.learning_rate)
    losses = []
    for k in range(training.steps):
        for group in optimiser.param_groups:
            group["lr"] = training.learning_rate * (1 + math.cos(math.pi * k / training.steps)) / 2
        drawn = torch.stack([torch.randperm(training.series, generator=order) for order in orders])
        some = drawn[:, : training.batch]
        error = net(times[rows, some], seen[rows, some], asked[rows, some]) - wanted[rows, some]
        loss = error.square().mean((1, 2))
        optimiser.zero_grad()
        loss.sum().backward()
        _cut(parameters)
        optimiser.step()
        losses.append(loss.detach())
    blocks = torch.stack(losses, 1).split(every, 1)
    return torch.stack([block.mean(1) for block in blocks], 1).tolist()


def _cut(parameters: Sequence[Tensor]) -> None:
    """Shrink the gradients of each seed to norm one where it is larger."""
    gradients = [p.grad for p in parameters if p.grad is not None]
    norm = torch.stack([g.square().flatten(1).sum(1) for g in gradients]).sum(0).sqrt()
    for g in gradients:
        g /= norm.clamp_min(1.0).view(-1, *[1] * (g.dim() - 1))
