"""Parameters that act in a layer, and what is read off them."""

import numpy as np
import pytest
import torch

from pdenet.models import PDENet
from pdenet.models.measures.layers import coefficients
from pdenet.symbolic import PDE1, PDE2


def test_coefficients_are_those_of_the_equation_and_carry_the_eighth() -> None:
    for pde, factor in ((PDE1, 1), (PDE2, -1 / 8)):
        net = PDENet(pde, 4, 2)
        expected = net.theta.detach().numpy() * np.array([1, factor, 1, factor, 1])
        found = coefficients(net.kernels()[0])
        np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("place", [(0, 0), (1, 2)])
def test_kernels_of_no_such_equation_are_refused(place: tuple[int, int]) -> None:
    kernels = torch.zeros(1, 3, 3)
    kernels[0][place] = -1.0
    with pytest.raises(ValueError, match=r"corners|negative diffusion"):
        coefficients(kernels)
