"""The exact flow against the dense exponential, itself, and solvers."""

import numpy as np
import pytest
import torch
from scipy.linalg import expm

from pdenet.models import StencilField
from pdenet.ops.exact_flow import exact_flow
from pdenet.ops.ode.solve import solve
from pdenet.ops.ode.solvers import Adaptive, Fixed
from pdenet.ops.paths.gates import Boundary, gated_stack
from pdenet.symbolic import PDE1

KERNEL = np.array([[0.1, 0.3, -0.2], [0.6, -1.7, 0.1], [0.05, 0.4, 0.2]])  # no symmetry at all


def state(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).random(shape)


@pytest.mark.parametrize("boundary", ["zero", "periodic"])
@pytest.mark.parametrize("shape", [(5, 7), (3, 4, 6)])
def test_the_exact_flow_is_the_exponential_of_the_dense_matrix(
    boundary: Boundary, shape: tuple[int, ...]
) -> None:
    u = state(*shape)
    (step,) = gated_stack(KERNEL[None], np.ones((1, *shape[-2:])), boundary=boundary).steps
    dense = step.toarray() - np.eye(step.shape[0])
    expected = (u.reshape(-1, len(dense)) @ expm(1.3 * dense).T).reshape(shape)
    np.testing.assert_allclose(exact_flow(KERNEL, u, 1.3, boundary=boundary), expected, rtol=1e-12)


def test_the_flow_is_a_group() -> None:
    u = state(6, 6)
    there = exact_flow(KERNEL, u, 0.7)
    np.testing.assert_allclose(exact_flow(KERNEL, there, -0.7), u, rtol=1e-9)
    np.testing.assert_allclose(exact_flow(KERNEL, there, 0.5), exact_flow(KERNEL, u, 1.2), rtol=1e-12)
    np.testing.assert_array_equal(exact_flow(KERNEL, u, 0.0), u)


def test_the_solver_finds_the_same_flow() -> None:
    field = StencilField(PDE1).double()
    u = torch.from_numpy(state(1, 2, 9, 8))
    expected = exact_flow(field.kernels()[0].detach(), u[0], 3.0)
    errors = []
    for tolerance in (1e-4, 1e-7, 1e-10):
        end = solve(field, u, 3.0, Adaptive(rtol=tolerance, atol=tolerance)).end
        errors.append(np.abs(end.detach().numpy()[0] - expected).max())
        assert errors[-1] < 30 * tolerance
    assert errors[0] > 1000 * errors[2]


def test_euler_layers_tend_to_the_flow_with_order_one() -> None:
    field = StencilField(PDE1).double()
    u = torch.from_numpy(state(1, 2, 9, 8))
    expected = exact_flow(field.kernels()[0].detach(), u[0], 2.0)
    layers = [40, 80, 160]
    errors = [
        np.abs(solve(field, u, 2.0, Fixed("euler", n)).end.detach().numpy()[0] - expected).max()
        for n in layers
    ]
    slopes = np.diff(np.log(errors)) / np.diff(np.log(layers))
    assert np.all(np.abs(slopes + 1) < 0.05)


@pytest.mark.parametrize(
    ("kernel", "u", "duration", "match"),
    [
        (KERNEL[None], state(4, 4), 1.0, r"kernel must be \(rows, columns\)"),
        (KERNEL, state(4), 1.0, r"got \(3, 3\) and \(4,\)"),
        (KERNEL, np.full((4, 4), np.nan), 1.0, "finite"),
        (KERNEL, state(4, 4), np.inf, "finite"),
        (KERNEL[:2], state(4, 4), 1.0, "odd sizes"),
    ],
)
def test_bad_input_is_named(kernel: np.ndarray, u: np.ndarray, duration: float, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        exact_flow(kernel, u, duration)
