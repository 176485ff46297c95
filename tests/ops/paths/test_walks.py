"""Sampled walks against the network they stand for."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from pdenet.ops import residual_stack
from pdenet.ops.paths.gates import Boundary, gated_stack
from pdenet.ops.paths.paths import enumerate_paths
from pdenet.ops.paths.walks import predicted_variance, sample_walks
from pdenet.symbolic import PDE1

THETA = [[0.6, 0.3, 0.6, 0.15, 0.0], [0.7, -0.2, 0.5, 0.1, 0.05]]  # alpha, beta, sigma, rho, gamma


def positive_stack(layers: int = 6, size: int = 15) -> tuple[Tensor, Tensor]:
    """An image and kernels of (39) whose steps have no negative entry."""
    kernels = PDE1.stencil().kernels(torch.tensor(THETA, dtype=torch.float64)).repeat(layers // 2, 1, 1)
    u = torch.rand(size, size, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return u, kernels


@pytest.mark.parametrize("at", [(7, 7), (0, 1)], ids=["inside", "border"])
def test_the_estimate_is_the_pixel_of_the_network(at: tuple[int, int]) -> None:
    u, kernels = positive_stack()
    exact = float(residual_stack(u[None], kernels)[0][at])
    walks = sample_walks(u, kernels, at, 40_000, seed=1)
    assert abs(walks.estimate - exact) < 4 * walks.standard_error
    assert walks.standard_error < 0.01
    assert walks.alive.all() == (at == (7, 7))


def test_the_variance_is_that_of_all_paths() -> None:
    """Exact: each path is drawn with probability weight / mass and brings mass * source."""
    u, kernels = positive_stack(layers=4)
    at = (7, 7)
    paths = enumerate_paths(gated_stack(kernels, np.ones((4, 15, 15))), u, at)
    mass = paths.weights.sum()
    chance = paths.weights / mass
    expected = (chance * (mass * paths.sources) ** 2).sum() - (chance * mass * paths.sources).sum() ** 2
    assert predicted_variance(u, kernels, at) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("boundary", ["zero", "periodic"])
def test_the_error_falls_with_the_root_of_the_number(boundary: Boundary) -> None:
    u, kernels = positive_stack()
    at, repeats = (1, 7), 200
    variance = predicted_variance(u, kernels, at, boundary=boundary)
    rng = np.random.default_rng(2)
    for walks in (50, 800):
        found = [
            sample_walks(u, kernels, at, walks, seed=rng, boundary=boundary).estimate for _ in range(repeats)
        ]
        # The variance of a sample has a relative standard error of about sqrt(2 / repeats) = 0.1.
        assert np.var(found, ddof=1) * walks / variance == pytest.approx(1, abs=0.4)


def test_drift_and_spread_are_those_of_beta_and_alpha() -> None:
    n = 100_000
    a, b, c = 0.7, 0.3, 0.05
    kernels = np.tile([(a**2 - b) / 2, c - a**2, (a**2 + b) / 2], (10, 1))
    walks = sample_walks(np.ones(101), kernels, 50, n, seed=3)
    moved = walks.ends[:, 0] - 50
    mean, variance = 10 * b / (1 + c), 10 * (a**2 / (1 + c) - (b / (1 + c)) ** 2)
    assert abs(moved.mean() - mean) < 4 * np.sqrt(variance / n)
    assert abs(moved.var() - variance) < 4 * variance * np.sqrt(2 / n)


def test_the_last_layer_is_walked_first() -> None:
    """A shift along x and one along y do not commute with the border, so the order shows."""
    right = np.array([[0.0, 0, 0], [0, -1, 1], [0, 0, 0]])
    u = np.arange(9.0).reshape(3, 3)
    walks = sample_walks(u, np.stack([0 * right, right]), (0, 0), 2)
    assert (walks.estimate, walks.standard_error) == (1.0, 0.0)
    assert walks.ends.tolist() == [[0, 1], [0, 1]]
    mixed = np.stack([np.full((3, 3), 0.1), right])
    left_frame = sample_walks(u, mixed, (0, 2), 50, seed=0)
    assert not left_frame.alive.any()
    assert left_frame.estimate == 0
    assert (left_frame.ends == (0, 3)).all()  # it stays where it left


def test_one_seed_gives_the_same_bits() -> None:
    u, kernels = positive_stack()
    one, two = (sample_walks(u, kernels, (3, 3), 100, seed=5) for _ in range(2))
    assert one.estimate == two.estimate
    assert (one.ends == two.ends).all()


@pytest.mark.parametrize(
    ("u", "kernels", "at", "walks", "message"),
    [
        (
            np.ones(9),
            [[0.1, -0.2, 0.1], [-0.2, -0.1, 0.3]],
            4,
            10,
            r"layer 2 has the entry -0.2 at offset \(-1,\).*\|beta\| <= alpha\^2.*<= 1 \+ gamma",
        ),
        (np.ones(9), [[0.6, -1.2, 0.6]], 4, 10, r"layer 1 has the entry -0.2 at offset \(0,\)"),
        (np.ones(9), [[0.0, -1.0, 0.0]], 4, 10, "layer 1 has no positive entry"),
        (np.ones(9), [[0.1, 0.0, 0.1]], 9, 10, r"at must be a pixel of the image \(9,\); got \(9,\)"),
        (np.ones(9), [[0.1, 0.0, 0.1]], 4, 1, "walks must be a whole number, at least 2; got 1"),
        (np.ones((9, 9)), [[0.1, 0.0, 0.1]], (4, 4), 10, "u and kernels must be"),
        (np.ones(9), [[0.1, 0.1]], 4, 10, "of odd sizes"),
    ],
)
def test_bad_input_is_refused(
    u: np.ndarray, kernels: list[list[float]], at: Any, walks: int, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        sample_walks(u, kernels, at, walks)
