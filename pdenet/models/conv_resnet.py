"""The control: a residual stack whose kernels are free."""

from collections.abc import Iterable
from typing import Any, Literal

import torch
from torch import Tensor

from pdenet.models.initial import Init
from pdenet.models.residual_net import ResidualNet
from pdenet.ops.seeding import TRUNK, generator

Taps = Literal["all", "cross"]
PYTORCH_START = Init("symmetric", 1 / 3)  # of `torch.nn.Conv2d` with nine inputs
TAPS = {"all": tuple(range(9)), "cross": (1, 3, 4, 5, 7)}  # positions in a 3x3 kernel, row by row


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
    taps
        ``"all"`` nine are free, or only the five of the ``"cross"``, as many as equation (39) has parameters:
        above, left, middle, right, below. The corners are then zero.
    **options
        As in `ResidualNet`.

    Raises
    ------
    ValueError
        If `init` names a parameter that the network does not have, `taps` is unknown, or what `ResidualNet`
        refuses.

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
        taps: Taps = "all",
        **options: Any,
    ) -> None:
        super().__init__(depth, seeds, **options)
        if taps not in TAPS:
            message = f"taps must be one of {', '.join(map(repr, TAPS))}; got {taps!r}"
            raise ValueError(message)
        self.taps = taps
        self.support = "full" if taps == "all" else "cross"
        self.init = PYTORCH_START if init is None else init
        zero = self.init.zero_among(["weight", "bias"] if bias else ["weight"])
        free = len(TAPS[taps])
        draws = torch.stack(
            [self.init.draw((depth, free + 1), generator(seed, TRUNK)) for seed in self.seeds]
        )
        shape = (3, 3) if taps == "all" else (free,)
        parts = draws[..., :free].reshape(len(self.seeds), depth, *shape).clone(), draws[..., free].clone()
        for position in zero:
            parts[position].zero_()
        self.weight = self._trunk_parameter(parts[0])
        self.bias = self._trunk_parameter(parts[1]) if bias else None

    def kernels(self) -> tuple[Tensor, Tensor | None]:
        """The kernels (S, L, 3, 3) and the biases (S, L) or None; with all taps the parameters themselves."""
        if self.taps == "all":
            return self.weight, self.bias
        kernels = self.weight.new_zeros((*self.weight.shape[:2], 9))
        kernels[..., TAPS[self.taps]] = self.weight
        return kernels.unflatten(-1, (3, 3)), self.bias

    def trunk(self) -> dict[str, Tensor]:
        """Kernels (S, L, 3, 3), or taps (S, L, 5), and, if there is one, bias (S, L)."""
        return {"weight": self.weight} if self.bias is None else {"weight": self.weight, "bias": self.bias}

    @classmethod
    def description(
        cls, depth: int, *, init: Init | None = None, bias: bool = True, taps: Taps = "all", **options: Any
    ) -> dict[str, Any]:
        """The configuration as plain data."""
        law = PYTORCH_START if init is None else init
        described = {**super().description(depth, **options), "init": law.describe(), "bias": bias}
        return described if taps == "all" else {**described, "taps": taps}  # older records lack the word

    def _arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        arguments, options = super()._arguments()
        return arguments, {**options, "init": self.init, "bias": self.bias is not None, "taps": self.taps}
