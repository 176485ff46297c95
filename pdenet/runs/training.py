"""One training loop, batched over seeds: S networks see S data orders at once and never touch each other."""

import io
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor
from torch.nn import functional

from pdenet.data.image_data import ImageData
from pdenet.models import ResidualNet
from pdenet.ops.pick import pick
from pdenet.ops.seeding import ORDER, generator
from pdenet.runs.cuda_graph import CudaRecorder, RecordedStep, Recorder
from pdenet.runs.files import write_atomic
from pdenet.runs.machine import choose_device, describe_machine, describe_versions
from pdenet.runs.record import Record, run_key

Progress = Callable[[int, int, list[float], list[float]], None]
TEST_BATCH = 1000  # images a step when only accuracy is asked for


@dataclass(frozen=True)
class TrainingConfig:
    """How a network is trained: Adam at a fixed rate, cross-entropy, a new data order each epoch.

    Parameters
    ----------
    epochs
        Passes over the training images; the thesis has 50.
    batch_size
        Images a step; the thesis does not say, 128 is our default.
    learning_rate
        Adam's, fixed; the thesis has 1e-3.
    pixels
        ``"unit"``: 0 to 1. ``"standard"``: mean zero and deviation one over the training images. The thesis
        does not say. With pixels that are not negative, a layer whose taps are not negative never clips.

    Raises
    ------
    ValueError
        If a number is out of range or `pixels` is unknown.
    """

    epochs: int = 50
    batch_size: int = 128
    learning_rate: float = 1e-3
    pixels: Literal["unit", "standard"] = "unit"

    def __post_init__(self) -> None:
        if self.epochs < 1 or self.batch_size < 1:
            message = f"epochs and batch_size must be at least 1; got {self.epochs} and {self.batch_size}"
            raise ValueError(message)
        if not 0 < self.learning_rate < math.inf:
            message = f"learning_rate must be a positive number, such as 1e-3; got {self.learning_rate}"
            raise ValueError(message)
        if self.pixels not in ("unit", "standard"):
            message = f"pixels must be 'unit' or 'standard'; got {self.pixels!r}"
            raise ValueError(message)


class CheckpointError(ValueError):
    """A checkpoint that cannot be read, or that belongs to another run."""


def fit(
    model: ResidualNet,
    data: ImageData,
    config: TrainingConfig | None = None,
    *,
    device: str = "auto",
    checkpoint: Path | None = None,
    resume: bool = False,
    progress: Progress | None = None,
) -> list[Record]:
    """Train all seeds of `model` on `data` and return one record a seed.

    A seed whose loss becomes NaN or infinite is marked as diverged at that epoch; the others go on. With a
    checkpoint, the state after every epoch is on disk, and a run killed at any moment and resumed ends with
    the same bits as an uninterrupted one on the same machine.

    Parameters
    ----------
    model
        Trained in place, moved to the device.
    data
        Images (N, H, W) of uint8 and labels (N,).
    config
        Defaults to the thesis's 50 epochs of Adam at 1e-3.
    device
        ``"auto"``, ``"cpu"``, ``"cuda"``, ...
    checkpoint
        File to keep the state in, replaced whole after each epoch.
    resume
        Start from `checkpoint` if it is there.
    progress
        Called after each epoch with the epoch, the number of epochs, the losses and the accuracies by seed.

    Raises
    ------
    CheckpointError
        If the checkpoint to resume from is unreadable or belongs to another run.
    """
    config = TrainingConfig() if config is None else config
    chosen = choose_device(device)
    model.to(chosen)
    recorder = _recorder(chosen)
    capturable = chosen.type == "cuda"  # the step count lies on the device, where a CUDA graph can raise it
    optimizer = torch.optim.Adam(
        model.parameters(), lr=config.learning_rate, fused=True, capturable=capturable
    )
    run = _Run(model, data, config, optimizer)
    if resume and checkpoint is not None and checkpoint.exists():
        run.load(checkpoint, chosen)
        for group in optimizer.param_groups:  # the checkpoint may come from another kind of device
            group["capturable"] = capturable

    scale = pixel_scale(data, config.pixels)
    train_images, train_labels = data.train_images.to(chosen).contiguous(), data.train_labels.to(chosen)
    test_images, test_labels = data.test_images.to(chosen), data.test_labels.to(chosen)
    step = _Step(model, optimizer, train_images, train_labels, scale)
    do = step if recorder is None else RecordedStep(step, recorder)
    for epoch in range(run.epoch, config.epochs):
        started = time.perf_counter()
        orders = [
            torch.randperm(len(train_labels), generator=generator(s, ORDER, epoch)) for s in model.seeds
        ]
        step.total.zero_()
        for batch in torch.stack(orders).to(chosen).split(config.batch_size, dim=1):
            do(batch)
        losses = step.total / len(train_labels)
        accuracies = accuracy(model, test_images, test_labels, scale)
        run.finish_epoch(losses.tolist(), accuracies.tolist(), time.perf_counter() - started)
        if checkpoint is not None:
            run.save(checkpoint)
        if progress is not None:
            progress(epoch + 1, config.epochs, losses.tolist(), accuracies.tolist())
    return run.records(chosen)


