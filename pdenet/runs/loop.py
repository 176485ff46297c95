"""The one training loop: networks side by side, epoch by epoch, with the state of each epoch on disk.

What is learned, and from what, is a `Task`: images for `pdenet.runs.fit`, series or flows for others. Seeds
are an axis: a task hands out one loss a seed, and seeds share no parameter, so that one step serves all.
"""

from __future__ import annotations

import io
import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from pdenet.ops.ode.solvers import DivergedError
from pdenet.runs.files import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor, nn

Progress = Callable[[int, int, list[float], list[float]], None]
Step = Callable[["Tensor"], None]


class CheckpointError(ValueError):
    """A checkpoint that cannot be read, or that belongs to another run."""


class Task(ABC):
    """What is learned: networks, what a step is given, the loss of each seed, and the test.

    Parameters
    ----------
    model
        S networks; what has parameters is trained in place.
    seeds
        Their seeds.
    epochs
        Epochs of the whole run.
    optimizer
        Of the model's parameters.
    """

    def __init__(
        self, model: nn.Module, seeds: tuple[int, ...], epochs: int, optimizer: torch.optim.Optimizer
    ) -> None:
        self.model, self.seeds, self.epochs, self.optimizer = model, seeds, epochs, optimizer
        self.memory: dict[str, Any] = {}  # what else a checkpoint keeps for the task, as plain data

    @property
    @abstractmethod
    def identity(self) -> dict[str, Any]:
        """What must agree for a checkpoint to belong to this run, as plain data; the seeds come on top."""

    @abstractmethod
    def batches(self, epoch: int) -> Iterable[Tensor]:
        """What the steps of an epoch are given, seeds first: (S, B) or (S, B, ...)."""

    @abstractmethod
    def losses(self, batch: Tensor) -> Tensor:
        """Mean loss of each seed over its part of the batch, (S,)."""

    def adjust(self) -> None:  # noqa: B027, since most tasks have nothing to adjust
        """Change gradients or rates between the gradient and the step; nothing unless overridden."""

    def test(self, epoch: int) -> list[float]:
        """What a test after this epoch says, one number a seed; none unless overridden."""
        return []

    def recorded(self, step: Step) -> Step:
        """The step, or something quicker that does the same, such as a CUDA graph of it."""
        return step


@dataclass
class Course:
    """How a run went so far: what a checkpoint holds beside the networks, and what records are made of.

    Parameters
    ----------
    epoch
        Epochs that are over.
    losses, tests
        By epoch, then by seed.
    seconds, cpu_seconds
        Wall time of the epochs, tests included; processor time of their steps.
    broke_off
        Epoch (counted from 1) in which a flow ran away, which ended the run; None otherwise.
    """

    epoch: int = 0
    losses: list[list[float]] = field(default_factory=list)
    tests: list[list[float]] = field(default_factory=list)
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    broke_off: int | None = None

    def of_seed(self, row: int) -> tuple[list[float], list[float]]:
        """The losses and the tests of the seed in this row, one number an epoch."""
        return [epoch[row] for epoch in self.losses], [epoch[row] for epoch in self.tests if epoch]

    def diverged_at(self, row: int) -> int | None:
        """The first epoch (counted from 1) whose loss was not finite for this seed; None if there is none."""
        return next((n for n, loss in enumerate(self.of_seed(row)[0], 1) if not math.isfinite(loss)), None)


