"""A residual network with channels: its layers by hand, its seeds apart, and what its records say."""

import pytest
import torch
from torch.nn import functional

from pdenet.data import load_images
from pdenet.models import ConvResNet
from pdenet.models.channel_resnet import ChannelResNet
from pdenet.runs.training import TrainingConfig, fit

DIGITS = load_images("digits").subset(60, 20)
IMAGES = DIGITS.train_images[:6].double() / 255


def by_hand(model: ChannelResNet, row: int, layers: int) -> torch.Tensor:
    """Pictures (B, H, W) of one seed after so many blocks."""
    u = functional.conv2d(IMAGES[:, None], model.stem[row], model.stem_bias[row], padding=1)
    for kernel, bias in zip(model.weight[row, :layers], model.bias[row, :layers], strict=True):
        u = torch.relu(u + functional.conv2d(u, kernel, bias, padding=1))
    return (u * model.readout[row][:, None, None]).sum(1)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_block_is_a_skip_over_one_convolution_of_all_channels(channels: int) -> None:
    model = ChannelResNet(3, seeds=2, channels=channels).double()
    states = model.features(IMAGES)
    assert states.shape == (2, 4, 6, 28, 28)
    for row in range(2):
        for layers in range(4):
            wanted = by_hand(model, row, layers)
            assert torch.allclose(states[row, layers], wanted, atol=1e-13, rtol=0)
    assert torch.equal(model.last(IMAGES), states[:, -1])
    assert torch.equal(model.features(IMAGES, upto=1), states[:, :2])


def test_a_seed_starts_alike_alone_and_among_others() -> None:
    both, alone = ChannelResNet(2, seeds=(0, 7)), ChannelResNet(2, seeds=(7,))
    for name, values in alone.named_parameters():
        assert torch.equal(dict(both.named_parameters())[name][1:], values), name
    assert not torch.equal(both.weight[0], both.weight[1])


def test_it_starts_as_convolutions_of_torch_do() -> None:
    model = ChannelResNet(5, seeds=1, channels=16)
    for values, inputs in ((model.weight, 144), (model.stem, 9), (model.readout, 16)):
        sizes = values.detach().abs()
        assert sizes.max() <= inputs**-0.5
        assert sizes.mean().item() == pytest.approx(inputs**-0.5 / 2, rel=0.25)


def test_its_classifier_is_that_of_one_channel() -> None:
    model, one = ChannelResNet(5, seeds=1, channels=3), ConvResNet(5, seeds=1)
    for ours, theirs in zip(model.classifier.parameters(), one.classifier.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    # Stem, five blocks, read-out.
    assert model.parameter_count()["trunk"] == 3 * 9 + 3 + 5 * (9 * 9 + 3) + 3


def test_it_learns_and_its_record_says_how_many_channels() -> None:
    model = ChannelResNet(2, seeds=2, channels=3)
    before = model.weight.detach().clone()
    record = fit(model, DIGITS, TrainingConfig(epochs=1, batch_size=10))[0]
    assert record.model["channels"] == 3
    assert record.model == ChannelResNet.spec(2, channels=3).describe() == model.describe()
    assert record.trunk == {}
    assert (model.weight - before).abs().amax((1, 2, 3, 4, 5)).min() > 1e-4


def test_no_channel_is_refused() -> None:
    with pytest.raises(ValueError, match="channels must be"):
        ChannelResNet(2, channels=0)
