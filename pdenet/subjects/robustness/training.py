"""Training under attack: each step sees its images after an attack on the networks as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pdenet.checks.numbers import real, whole
from pdenet.models.measures.attack import pgd
from pdenet.ops.pick import pick
from pdenet.runs.losses import LOSSES
from pdenet.runs.schedule import OneCycle, ScheduledTask

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class UnderAttack(OneCycle):
    """Adam with a rate that rises and falls once, on images that are attacked before each step.

    Parameters
    ----------
    epochs, batch_size, learning_rate, pixels, loss, epsilon, rise
        As in `OneCycle`; pixels are from 0 to 1.
    radius
        Largest change of a pixel, not negative.
    steps
        Of the attack, from a random start.

    Raises
    ------
    TypeError, ValueError
        As `OneCycle`, and if a number is out of range or pixels are not from 0 to 1.
    """

    radius: float = 0.06
    steps: int = 3

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "radius", real("radius", self.radius, least=0))
        object.__setattr__(self, "steps", whole("steps", self.steps, least=1))
        if self.pixels != "unit":
            message = f'an attack keeps pixels between 0 and 1; got pixels={self.pixels!r}, use "unit"'
            raise ValueError(message)


class AttackedTask(ScheduledTask):
    """Images to be labelled after an attack; it is made in evaluation mode, the step in training mode.

    Parameters
    ----------
    net, data, config, device
        As in `ScheduledTask`.

    References
    ----------
    Madry et al., Towards deep learning models resistant to adversarial attacks, ICLR (2018).
    """

    config: UnderAttack

    def losses(self, batch: Tensor) -> Tensor:
        """Mean loss of the attacked images `batch` (S, B) by seed, (S,)."""
        images, labels = pick(self.images, batch, *self.scale), self.labels[batch]
        self.model.eval()
        config, seed = self.config, self.done  # the steps done: each step has random starts of its own
        found = pgd(self.model, images, labels, config.radius, steps=config.steps, stop=False, seed=seed)
        self.model.train()
        logits = self.model(found.images)
        self.right += (logits.detach().argmax(-1) == labels).sum(1)
        loss = LOSSES[self.config.loss](logits.flatten(0, 1), labels.flatten())
        return loss.view(batch.shape).mean(1)
