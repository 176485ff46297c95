"""Parameters that act in a layer, and what is read off them."""

import numpy as np
import pytest
import torch

from pdenet.models import PDENet
from pdenet.models.measures.layers import coefficients, contrast, diffusion_off, largest_symbol, stack_gain
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


DRIFT = [0.0, 0.3, 0.0, 0.4, 0.0]  # |g|^2 = 1 + (0.3 sin p + 0.4 sin q)^2
HEAT = [0.6, 0.0, 0.5, 0.0, 0.0]  # g = 1 - 0.36 (1 - cos p) - 0.25 (1 - cos q)


def test_the_largest_symbol_of_drift_and_of_diffusion() -> None:
    np.testing.assert_allclose(largest_symbol([DRIFT, HEAT]), [0.7, 2 * (0.36 + 0.25)], atol=1e-9)


def test_growth_alone_is_the_symbol_of_every_wave() -> None:
    np.testing.assert_allclose(largest_symbol([[0, 0, 0, 0, -0.2], [0, 0, 0, 0, 0.1]]), [0.2, 0.1], atol=1e-9)


def test_half_of_the_diffusions_are_off() -> None:
    theta = np.array([[DRIFT, HEAT], [HEAT, HEAT], [[0.009, 0, 0.011, 0, 0]] * 2])
    np.testing.assert_allclose(diffusion_off(theta), [0.5, 0.0, 0.5])
    np.testing.assert_allclose(diffusion_off(-theta), [0.5, 0.0, 0.5])
    np.testing.assert_allclose(diffusion_off(theta, below=0.55), [0.75, 0.5, 1.0])


def test_drifting_layers_raise_the_wave_of_a_quarter_turn_most() -> None:
    stack = np.tile(DRIFT, (10, 1))
    np.testing.assert_allclose(contrast(stack), 1.49**5)
    gain = stack_gain(stack, waves=4)  # wavenumbers 0, pi/2, -pi, -pi/2
    np.testing.assert_allclose(gain[2], 5 * np.log([1, 1.09, 1, 1.09]), atol=1e-12)
    np.testing.assert_allclose(gain[:, 2], 5 * np.log([1, 1.16, 1, 1.16]), atol=1e-12)
    np.testing.assert_allclose(gain[3, 3], 5 * np.log(1.49))


def test_layers_of_a_stack_multiply_and_seeds_stay_apart() -> None:
    theta = np.random.default_rng(0).uniform(-0.5, 0.5, size=(3, 4, 5))
    together = stack_gain(theta)
    by_layer = stack_gain(theta[:, :, None])
    np.testing.assert_allclose(together, by_layer.sum(axis=1))
    np.testing.assert_allclose(together[1], stack_gain(theta[1]))


def test_a_wave_that_is_taken_away_makes_the_contrast_infinite() -> None:
    theta = [[1, 0, 0, 0, 1]]  # g(pi) = 1 + 1 - 2
    assert contrast(theta) == np.inf
    assert contrast([[0, 0, 0, 0, 0.1]]) == pytest.approx(1)


def test_there_must_be_a_wave() -> None:
    with pytest.raises(ValueError, match="waves"):
        stack_gain([DRIFT], waves=0)
