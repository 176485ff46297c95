"""The networks of the thesis's tables by name."""

from collections.abc import Iterable
from typing import Any

from pdenet.checks.words import one_of
from pdenet.models import ConvResNet, PDENet, PlainConvNet, ResidualNet
from pdenet.models.residual_net import Spec
from pdenet.symbolic import PDE1, PDE2

MODELS: dict[str, tuple[type[ResidualNet], tuple[Any, ...]]] = {
    "pde1": (PDENet, (PDE1,)),
    "pde2": (PDENet, (PDE2,)),
    "resnet": (ConvResNet, ()),
    "plain": (PlainConvNet, ()),
}
"""Class, and what stands before the depth when it is called."""


def spec(name: str, depth: int, **options: Any) -> Spec:
    """The network called `name` (a key of `MODELS`), with the options of its class, before it is drawn.

    Raises
    ------
    ValueError
        If there is no such network.
    """
    kind, first = MODELS[one_of("model", name, tuple(MODELS))]
    return Spec(kind, (*first, depth), options)


def build(name: str, depth: int, seeds: int | Iterable[int] = 1, **options: Any) -> ResidualNet:
    """The network called `name` (a key of `MODELS`), with the options of its class.

    Raises
    ------
    ValueError
        If there is no such network, or its class refuses the options.
    """
    return spec(name, depth, **options).build(seeds)
