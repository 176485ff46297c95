"""The field of the thesis's stencil: a convolution for each seed."""

from typing import Any

import pytest
import sympy as sp
import torch

from pdenet.models import PDENet, StencilField
from pdenet.symbolic import PDE1, PDE_1D, EvolutionPDE, alpha, beta, psi, t, x, y


@pytest.mark.parametrize("pde", [PDE1, PDE_1D], ids=lambda pde: pde.name)
def test_the_stencil_field_is_a_convolution_a_seed(pde: Any) -> None:
    field = StencilField(pde, 3)
    u = torch.randn(3, 2, 6, 5, generator=torch.Generator().manual_seed(1))
    kernels = field.kernels()
    assert kernels.shape == (3, 3, 3)
    wanted = torch.nn.functional.conv2d(u.transpose(0, 1), kernels.unsqueeze(1), padding=1, groups=3)
    torch.testing.assert_close(field(0.0, u), wanted.transpose(0, 1))
    torch.testing.assert_close(field.theta, PDENet(pde, 1, 3).theta[:, 0])  # the start is that of a network


@pytest.mark.parametrize("shape", [(1, 2, 5, 5), (3, 5, 5), (2, 5, 5)])
def test_images_of_another_number_of_seeds_are_refused(shape: Any) -> None:
    with pytest.raises(ValueError, match=r"u must be \(S, B, H, W\) with S = 3 seeds; got \("):
        StencilField(PDE1, 3)(0.0, torch.zeros(shape))


def test_a_stencil_of_five_by_five_is_a_convolution_of_that_size() -> None:
    pde = EvolutionPDE(sp.Eq(psi.diff(t), -alpha * psi.diff(x, 4) + beta * psi.diff(y, 3)))
    field = StencilField(pde, 2)
    kernels = field.kernels()
    assert kernels.shape == (2, 5, 5)
    u = torch.randn(2, 3, 8, 7, generator=torch.Generator().manual_seed(0))
    wanted = torch.nn.functional.conv2d(u.transpose(0, 1), kernels.unsqueeze(1), padding=2, groups=2)
    torch.testing.assert_close(field(0.0, u), wanted.transpose(0, 1), atol=1e-4, rtol=1e-4)
