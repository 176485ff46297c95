"""A residual network with several channels, as readers know them, beside the thesis's one channel."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from pdenet.checks.numbers import whole
from pdenet.models.initial import Init
from pdenet.models.residual_net import ResidualNet
from pdenet.ops.seeding import TRUNK, generator


class ChannelResNet(ResidualNet):
    """A stem that makes C channels, blocks relu(u + K * u + b) of 3x3 convolutions, and one picture at last.

    The picture is a weighted sum of the channels with learned weights, so that the classifier is the one of
    the networks with one channel. Kernels and biases start as those of `torch.nn.Conv2d` do: uniform on
    [-1/sqrt(n), 1/sqrt(n)) with n numbers under a kernel.

    Parameters
    ----------
    depth, seeds
        As in `ResidualNet`.
    channels
        Channels C of the state.
    **options
        As in `ResidualNet`.

    Raises
    ------
    TypeError
        If `channels` is no number, or what `ResidualNet` refuses.
    ValueError
        If there is no channel, or what `ResidualNet` refuses.

    References
    ----------
    He et al., Deep residual learning for image recognition, CVPR (2016), but for the normalisation and the
    second convolution of a block, which the thesis's control does not have either.
    """

    def __init__(
        self, depth: int, seeds: int | Iterable[int] = 1, *, channels: int = 16, **options: Any
    ) -> None:
        super().__init__(depth, seeds, **options)
        self.channels = whole("channels", channels, least=1)
        streams = [generator(seed, TRUNK) for seed in self.seeds]
        c = self.channels
        self.stem = self._drawn((c, 1, 3, 3), 9, streams)
        self.stem_bias = self._drawn((c,), 9, streams)
        self.weight = self._drawn((self.depth, c, c, 3, 3), 9 * c, streams)
        self.bias = self._drawn((self.depth, c), 9 * c, streams)
        self.readout = self._drawn((c,), c, streams)

    def _drawn(self, shape: tuple[int, ...], inputs: int, streams: list[torch.Generator]) -> Tensor:
        """A parameter (S, *shape) of the trunk."""
        law = Init("symmetric", inputs**-0.5)
        return self._trunk_parameter(torch.stack([law.draw(shape, stream) for stream in streams]))

    def kernels(self) -> tuple[Tensor, Tensor | None]:
        """The kernels of the blocks, (S, L, C out, C in, 3, 3), and their biases (S, L, C)."""
        return self.weight, self.bias

    def trunk(self) -> dict[str, Tensor]:
        """Nothing: 9 C^2 numbers a layer would make a record longer than those of all other networks."""
        return {}

    @classmethod
    def description(cls, depth: int, *, channels: int = 16, **options: Any) -> dict[str, Any]:
        """The configuration as plain data."""
        return {**super().description(depth, **options), "channels": whole("channels", channels, least=1)}

    def _arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        arguments, options = super()._arguments()
        return arguments, {**options, "channels": self.channels}

    def features(self, u: Tensor, upto: int | None = None) -> Tensor:
        """The picture that the read-out makes of the channels after each block, (S, upto + 1, B, H, W).

        Raises
        ------
        ValueError
            As in `ResidualNet`.
        """
        upto = self.depth if upto is None else whole("upto", upto, least=0, most=self.depth)
        u = self._with_seed_axis(u)
        pictures = [self._stack(u, self.weight[:, :n], self.bias[:, :n]) for n in range(upto + 1)]
        return torch.stack(pictures, dim=1)

    def _stack(self, u: Tensor, kernels: Tensor, bias: Tensor | None) -> Tensor:
        state = self._convolve(u.unsqueeze(2), self.stem, self.stem_bias)
        biases = kernels.new_zeros(kernels.shape[:3]) if bias is None else bias
        for kernel, added in zip(kernels.unbind(1), biases.unbind(1), strict=True):
            state = torch.relu(state + self._convolve(state, kernel, added))
        picture: Tensor = torch.einsum("sbchw,sc->sbhw", state, self.readout)
        return picture

    def _convolve(self, u: Tensor, kernel: Tensor, bias: Tensor) -> Tensor:
        """States (S, B, C out, H, W) of states (S, B, C in, H, W), each seed with kernels of its own."""
        seeds = len(u)
        # Seeds stand side by side as groups of channels: one convolution for all of them.
        side = u.transpose(0, 1).flatten(1, 2).contiguous(memory_format=torch.channels_last)
        out = functional.conv2d(side, kernel.flatten(0, 1), bias.flatten(), padding=1, groups=seeds)
        state: Tensor = out.unflatten(1, (seeds, -1)).transpose(0, 1)
        return state
