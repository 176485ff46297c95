"""What a forward pass costs: floating point operations counted from shapes, and budgets that must agree.

Counted are the multiplications and additions of convolutions and matrix products, two for a product that is
added; what is done number by number, such as an activation or a normalisation, is not. Operations are not
seconds: how fast they run depends on their shapes.
"""

from __future__ import annotations

import copy
import math
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch.utils.flop_counter import FlopCounterMode

from pdenet.checks.numbers import real, whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor, nn


class Cost(NamedTuple):
    """What one network costs."""

    flops: float
    """Floating point operations of a forward pass, per image."""
    parameters: float

    def __str__(self) -> str:
        return f"{self.flops:,.0f} operations and {self.parameters:,.0f} parameters"


def forward_flops(net: nn.Module, *inputs: Tensor) -> int:
    """Floating point operations of a forward pass on these inputs; nothing is computed or changed.

    Parameters
    ----------
    net
        Any module that runs on the device ``meta``, where tensors have shapes and no numbers.
    *inputs
        What it is called with; only shapes and types count.
    """
    # On `meta` the counter sees all products: on the CPU some go to oneDNN by names that it does not know.
    shapes = copy.deepcopy(net).to("meta").eval()
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), counter:
        shapes(*(given.to("meta") for given in inputs))
    return int(counter.get_total_flops())


def cost(net: nn.Module, image: Sequence[int]) -> Cost:
    """What each of the networks side by side in `net` costs, for one image.

    Parameters
    ----------
    net
        Called with images (1, ...); S networks if it has ``seeds``, else one.
    image
        Shape of an image, such as (28, 28).
    """
    seeds = len(getattr(net, "seeds", (0,)))
    images = torch.empty(1, *image, device="meta")
    parameters = sum(values.numel() for values in net.parameters())
    return Cost(forward_flops(net, images) / seeds, parameters / seeds)


def convolution_flops(
    kernel: int, inputs: int, outputs: int, rows: int, columns: int, *, groups: int = 1
) -> int:
    r"""Operations of a convolution in closed form, :math:`2 k^2 C_{in} C_{out} H W / g`, without a bias.

    Parameters
    ----------
    kernel
        k, rows and columns of a kernel.
    inputs, outputs
        Channels before and behind, multiples of the groups.
    rows, columns
        H and W of the images behind it.
    groups
        g.

    Raises
    ------
    TypeError, ValueError
        If a number is none, not whole or less than one, or the channels do not fall into the groups.
    """
    numbers = {"kernel": kernel, "inputs": inputs, "outputs": outputs, "rows": rows, "columns": columns}
    k, *rest = (whole(name, value, least=1) for name, value in numbers.items())
    groups = whole("groups", groups, least=1)
    if inputs % groups or outputs % groups:
        message = f"{inputs} channels before and {outputs} behind do not fall into {groups} groups"
        raise ValueError(message)
    return 2 * k**2 * math.prod(rest) // groups


def apart(first: float, second: float) -> float:
    """How far two positive counts are apart, as a share of the smaller one."""
    return max(first, second) / min(first, second) - 1


def matched(costs: Mapping[str, Cost], tolerance: float = 0.05) -> Mapping[str, Cost]:
    """The costs, which must agree, each with each other one, in operations and in parameters.

    Parameters
    ----------
    costs
        By the network's name.
    tolerance
        The most by which two may be apart, as a share of the smaller one.

    Raises
    ------
    ValueError
        If two are further apart; it names both networks with all their counts.
    """
    tolerance = real("tolerance", tolerance, least=0)
    for (first, one), (second, other) in combinations(costs.items(), 2):
        for what, (a, b) in zip(Cost._fields, zip(one, other, strict=True), strict=True):
            if not min(a, b) > 0 or apart(a, b) > tolerance:
                message = (
                    f"{first} has {one}, {second} has {other}: their {what} are not within"
                    f" {100 * tolerance:g} %; change channels or blocks until they are"
                )
                raise ValueError(message)
    return costs
