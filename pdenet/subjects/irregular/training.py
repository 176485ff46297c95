"""How a series net is trained: Adam, a rate that falls along half a cosine, gradients cut for each seed."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import torch
from torch import Tensor

from pdenet.checks.numbers import real, whole
from pdenet.checks.words import one_of
from pdenet.ops.seeding import ORDER, generator
from pdenet.runs.loop import learn
from pdenet.runs.stepped import SteppedTask
from pdenet.subjects.irregular.networks import SeriesNet
from pdenet.subjects.irregular.system import Series

Targets = Literal["others", "seen"]


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
    TypeError
        If a number is none, or `targets` no text.
    ValueError
        If a number is not whole or out of range, or `targets` is unknown.
    """

    steps: int = 500
    batch: int = 50
    learning_rate: float = 0.02
    series: int = 200
    targets: Targets = "others"

    def __post_init__(self) -> None:
        series = whole("series", self.series, least=1)
        normal: dict[str, Any] = {
            "steps": whole("steps", self.steps, least=1),
            "batch": whole("batch", self.batch, least=1, most=series),
            "learning_rate": real("learning_rate", self.learning_rate, above=0),
            "series": series,
            "targets": one_of("targets", self.targets, get_args(Targets)),
        }
        for name, value in normal.items():
            object.__setattr__(self, name, value)


CONFIG = SeriesTraining()


class SeriesTask(SteppedTask):
    """Series to be continued: mean square errors, Adam, a rate that falls, gradients cut for each seed.

    Parameters
    ----------
    net
        S nets; they are changed.
    train
        Series of S seeds, drawn for training.
    training
        How.
    every
        Steps in an epoch of the loop, over which a loss (mean square, noise included) is averaged.
    label
        What the series are, for a checkpoint.

    Raises
    ------
    ValueError
        If there are other seeds or fewer series than the training needs.
    """

    def __init__(
        self,
        net: SeriesNet,
        train: Series,
        training: SeriesTraining = CONFIG,
        *,
        every: int = 25,
        label: str = "",
    ) -> None:
        seeds, count = train.start.shape[:2]
        if seeds != len(net.seeds) or count < training.series:
            message = (
                f"training needs {training.series} series for each of {len(net.seeds)} nets; "
                f"got {count} for {seeds}"
            )
            raise ValueError(message)
        every = whole("every", every, least=1)
        super().__init__(net, net.seeds, training, every)
        self.net, self.training, self.label = net, training, label
        times, seen, asked, wanted = (
            part.float() for part in (train.times, train.seen, train.asked, train.noisy)
        )
        if training.targets == "seen":
            n = times.shape[-1]
            asked, wanted = (torch.cat([a, b[..., n:]], -1) for a, b in ((times, asked), (seen, wanted)))
        self.series = times, seen, asked, wanted
        self.rows = torch.arange(seeds, device="cpu")[:, None]

    @property
    def identity(self) -> dict[str, Any]:
        """Nets, training and what the series are."""
        return {"model": self.net.describe(), "training": asdict(self.training), "data": self.label}

    def batches(self, epoch: int) -> Iterator[Tensor]:
        """Positions of series (S, B), each seed's drawn from its own stream."""
        orders = [generator(seed, ORDER) for seed in self.seeds]
        for step in range(min(self.training.steps, (epoch + 1) * self.every)):
            drawn = [torch.randperm(self.training.series, generator=order, device="cpu") for order in orders]
            if step >= epoch * self.every:  # those before were drawn to get there
                self.step = step
                yield torch.stack(drawn)[:, : self.training.batch]

    def losses(self, batch: Tensor) -> Tensor:
        """Mean square error of the series `batch` (S, B) by seed, (S,)."""
        times, seen, asked, wanted = (part[self.rows, batch] for part in self.series)
        error: Tensor = self.net(times, seen, asked) - wanted
        return error.square().mean((1, 2))

    def adjust(self) -> None:
        """Set the rate, which falls along half a cosine, and cut the gradients of each seed at norm one."""
        super().adjust()
        _cut(list(self.net.parameters()))


def train_series(
    net: SeriesNet, train: Series, training: SeriesTraining = CONFIG, every: int = 25
) -> list[list[float]]:
    """Train nets side by side, each on its own series, and return their losses by seed; see `SeriesTask`."""
    course = learn(SeriesTask(net, train, training, every=every))
    return [course.of_seed(row)[0] for row in range(len(net.seeds))]


def _cut(parameters: Sequence[Tensor]) -> None:
    """Shrink the gradients of each seed to norm one where it is larger."""
    gradients = [p.grad for p in parameters if p.grad is not None]
    norm = torch.stack([g.square().flatten(1).sum(1) for g in gradients]).sum(0).sqrt()
    for g in gradients:
        g /= norm.clamp_min(1.0).view(-1, *[1] * (g.dim() - 1))
