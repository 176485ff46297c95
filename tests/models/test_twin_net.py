"""Twins with convolutions: one set of numbers, with and without a skip, each network by itself."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from pdenet.models.conv_blocks import ConvBranch, conv_stack, he_normal
from pdenet.models.twin_net import TwinNet
from pdenet.ops.convolution import apart
from pdenet.ops.seeding import generator


def test_twins_have_the_same_numbers_by_name() -> None:
    plain, residual = (TwinNet(3, (0, 4), skip=skip) for skip in (False, True))
    own, other = plain.state_dict(), residual.state_dict()
    assert own.keys() == other.keys()
    assert all(torch.equal(own[name], other[name]) for name in own)
    assert plain.parameter_count() == residual.parameter_count()
    images = torch.rand(6, 28, 28)
    assert not torch.allclose(plain(images), residual(images))


def test_a_branch_normalises_clips_and_convolves_twice() -> None:
    branch, u = ConvBranch(3, (1,)), torch.randn(5, 3, 7, 7)
    wanted = u
    for weight in branch.weights:
        mean, variance = wanted.mean((0, 2, 3), keepdim=True), wanted.var((0, 2, 3), False, keepdim=True)
        clipped = ((wanted - mean) / (variance + 1e-5).sqrt()).relu()
        wanted = functional.conv2d(clipped, weight[0], padding=1)
    assert torch.allclose(branch(u), wanted, atol=1e-4)


def test_without_a_normalisation_there_is_a_bias() -> None:
    branch, u = ConvBranch(2, (1,), normalised=False), torch.randn(5, 2, 7, 7)
    with torch.no_grad():
        branch.norms[0].get_parameter("bias").fill_(0.3)
        wanted = functional.conv2d((u + 0.3).relu(), branch.weights[0][0], padding=1)
        wanted = functional.conv2d(wanted.relu(), branch.weights[1][0], padding=1)
        assert torch.allclose(branch(u), wanted, atol=1e-5)


@pytest.mark.parametrize("normalised", [True, False])
def test_networks_side_by_side_are_those_that_stand_alone(normalised: bool) -> None:
    images = torch.rand(2, 6, 28, 28)
    both = TwinNet(2, (0, 4), skip=True, normalised=normalised)
    logits = both(images)
    for row, seed in enumerate((0, 4)):
        alone = TwinNet(2, (seed,), skip=True, normalised=normalised)
        assert torch.allclose(logits[row], alone(images[row]), atol=1e-4)
    (gradient,) = torch.autograd.grad(logits[0].square().sum(), both.stem)
    assert gradient[0].abs().max() > 0
    assert gradient[1].abs().max() == 0


def test_layers_draw_from_streams_of_their_own() -> None:
    shallow, deep = (conv_stack(depth, 3, 2, skip=True) for depth in (1, 3))
    assert torch.equal(shallow.branches[0].weights[0], deep.branches[0].weights[0])  # type: ignore[index]
    assert not torch.equal(deep.branches[0].weights[0], deep.branches[1].weights[0])  # type: ignore[index]
    drawn = he_normal((50, 40, 3, 3), [generator(0, 1)])
    assert drawn.std().item() == pytest.approx((2 / 360) ** 0.5, rel=0.02)


def test_without_a_block_a_stem_and_a_head_are_left() -> None:
    net, images = TwinNet(0, 2, skip=False, channels=4), torch.rand(3, 28, 28)
    state = net.norm(net.read(images)).relu()
    assert state.shape == (3, 8, 7, 7)
    means = apart(functional.adaptive_avg_pool2d(state, 2), 2).flatten(2)
    assert torch.allclose(net(images), net.classifier(means), atol=1e-5)
    assert net.parameter_count() == 9 * 4 + 2 * 4 + 4 * 4 * 10 + 10
    assert "skip" not in net.describe()
    assert net.describe() == TwinNet.description(0, skip=True, channels=4)


def test_bad_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="a plain stack has no step to scale"):
        TwinNet(1, skip=False, scale=0.5)
    with pytest.raises(ValueError, match="channels must be"):
        TwinNet(1, skip=True, channels=0)
    with pytest.raises(TypeError, match="normalised must be"):
        TwinNet(1, skip=True, normalised="yes")  # type: ignore[arg-type]


def test_a_branch_with_larger_kernels_has_them_and_even_ones_are_refused() -> None:
    stack = conv_stack(2, 3, (1,), skip=True, kernel=5)
    shapes = {tuple(values.shape) for name, values in stack.named_parameters() if "weights" in name}
    assert shapes == {(1, 3, 3, 5, 5)}
    assert stack(torch.zeros(2, 3, 9, 9)).shape == (2, 3, 9, 9)
    with pytest.raises(ValueError, match="kernel must be odd, so that it has a middle; got 4"):
        ConvBranch(3, kernel=4)
