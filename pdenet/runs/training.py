"""Networks that read images, trained: S networks see S data orders at once and never touch each other."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor

from pdenet.checks.numbers import real, whole
from pdenet.checks.places import place
from pdenet.checks.words import flag, one_of
from pdenet.data.image_data import ImageData
from pdenet.models import ResidualNet
from pdenet.ops.pick import pick
from pdenet.ops.seeding import ORDER, generator
from pdenet.runs.answers import Answers
from pdenet.runs.cuda_graph import CudaRecorder, RecordedStep, Recorder
from pdenet.runs.loop import Progress, Step, Task, learn
from pdenet.runs.losses import LOSSES, Loss
from pdenet.runs.machine import choose_device, describe_origin
from pdenet.runs.pixels import PIXELS, pixel_scale
from pdenet.runs.protocol import ADDED, described
from pdenet.runs.record import Record, run_key
from pdenet.runs.start import Starts, begin, starts
from pdenet.runs.writable import check_writable

MOST = 1_000_000  # epochs, or images a step: whoever asks for more has put another number here


@dataclass(frozen=True)
class TrainingConfig:
    """How a network is trained: Adam at a fixed rate, a new data order each epoch.

    Parameters
    ----------
    epochs
        Passes over the training images, at most a million; the thesis has 50.
    batch_size
        Images a step, at most a million; the thesis does not say, 128 is our default.
    learning_rate
        Adam's, fixed, a positive number; the thesis has 1e-3.
    pixels
        ``"unit"``: 0 to 1. ``"standard"``: mean zero and deviation one over the training images. The thesis
        does not say. With pixels that are not negative, a layer whose taps are not negative never clips.
    loss
        A key of `LOSSES`. ``"double softmax"``, ``"minus probability"`` and ``"squared error"`` are mistakes
        that a reader of the thesis could make, here to be looked at.
    epsilon
        Adam's, not negative; PyTorch has 1e-8, Keras 1e-7.

    Raises
    ------
    TypeError
        If a number is text or a boolean, or `pixels` or `loss` no text.
    ValueError
        If a number is out of range, or a count not whole, or `pixels` or `loss` is unknown.
    """

    epochs: int = 50
    batch_size: int = 128
    learning_rate: float = 1e-3
    pixels: Literal["unit", "standard"] = "unit"
    loss: Loss = field(default="cross-entropy", metadata=ADDED)
    epsilon: float = field(default=1e-8, metadata=ADDED)

    def __post_init__(self) -> None:
        # Each number as one kind of number, whatever was given: a run's key must not depend on that.
        object.__setattr__(self, "epochs", whole("epochs", self.epochs, least=1, most=MOST))
        object.__setattr__(self, "batch_size", whole("batch_size", self.batch_size, least=1, most=MOST))
        object.__setattr__(self, "learning_rate", real("learning_rate", self.learning_rate, above=0))
        object.__setattr__(self, "pixels", one_of("pixels", self.pixels, PIXELS))
        object.__setattr__(self, "loss", one_of("loss", self.loss, tuple(LOSSES)))
        object.__setattr__(self, "epsilon", real("epsilon", self.epsilon, least=0))


def fit(
    model: ResidualNet,
    data: ImageData,
    config: TrainingConfig | None = None,
    *,
    device: str = "auto",
    checkpoint: str | os.PathLike[str] | None = None,
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
        Trained in place, moved to the device. Parameters that are not as drawn are part of a record's model,
        as ``start``: then another run has another key.
    data
        Images (N, H, W) of uint8 and labels (N,).
    config
        Defaults to the thesis's 50 epochs of Adam at 1e-3.
    device
        ``"auto"``, ``"cpu"``, ``"cuda"``, ...
    checkpoint
        File to keep the state in, replaced whole after each epoch; tried before the first.
    resume
        Start from `checkpoint` if it is there.
    progress
        Called after each epoch with the epoch, the number of epochs, the losses and the accuracies by seed.

    Raises
    ------
    ValueError
        If the network was trained before, or the device is none.
    CheckpointError
        If the checkpoint to resume from is unreadable or belongs to another run.
    OSError
        If the checkpoint cannot be written.
    """
    resume = flag("resume", resume)
    path = None if checkpoint is None else place("checkpoint", checkpoint)
    where = choose_device(device)
    if path is not None:
        check_writable(path)
    start = begin(model, resumed=resume and path is not None and path.exists())
    task = ImageTask(model, data, TrainingConfig() if config is None else config, where, start)
    course = learn(task, checkpoint=path, resume=resume, progress=progress)
    trunk = {name: values.detach().cpu() for name, values in model.trunk().items()}
    origin = describe_origin(task.device)
    records = []
    for i, seed in enumerate(model.seeds):
        losses, accuracies = course.of_seed(i)
        record = Record(
            model=_model(model, start[i]),
            training=described(task.config),
            seed=seed,
            data=describe_images(data),
            history={
                "train_loss": [*losses],
                "test_accuracy": [*accuracies],
                "train_accuracy": [epoch[i] for epoch in task.memory["train_accuracy"]],
            },
            diverged_at=course.diverged_at(i),
            seconds=course.seconds / len(model.seeds),
            trunk={name: values[i].tolist() for name, values in trunk.items()},
            measured=task.measured(i),
            **origin,
        )
        records.append(record)
    return records


