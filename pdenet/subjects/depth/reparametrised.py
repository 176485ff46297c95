"""One network in two parametrisations: (40) is (39) with beta -> -beta/8 and rho -> -rho/8.

What training makes of the two then differs for two reasons only, and each can be switched off: where the
drift starts, and how long a step of the optimiser is when it is seen in the other parametrisation.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from pdenet.models import PDENet
from pdenet.ops import residual_stack
from pdenet.ops.seeding import ORDER, generator
from pdenet.symbolic import PDE1, PDE2, EvolutionPDE

DRIFT = ("beta", "rho")
FACTOR = -1 / 8
"""Drift parameters of (39) over those of (40) for the same kernels."""


class DriftStartNet(PDENet):
    """A `PDENet` whose drift parameters beta and rho start at a multiple of what was drawn for them.

    With ``drift_start=-1/8`` the network of (39) starts with the kernels of that of (40) with the same seed,
    and keeps its own steps; with ``drift_start=-8`` the network of (40) starts with the kernels of (39).

    Parameters
    ----------
    pde, depth, seeds
        As in `PDENet`; the equation has parameters named beta and rho.
    drift_start
        The multiple, dimensionless.
    **options
        As in `PDENet`.

    Raises
    ------
    ValueError
        If the equation lacks a drift parameter, or what `PDENet` refuses.
    """

    def __init__(
        self,
        pde: EvolutionPDE,
        depth: int,
        seeds: int | Iterable[int] = 1,
        *,
        drift_start: float,
        **options: Any,
    ) -> None:
        super().__init__(pde, depth, seeds, **options)
        columns = drift_columns(pde)
        self.drift_start = float(drift_start)
        with torch.no_grad():
            self.theta[..., columns] *= self.drift_start

    @classmethod
    def description(
        cls, pde: EvolutionPDE, depth: int, *, drift_start: float = 1.0, **options: Any
    ) -> dict[str, Any]:
        """The configuration as plain data."""
        return {**super().description(pde, depth, **options), "drift_start": float(drift_start)}

    def _arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        arguments, options = super()._arguments()
        return arguments, {**options, "drift_start": self.drift_start}


def drift_columns(pde: EvolutionPDE) -> list[int]:
    """Positions of beta and rho among the parameters of `pde`.

    Raises
    ------
    ValueError
        If it lacks one of them.
    """
    names = [symbol.name for symbol in pde.parameters]
    if missing := [name for name in DRIFT if name not in names]:
        message = f"the equation must have the drift parameters beta and rho; got {', '.join(names)}"
        raise ValueError(message + f", without {' and '.join(missing)}")
    return [names.index(name) for name in DRIFT]


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
    """

    start: float = 1.0
    rate: float = 1.0
    epsilon: float = 1.0


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
    ValueError
        If the equation lacks a drift parameter, or what `PDENet` refuses.
    """
    treatment = Steps() if treatment is None else treatment
    columns = drift_columns(pde)
    others = [i for i in range(len(pde.parameters)) if i not in columns]
    shape = (int(images.shape[-2]), int(images.shape[-1]))
    net = PDENet(pde, depth, [seed], widths=widths, image_shape=shape).double()
    drawn = net.theta.detach()
    drift = nn.Parameter(treatment.start * drawn[..., columns])
    rest = nn.Parameter(drawn[..., others])
    # One optimiser, two groups: only the group with the drift is treated apart.
    groups: list[dict[str, Any]] = [
        {"params": [rest, *net.classifier.parameters()]},
        {"params": [drift], "lr": learning_rate * treatment.rate, "eps": epsilon * treatment.epsilon},
    ]
    optimizer = torch.optim.Adam(groups, lr=learning_rate, eps=epsilon)
    back = torch.argsort(torch.tensor([*others, *columns]))  # from (others, drift) to the equation's order
    pixels = images.double() / 255
    order = generator(seed, ORDER)
    course = []
    for step in range(steps + 1):
        kernels = net.stencil.kernels(torch.cat([rest, drift], dim=-1)[..., back])
        course.append(kernels.detach()[0])
        if step == steps:
            break
        batch = torch.randint(len(labels), (batch_size,), generator=order)
        states = residual_stack(pixels[batch].unsqueeze(0), kernels, backend="torch", support=net.support)
        logits = net.classifier(states.flatten(2))[0]
        optimizer.zero_grad(set_to_none=True)
        functional.cross_entropy(logits, labels[batch]).backward()
        optimizer.step()
    return torch.stack(course)


def distances(course: Tensor, other: Tensor) -> Tensor:
    """Largest difference of a tap between two courses (steps, L, 3, 3), after each step, (steps,)."""
    return (course - other).abs().flatten(1).amax(1)


ARMS: dict[str, tuple[EvolutionPDE, float]] = {
    "(39)": (PDE1, 1.0),
    "(39), start of (40)": (PDE1, FACTOR),
    "(40), start of (39)": (PDE2, 1 / FACTOR),
    "(40)": (PDE2, 1.0),
}
"""The four ways to cross the starts and the steps of the two equations: equation and `drift_start`.

The equation decides how long a step is, `drift_start` where training starts."""


def arm(name: str, depth: int, seeds: int | Iterable[int] = 1, **options: Any) -> PDENet:
    """The network of one of `ARMS`; the two plain ones are ordinary `PDENet`, with the same records.

    Raises
    ------
    ValueError
        If there is no such arm, or what `PDENet` refuses.
    """
    if name not in ARMS:
        message = f"arm must be one of {', '.join(map(repr, ARMS))}; got {name!r}"
        raise ValueError(message)
    pde, start = ARMS[name]
    if start == 1:
        return PDENet(pde, depth, seeds, **options)
    return DriftStartNet(pde, depth, seeds, drift_start=start, **options)
