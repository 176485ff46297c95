"""Five starts of one class of functions: with and without skips, near the identity and far from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdenet.checks.words import one_of
from pdenet.models import ConvResNet, Init
from pdenet.models.plain_net import HE_NORMAL, PlainConvNet

if TYPE_CHECKING:
    from torch import Tensor

NEAR = Init("symmetric", 0.1)
"""Numbers between -0.1 and 0.1, for kernels and biases."""

HE = Init(HE_NORMAL.law, HE_NORMAL.scale, zero=("bias",))
"""The start of He et al. (2015): normal with variance 2/9, no bias."""

STARTS = ("skip, identity", "plain, identity", "plain, He", "skip, He", "plain, He, size kept")
"""With skips or plain; kernels near the identity, or He's, or He's times what keeps an image's size."""

CLASSIFIER = (64,)
"""Hidden layers of the classifier, small so that the stack matters."""


def started(name: str, depth: int, seeds: int, sample: Tensor) -> ConvResNet:
    """Networks side by side, as they start.

    Parameters
    ----------
    name
        One of `STARTS`.
    depth, seeds
        Layers, and how many networks.
    sample
        Images (image, row, column) from 0 to 1, whose size the last start keeps.

    Raises
    ------
    ValueError
        If the start is none of them.
    """
    name = one_of("name", name, STARTS)
    if name == "skip, identity":
        return ConvResNet(depth, seeds, init=NEAR, widths=CLASSIFIER)
    if name == "plain, identity":
        return PlainConvNet(depth, seeds, init=NEAR, identity=True, widths=CLASSIFIER)
    if name == "plain, He, size kept":
        return PlainConvNet(depth, seeds, widths=CLASSIFIER).keep_size(sample)
    plain = PlainConvNet(depth, seeds, init=HE, widths=CLASSIFIER)
    if name == "plain, He":
        return plain
    kernels, bias = plain.kernels()
    residual = ConvResNet(depth, seeds, widths=CLASSIFIER)
    return residual.set_trunk({"weight": kernels, "bias": bias})
