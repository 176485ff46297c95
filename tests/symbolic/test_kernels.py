"""Kernels: numbers from parameters, in torch."""

import copy
import pickle
from typing import Any

import numpy as np
import pytest
import sympy as sp
import torch

from pdenet.symbolic import (
    PDE1,
    PDE2,
    PDE_1D,
    EvolutionPDE,
    alpha,
    beta,
    dx,
    gamma,
    psi,
    psi_1d,
    rho,
    sigma,
    t,
    x,
    y,
)

kappa = sp.Symbol("kappa", real=True)
CURVED = EvolutionPDE(
    sp.Eq(
        psi.diff(t),
        sp.exp(alpha) * psi.diff(x, 2, y) + sp.sin(beta) / 3 * psi.diff(y, 4) + psi / (1 + alpha**2),
    )
)


def draw(*shape: int, dtype: torch.dtype = torch.float64, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, dtype=dtype, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("accuracy", [2, 4, 6])
@pytest.mark.parametrize("pde", [PDE_1D, PDE1, PDE2, CURVED], ids=["21", "39", "40", "curved"])
def test_numbers_of_the_symbolic_matrix(pde: EvolutionPDE, accuracy: int) -> None:
    stencil = pde.stencil(accuracy)
    theta = draw(len(pde.parameters))
    values = dict(zip(stencil.parameters, theta.tolist(), strict=True))
    expected = np.array(stencil.matrix.subs(values).evalf(), dtype=float)
    np.testing.assert_allclose(stencil.kernels(theta).numpy(), expected, rtol=1e-14, atol=1e-14)


def test_leading_axes_are_carried_bit_for_bit() -> None:
    theta = draw(3, 4, 2, 5, dtype=torch.float32)
    kernels = PDE1.kernels(theta)
    assert kernels.shape == (3, 4, 2, 3, 3)
    assert torch.equal(kernels[1, 2, 0], PDE1.kernels(theta[1, 2, 0]))
    assert PDE1.stencil(4).kernels(theta[0]).shape == (4, 2, 5, 5)
    assert PDE_1D.kernels(theta[..., :3]).shape == (3, 4, 2, 1, 3)
    assert PDE1.kernels(theta[:0]).shape == (0, 4, 2, 3, 3)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_dtype_is_kept(dtype: torch.dtype) -> None:
    assert PDE1.kernels(draw(2, 5).to(dtype)).dtype == dtype


@pytest.mark.parametrize("pde", [PDE1, CURVED], ids=["39", "curved"])
def test_differentiable_twice(pde: EvolutionPDE) -> None:
    theta = draw(2, 3, len(pde.parameters)).requires_grad_()
    assert torch.autograd.gradcheck(pde.kernels, theta)
    assert torch.autograd.gradgradcheck(pde.kernels, theta)


def test_diffusion_has_no_gradient_at_zero() -> None:
    theta = torch.zeros(5, requires_grad=True)
    (slope,) = torch.autograd.grad(PDE1.kernels(theta)[1, 2], theta)
    assert slope.tolist() == [0.0, 0.5, 0.0, 0.0, 0.0]


def test_second_equation_has_the_bits_of_the_first() -> None:
    theta = draw(50, 5, dtype=torch.float32)
    rescaled = theta * torch.tensor([1, -1 / 8, 1, -1 / 8, 1])
    assert torch.equal(PDE2.kernels(theta), PDE1.kernels(rescaled))


def test_correlation_with_the_kernel_is_equation_24() -> None:
    theta = draw(3)
    a, b, g = theta.tolist()
    u = draw(1, 1, 12, seed=1)
    out = torch.nn.functional.conv1d(u, PDE_1D.kernels(theta)[None])[0, 0]
    right, centre, left = u[0, 0, 2:], u[0, 0, 1:-1], u[0, 0, :-2]
    eq_24 = (a**2 + b) / 2 * right + (g - a**2) * centre + (a**2 - b) / 2 * left
    torch.testing.assert_close(out, eq_24, rtol=0, atol=1e-14)

    # The list as equation (25) prints it is right in a true convolution, and reverses the drift here.
    printed = PDE_1D.kernels(theta).flip(-1)
    convolved = np.convolve(u[0, 0].numpy(), printed[0].numpy(), mode="valid")
    np.testing.assert_allclose(convolved, eq_24.numpy(), rtol=0, atol=1e-14)
    mirrored = torch.nn.functional.conv1d(u, printed[None])[0, 0]
    reversed_drift = torch.nn.functional.conv1d(u, PDE_1D.kernels(theta * torch.tensor([1, -1, 1]))[None])[
        0, 0
    ]
    torch.testing.assert_close(mirrored, reversed_drift, rtol=0, atol=1e-14)
    assert (mirrored - eq_24).abs().max() > 0.1


def test_correlation_is_exact_on_a_quadratic_with_rows_downwards() -> None:
    theta = draw(5)
    values = dict(zip((alpha, beta, sigma, rho, gamma), theta.tolist(), strict=True))
    quadratic = 1 + 2 * x - 3 * y + x**2 / 2 - x * y + 2 * y**2
    rows, columns = torch.meshgrid(torch.arange(6.0), torch.arange(7.0), indexing="ij")

    def image(expression: sp.Expr) -> torch.Tensor:
        values: torch.Tensor = sp.lambdify((x, y), expression + 0 * x)(columns.double(), rows.double())
        return values

    exact = image(PDE1.rhs.subs(psi, quadratic).doit().subs(values))
    out = torch.nn.functional.conv2d(image(quadratic)[None, None], PDE1.kernels(theta)[None, None])[0, 0]
    torch.testing.assert_close(out, exact[1:-1, 1:-1], rtol=0, atol=1e-10)


def test_equation_without_parameters() -> None:
    heat = EvolutionPDE(sp.Eq(psi.diff(t), (psi.diff(x, 2) + psi.diff(y, 2)) / 4))
    kernels = heat.kernels(torch.empty(2, 3, 0, dtype=torch.float64))
    assert kernels.shape == (2, 3, 3, 3)
    assert kernels[1, 2].tolist() == [[0.0, 0.25, 0.0], [0.25, -1.0, 0.25], [0.0, 0.25, 0.0]]


def test_constants_keep_double_precision() -> None:
    pde = EvolutionPDE(sp.Eq(psi_1d.diff(t), sp.sqrt(2) * kappa * psi_1d.diff(x, 2) + sp.pi / 3 * psi_1d))
    kernel = pde.kernels(torch.ones(1, dtype=torch.float64))
    assert kernel[0, 0].item() == pytest.approx(2**0.5, rel=1e-15)
    assert kernel.sum().item() == pytest.approx(np.pi / 3, rel=1e-14)


def test_complex_coefficients_make_complex_kernels() -> None:
    schroedinger = EvolutionPDE(sp.Eq(psi_1d.diff(t), sp.I / 2 * kappa * psi_1d.diff(x, 2)))
    kernel = schroedinger.kernels(torch.tensor([2.0]))
    assert kernel.dtype == torch.complex64
    assert kernel.tolist() == [[1j, -2j, 1j]]


def test_evaluation_under_inference_mode_does_not_spoil_training() -> None:
    stencil = EvolutionPDE(PDE1.equation, name="fresh").stencil()
    theta = draw(5)
    with torch.inference_mode():
        stencil.kernels(theta)
    theta.requires_grad_()
    stencil.kernels(theta).sum().backward()
    assert theta.grad is not None
    assert theta.grad[4] == 1


def test_used_stencils_copy_and_pickle() -> None:
    stencil, theta = PDE1.stencil(4), draw(2, 5)
    kernels = stencil.kernels(theta)
    assert torch.equal(copy.deepcopy(stencil).kernels(theta), kernels)
    assert torch.equal(pickle.loads(pickle.dumps(stencil)).kernels(theta), kernels)


@pytest.mark.parametrize(
    ("theta", "message"),
    [
        (torch.ones(2, 4), r"shape \(2, 4\) – expected \(\.\.\., 5\), .*: alpha, beta, sigma, rho, gamma"),
        (torch.tensor(1.0), r"shape \(\) – expected \(\.\.\., 5\)"),
        (torch.ones(5, dtype=torch.int64), "dtype torch.int64 – expected a floating-point dtype"),
    ],
)
def test_bad_theta_is_named(theta: torch.Tensor, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PDE1.kernels(theta)


def test_theta_that_is_no_tensor_is_named() -> None:
    arrays: list[Any] = [[1.0] * 5, np.ones(5), "1"]
    for theta in arrays:
        with pytest.raises(
            TypeError, match=r"theta must be a torch.Tensor \(as_numpy takes other arrays\); got "
        ):
            PDE1.kernels(theta)


def test_symbolic_steps_have_no_numbers() -> None:
    with pytest.raises(ValueError, match="spacing is the symbol Δx – expected a number"):
        PDE1.stencil(spacing=dx).kernels(torch.ones(5))
    with pytest.raises(ValueError, match="dt is the symbol Δx – expected a number"):
        PDE1.stencil(dt=dx).kernels(torch.ones(5))


def test_leading_axes_of_parameters_are_leading_axes_of_kernels() -> None:
    theta = np.random.default_rng(0).uniform(size=(2, 3, 4, 5))
    kernel_map = PDE1.stencil().kernel_map
    kernels = kernel_map.as_numpy(theta)
    assert kernels.shape == (2, 3, 4, 3, 3)
    assert np.array_equal(kernels[1, 2, 3], kernel_map.as_numpy(theta[1, 2, 3]))
