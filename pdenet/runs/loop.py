"""The one training loop: networks side by side, epoch by epoch, with the state of each epoch on disk.

What is learned, and from what, is a `Task`: images for `pdenet.runs.fit`, series or flows for others. Seeds
are an axis: a task hands out one loss a seed, and seeds share no parameter, so that one step serves all.
"""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from pdenet.checks.places import place
from pdenet.checks.words import flag
from pdenet.ops.ode.solvers import DivergedError
from pdenet.runs.checkpoint import CheckpointError, identity_of, load, save, seeds_in, storable

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor, nn

__all__ = ["CheckpointError", "Course", "Progress", "Step", "Task", "descend", "learn", "seeds_in"]

Progress = Callable[[int, int, list[float], list[float]], None]
Step = Callable[["Tensor"], None]


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
        If the checkpoint to resume from is damaged, unreadable or belongs to another run.
    TypeError
        If a checkpoint could not hold what the task says of itself or remembers; nothing is trained then.
    """
    course = Course()
    if flag("resume", resume) and checkpoint is not None and place("checkpoint", checkpoint).exists():
        course = _load(checkpoint, task)
    elif checkpoint is not None:
        identity_of(task.identity, task.seeds)  # what cannot be kept is refused before an epoch is lost
        storable(task.memory)
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


def _save(path: Path, task: Task, course: Course) -> None:
    state = {
        **vars(course),
        "memory": task.memory,
        "model": task.model.state_dict(),
        "optimizer": task.optimizer.state_dict(),
    }
    save(path, identity_of(task.identity, task.seeds), state)


def _load(path: Path, task: Task) -> Course:
    state = load(path, identity_of(task.identity, task.seeds), next(task.model.parameters()).device)
    capturable = [group["capturable"] for group in task.optimizer.param_groups]
    try:
        course = Course(**{name: state[name] for name in vars(Course())})
        if missing := task.memory.keys() - state["memory"].keys():
            message = f"it does not remember {', '.join(sorted(missing))}"
            raise KeyError(message)
        task.model.load_state_dict(state["model"])
        task.optimizer.load_state_dict(state["optimizer"])
        task.memory = state["memory"]
    except (
        Exception
    ) as error:  # torch raises a different type for each way in which names and shapes can differ
        message = (
            f"{path} is whole, but what it holds does not fit this version of pdenet ({error}); "
            "go on with the version that wrote it, or delete it to start afresh"
        )
        raise CheckpointError(message) from error
    for group, own in zip(task.optimizer.param_groups, capturable, strict=True):
        group["capturable"] = own  # the checkpoint may come from another kind of device
    return course