class ImageTask(Task):
    """Images to be labelled: cross-entropy, Adam, a new order of the images each epoch, accuracy as test.

    Parameters
    ----------
    model
        Networks of images (S, B, H, W) with ``seeds``; moved to the device.
    data, config
        As in `fit`.
    device
        Where it is trained.
    start
        Where each seed starts, if not as drawn; a checkpoint is of a run that started there.
    """

    model: ResidualNet

    def __init__(
        self,
        model: ResidualNet,
        data: ImageData,
        config: TrainingConfig,
        device: torch.device,
        start: Starts = (),
    ) -> None:
        model.to(device)
        optimizer = torch.optim.Adam(
            model.parameters(),
            lr=config.learning_rate,
            eps=config.epsilon,
            fused=True,
            capturable=device.type == "cuda",  # the step count on the device, where a CUDA graph can raise it
        )
        super().__init__(model, model.seeds, config.epochs, optimizer)
        self.data, self.config, self.device, self.start = data, config, device, start
        self.scale = pixel_scale(data, config.pixels)
        self.images, self.labels = data.train_images.to(device).contiguous(), data.train_labels.to(device)
        self.test_images, self.test_labels = data.test_images.to(device), data.test_labels.to(device)
        self.right = torch.zeros(len(self.seeds), dtype=torch.int64, device=device)
        untested: list[list[int]] = [[] for _ in self.seeds]
        self.memory = {"train_accuracy": [], "named": [], "wrong_and_sure": [], "confusion": untested}

    @property
    def identity(self) -> dict[str, Any]:
        """Model, training and images."""
        started = {"start": list(self.start)} if any(self.start) else {}
        return {
            "model": {**self.model.describe(), **started},
            "training": described(self.config),
            "data": self.data.checksum,
        }

    def batches(self, epoch: int) -> Iterator[Tensor]:
        """Positions of images (S, B), every image once an epoch, in an order of each seed's own."""
        count, streams = len(self.labels), [generator(seed, ORDER, epoch) for seed in self.seeds]
        orders = [torch.randperm(count, generator=stream, device="cpu") for stream in streams]
        return iter(torch.stack(orders).to(self.device).split(self.config.batch_size, dim=1))

    def losses(self, batch: Tensor) -> Tensor:
        """Mean loss of the images `batch` (S, B) by seed, (S,); the right answers are counted on the way."""
        logits = self.model(pick(self.images, batch, *self.scale))  # (S, B, classes)
        labels = self.labels[batch]
        self.right += (logits.detach().argmax(-1) == labels).sum(1)
        loss = LOSSES[self.config.loss](logits.flatten(0, 1), labels.flatten())
        return loss.view(batch.shape).mean(1)

    def test(self, epoch: int) -> list[float]:
        """Accuracies on the test images by seed, between 0 and 1.

        What else is known then is kept: the share of training images that were labelled right as they were
        learned, and how the test images were labelled.
        """
        self.memory["train_accuracy"].append((self.right.cpu().double() / len(self.labels)).tolist())
        self.right.zero_()
        answers = Answers.of(self.model, self.test_images, self.test_labels, self.scale)
        self.memory["named"].append(answers.named.tolist())
        self.memory["wrong_and_sure"].append(answers.wrong_and_sure.tolist())
        self.memory["confusion"] = answers.confusion.tolist()
        found: list[float] = answers.accuracy.tolist()
        return found

    def measured(self, row: int) -> dict[str, Any]:
        """What a record keeps of the answers of the seed in this row; see `Answers`."""
        by_epoch = {name: [epoch[row] for epoch in self.memory[name]] for name in ("named", "wrong_and_sure")}
        return {**by_epoch, "confusion": self.memory["confusion"][row]}

    def recorded(self, step: Step) -> Step:
        """On a CUDA device, the step as a graph."""
        recorder = _recorder(self.device)
        return step if recorder is None else RecordedStep(step, recorder)


def _recorder(device: torch.device) -> Recorder | None:
    """What records the training step as a CUDA graph, where that is possible."""
    return CudaRecorder(device) if device.type == "cuda" else None


def run_keys(model: ResidualNet, data: ImageData, config: TrainingConfig) -> list[str]:
    """The keys that the records of `fit` with these arguments will have, or have, one a seed."""
    settings = described(config)
    return [
        run_key(_model(model, start), settings, seed, data.name, data.checksum)
        for seed, start in zip(model.seeds, starts(model), strict=True)
    ]


def common_key(model: ResidualNet, data: ImageData, config: TrainingConfig) -> str:
    """The key of the run of seed 0, whichever seeds the network has: that of an arm with this training."""
    return run_key(_model(model, starts(model)[0]), described(config), 0, data.name, data.checksum)


def _model(model: ResidualNet, start: str | None) -> dict[str, Any]:
    """What a record says of the network: its configuration, and where it started if not as drawn."""
    return model.describe() if start is None else {**model.describe(), "start": start}


def describe_images(data: ImageData) -> dict[str, Any]:
    """What a record says of the images: name, checksum, numbers of images to train and to test on."""
    return {
        "name": data.name,
        "checksum": data.checksum,
        "train": len(data.train_labels),
        "test": len(data.test_labels),
    }
