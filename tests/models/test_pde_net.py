"""The PDE network: its layers are steps of its equation."""

import sympy as sp
import torch
from torch.nn import functional

from pdenet.models import PDENet
from pdenet.symbolic import PDE1, PDE2, PDE_1D, EvolutionPDE, alpha, psi, t, x, y

IMAGES = torch.rand(5, 28, 28, generator=torch.Generator().manual_seed(0))


def test_a_pde_network_is_the_layer_of_equation_39() -> None:
    """One layer written with the thesis's two maps, horizontal and vertical, for each seed."""
    model = PDENet(PDE1, 1, seeds=2)
    got = model.features(IMAGES)[:, 1]
    u = IMAGES[:, None]
    for seed in range(2):
        a, b, s, r, g = model.theta[seed, 0]
        across = torch.stack([(a**2 - b) / 2, -(a**2), (a**2 + b) / 2]).view(1, 1, 1, 3)
        down = torch.stack([(s**2 - r) / 2, -(s**2), (s**2 + r) / 2]).view(1, 1, 3, 1)
        maps = functional.conv2d(u, across, padding=(0, 1)) + functional.conv2d(u, down, padding=(1, 0))
        assert torch.allclose(got[seed], torch.relu(u + maps + g * u)[:, 0], atol=1e-6)


def test_equation_40_is_equation_39_with_other_drift() -> None:
    first, second = PDENet(PDE1, 6), PDENet(PDE2, 6)
    with torch.no_grad():
        second.theta.copy_(first.theta)
        second.theta[..., [1, 3]] *= -8
    assert torch.equal(first(IMAGES), second(IMAGES))


def test_any_linear_pde_makes_a_network() -> None:
    mixed = EvolutionPDE(sp.Eq(psi.diff(t), alpha * psi.diff(x, y)))
    model = PDENet(mixed, 3)
    assert model.support == "full"
    assert (model.kernels()[0][..., ::2, ::2] != 0).all()
    assert PDENet(PDE1, 3).support == "cross"
    fourth = PDENet(EvolutionPDE(sp.Eq(psi.diff(t), -alpha * psi.diff(x, 4))), 2)
    assert fourth.kernels()[0].shape == (1, 2, 5, 5)
    for network in (model, fourth, PDENet(PDE_1D, 3)):
        logits = network(IMAGES)
        logits.sum().backward()
        assert logits.shape == (1, 5, 10)
        assert network.theta.grad is not None
        assert (network.theta.grad != 0).any()


def test_a_pde_on_the_line_acts_along_rows() -> None:
    model = PDENet(PDE_1D, 1)
    kernels, _ = model.kernels()
    assert kernels.shape == (1, 1, 3, 3)
    assert (kernels[..., [0, 2], :] == 0).all()
    assert (kernels[..., 1, 0] != 0).all()
