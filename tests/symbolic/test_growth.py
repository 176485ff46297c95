"""Growth of waves: closed forms against brute force and against the sampled maximum of `Stability`."""

import numpy as np
import pytest
from scipy.linalg import expm

from pdenet.ops.obstacle import obstacle_flow, obstacle_implicit
from pdenet.symbolic import PDE1, PDE_1D
from pdenet.symbolic.growth import (
    START_LAWS,
    chain,
    chain_eigenvalues,
    line_gain,
    plane_gain,
    random_start,
    support,
)


def test_line_gain_is_the_sampled_maximum() -> None:
    theta = np.random.default_rng(0).uniform([-1.3, -1.3, -2.2], [1.3, 1.3, 0.4], size=(20, 50, 3))
    np.testing.assert_allclose(line_gain(theta), PDE_1D.stability().max_gain(theta), rtol=1e-7)


def test_plane_gain_is_the_sampled_maximum() -> None:
    theta = np.random.default_rng(1).uniform(-1.2, 1.2, size=(4, 25, 5))
    np.testing.assert_allclose(plane_gain(theta), PDE1.stability().max_gain(theta), rtol=1e-6)


def test_plane_gain_of_one_axis_is_line_gain() -> None:
    line = np.random.default_rng(2).uniform(-1, 1, size=(500, 3))
    plane = np.zeros((500, 5))
    plane[:, [0, 1, 4]] = line
    np.testing.assert_allclose(plane_gain(plane), line_gain(line), rtol=1e-6)
    swapped = np.zeros((500, 5))
    swapped[:, [2, 3, 4]] = line
    np.testing.assert_allclose(plane_gain(swapped), plane_gain(plane), rtol=1e-12)


def test_gains_keep_the_leading_axes() -> None:
    assert plane_gain(np.zeros(5)) == 1
    assert line_gain(np.zeros(3)) == 1
    assert plane_gain(np.zeros((0, 5))).shape == (0,)
    assert plane_gain(np.zeros((2, 3, 5))).shape == (2, 3)


def test_support_bounds_every_factor_and_is_reached() -> None:
    theta = np.array([0.7, -0.4, 0.5, 0.3, 0.1])
    p, q = np.meshgrid(np.linspace(-np.pi, np.pi, 201), np.linspace(-np.pi, np.pi, 201))
    factor = 1.1 - 0.49 * (1 - np.cos(p)) - 0.25 * (1 - np.cos(q)) + 1j * (-0.4 * np.sin(p) + 0.3 * np.sin(q))
    for angle in (0.0, 0.4, 2.0, -1.5):
        reach = (factor * np.exp(-1j * angle)).real.max()
        assert reach <= support(theta, angle) + 1e-12
        assert reach == pytest.approx(support(theta, angle), abs=1e-3)


@pytest.mark.parametrize("theta", [(0.7, 0.3, -0.05), (0.4, 0.6, 0.0), (0.5, -0.25, 0.1)])
def test_chain_is_a_layer_and_has_these_eigenvalues(theta: tuple[float, float, float]) -> None:
    matrix, u = chain(theta, 9), np.random.default_rng(3).normal(size=9)
    kernel = PDE_1D.stencil().kernel_map.as_numpy(theta)[0]
    np.testing.assert_allclose(matrix @ u, u + np.correlate(u, kernel, "same"), atol=1e-14)
    found, expected = np.linalg.eigvals(matrix), chain_eigenvalues(theta, 9)
    # Where the two arms nearly cancel the matrix is far from normal, and its eigenvalues come out rough.
    tolerance = 1e-12 if abs(theta[1]) != theta[0] ** 2 else 0.05
    distance = np.abs(found[:, None] - expected)
    assert distance.min(axis=1).max() < tolerance
    assert distance.min(axis=0).max() < tolerance


def test_obstacle_flow_is_the_linear_flow_where_nothing_is_cut() -> None:
    operator, start = chain((0.6, 0.2, 0.0), 8) - np.eye(8), np.linspace(0.5, 1, 8)
    exact = expm(2 * operator) @ start
    errors = [np.abs(obstacle_flow(operator, start, 2.0, n) - exact).max() for n in (200, 400)]
    assert errors[0] / errors[1] == pytest.approx(2, rel=0.02)


def test_obstacle_flow_holds_at_zero() -> None:
    assert obstacle_flow([[0.0, -1.0], [0.0, 0.0]], [0.5, 1.0], 3.0, 300) == pytest.approx([0, 1])


def test_two_ways_to_the_projected_flow_meet() -> None:
    operator, start = chain((0.3, 0.6, 0.0), 12) - np.eye(12), np.exp(-((np.arange(12) - 7.0) ** 2) / 4)
    gaps = [
        np.abs(obstacle_flow(operator, start, 4.0, n) - obstacle_implicit(operator, start, 4.0, n)).max()
        for n in (100, 200, 400)
    ]
    assert gaps[1] / gaps[2] == pytest.approx(2, rel=0.1)
    assert gaps[2] < 0.01


def test_steps_that_are_too_long_are_refused() -> None:
    with pytest.raises(ValueError, match="1 steps for a time of 2 are too few – expected a shorter step"):
        obstacle_implicit([[1.0]], [1.0], 2.0, 1)


@pytest.mark.parametrize("name", START_LAWS)
def test_random_start_is_reproducible_and_drift_only_scales(name: str) -> None:
    first, again = (random_start(START_LAWS[name], draws=300) for _ in range(2))
    np.testing.assert_array_equal(first.log_gain, again.log_gain)
    still = random_start(START_LAWS[name], drift_scale=0.0, draws=300)
    assert (still.positive | ~first.positive).all()
    assert (still.log_gain <= first.log_gain + 1e-9).all()
    assert first.positive.shape == first.log_gain.shape == (300,)


def test_the_share_of_positive_layers_has_its_exact_value() -> None:
    # For U(-1/3, 1/3) an axis is positive with probability E[3 alpha^2] = 1/9, so both are with 1/81.
    share = random_start(START_LAWS["U(-1/3, 1/3)"], draws=20_000).positive.mean()
    assert share == pytest.approx(1 / 81, abs=4 * (1 / 81 / 20_000) ** 0.5)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(4,\) – expected \(\.\.\., 3\): alpha, beta, gamma"):
        line_gain(np.zeros(4))
    with pytest.raises(
        ValueError, match=r"shape \(3,\) – expected \(\.\.\., 5\): alpha, beta, sigma, rho, gamma"
    ):
        plane_gain(np.zeros(3))
    with pytest.raises(ValueError, match=r"shape \(\) – expected \(\.\.\., 3\)"):
        chain(1.0, 4)
