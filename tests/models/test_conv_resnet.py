"""The control and where it may start."""

import torch

from pdenet.models import ConvResNet, Init
from pdenet.ops.seeding import TRUNK, generator

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


def test_what_is_not_said_is_the_start_of_a_convolution_of_torch() -> None:
    """Uniform on [-1/3, 1/3), for kernels and biases alike."""
    network = ConvResNet(40, seeds=2)
    assert network.init == Init("symmetric", 1 / 3)
    assert network.bias is not None
    for parameter in (network.weight.detach(), network.bias.detach()):
        assert 0.31 < parameter.abs().max() <= 1 / 3
        assert abs(float(parameter.mean())) < 0.03
    assert ConvResNet.description(40)["init"] == Init("symmetric", 1 / 3).describe()
    other = Init("normal", 0.1)
    assert ConvResNet(4, init=other).init == other
    assert ConvResNet.description(4, init=other)["init"] == other.describe()


def test_every_tap_and_every_bias_is_a_draw_of_its_own() -> None:
    for taps in ("all", "cross"):
        network = ConvResNet(3, taps=taps)
        assert network.bias is not None
        parameters = torch.cat([network.weight.flatten(), network.bias.flatten()])
        assert len(parameters.unique()) == len(parameters) == 3 * (10 if taps == "all" else 6)


def test_a_copy_of_other_seeds_keeps_its_bias_or_has_none() -> None:
    for bias in (True, False):
        arguments, options = ConvResNet(3, bias=bias)._arguments()
        assert options["bias"] is bias
        assert (ConvResNet(*arguments, **options).bias is not None) is bias


def test_the_taps_of_a_cross_stand_above_left_middle_right_and_below() -> None:
    network = ConvResNet(4, 2, taps="cross")
    kernels, bias = network.kernels()
    assert kernels.shape == (2, 4, 3, 3)
    assert bias is network.bias
    above, left, middle, right, below = network.weight.unbind(-1)
    zero = torch.zeros(2, 4)
    rows = [[zero, above, zero], [left, middle, right], [zero, below, zero]]
    assert torch.equal(kernels, torch.stack([torch.stack(row, -1) for row in rows], -2))


def test_a_start_is_ten_numbers_a_layer_of_the_seed_s_own_stream() -> None:
    """Nine taps, row by row, and the bias; records of one seed start from these bits."""
    network = ConvResNet(3, [0, 4])
    assert network.bias is not None
    for row, seed in enumerate((0, 4)):
        drawn = network.init.draw((3, 10), generator(seed, TRUNK))
        assert torch.equal(network.weight[row], drawn[:, :9].reshape(3, 3, 3))
        assert torch.equal(network.bias[row], drawn[:, 9])
