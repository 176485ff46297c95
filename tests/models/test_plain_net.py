"""Stacks without skips: one class of functions with residual ones, and where the two part."""

import pytest
import torch
from torch.nn import functional

from pdenet.data import load_images
from pdenet.models import ConvResNet, Init
from pdenet.models.measures.probes import kernel_gradients
from pdenet.models.plain_net import HE_NORMAL, PlainConvNet
from pdenet.runs.training import TrainingConfig, fit

SMALL = Init("symmetric", 0.1)
UNBIASED = Init(HE_NORMAL.law, HE_NORMAL.scale, zero=("bias",))
DIGITS = load_images("digits").subset(60, 20)
IMAGES, LABELS = DIGITS.train_images[:20].double() / 255, DIGITS.train_labels[:20]


def test_a_layer_is_a_convolution_its_bias_and_relu() -> None:
    model = PlainConvNet(3, seeds=2).double()
    assert model.bias is not None
    by_hand = IMAGES.expand(2, -1, -1, -1)
    for layer in range(3):
        by_hand = torch.stack(
            [
                torch.relu(functional.conv2d(u[:, None], k[None, None], b[None], padding=1))[:, 0]
                for u, k, b in zip(by_hand, model.weight[:, layer], model.bias[:, layer], strict=True)
            ]
        )
    assert torch.allclose(model.features(IMAGES)[:, 3], by_hand, atol=1e-14, rtol=0)


def pair(depth: int, seeds: int = 1) -> tuple[PlainConvNet, ConvResNet]:
    """A plain stack that starts at the identity, and the residual one with the same numbers, float64."""
    plain = PlainConvNet(depth, seeds, init=SMALL, identity=True).double()
    residual = ConvResNet(depth, seeds, init=SMALL).double()
    kernels, bias = plain.kernels()
    return plain, residual.set_trunk({"weight": kernels, "bias": bias})


def test_with_the_identity_added_it_starts_as_the_residual_net() -> None:
    plain, residual = pair(40, seeds=2)
    assert torch.allclose(residual.weight.float(), ConvResNet(40, 2, init=SMALL).weight, atol=1e-7)
    assert torch.allclose(plain(IMAGES), residual(IMAGES), atol=1e-13, rtol=0)
    of_plain, of_residual = (kernel_gradients(model, IMAGES, LABELS) for model in (plain, residual))
    assert torch.allclose(of_plain, of_residual, atol=1e-12, rtol=0)
    assert of_plain.abs().amax() > 1e-3


def test_adam_does_not_see_a_shift_of_the_kernels() -> None:
    plain, residual = pair(8)
    start = residual.weight.detach().clone()
    for model in (plain, residual):
        optimizer = torch.optim.Adam(model.parameters())
        for _ in range(10):
            optimizer.zero_grad()
            functional.cross_entropy(model(IMAGES)[0], LABELS).backward()
            optimizer.step()
    assert torch.allclose(plain.kernels()[0], residual.weight, atol=1e-11, rtol=0)
    assert (residual.weight - start).abs().max() > 5e-3  # ten steps of 1e-3


@pytest.mark.parametrize("identity", [False, True])
def test_without_biases_kernel_times_gradient_is_the_same_in_all_layers(identity: bool) -> None:
    init = Init("symmetric", 0.1, zero=("bias",)) if identity else UNBIASED
    model = PlainConvNet(20, seeds=3, init=init, identity=identity).double()
    products = (model.weight * kernel_gradients(model, IMAGES, LABELS)).sum((2, 3))
    assert torch.allclose(products, products[:, :1].expand(-1, 20), rtol=1e-7, atol=0)
    assert (products != 0).all()


def test_with_biases_it_is_not() -> None:
    model = PlainConvNet(5, init=SMALL, identity=True).double()
    products = (model.weight * kernel_gradients(model, IMAGES, LABELS)).sum((2, 3))
    assert (products[:, 0] / products[:, -1] - 1).abs() > 1e-3


def test_gradients_are_the_slopes_of_the_loss() -> None:
    model = PlainConvNet(3, init=SMALL, identity=True).double()
    gradient = float(kernel_gradients(model, IMAGES, LABELS)[0, 1, 0, 2])
    losses = []
    for step in (1e-5, -1e-5):
        moved = PlainConvNet(3, init=SMALL, identity=True).double()
        with torch.no_grad():
            moved.weight[0, 1, 0, 2] += step
            losses.append(float(functional.cross_entropy(moved(IMAGES)[0], LABELS)))
    assert (losses[0] - losses[1]) / 2e-5 == pytest.approx(gradient, rel=1e-6)


def test_kernels_can_be_scaled_so_that_images_keep_their_size() -> None:
    model = PlainConvNet(30, seeds=2).double().keep_size(IMAGES)
    sizes = model.features(IMAGES).square().mean((2, 3, 4)).sqrt()
    assert torch.allclose(sizes, sizes[:, :1].expand(-1, 31), rtol=1e-12)
    assert model.bias is not None
    assert (model.bias == 0).all()


def test_kernels_that_let_nothing_through_cannot_be_scaled() -> None:
    model = PlainConvNet(2)
    model.set_trunk({"weight": -torch.ones(2, 3, 3), "bias": torch.full((2,), -0.5)})
    with pytest.raises(ValueError, match="must reach the last layer; a layer answers all of them with black"):
        model.keep_size(IMAGES.float())
    assert (model.weight == -1).all()
    assert model.bias is not None
    assert (model.bias == -0.5).all()


def test_it_trains_and_its_description_tells_the_starts_apart() -> None:
    plain, started = PlainConvNet(2), PlainConvNet(2, identity=True)
    assert plain.describe() != started.describe()
    assert plain.describe()["init"] == {"law": "normal", "scale": (2 / 9) ** 0.5, "zero": []}
    (record,) = fit(started, DIGITS, TrainingConfig(epochs=1))
    assert record.model["name"] == "PlainConvNet"
    assert started.weight.shape == (1, 2, 3, 3) == torch.tensor(record.trunk["weight"])[None].shape
    assert PlainConvNet(2, bias=False).kernels()[1] is None


def test_its_own_start_is_the_law_of_he() -> None:
    weight = PlainConvNet(2000).weight.detach()
    assert weight.std().item() == pytest.approx((2 / 9) ** 0.5, rel=0.03)
    assert weight.mean().item() == pytest.approx(0, abs=0.02)
