"""The sums with and without signs against a list of all paths, and the bound where it must hold."""

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from pdenet.ops import residual_stack
from pdenet.ops.paths.cancellation import PathSums, cancellation_bound, path_sums
from pdenet.ops.paths.gates import Boundary, gated_stack, relu_gates
from pdenet.ops.paths.paths import enumerate_paths
from pdenet.symbolic import PDE1, PDE2

Floats = NDArray[np.float64]


def wild(seeds: int, layers: int, seed: int = 0) -> Floats:
    """Kernels (S, L, 3, 3) whose steps have entries of both signs and a positive sum."""
    kernels = 0.4 * np.random.default_rng(seed).normal(size=(seeds, layers, 3, 3))
    short = kernels.sum((-2, -1)) < -0.7
    kernels[..., 1, 1] += np.where(short, 1 - kernels.sum((-2, -1)), 0)
    return kernels


def image(size: int = 6, seed: int = 1) -> Floats:
    """An image without negative pixels."""
    return np.random.default_rng(seed).random((size, size))


@pytest.mark.parametrize("boundary", ["zero", "periodic"])
@pytest.mark.parametrize("with_bias", [False, True])
def test_the_sums_are_those_of_the_listed_paths(boundary: Boundary, with_bias: bool) -> None:
    u, kernels = image(3), wild(1, 3)[0]
    bias = np.array([0.3, -0.2, 0.1]) if with_bias else None
    sums = path_sums(u, kernels, bias, boundary=boundary)
    births = None if bias is None else bias
    stack = gated_stack(kernels, relu_gates(u, kernels, births, boundary=boundary), births, boundary=boundary)
    paths = enumerate_paths(stack, u)
    absolute = np.zeros(9)
    np.add.at(absolute, paths.sites[:, -1], np.abs(paths.contributions))
    np.testing.assert_allclose(sums.output, paths.arriving(), atol=1e-12)
    np.testing.assert_allclose(sums.absolute.ravel(), absolute, atol=1e-12)
    expected = np.abs(paths.contributions).sum() / paths.contributions.sum()
    assert float(sums.cancellation) == pytest.approx(expected)


def test_seeds_side_by_side_are_those_alone_and_the_network() -> None:
    kernels = wild(3, 4)
    together = path_sums(image(), kernels)
    network = residual_stack(torch.from_numpy(image()).expand(3, 1, 6, 6), torch.from_numpy(kernels))
    np.testing.assert_allclose(together.output, network[:, 0].numpy(), atol=1e-12)
    for s in range(3):
        alone = path_sums(image(), kernels[s])
        np.testing.assert_allclose(together.absolute[s], alone.absolute)
        assert together.at_brightest[s] == pytest.approx(float(alone.at_brightest))


def test_cancellation_is_the_mean_over_pixels_weighted_by_light() -> None:
    sums = PathSums(np.array([[1.0, 3.0], [0.0, 0.0]]), np.array([[10.0, 6.0], [0.0, 0.0]]))
    assert float(sums.cancellation) == pytest.approx((1 * 10 + 3 * 2) / 4)
    assert float(sums.at_brightest) == pytest.approx(2.0)
    dark = PathSums(np.zeros((2, 2)), np.zeros((2, 2)))
    assert np.isinf(dark.cancellation)
    assert np.isinf(dark.at_brightest)


def test_on_a_torus_no_network_cancels_more_than_the_bound() -> None:
    kernels = wild(200, 4)
    found = path_sums(image(), kernels, boundary="periodic").cancellation
    bound = cancellation_bound(kernels)
    assert (found <= bound * (1 + 1e-12)).all()
    assert (found < 0.9 * bound).any()  # a closed gate takes from the absolute sum


def test_without_a_closed_gate_the_bound_is_what_is_found() -> None:
    rng = np.random.default_rng(2)
    kernels = 0.05 * rng.normal(size=(20, 5, 3, 3))
    u = 1 + 0.2 * rng.random((6, 6))
    found = path_sums(u, kernels, boundary="periodic").cancellation
    np.testing.assert_allclose(found, cancellation_bound(kernels), rtol=1e-12)
    assert found.min() > 1.1


@pytest.mark.parametrize(("pde", "eighth"), [(PDE1, 1), (PDE2, 1 / 8)])
def test_for_the_equations_the_bound_is_that_of_their_parameters(pde: Any, eighth: float) -> None:
    theta = 2 * torch.rand(30, 5, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64) - 1
    a, b, s, r, g = np.moveaxis(theta.numpy(), -1, 0)
    b, r = eighth * b, eighth * r
    tops = np.abs(1 + g - a**2 - s**2) + np.maximum(a**2, np.abs(b)) + np.maximum(s**2, np.abs(r))
    found = cancellation_bound(pde.stencil().kernels(theta))
    np.testing.assert_allclose(found, (tops / (1 + g)).prod(-1))


def test_in_a_frame_more_can_cancel_because_light_is_lost() -> None:
    left = np.zeros((1, 3, 3))
    left[0, 1, 1], left[0, 1, 2] = -0.5, 0.5  # half of the light steps to the left, all of it positive
    left[0, 1, 0] = 0.01
    left[0, 0, 1] = -0.01
    u = np.zeros((3, 3))
    u[:, 0] = 1.0
    bound = float(cancellation_bound(left))
    assert float(path_sums(u, left, boundary="periodic").cancellation) <= bound
    assert float(path_sums(u, left).cancellation) > bound


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cancellation_bound(-np.eye(3)[None]), "positive sum; got -2"),
        (lambda: cancellation_bound(np.zeros((3, 3))), r"\(\.\.\., L, rows, columns\) of odd sizes"),
        (lambda: path_sums(np.ones((4, 4)), np.zeros((2, 2, 2))), "of odd sizes; got"),
        (lambda: path_sums(np.ones(4), np.zeros((2, 3, 3))), r"u must be \(\.\.\., H, W\)"),
        (lambda: path_sums(np.ones((4, 4)), np.zeros((2, 3, 3)), np.zeros(3)), "one number a layer"),
        (lambda: path_sums(np.ones((4, 4)), np.zeros((2, 3, 3)), boundary="mirror"), "boundary"),  # type: ignore[arg-type]
    ],
)
def test_bad_input_is_refused(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
