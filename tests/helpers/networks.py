"""Networks of every kind of step: what is measured on one has to be measured on the network that it is."""

from collections.abc import Callable

import torch
from torch import Tensor

from pdenet.models import Init, PDENet, PlainConvNet, ResidualNet
from pdenet.ops import residual_stack
from pdenet.subjects.remedies.networks import ImplicitPDENet, PeriodicPDENet
from pdenet.symbolic import PDE1

GENTLE = Init("uniform", 0.5)  # layers that neither end in black nor overflow
KINDS: dict[str, Callable[..., ResidualNet]] = {
    "explicit": lambda depth, **options: PDENet(PDE1, depth, init=GENTLE, **options),
    "frozen": lambda depth, **options: PDENet(PDE1, depth, init=GENTLE, frozen=True, **options),
    "plain": lambda depth, **options: PlainConvNet(
        depth, init=Init("symmetric", 0.1), identity=True, **options
    ),
    "periodic": lambda depth, **options: PeriodicPDENet(PDE1, depth, init=GENTLE, **options),
    "implicit": lambda depth, **options: ImplicitPDENet(PDE1, depth, init=GENTLE, **options),
}
OTHER_STEPS = ("periodic", "implicit")  # not the explicit steps, with zeros around them, of their kernels


def stack_of_kernels(network: ResidualNet, images: Tensor) -> Tensor:
    """What explicit steps with the kernels of a network make of images (B, H, W), (S, B, H, W)."""
    with torch.no_grad():
        return residual_stack(images, *network.kernels())
