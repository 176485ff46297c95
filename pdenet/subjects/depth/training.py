"""One network in two parametrisations, trained side by side, step by step.

What training makes of (39) and (40) differs for two reasons only, and each can be switched off: where the
drift starts, and how long a step of the optimiser is when it is seen in the other parametrisation.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from pdenet.checks.numbers import real, whole
from pdenet.models import PDENet
from pdenet.ops import residual_stack
from pdenet.ops.seeding import ORDER, generator
from pdenet.runs.loop import Task, descend
from pdenet.subjects.depth.networks import FACTOR, drift_columns
from pdenet.symbolic import EvolutionPDE


@dataclass(frozen=True)
class Steps:
    """How Adam treats the drift parameters, as multiples of how it treats all others.

    Parameters
    ----------
    start
        Multiplies the drift parameters that are drawn.
    rate
        Multiplies the learning rate.
    epsilon
        Multiplies Adam's epsilon.

    Raises
    ------
    TypeError
        If one is no number.
    ValueError
        If one is not finite, or `rate` or `epsilon` is negative.
    """

    start: float = 1.0
    rate: float = 1.0
    epsilon: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", real("start", self.start))
        object.__setattr__(self, "rate", real("rate", self.rate, least=0))
        object.__setattr__(self, "epsilon", real("epsilon", self.epsilon, least=0))


MAPPED = Steps(start=FACTOR, rate=abs(FACTOR), epsilon=1 / abs(FACTOR))
"""With these the training of (39) is that of (40): Adam's step does not depend on the size of a gradient, but
for its epsilon, and the gradient of (39) is eight times as large."""


def kernel_course(
    pde: EvolutionPDE,
    images: Tensor,
    labels: Tensor,
    *,
    treatment: Steps | None = None,
    depth: int = 3,
    steps: int = 300,
    batch_size: int = 32,
    widths: Sequence[int] = (16, 16),
    learning_rate: float = 1e-3,
    epsilon: float = 1e-8,
    seed: int = 0,
) -> Tensor:
    """Train in float64 and return all layers' kernels before the first and after each step.

    Kernels, not parameters, are what two equations have in common. A seed gives the same draw, the same
    classifier and the same order of images whatever the equation and the treatment.

    Parameters
    ----------
    pde
        The equation of every layer, with drift parameters beta and rho.
    images, labels
        uint8 images (N, H, W) and labels (N,).
    treatment
        How the drift parameters start and step; as all others unless given.
    depth, batch_size, widths, seed
        Of the network and its training.
    steps
        Steps of Adam.
    learning_rate, epsilon
        Adam's, for all parameters but the drift.

    Returns
    -------
    Kernels (steps + 1, L, 3, 3), float64.

    Raises
    ------
    TypeError
        If a number is none, or what `PDENet` refuses.
    ValueError
        If the equation lacks a drift parameter, a number is out of range, or what `PDENet` refuses.
    """
    task = _KernelTask(
        pde,
        images,
        labels,
        Steps() if treatment is None else treatment,
        depth=depth,
        steps=whole("steps", steps, least=0),
        batch_size=whole("batch_size", batch_size, least=1),
        widths=widths,
        learning_rate=real("learning_rate", learning_rate, above=0),
        epsilon=real("epsilon", epsilon, least=0),
        seed=whole("seed", seed, least=0),
    )
    course = [task.kernels().detach()[0]]
    for batch in task.batches(0):
        descend(task, batch)
        course.append(task.kernels().detach()[0])
    return torch.stack(course)


class _KernelTask(Task):
    """Images to be labelled, in float64, by a network whose drift is a parameter of its own."""

    def __init__(
        self,
        pde: EvolutionPDE,
        images: Tensor,
        labels: Tensor,
        treatment: Steps,
        *,
        depth: int,
        steps: int,
        batch_size: int,
        widths: Sequence[int],
        learning_rate: float,
        epsilon: float,
        seed: int,
    ) -> None:
        columns = drift_columns(pde)
        others = [i for i in range(len(pde.parameters)) if i not in columns]
        shape = (int(images.shape[-2]), int(images.shape[-1]))
        net = PDENet(pde, depth, [seed], widths=widths, image_shape=shape).double()
        drawn = net.theta.detach()
        self.drift = nn.Parameter(treatment.start * drawn[..., columns])
        self.rest = nn.Parameter(drawn[..., others])
        # One optimiser, two groups: only the group with the drift is treated apart.
        groups: list[dict[str, Any]] = [
            {"params": [self.rest, *net.classifier.parameters()]},
            {
                "params": [self.drift],
                "lr": learning_rate * treatment.rate,
                "eps": epsilon * treatment.epsilon,
            },
        ]
        super().__init__(net, (seed,), 1, torch.optim.Adam(groups, lr=learning_rate, eps=epsilon))
        self.net, self.steps, self.batch_size = net, steps, batch_size
        self.back = torch.tensor([*others, *columns], device="cpu").argsort()  # to the order of the equation
        self.pixels, self.labels = images.double() / 255, labels

    @property
    def identity(self) -> dict[str, Any]:
        """The network alone: no checkpoint is kept."""
        return self.net.describe()

    def kernels(self) -> Tensor:
        """The kernels of all layers now, (1, L, 3, 3)."""
        return self.net.stencil.kernels(torch.cat([self.rest, self.drift], dim=-1)[..., self.back])

    def batches(self, epoch: int) -> Iterator[Tensor]:
        """Positions of images (1, B), drawn with replacement."""
        order = generator(self.seeds[0], ORDER)
        for _ in range(self.steps):
            yield torch.randint(len(self.labels), (self.batch_size,), generator=order, device="cpu")[None]

    def losses(self, batch: Tensor) -> Tensor:
        """Mean cross-entropy of the images `batch` (1, B), (1,)."""
        states = residual_stack(self.pixels[batch], self.kernels(), backend="torch", support=self.net.support)
        logits = self.net.classifier(states.flatten(2))[0]
        return functional.cross_entropy(logits, self.labels[batch[0]])[None]


def distances(course: Tensor, other: Tensor) -> Tensor:
    """Largest difference of a tap between two courses (steps, L, 3, 3), after each step, (steps,)."""
    return (course - other).abs().flatten(1).amax(1)
