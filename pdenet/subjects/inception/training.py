"""How the networks are trained: digits on canvases, and maps; each seed has data of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn import functional

from pdenet.checks.numbers import real, whole
from pdenet.data.canvas import on_canvas
from pdenet.ops.pick import pick
from pdenet.ops.seeding import ORDER, generator
from pdenet.runs.loop import Task
from pdenet.runs.protocol import described
from pdenet.runs.schedule import OneCycle, ScheduledTask
from pdenet.subjects.inception.system import asked, balanced_accuracy, maps, reached

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor

    from pdenet.data import ImageData
    from pdenet.data.canvas import CanvasData
    from pdenet.subjects.inception.networks import FamilyNet

BATCH = 500  # images of a test at once
SIZES = (0.3, 0.415, 0.575, 0.795, 1.1)
"""Ends of four bins of sizes, even in the logarithm."""


@dataclass(frozen=True)
class CanvasTraining(OneCycle):
    """Digits at random places on a canvas.

    Parameters
    ----------
    epochs, batch_size, learning_rate, pixels, loss, epsilon, rise
        As in `OneCycle`.
    side
        Rows and columns of a canvas.
    smallest, largest
        Scales of the digits.
    train, test
        Digits.

    Raises
    ------
    TypeError, ValueError
        As `OneCycle`, and if a number is none or out of range.
    """

    epochs: int = 4
    batch_size: int = 25
    learning_rate: float = 1e-2
    side: int = 32
    smallest: float = 0.6
    largest: float = 0.6
    train: int = 3000
    test: int = 3000

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("side", "train", "test"):
            object.__setattr__(self, name, whole(name, getattr(self, name), least=1))
        object.__setattr__(self, "smallest", real("smallest", self.smallest, above=0))
        object.__setattr__(self, "largest", real("largest", self.largest, least=self.smallest))

    def canvases(self, images: ImageData, seed: int) -> CanvasData:
        """What a seed is shown, drawn with it: digits, sizes, places; fewer where there are fewer digits."""
        train, test = min(self.train, len(images.train_labels)), min(self.test, len(images.test_labels))
        part = images.subset(train, test, seed=seed)
        return on_canvas(part, self.side, smallest=self.smallest, largest=self.largest, seed=seed)


class CanvasTask(ScheduledTask):
    """Digits on canvases, those of each seed its own.

    Parameters
    ----------
    net
        Of images.
    data
        Canvases of each seed, as many for each.
    config
        How.
    """

    def __init__(self, net: FamilyNet, data: Sequence[CanvasData], config: CanvasTraining) -> None:
        super().__init__(net, data[0], config, torch.device("cpu"))
        self.own = data
        self.images = torch.cat([own.train_images for own in data])
        self.targets = torch.cat([own.train_labels for own in data])
        self.first = len(self.labels) * torch.arange(len(data))[:, None]
        self.memory = {}

    @property
    def identity(self) -> dict[str, Any]:
        """As of images, with the canvases of all seeds."""
        return {**super().identity, "data": [own.checksum for own in self.own]}

    def batches(self, epoch: int) -> Iterator[Tensor]:
        """Positions (S, B) among the images of all seeds."""
        return (batch + self.first for batch in super().batches(epoch))

    def losses(self, batch: Tensor) -> Tensor:
        """Mean loss of each seed, (S,)."""
        logits = self.model(pick(self.images, batch, *self.scale))
        loss = functional.cross_entropy(logits.flatten(0, 1), self.targets[batch].flatten(), reduction="none")
        return loss.view(batch.shape).mean(1)

    def test(self, epoch: int) -> list[float]:
        """Accuracies after the last epoch, (S,) between 0 and 1."""
        if epoch < self.epochs - 1:
            return []
        return [float(share) for share in self.answers().double().mean(1)]

    @torch.no_grad()
    def answers(self) -> Tensor:
        """Which test images each network labels right, (S, N)."""
        self.model.eval()
        images = torch.stack([own.test_images for own in self.own]).float().mul_(self.scale[1])
        labels = torch.stack([own.test_labels for own in self.own])
        named = [self.model(part).argmax(-1) for part in images.split(BATCH, 1)]
        found: Tensor = torch.cat(named, 1) == labels
        return found


@dataclass(frozen=True)
class MapTraining(OneCycle):
    """Maps of open and closed cells.

    Parameters
    ----------
    epochs, batch_size, learning_rate, pixels, loss, epsilon, rise
        As in `OneCycle`; pixels and loss do not count.
    steps
        k.
    train, test
        Maps.

    Raises
    ------
    TypeError, ValueError
        As `OneCycle`, and if a number is none or out of range.
    """

    epochs: int = 4
    batch_size: int = 25
    learning_rate: float = 1e-2
    steps: int = 6
    train: int = 1600
    test: int = 1000

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("steps", "train", "test"):
            object.__setattr__(self, name, whole(name, getattr(self, name), least=1))


class MapTask(Task):
    """Maps whose cells are to be called reached or not; the maps of each seed are its own.

    The loss counts reached and not reached cells equally, as the test does.

    Parameters
    ----------
    net
        Of cells.
    config
        How.
    """

    def __init__(self, net: FamilyNet, config: MapTraining) -> None:
        optimizer = torch.optim.Adam(net.parameters(), lr=config.learning_rate, fused=True)
        super().__init__(net, net.seeds, config.epochs, optimizer)
        self.config, self.net, self.done = config, net, 0
        self.steps = config.epochs * -(-config.train // config.batch_size)
        drawn = [np.random.default_rng([config.steps, seed]) for seed in net.seeds]
        self.train = _seen([maps(config.train, rng) for rng in drawn], config.steps)
        self.tested = _seen([maps(config.test, rng) for rng in drawn], config.steps)
        _, true, where = self.train
        share = (true & where).sum((1, 2, 3)) / where.sum((1, 2, 3))
        self.weights = torch.stack(
            [0.5 / (1 - share), 0.5 / share], 1
        )  # of cells that are not reached, and are

    @property
    def identity(self) -> dict[str, Any]:
        """Model and training; the maps follow from the seeds."""
        return {"model": self.net.describe(), "training": described(self.config)}

    def batches(self, epoch: int) -> Iterator[Tensor]:
        """Positions of maps (S, B), in an order of each seed's own."""
        self.model.train()
        self.done = epoch * self.steps // self.epochs
        orders = [
            torch.randperm(self.config.train, generator=generator(seed, ORDER, epoch)) for seed in self.seeds
        ]
        return iter(torch.stack(orders).split(self.config.batch_size, dim=1))

    def losses(self, batch: Tensor) -> Tensor:
        """Mean over the cells that are asked for, (S,)."""
        rows = torch.arange(len(batch))[:, None]
        shown, true, where = (values[rows, batch] for values in self.train)
        logits = self.model(shown)
        one, other = (values[:, None, None, None] for values in self.weights.unbind(1))
        weight = torch.where(true, other, one) * where
        loss = functional.binary_cross_entropy_with_logits(logits, true.float(), weight, reduction="none")
        return loss.sum((1, 2, 3)) / where.sum((1, 2, 3))

    def adjust(self) -> None:
        """Set the rate of the step that comes."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.rate((self.done + 0.5) / self.steps)
        self.done += 1

    @torch.no_grad()
    def test(self, epoch: int) -> list[float]:
        """Balanced accuracies after the last epoch, on maps that were not trained on, (S,)."""
        if epoch < self.epochs - 1:
            return []
        self.model.eval()
        shown, true, where = self.tested
        said = torch.cat([self.model(part) for part in shown.split(BATCH, 1)], 1) > 0
        return [balanced_accuracy(*(x[row].numpy() for x in (said, true, where))) for row in range(len(true))]


def _seen(drawn: list[np.ndarray], steps: int) -> tuple[Tensor, Tensor, Tensor]:
    """Images (S, N, 2, side, side) of the open cells and of the middle; the answers; the cells that count."""
    open_cells = np.stack(drawn)
    start = np.zeros_like(open_cells)
    start[..., start.shape[-2] // 2, start.shape[-1] // 2] = True
    shown = torch.from_numpy(np.stack([open_cells, start], 2)).float()
    true = np.stack([reached(one, steps) for one in drawn])
    where = np.stack([asked(one, steps) for one in drawn])
    return shown, torch.from_numpy(true), torch.from_numpy(where)
