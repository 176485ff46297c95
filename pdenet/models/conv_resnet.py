"""The control: a residual stack whose kernels are free."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from pdenet.models.initial import Init
from pdenet.models.residual_net import ResidualNet
from pdenet.seeding import TRUNK, generator


class ConvResNet(ResidualNet):
    """The thesis's `c_ResNet`: each block is a skip over one 3x3 convolution, one channel.

    Parameters
    ----------
    depth, seeds
        As in `ResidualNet`.
    init
        Law of kernels and biases alike. The thesis does not say; our default is that of `torch.nn.Conv2d`
        with nine inputs, uniform on [-1/3, 1/3). Its `zero` may name ``"weight"`` and ``"bias"``.
    bias
        Whether each block adds a learned number, as `torch.nn.Conv2d` does by default.
    **options
        As in `ResidualNet`.

    Raises
    ------
    ValueError
        If `init` names a parameter that the network does not have, or what `ResidualNet` refuses.

    References
    ----------
    The thesis, section 4.2.1.
    """

    def __init__(
        self,
        depth: int,
        seeds: int | Iterable[int] = 1,
        *,
        init: Init | None = None,
        bias: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(depth, seeds, **options)
        self.init = Init("symmetric", 1 / 3) if init is None else init
        zero = self.init.zero_among(["weight", "bias"] if bias else ["weight"])
        draws = torch.stack([self.init.draw((depth, 10), generator(seed, TRUNK)) for seed in self.seeds])
        parts = draws[..., :9].reshape(len(self.seeds), depth, 3, 3).clone(), draws[..., 9].clone()
        for position in zero:
            parts[position].zero_()
        self.weight = nn.Parameter(parts[0])
        self.bias = nn.Parameter(parts[1]) if bias else None

    def kernels(self) -> tuple[Tensor, Tensor | None]:
        """The kernels (S, L, 3, 3) and the biases (S, L) or None: the parameters themselves."""
        return self.weight, self.bias

    def trunk(self) -> dict[str, Tensor]:
        """Kernels (S, L, 3, 3) and, if there is one, bias (S, L)."""
        return {"weight": self.weight} if self.bias is None else {"weight": self.weight, "bias": self.bias}

    def describe(self) -> dict[str, Any]:
        """The configuration as plain data."""
        return {**super().describe(), "init": self.init.describe(), "bias": self.bias is not None}
