"""The control and where it may start."""

import torch

from pdenet.models import ConvResNet, Init

IMAGES = torch.rand(5, 28, 28, generator=torch.Generator().manual_seed(0))


def test_a_control_can_start_without_biases_or_as_the_identity() -> None:
    plain, no_bias = (
        ConvResNet(4, seeds=2),
        ConvResNet(4, seeds=2, init=Init("symmetric", 1 / 3, zero=("bias",))),
    )
    assert torch.equal(no_bias.weight, plain.weight)
    assert no_bias.bias is not None
    assert (no_bias.bias == 0).all()
    identity = ConvResNet(4, init=Init("symmetric", 1 / 3, zero=("weight", "bias")))
    assert torch.equal(identity.features(IMAGES)[0, -1], IMAGES)
