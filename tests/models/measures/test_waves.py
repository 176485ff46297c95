"""What layers do to the waves of a torus."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pdenet.models.measures.waves import kernel_parts, symbols, torus_kernel, torus_waves
from pdenet.symbolic import PDE1, PDE2, EvolutionPDE

THETA = [[0.5, 0.4, 0.7, -0.3, 0.1]]  # alpha, beta, sigma, rho, gamma


@pytest.mark.parametrize(("pde", "factor"), [(PDE1, 1.0), (PDE2, -1 / 8)])
def test_the_parts_of_a_kernel_are_what_acts(pde: EvolutionPDE, factor: float) -> None:
    parts = kernel_parts(pde.stencil().kernels(torch.tensor(THETA)))
    assert parts.drift == pytest.approx(factor * np.array([[0.4, -0.3]]), abs=1e-6)
    assert parts.diffusion == pytest.approx(np.array([[0.25, 0.49]]), abs=1e-6)
    assert parts.growth == pytest.approx([0.1], abs=1e-6)


def test_symbols_are_those_of_the_stencil() -> None:
    stencil = PDE1.stencil()
    values = dict(zip(stencil.parameters, THETA[0], strict=True))
    omega = symbols(kernel_parts(stencil.kernels(torch.tensor(THETA, dtype=torch.double))), 8)
    wave = torus_waves(8)
    expected = complex(stencil.symbol(wave[3], wave[1]).subs(values))
    assert omega.shape == (1, 8, 8)
    assert omega[0, 1, 3] == pytest.approx(expected)  # row q, column p


def test_a_kernel_stands_at_output_minus_input() -> None:
    """A drift beta > 0 moves to the left, rho > 0 up: displacement -1 has a positive weight."""
    theta = torch.tensor([[0.0, 0.4, 0.0, 0.2, 0.0]], dtype=torch.double)
    weights = torus_kernel(1 + symbols(kernel_parts(PDE1.stencil().kernels(theta)), 8))[0]
    assert weights[0, 0] == pytest.approx(1)
    assert (weights[0, -1], weights[0, 1]) == pytest.approx((0.2, -0.2))
    assert (weights[-1, 0], weights[1, 0]) == pytest.approx((0.1, -0.1))


def test_a_kernel_with_corners_is_refused() -> None:
    with pytest.raises(ValueError, match="empty corners; got the shape"):
        kernel_parts(torch.ones(3, 3))
    with pytest.raises(ValueError, match="empty corners; got the shape"):
        kernel_parts(torch.zeros(5, 5))
