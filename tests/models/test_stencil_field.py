"""A field that is a stencil: wide ones reach as far as their network's."""

import sympy as sp
import torch
from torch.nn import functional

from pdenet.models import StencilField
from pdenet.symbolic import EvolutionPDE, alpha, beta, psi, t, x, y


def test_a_stencil_of_five_by_five_is_a_convolution_of_that_size() -> None:
    pde = EvolutionPDE(sp.Eq(psi.diff(t), -alpha * psi.diff(x, 4) + beta * psi.diff(y, 3)))
    field = StencilField(pde, 2)
    kernels = field.kernels()
    assert kernels.shape == (2, 5, 5)
    u = torch.randn(2, 3, 8, 7, generator=torch.Generator().manual_seed(0))
    wanted = functional.conv2d(u.transpose(0, 1), kernels.unsqueeze(1), padding=2, groups=2)
    torch.testing.assert_close(field(0.0, u), wanted.transpose(0, 1), atol=1e-4, rtol=1e-4)
