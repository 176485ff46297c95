"""Traits of kernels whose equations are known."""

import numpy as np
import pytest

from pdenet.models import PDENet
from pdenet.runs.table import recorded
from pdenet.subjects.learned_equations.measures import (
    added_variance,
    gathered,
    kept,
    learned,
    of_noise,
    traits,
)
from pdenet.subjects.tables.experiment import TABLE_4_1
from pdenet.symbolic import PDE1
from pdenet.symbolic.converse import coefficients_kernel, kernel_coefficients, nearest_reachable
from pdenet.symbolic.moments import depth_moments

BLUR = np.zeros((3, 3))
BLUR[2, 0] = BLUR[0, 2] = 0.1
DRIFT = np.zeros((3, 3))
DRIFT[1, 0] = DRIFT[0, 1] = 0.3


def stack(*equations: np.ndarray) -> np.ndarray:
    """One network, (1, L, 3, 3)."""
    return coefficients_kernel(np.stack(equations))[None]


def test_a_layer_that_drifts_gathers_without_sharpening() -> None:
    found = traits(stack(DRIFT, BLUR, -BLUR, BLUR + DRIFT))
    assert found.gathers == pytest.approx([2 / 4])
    assert found.sharpens == pytest.approx([1 / 4])
    assert found.variance == pytest.approx([-0.09 + 0.2 - 0.2 + 0.2 - 0.09])
    assert found.growth == pytest.approx([0.0], abs=1e-12)


def test_growth_adds_logarithms_of_sizes() -> None:
    growth = np.zeros((2, 3, 3))
    growth[:, 0, 0] = 0.5, -3.0  # factors 1.5 and -2
    assert traits(stack(*growth)).growth == pytest.approx([np.log(3)])


def test_the_variance_of_a_free_kernel_is_that_of_the_equation() -> None:
    theta = np.random.default_rng(0).uniform(0, 0.6, size=(7, 5))
    net = PDENet(PDE1, 7)
    kernels = net.set_trunk(
        {name: [values.tolist()] for name, values in zip(net.trunk(), theta.T, strict=True)}
    ).kernels()[0]
    along_x, along_y = added_variance(kernels.detach().double().numpy())
    total = depth_moments(PDE1, theta).covariance[-1]
    np.testing.assert_allclose([along_x.sum(), along_y.sum()], np.diag(total), atol=1e-6)


def test_the_share_that_is_kept_is_of_each_stack() -> None:
    kernels = np.zeros((2, 3, 3, 3))
    kernels[0, :, 1, 1] = 2  # within reach
    kernels[1, :, 0, 0], kernels[1, :, 1, 1] = 1, 1  # half in a corner
    np.testing.assert_allclose(kept(kernels, nearest_reachable(kernels)), [1, 0.5])
    found = traits(kernels)
    np.testing.assert_allclose(found.reach, [1, 0.5])
    np.testing.assert_allclose(found.centre, [1, 0.5])


def test_the_centre_left_out_counts_the_neighbours() -> None:
    kernels = np.zeros((1, 1, 3, 3))
    kernels[..., 1, 1], kernels[..., 0, 0], kernels[..., 0, 1] = 5, 1, 1
    assert traits(kernels).around == pytest.approx([0.5])


def test_noise_has_the_deviations_that_are_predicted() -> None:
    drawn = np.random.default_rng(1).normal(size=(40_000, 3, 3))
    np.testing.assert_allclose(kernel_coefficients(drawn).std(axis=0), of_noise(), rtol=0.02)


def test_controls_that_never_learned_are_left_out_and_counted() -> None:
    result = TABLE_4_1.found()[27, "c_ResNet"]
    found = learned(recorded(result))
    right = np.array(result.accuracies)
    assert found.of == len(right)
    np.testing.assert_array_equal(found.seeds, np.array(result.seeds)[right > 0.9])
    np.testing.assert_allclose(found.accuracies, right[right > 0.9])
    assert found.start.shape == found.trained.shape == (len(found.seeds), 27, 3, 3)
    assert gathered({27: found}, "start").shape == (27 * len(found.seeds), 3, 3)
    assert not np.allclose(found.start, found.trained)
