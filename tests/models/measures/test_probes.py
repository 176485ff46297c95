"""Probes of a network are of that network, whatever its steps are."""

from typing import Any

import numpy as np
import pytest
import torch
from helpers.networks import KINDS, OTHER_STEPS, stack_of_kernels
from torch import Tensor
from torch.nn import functional

from pdenet.models import ConvResNet, PDENet, ResidualNet
from pdenet.models.measures import probes
from pdenet.models.measures.layers import coefficients
from pdenet.models.measures.probes import fit_classifier, gradients
from pdenet.symbolic import PDE1
from pdenet.symbolic.growth import plane_gain

SMALL: dict[str, Any] = {"image_shape": (12, 12), "widths": (16,)}
IMAGES = torch.rand(40, 12, 12, generator=torch.Generator().manual_seed(1))
LABELS = torch.arange(40) % 4


def loss_of(network: ResidualNet, last: Tensor) -> Tensor:
    """Cross-entropy behind the last images (S, B, H, W), summed over seeds and averaged over images."""
    logits = network.classifier(last.flatten(2)).flatten(0, 1)
    return functional.cross_entropy(logits, LABELS.repeat(len(last)), reduction="sum") / len(LABELS)


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_are_taken_through_the_steps_of_the_network(kind: str) -> None:
    net = KINDS[kind](3, seeds=2, **SMALL)
    found = gradients(net, IMAGES, LABELS)
    assert all(p.grad is None for p in net.parameters())
    drawn, learned = net.kernels()
    kernels, bias = drawn.detach().requires_grad_(), None if learned is None else learned.detach()
    (by_tap,) = torch.autograd.grad(loss_of(net, net.propagate(IMAGES, kernels, bias)), kernels)
    np.testing.assert_allclose(found.kernel, by_tap.flatten(2).norm(dim=2), rtol=1e-4)
    for layer, state in enumerate(net.features(IMAGES).detach().unbind(1)):
        last = state.requires_grad_()
        if layer < net.depth:
            last = net.propagate(state, kernels[:, layer:], None if bias is None else bias[:, layer:])
        (by_state,) = torch.autograd.grad(loss_of(net, last), state)
        np.testing.assert_allclose(found.state[:, layer], by_state.flatten(1).norm(dim=1), rtol=1e-4)


def test_without_layers_there_is_the_gradient_by_the_images() -> None:
    found = gradients(PDENet(PDE1, 0, seeds=2, **SMALL), IMAGES, LABELS)
    assert found.state.shape == (2, 1)
    assert (found.state > 0).all()
    assert found.kernel.shape == (2, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_classifier_is_fitted_to_what_the_network_gives_it(kind: str) -> None:
    net = KINDS[kind](3, **SMALL)

    def alone(images: Tensor) -> ResidualNet:
        return fit_classifier(PDENet(PDE1, 0, **SMALL), images, LABELS)

    of_its_own, of_its_kernels = alone(net.last(IMAGES)[0].detach()), alone(stack_of_kernels(net, IMAGES)[0])
    fit_classifier(net, IMAGES, LABELS)
    weights, own, other = (n.classifier.weights[0] for n in (net, of_its_own, of_its_kernels))
    assert torch.equal(weights, own)
    assert torch.allclose(weights, other, atol=1e-6) is (kind not in OTHER_STEPS)


def pictures(count: int = 12) -> torch.Tensor:
    return torch.rand(count, 28, 28, generator=torch.Generator().manual_seed(1))


def test_a_probe_reads_what_is_linear_in_the_features_at_any_scale() -> None:
    labels = torch.arange(60) % 3
    features = 0.1 * pictures(60)[:, :4, :4]
    for digit in range(3):
        features[labels == digit, digit] += 1
    cut = slice(0, 40), slice(40, 60)
    given = [(1e-9 * features[part], labels[part]) for part in cut]
    assert probes.linear_probe(*given[0], *given[1]) == 1
    shuffled = labels[torch.randperm(60, generator=torch.Generator().manual_seed(3))]
    assert probes.linear_probe(features[:40], shuffled[:40], features[40:], shuffled[40:]) < 0.7
    nothing = torch.zeros(2, 60, 4, 4)
    blind = probes.linear_probe(nothing[:, :40], labels[:40], nothing[:, 40:], labels[40:])
    assert blind.shape == (2,)
    assert (blind < 0.5).all()


def test_a_probe_refuses_what_makes_no_sense() -> None:
    x, labels = pictures(4), torch.arange(4)
    with pytest.raises(ValueError, match="penalty"):
        probes.linear_probe(x, labels, x, labels, penalty=0)
    with pytest.raises(ValueError, match="one label an image"):
        probes.linear_probe(x, labels[:3], x, labels)


def test_gradients_are_those_of_the_network() -> None:
    net = PDENet(PDE1, 3, 2)
    images, labels = pictures(5), torch.arange(5)
    found = probes.gradients(net, images, labels)
    assert found.state.shape == (2, 4)
    given = images.clone().requires_grad_()
    for seed in range(2):
        loss = torch.nn.functional.cross_entropy(net(given)[seed], labels)
        (expected,) = torch.autograd.grad(loss, given)
        assert found.state[seed, 0] == pytest.approx(expected.norm().item(), rel=1e-4)
    gain = plane_gain(coefficients(net.kernels()[0]))
    assert (found.state[:, :-1] <= found.state[:, 1:] * gain * (1 + 1e-5)).all()
    assert found.kernel.shape == (2, 3)
    assert (found.kernel > 0).all()


def test_gradients_by_the_kernels_are_those_of_each_seed_and_layer() -> None:
    net = ConvResNet(2, 2, **SMALL)
    found = probes.kernel_gradients(net, IMAGES, LABELS)
    assert found.shape == (2, 2, 3, 3)
    for seed in range(2):
        loss = functional.cross_entropy(net(IMAGES)[seed], LABELS)
        (expected,) = torch.autograd.grad(loss, net.weight)
        torch.testing.assert_close(found[seed], expected[seed], rtol=1e-4, atol=1e-6)
    assert net.weight.grad is None


def test_a_classifier_is_fitted_behind_a_trunk_that_stays() -> None:
    net = PDENet(PDE1, 2, 2)
    before = net.theta.detach().clone()
    images, labels = pictures(40), torch.arange(40) % 4
    probes.fit_classifier(net, images, labels, epochs=60, batch_size=20)
    assert torch.equal(net.theta.detach(), before)
    with torch.no_grad():
        assert ((net(images).argmax(-1) == labels).double().mean(1) > 0.9).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 2.5}, "epochs must be a whole number, at least 0; got 2.5"),
        ({"epochs": "2"}, "epochs must be a whole number, at least 0; got '2'"),
        ({"batch_size": 0}, "batch_size must be a whole number, at least 1; got 0"),
    ],
)
def test_counts_of_a_training_are_whole(options: Any, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        fit_classifier(PDENet(PDE1, 1, **SMALL), IMAGES, LABELS, **options)
