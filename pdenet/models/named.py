"""The networks of the thesis's tables by name."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from pdenet.models import ConvResNet, PDENet, PlainConvNet, ResidualNet
from pdenet.symbolic import PDE1, PDE2

MODELS: dict[str, Callable[..., ResidualNet]] = {
    "pde1": partial(PDENet, PDE1),
    "pde2": partial(PDENet, PDE2),
    "resnet": ConvResNet,
    "plain": PlainConvNet,
}


def build(name: str, depth: int, seeds: int | Iterable[int] = 1, **options: Any) -> ResidualNet:
    """The network called `name` (a key of `MODELS`), with the options of its class.

    Raises
    ------
    ValueError
        If there is no such network, or its class refuses the options.
    """
    if name not in MODELS:
        message = f"model must be one of {', '.join(map(repr, MODELS))}; got {name!r}"
        raise ValueError(message)
    return MODELS[name](depth=depth, seeds=seeds, **options)
