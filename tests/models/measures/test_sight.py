"""Which stacks show anything of an image."""

import torch

from pdenet.models import ConvResNet, Init
from pdenet.models.measures.sight import probe_images, sees

PROBES = probe_images(4, 3)


def test_probes_are_images() -> None:
    assert PROBES.shape == (7, 28, 28)
    assert PROBES.min() >= 0
    assert PROBES.max() <= 1
    assert torch.equal(PROBES, probe_images(4, 3))


def test_a_stack_that_does_nothing_sees_all() -> None:
    assert sees(ConvResNet(3, 2, init=Init("normal", 0.0)), PROBES).tolist() == [1, 1]


def test_one_layer_of_negative_bias_makes_blind() -> None:
    net = ConvResNet(3, 2, init=Init("normal", 0.0))
    with torch.no_grad():
        net.bias[1, 1] = -2  # type: ignore[index]
        net.bias[1, 2] = 1  # type: ignore[index]  # light after the dark shows nothing
    assert sees(net, PROBES).tolist() == [1, 0]


def test_a_bias_between_the_brightest_pixels_makes_blind_for_the_fainter() -> None:
    net = ConvResNet(1, init=Init("normal", 0.0))
    images = torch.zeros(2, 28, 28)
    images[0, 5, 5], images[1, 5, 5] = 0.25, 0.75
    with torch.no_grad():
        net.bias[0, 0] = -0.5  # type: ignore[index]
    assert sees(net, images).tolist() == [0.5]


def test_an_overflow_is_not_sight() -> None:
    net = ConvResNet(2, init=Init("normal", 0.0))
    with torch.no_grad():
        net.weight[0, :, 1, 1] = 1e30
    assert sees(net, PROBES).tolist() == [0]
