"""Every class of network that is a residual stack with a classifier, by name: called with depth and seeds."""

from collections.abc import Callable
from typing import Any

from pdenet.models import ConvResNet, Init, PDENet, PlainConvNet, ResidualNet
from pdenet.models.two_channel_net import TwoChannelNet
from pdenet.subjects.depth.networks import ARMS, arm_spec
from pdenet.subjects.remedies.networks import NETWORKS as REMEDIES
from pdenet.subjects.remedies.networks import spec as remedy
from pdenet.symbolic import PDE1, PDE2, PDE_1D

SMALL: dict[str, Any] = {"widths": (8,)}
GENTLE = Init("symmetric", 0.1)

NETWORKS: dict[str, Callable[..., ResidualNet]] = {
    "pde1": lambda depth, seeds=1, **options: PDENet(PDE1, depth, seeds, **SMALL | options),
    "pde2, bias": lambda depth, seeds=1, **options: PDENet(
        PDE2, depth, seeds, **SMALL | {"bias": True} | options
    ),
    "on a line": lambda depth, seeds=1, **options: PDENet(PDE_1D, depth, seeds, **SMALL | options),
    "frozen": lambda depth, seeds=1, **options: PDENet(
        PDE1, depth, seeds, **SMALL | {"frozen": True} | options
    ),
    "resnet": lambda depth, seeds=1, **options: ConvResNet(depth, seeds, **SMALL | options),
    "cross": lambda depth, seeds=1, **options: ConvResNet(
        depth, seeds, **SMALL | {"taps": "cross"} | options
    ),
    "plain": lambda depth, seeds=1, **options: PlainConvNet(depth, seeds, **SMALL | options),
    "identity": lambda depth, seeds=1, **options: PlainConvNet(
        depth, seeds, **SMALL | {"identity": True, "init": GENTLE} | options
    ),
    "two channels": lambda depth, seeds=1, **options: TwoChannelNet(depth, seeds, **SMALL | options),
    "two channels, at once": lambda depth, seeds=1, **options: TwoChannelNet(
        depth, seeds, **SMALL | {"update": "at once", "bounded": False} | options
    ),
    **{
        f"remedy: {name}": lambda depth, seeds=1, name=name, **options: remedy(
            name, depth, **SMALL | options
        ).build(seeds)
        for name in REMEDIES
    },
    **{
        f"drift: {name}": lambda depth, seeds=1, name=name, **options: arm_spec(
            name, depth, **SMALL | options
        ).build(seeds)
        for name in ARMS
    },
}
