"""Mass, place and spread with depth, against images that went through layers."""

import numpy as np
import pytest
import sympy as sp
from scipy.ndimage import correlate

from pdenet.symbolic import PDE1, PDE_1D, EvolutionPDE, alpha, beta, gamma, psi, rho, sigma, t, x, y
from pdenet.symbolic.moments import depth_moments, image_moments, layer_moments


def random_layers(count: int) -> np.ndarray:
    low, high = [-0.7, -0.4, -0.7, -0.4, -0.2], [0.7, 0.4, 0.7, 0.4, 0.2]
    return np.random.default_rng(1).uniform(low, high, size=(count, 5))


def through(pde: EvolutionPDE, theta: np.ndarray, image: np.ndarray) -> np.ndarray:
    for kernel in pde.stencil().kernel_map.as_numpy(theta):
        image = image + correlate(image, kernel, mode="constant")
    return image


def point(side: int) -> np.ndarray:
    image = np.zeros((side, side))
    image[side // 2, side // 2] = 1
    return image


def test_a_layer_on_a_line() -> None:
    mass, shift, covariance = layer_moments(PDE_1D)
    assert mass == 1 + gamma
    assert sp.simplify(shift[0] + beta / (1 + gamma)) == 0
    assert sp.simplify(covariance[0] - alpha**2 / (1 + gamma) + beta**2 / (1 + gamma) ** 2) == 0


def test_the_axes_of_a_layer_in_the_plane_are_coupled() -> None:
    mass, shift, covariance = layer_moments(PDE1)
    expected = sp.diag(alpha**2, sigma**2) / (1 + gamma) - shift * shift.T
    assert mass == 1 + gamma
    assert sp.simplify(shift + sp.Matrix([beta, rho]) / (1 + gamma)).is_zero_matrix
    assert sp.simplify(covariance - expected).is_zero_matrix


@pytest.mark.parametrize("mixed", [False, True])
def test_depth_moments_are_those_of_a_point(mixed: bool) -> None:
    pde = EvolutionPDE(sp.Eq(psi.diff(t), PDE1.rhs + beta * psi.diff(x, y))) if mixed else PDE1
    theta = random_layers(12)
    predicted = depth_moments(pde, theta)
    for layers in (0, 1, 12):
        measured = image_moments(through(pde, theta[:layers], point(27)))
        np.testing.assert_allclose(measured.mass, predicted.mass[layers], rtol=1e-11)
        np.testing.assert_allclose(measured.place, predicted.place[layers], atol=1e-11)
        np.testing.assert_allclose(measured.covariance, predicted.covariance[layers], atol=1e-11)


def test_depth_moments_take_many_networks_at_once() -> None:
    theta = random_layers(12).reshape(3, 4, 5)
    together, alone = depth_moments(PDE1, theta), depth_moments(PDE1, theta[1])
    assert (together.mass.shape, together.place.shape, together.covariance.shape) == (
        (3, 5), (3, 5, 2), (3, 5, 2, 2),
    )  # fmt: skip
    np.testing.assert_array_equal(together.covariance[1], alone.covariance)


def test_an_image_adds_its_own_spread() -> None:
    rng = np.random.default_rng(2)
    theta = random_layers(5)
    image = np.pad(rng.random((7, 9)), 8)
    before, added = image_moments(image), depth_moments(PDE1, theta)
    after = image_moments(through(PDE1, theta, image))
    np.testing.assert_allclose(after.place, before.place + added.place[-1], atol=1e-12)
    np.testing.assert_allclose(after.covariance, before.covariance + added.covariance[-1], atol=1e-12)


def test_positions_count_columns_right_and_rows_down() -> None:
    image = np.zeros((2, 3, 5))
    image[0, 0, 4] = 1
    image[1, 1, [1, 3]] = 2
    moments = image_moments(image)
    np.testing.assert_allclose(moments.place, [[2, -1], [0, 0]])
    np.testing.assert_allclose(moments.mass, [1, 4])
    np.testing.assert_allclose(moments.covariance[1], [[1, 0], [0, 0]])


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match=r"the equation is in \(x,\) – expected one in x and y"):
        depth_moments(PDE_1D, np.zeros((4, 3)))
    with pytest.raises(ValueError, match=r"theta has the shape \(4, 3\) – expected \(\.\.\., layers, 5\)"):
        depth_moments(PDE1, np.zeros((4, 3)))
    with pytest.raises(ValueError, match=r"axes \(\.\.\., rows, columns\); got the shape \(3,\)"):
        image_moments(np.ones(3))