def learn(
    task: Task,
    *,
    checkpoint: Path | None = None,
    resume: bool = False,
    progress: Progress | None = None,
) -> Course:
    """Train until the task's epochs are over and return the course.

    With a checkpoint, the state after every epoch is on disk, and a run killed at any moment and resumed ends
    with the same bits as an uninterrupted one on the same machine.

    Parameters
    ----------
    task
        What is learned.
    checkpoint
        File to keep the state in, replaced whole after each epoch.
    resume
        Start from `checkpoint` if it is there.
    progress
        Called after each epoch with the epoch, the number of epochs, the losses and the tests by seed.

    Raises
    ------
    CheckpointError
        If the checkpoint to resume from is unreadable or belongs to another run.
    """
    course = Course()
    if resume and checkpoint is not None and checkpoint.exists():
        course = _load(checkpoint, task)
    step = _Step(task)
    do = task.recorded(step)
    while course.epoch < task.epochs and course.broke_off is None:
        started, cpu = time.perf_counter(), time.process_time()
        try:
            losses = step.mean_over(task.batches(course.epoch), do)
        except DivergedError:
            losses = [math.nan] * len(task.seeds)
            course.broke_off = course.epoch + 1
        course.cpu_seconds += time.process_time() - cpu
        course.losses.append(losses)
        course.tests.append(task.test(course.epoch))
        course.epoch += 1
        course.seconds += time.perf_counter() - started
        if checkpoint is not None:
            _save(checkpoint, task, course)
        if progress is not None:
            progress(course.epoch, task.epochs, losses, course.tests[-1])
    return course


def descend(task: Task, batch: Tensor) -> Tensor:
    """One step of all seeds down their losses (S,), which are returned; on a GPU the host does not wait."""
    losses = task.losses(batch)
    task.optimizer.zero_grad(set_to_none=True)
    losses.sum().backward()  # seeds share no parameter, so the sum keeps their gradients apart
    task.adjust()
    task.optimizer.step()
    return losses.detach()


class _Step:
    """Steps whose losses, counted by their examples, add up in `total`, (S,)."""

    def __init__(self, task: Task) -> None:
        self.task = task
        device = next(task.model.parameters()).device
        self.total = torch.zeros(len(task.seeds), dtype=torch.float32, device=device)

    def __call__(self, batch: Tensor) -> None:
        """One step; its losses are added."""
        self.total += descend(self.task, batch) * batch.shape[1]

    def mean_over(self, batches: Iterable[Tensor], do: Step) -> list[float]:
        """Mean loss of each seed over the batches of an epoch, each counted by its examples."""
        self.total.zero_()
        count = 0
        for batch in batches:
            do(batch)
            count += batch.shape[1]
        mean: list[float] = (self.total / count).tolist()
        return mean


def _identity(task: Task) -> dict[str, Any]:
    return {**task.identity, "seeds": list(task.seeds)}


def _save(path: Path, task: Task, course: Course) -> None:
    state = {
        "identity": _identity(task),
        **vars(course),
        "memory": task.memory,
        "model": task.model.state_dict(),
        "optimizer": task.optimizer.state_dict(),
    }
    buffer = io.BytesIO()
    torch.save(state, buffer)
    write_atomic(path, lambda file: file.write(buffer.getbuffer()))


def _load(path: Path, task: Task) -> Course:
    device = next(task.model.parameters()).device
    try:
        state = torch.load(path, map_location=device, weights_only=True)
        found = state["identity"]
        course = Course(**{name: state[name] for name in vars(Course())})
    except Exception as error:  # torch raises a different type for each way in which a file can be broken
        message = f"{path} is not a readable checkpoint ({type(error).__name__}); delete it to start afresh"
        raise CheckpointError(message) from error
    wanted = _identity(task)
    if found != wanted:
        differs = [key for key, value in wanted.items() if found.get(key) != value]
        message = (
            f"{path} belongs to another run: {', '.join(differs)} differ; "
            "resume with the settings it was made with, or delete it to start afresh"
        )
        raise CheckpointError(message)
    task.memory = state["memory"]
    capturable = [group["capturable"] for group in task.optimizer.param_groups]
    task.model.load_state_dict(state["model"])
    task.optimizer.load_state_dict(state["optimizer"])
    for group, own in zip(task.optimizer.param_groups, capturable, strict=True):
        group["capturable"] = own  # the checkpoint may come from another kind of device
    return course


def seeds_in(checkpoint: Path) -> tuple[int, ...] | None:
    """The seeds that a checkpoint is of; None if it cannot be read, which `learn` will say of it."""
    try:
        return tuple(torch.load(checkpoint, map_location="cpu", weights_only=True)["identity"]["seeds"])
    except Exception:  # torch raises a different type for each way in which a file can be broken
        return None
