"""A stack of convolution layers without skip connections, and what its gradients are."""

from collections.abc import Iterable
from typing import Any, Self

import torch
from torch import Tensor

from pdenet.checks.words import flag
from pdenet.models.conv_resnet import ConvResNet
from pdenet.models.initial import Init

HE_NORMAL = Init("normal", (2 / 9) ** 0.5)
"""Law of He et al. (2015) for nine inputs and a ReLU: normal with variance 2/9."""


class PlainConvNet(ConvResNet):
    """A stack without skips: each layer is relu(K * u + b), one 3x3 convolution, one channel.

    A layer equals relu(u + (K - delta) * u + b) with delta the kernel that has a one in its middle, so the
    stack is a residual one with the kernels K - delta: the two networks are one class of functions. They
    differ in where training starts and in nothing else.

    Parameters
    ----------
    depth, seeds, bias
        As in `ConvResNet`.
    init
        Law of kernels and biases alike, `HE_NORMAL` unless given.
    identity
        Whether delta is added to every drawn kernel. The network then starts as the `ConvResNet` with the
        same seeds and `init` does.
    **options
        As in `ResidualNet`.

    Raises
    ------
    ValueError
        As `ConvResNet`, and if `taps` are not all.

    References
    ----------
    Plain networks: He et al., Deep residual learning for image recognition, CVPR (2016). Its start: He et
    al., Delving deep into rectifiers, ICCV (2015).
    """

    def __init__(
        self,
        depth: int,
        seeds: int | Iterable[int] = 1,
        *,
        init: Init = HE_NORMAL,
        bias: bool = True,
        identity: bool = False,
        **options: Any,
    ) -> None:
        if options.get("taps", "all") != "all":
            message = f"a plain stack has all nine taps; got taps={options['taps']!r}"
            raise ValueError(message)
        super().__init__(depth, seeds, init=init, bias=bias, **options)
        self.identity = flag("identity", identity)
        delta = self.weight.detach().new_zeros(3, 3)
        delta[1, 1] = 1
        self.delta: Tensor
        self.register_buffer("delta", delta, persistent=False)
        if self.identity:
            with torch.no_grad():
                self.weight.add_(delta)

    def kernels(self) -> tuple[Tensor, Tensor | None]:
        """The residual kernels K - delta, (S, L, 3, 3), and the biases (S, L) or None."""
        return self.weight - self.delta, self.bias

    @classmethod
    def description(
        cls,
        depth: int,
        *,
        init: Init | None = HE_NORMAL,
        bias: bool = True,
        identity: bool = False,
        **options: Any,
    ) -> dict[str, Any]:
        """The configuration as plain data."""
        described = super().description(depth, init=init, bias=bias, **options)
        return {**described, "identity": flag("identity", identity)}

    def _arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        arguments, options = super()._arguments()
        del options["taps"]  # all nine, always
        return arguments, {**options, "identity": self.identity}

    @torch.no_grad()
    def keep_size(self, images: Tensor) -> Self:
        """Scale every kernel so that each layer hands on images of the size it got, and set biases to zero.

        The size is the root mean square over pixels and images. As no layer has a bias, scaling a kernel
        scales all images after it and changes nothing else.

        Parameters
        ----------
        images
            Images (B, H, W) to measure with.

        Returns
        -------
        The network itself.

        Raises
        ------
        ValueError
            If the images do not get through to the last layer; nothing is changed then.

        References
        ----------
        Mishkin and Matas, All you need is a good init, ICLR (2016), who scale after the fact as well.
        """
        biases = [] if self.bias is None else [self.bias]
        before = [bias.clone() for bias in biases]
        for bias in biases:
            bias.zero_()
        sizes = self.features(images).square().mean((2, 3, 4)).sqrt()  # (S, L + 1)
        if not bool((sizes > 0).all()):
            for bias, value in zip(biases, before, strict=True):
                bias.copy_(value)
            message = "images must reach the last layer; a layer answers all of them with black"
            raise ValueError(message)
        self.weight.mul_((sizes[:, :-1] / sizes[:, 1:])[..., None, None])
        return self
