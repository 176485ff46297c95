"""The arm that most experiments have: networks of one kind, trained on images by `fit`."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pdenet.runs.arm import Arm, Context
from pdenet.runs.training import TrainingConfig, fit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pdenet.models import ResidualNet
    from pdenet.models.residual_net import Spec
    from pdenet.runs.record import Record


@dataclass(frozen=True, kw_only=True)
class NetworkArm(Arm):
    """Networks that read images, trained side by side.

    Parameters
    ----------
    spec
        The network.
    protocol
        How it is trained.
    title
        Its name, unique in the experiment.
    device
        Where it is trained, if not wherever the command says.
    """

    spec: Spec
    protocol: TrainingConfig = field(default_factory=TrainingConfig)
    title: str = ""
    device: str = ""

    @property
    def name(self) -> str:
        """Its title."""
        return self.title

    @cached_property
    def model(self) -> dict[str, Any]:
        """What the network says of itself."""
        return self.spec.describe()

    def build(self, seeds: int | Iterable[int]) -> ResidualNet:
        """The networks before training."""
        return self.spec.build(seeds)

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        """Train these seeds side by side."""
        return fit(
            self.build(seeds),
            context.part(self.shown),
            self.protocol,
            device=self.device or context.device,
            checkpoint=context.checkpoint,
            resume=True,
            progress=context.progress,
        )
