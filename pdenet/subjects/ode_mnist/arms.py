"""The members of a setting as arms: each trained with one seed at a time, then measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import torch

from pdenet.models.stencil_field import StencilField
from pdenet.runs.arm import Arm, Context
from pdenet.runs.loop import Course, learn
from pdenet.runs.machine import describe_origin
from pdenet.runs.pixels import scaled
from pdenet.runs.record import Record
from pdenet.runs.training import TrainingConfig, describe_images
from pdenet.subjects.ode_mnist.measures import kept_bytes, solver_test
from pdenet.subjects.ode_mnist.settings import SETTINGS, Setting
from pdenet.subjects.ode_mnist.training import FlowTask
from pdenet.symbolic import PDE1

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pdenet.data import ImageData
    from pdenet.runs.shown import Images
    from pdenet.subjects.ode_mnist.networks import BlockNet


@dataclass(frozen=True, kw_only=True)
class FlowArm(Arm):
    """One member of a setting.

    Parameters
    ----------
    setting
        Which networks are trained alike, and how.
    member
        A key of its members.
    """

    setting: Setting
    member: str
    beside: int | None = 1
    protocol: TrainingConfig = field(init=False)
    shown: Images = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "protocol", self.setting.config)
        object.__setattr__(self, "shown", self.setting.shown)

    @property
    def name(self) -> str:
        """Setting and member."""
        return arm_name(self.setting.name, self.member)

    @cached_property
    def model(self) -> dict[str, Any]:
        """What the network says of itself."""
        return self.setting.members[self.member].describe()

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        """Train these seeds one after the other, and measure each.

        ``measured`` of a record holds ``parameters`` by part; ``evaluations``, how often on average a step
        evaluates the field, by epoch; ``cpu_seconds``, processor time of the steps (on one thread that is
        about the wall time of a machine with nothing else to do); ``kept_bytes``, what a step keeps for its
        backward pass (see `kept_bytes`); and, for a flow, ``solver_test`` (see `solver_test`).
        """
        return [self._run(seed, context) for seed in seeds]

    def _run(self, seed: int, context: Context) -> Record:
        data, cpu = context.part(self.shown), torch.device("cpu")
        net = self.setting.members[self.member].build(seed)
        task = FlowTask(net, data, self.protocol, cpu, only_last=self.setting.only_last)
        course = learn(task, checkpoint=context.checkpoint, resume=True, progress=context.progress)
        tests = [epoch[0] if epoch else None for epoch in course.tests]
        return Record(
            model=self.model,
            training=self.training,
            seed=seed,
            data=describe_images(data),
            history={"train_loss": [*course.of_seed(0)[0]], "test_accuracy": tests},
            diverged_at=course.diverged_at(0),
            seconds=course.seconds,
            trunk=_stencil_parameters(net),
            measured=self._measure(task, course, data),
            **describe_origin(cpu),
        )

    def _measure(self, task: FlowTask, course: Course, data: ImageData) -> dict[str, Any]:
        net, batch = task.net, slice(0, self.protocol.batch_size)
        measured: dict[str, Any] = {
            "parameters": net.parameter_count(),
            "evaluations": task.mean_evaluations(),
            "cpu_seconds": course.cpu_seconds,
            "kept_bytes": kept_bytes(
                net, scaled(data.train_images[batch], task.scale), data.train_labels[batch]
            ),
        }
        if net.flow is not None and self.setting.grid and course.diverged_at(0) is None:
            every = slice(None, None, self.setting.stride)
            images, labels = scaled(data.test_images, task.scale)[every], data.test_labels[every]
            measured["solver_test"] = solver_test(net, images, labels, self.setting.grid)
        return measured


def arm_name(setting: str, member: str) -> str:
    """The name of the arm of a member."""
    return f"{setting}: {member}"


def arms_of(settings: Iterable[Setting]) -> tuple[FlowArm, ...]:
    """An arm for each member."""
    return tuple(
        FlowArm(setting=setting, member=member, most=setting.runs(member))
        for setting in settings
        for member in setting.members
    )


ARMS = arms_of(SETTINGS.values())


def _stencil_parameters(net: BlockNet) -> dict[str, list[float]]:
    """The parameters of the equation, if the block has one."""
    rate = getattr(net.block, "rate", None)
    if not isinstance(rate, StencilField):
        return {}
    theta = rate.theta.detach()[0].tolist()
    return {symbol.name: [value] for symbol, value in zip(PDE1.parameters, theta, strict=True)}
