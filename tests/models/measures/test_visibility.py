"""Which stacks show anything of an image."""

import pytest
import torch
from helpers.networks import KINDS, stack_of_kernels

from pdenet.data import load_images
from pdenet.models import ConvResNet, Init
from pdenet.models.measures.visibility import probe_images, sees

PROBES = probe_images(4, 3)


def test_probes_are_images() -> None:
    assert PROBES.shape == (7, 28, 28)
    assert PROBES.min() >= 0
    assert PROBES.max() <= 1
    assert torch.equal(PROBES, probe_images(4, 3))
    digits = load_images("digits").test_images[:4]
    assert torch.equal(PROBES[:4], digits.float() / 255)
    assert torch.equal(PROBES[4:], torch.rand(3, 28, 28, generator=torch.Generator().manual_seed(0)))


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


@pytest.mark.parametrize(
    ("kind", "layer"),
    [
        ("implicit", {"gamma": -1.0}),  # one explicit step takes every pixel away, an implicit one does not
        ("periodic", {"alpha": 1.0, "beta": -1.0}),  # all pixels move one to the right
    ],
)
def test_what_is_seen_is_seen_through_the_steps_of_the_network(kind: str, layer: dict[str, float]) -> None:
    images = torch.zeros(1, 28, 28)
    images[..., -1] = 1
    net = KINDS[kind](1)
    net.set_trunk({name: [layer.get(name, 0.0)] for name in net.trunk()})
    assert not stack_of_kernels(net, images).any()
    assert sees(net, images).tolist() == [1]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_network_is_asked_for_its_last_images(kind: str) -> None:
    net = KINDS[kind](3, seeds=2)
    last, empty = net.last(PROBES), net.last(torch.zeros(1, 28, 28))
    expected = [float((u != empty[seed]).flatten(1).any(1).double().mean()) for seed, u in enumerate(last)]
    assert sees(net, PROBES).tolist() == expected
