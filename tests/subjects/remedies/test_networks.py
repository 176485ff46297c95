"""The networks with a remedy: each has what it promises."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from pdenet.models import Init, PDENet
from pdenet.ops import residual_stack
from pdenet.subjects.remedies.networks import (
    NETWORKS,
    ImplicitPDENet,
    PeriodicPDENet,
    PeriodicPositivePDENet,
    PositivePDENet,
    ScaledPDENet,
    spec,
)
from pdenet.symbolic import PDE1

SMALL: dict[str, Any] = {"image_shape": (6, 7), "widths": (5,)}


def images(count: int = 3) -> torch.Tensor:
    return torch.rand(count, 6, 7, generator=torch.Generator().manual_seed(0))


def test_scaled_layers_are_those_of_the_unscaled_network_times_t_over_l() -> None:
    plain, scaled = PDENet(PDE1, 8, 2), ScaledPDENet(PDE1, 8, 2, time=2.0)
    assert torch.equal(plain.theta, scaled.theta)
    assert torch.allclose(scaled.kernels()[0], plain.kernels()[0] / 4)
    assert ScaledPDENet(PDE1, 0).kernels()[0].shape == (1, 0, 3, 3)
    with pytest.raises(ValueError, match="time must be a finite number, above 0; got 0"):
        ScaledPDENet(PDE1, 8, time=0)


def test_positive_layers_are_positive_for_any_numbers_and_their_relu_never_acts() -> None:
    net = PositivePDENet(40, 3, **SMALL)
    with torch.no_grad():
        net.theta.copy_(4 * torch.randn(net.theta.shape, generator=torch.Generator().manual_seed(1)))
    step = net.kernels()[0].detach().clone()
    step[..., 1, 1] += 1
    taps = step.flatten(-2)[..., [1, 3, 4, 5, 7]]
    assert taps.min() > -1e-6
    assert torch.allclose(taps.sum(-1), torch.ones(3, 40), atol=1e-6)

    calm = PositivePDENet(40, 3, **SMALL)  # from the start law no tanh is rounded
    assert PDE1.stability().is_positive(calm.physical().detach().double().numpy()).all()
    with torch.no_grad():
        u = images()
        whole = calm.features(u)[:, -1]
        parts = calm.features(u / 3)[:, -1] + calm.features(2 * u / 3)[:, -1]
    assert torch.allclose(whole, parts, atol=1e-6)  # the trunk is linear on images that are not negative
    with pytest.raises(ValueError, match="bias"):
        PositivePDENet(3, bias=True)


def test_positive_parameters_are_nearly_the_raw_ones_where_these_are_small() -> None:
    net = PositivePDENet(4, init=Init("uniform", 1e-3))
    assert torch.allclose(net.physical()[..., [0, 2]], net.theta[..., [0, 2]], rtol=1e-5)


@pytest.mark.parametrize("kind", [PeriodicPDENet, ImplicitPDENet])
def test_the_other_steps_start_as_the_plain_network_and_are_used(kind: type[PDENet]) -> None:
    plain, other = PDENet(PDE1, 5, 2, **SMALL), kind(PDE1, 5, 2, **SMALL)
    assert torch.equal(plain.theta, other.theta)
    with torch.no_grad():
        layers = other.features(images())
        assert not torch.allclose(layers[:, -1], plain.features(images())[:, -1], atol=1e-3)
        assert torch.allclose(other.classifier(layers[:, -1].flatten(2)), other(images()), atol=1e-5)
    with pytest.raises(ValueError, match="no biases"):
        kind(PDE1, 5, bias=True, **SMALL)(images())


def test_weighted_means_on_a_torus_keep_the_mass() -> None:
    net = PeriodicPositivePDENet(30, 2, **SMALL)
    with torch.no_grad():
        mass = net.features(images()).sum((-1, -2))
        open_edge = residual_stack(images(), net.kernels()[0]).sum((-1, -2))
    assert torch.allclose(mass, mass[:, :1].expand_as(mass), rtol=1e-4)
    assert (open_edge < 0.9 * mass[:, -1]).all()


@pytest.mark.parametrize("name", NETWORKS)
def test_a_remedy_is_described_before_it_is_drawn_as_it_describes_itself(name: str) -> None:
    assert spec(name, 3).describe() == spec(name, 3).build([2, 5]).describe()