class _Step:
    """One training step of all seeds; the losses of its images add up in `total`, (S,)."""

    def __init__(
        self,
        model: ResidualNet,
        optimizer: torch.optim.Optimizer,
        images: Tensor,
        labels: Tensor,
        scale: tuple[float, float],
    ) -> None:
        self.model, self.optimizer, self.scale = model, optimizer, scale
        self.images, self.labels = images, labels
        self.total = torch.zeros(len(model.seeds), device=images.device)

    def __call__(self, batch: Tensor) -> None:
        """Forward, backward and Adam for the images `batch` (S, B); on a GPU the host does not wait."""
        logits = self.model(pick(self.images, batch, *self.scale))  # (S, B, classes)
        loss = functional.cross_entropy(logits.flatten(0, 1), self.labels[batch].flatten(), reduction="none")
        loss = loss.view(batch.shape).mean(1)  # (S,)
        self.optimizer.zero_grad(set_to_none=True)
        loss.sum().backward()  # seeds share no parameter, so the sum keeps their gradients apart
        self.optimizer.step()
        self.total += loss.detach() * batch.shape[1]


def _recorder(device: torch.device) -> Recorder | None:
    """What records the training step as a CUDA graph, where that is possible."""
    return CudaRecorder(device) if device.type == "cuda" else None


@torch.no_grad()
def accuracy(model: ResidualNet, images: Tensor, labels: Tensor, scale: tuple[float, float]) -> Tensor:
    """Share of images (N, H, W) of uint8 that each seed's network labels right, (S,), between 0 and 1.

    `scale` is what `pixel_scale` gave for the training images. A network with NaN in its logits gets nothing.
    """
    correct = torch.zeros(len(model.seeds), dtype=torch.int64, device=images.device)
    for batch, target in zip(images.split(TEST_BATCH), labels.split(TEST_BATCH), strict=True):
        logits = model(scaled(batch, scale))
        right = (logits.argmax(-1) == target) & logits.isfinite().all(-1)
        correct += right.sum(1)
    return correct.cpu().double() / len(labels)  # not every device has float64


def pixel_scale(data: ImageData, pixels: str) -> tuple[float, float]:
    """The shift and the factor, grey levels of uint8, that bring pixels to the range that `pixels` names."""
    if pixels == "unit":
        return 0.0, 1 / 255
    levels = data.train_images.double()
    return float(levels.mean()), 1 / float(levels.std())


def scaled(images: Tensor, scale: tuple[float, float]) -> Tensor:
    """Float32 images from uint8 ones."""
    shift, factor = scale
    return images.float().sub_(shift).mul_(factor)


def run_keys(model: ResidualNet, data: ImageData, config: TrainingConfig) -> list[str]:
    """The keys that the records of `fit` with these arguments will have, one a seed."""
    settings = asdict(config)
    return [run_key(model.describe(), settings, s, data.name, data.checksum) for s in model.seeds]


class _Run:
    """A run's state between two epochs: what a checkpoint holds and what records are made of."""

    def __init__(
        self, model: ResidualNet, data: ImageData, config: TrainingConfig, optimizer: torch.optim.Optimizer
    ) -> None:
        self.model, self.data, self.config, self.optimizer = model, data, config, optimizer
        self.epoch = 0
        self.losses: list[list[float]] = []  # by epoch, then by seed
        self.accuracies: list[list[float]] = []
        self.seconds = 0.0

    @property
    def identity(self) -> dict[str, Any]:
        """What must agree for a checkpoint to belong to this run."""
        return {
            "model": self.model.describe(),
            "training": asdict(self.config),
            "seeds": list(self.model.seeds),
            "data": self.data.checksum,
        }

    def finish_epoch(self, losses: list[float], accuracies: list[float], seconds: float) -> None:
        self.epoch += 1
        self.losses.append(losses)
        self.accuracies.append(accuracies)
        self.seconds += seconds

    def save(self, path: Path) -> None:
        state = {
            "identity": self.identity,
            "epoch": self.epoch,
            "losses": self.losses,
            "accuracies": self.accuracies,
            "seconds": self.seconds,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        buffer = io.BytesIO()
        torch.save(state, buffer)
        write_atomic(path, lambda file: file.write(buffer.getbuffer()))

    def load(self, path: Path, device: torch.device) -> None:
        try:
            state = torch.load(path, map_location=device, weights_only=True)
            found = state["identity"]
        except Exception as error:  # torch raises a different type for each way in which a file can be broken
            message = (
                f"{path} is not a readable checkpoint ({type(error).__name__}); delete it to start afresh"
            )
            raise CheckpointError(message) from error
        if found != self.identity:
            differs = [key for key, value in self.identity.items() if found.get(key) != value]
            message = (
                f"{path} belongs to another run: {', '.join(differs)} differ; "
                "resume with the settings it was made with, or delete it to start afresh"
            )
            raise CheckpointError(message)
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.epoch, self.seconds = state["epoch"], state["seconds"]
        self.losses, self.accuracies = state["losses"], state["accuracies"]

    def records(self, device: torch.device) -> list[Record]:
        machine, versions = describe_machine(device), describe_versions()
        date = datetime.now(UTC).isoformat(timespec="seconds")
        trunk = {name: values.detach().cpu() for name, values in self.model.trunk().items()}
        data = {
            "name": self.data.name,
            "checksum": self.data.checksum,
            "train": len(self.data.train_labels),
            "test": len(self.data.test_labels),
        }
        records = []
        for i, seed in enumerate(self.model.seeds):
            losses = [epoch[i] for epoch in self.losses]
            diverged = [epoch for epoch, loss in enumerate(losses, start=1) if not math.isfinite(loss)]
            record = Record(
                model=self.model.describe(),
                training=asdict(self.config),
                seed=seed,
                data=data,
                history={"train_loss": [*losses], "test_accuracy": [epoch[i] for epoch in self.accuracies]},
                diverged_at=diverged[0] if diverged else None,
                seconds=self.seconds / len(self.model.seeds),
                machine=machine,
                versions=versions,
                date=date,
                trunk={name: values[i].tolist() for name, values in trunk.items()},
            )
            records.append(record)
        return records
