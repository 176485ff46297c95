"""Probes of a network are of that network, whatever its steps are."""

import numpy as np
import pytest
import torch
from helpers.networks import KINDS, OTHER_STEPS, stack_of_kernels
from torch import Tensor
from torch.nn import functional

from pdenet.models import PDENet, ResidualNet
from pdenet.models.measures.probes import fit_classifier, gradients
from pdenet.symbolic import PDE1

SMALL = {"image_shape": (12, 12), "widths": (16,)}
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
