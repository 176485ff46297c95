"""From kernels to equations: both ways, on polynomials, with the axes the right way round."""

import numpy as np
import pytest
import sympy as sp
import torch
from scipy.optimize import minimize

from pdenet.ops.quotient import kernel_symbol, relative_kernel
from pdenet.symbolic import PDE1, psi, x, y
from pdenet.symbolic.converse import (
    coefficients_kernel,
    fit_taps,
    kernel_coefficients,
    nearest_reachable,
    pde_of_kernel,
)

TAPS = sp.Matrix(3, 3, sp.symbols("k:9", real=True))
BLUR = sp.Matrix([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16 - sp.diag(0, 1, 0)


def test_nine_symbols_go_to_an_equation_and_back() -> None:
    pde = pde_of_kernel(TAPS, name="free kernel")
    assert pde.name == "free kernel"
    assert len(pde.terms) == 9
    assert (pde.stencil().matrix - TAPS).expand().is_zero_matrix


def test_the_thesis_equation_comes_back_from_its_stencil() -> None:
    assert pde_of_kernel(PDE1.stencil().matrix).terms == PDE1.terms


def test_known_kernels() -> None:
    assert repr(pde_of_kernel(BLUR)) == "EvolutionPDE: psi_t = 1/4*psi_xx + 1/4*psi_yy + 1/16*psi_xxyy"
    sobel = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    assert repr(pde_of_kernel(sobel)) == "EvolutionPDE: psi_t = 8*psi_x + 2*psi_xyy"
    assert pde_of_kernel([[sp.Rational(1, 3)]]).terms == {(0, 0): sp.Rational(1, 3)}


def test_columns_are_x_and_rows_are_y() -> None:
    right, below = np.zeros((3, 3)), np.zeros((3, 3))
    right[1, 2], below[2, 1] = 1, 1
    assert pde_of_kernel(right.astype(int)).terms == {(2, 0): sp.Rational(1, 2), (1, 0): 1, (0, 0): 1}
    assert pde_of_kernel(below.astype(int)).terms == {(0, 2): sp.Rational(1, 2), (0, 1): 1, (0, 0): 1}
    assert kernel_coefficients(right)[1, 0] == kernel_coefficients(below)[0, 1] == 1


def test_numbers_agree_with_symbols() -> None:
    kernel = np.random.default_rng(0).normal(size=(3, 3))
    a = kernel_coefficients(kernel)
    terms = pde_of_kernel(kernel).terms
    for i, j in np.ndindex(3, 3):
        assert float(terms[i, j]) == pytest.approx(a[i, j], abs=1e-13)


def test_a_batch_goes_there_and_back() -> None:
    kernels = np.random.default_rng(1).normal(size=(2, 5, 3, 3))
    a = kernel_coefficients(kernels)
    assert a.shape == kernels.shape
    assert np.abs(coefficients_kernel(a) - kernels).max() < 1e-14
    assert np.allclose(a[1, 2], kernel_coefficients(kernels[1, 2]))


def test_float32_weights_are_read_as_they_are() -> None:
    weight = np.full((3, 3), 0.1, dtype=np.float32)
    assert float(pde_of_kernel(weight).terms[0, 0]) == pytest.approx(9 * float(np.float32(0.1)), abs=1e-15)


def test_on_polynomials_the_kernel_is_its_equation() -> None:
    rng = np.random.default_rng(2)
    kernel, powers = rng.normal(size=(3, 3)), rng.normal(size=(3, 3))
    field = sum(powers[i, j] * x**i * y**j for i, j in np.ndindex(3, 3))
    right = pde_of_kernel(kernel).rhs.subs(psi, field).doit()
    columns, rows = np.meshgrid(np.arange(-4.0, 5.0), np.arange(-3.0, 4.0))
    image = torch.from_numpy(sp.lambdify((x, y), field)(columns, rows))
    result = torch.nn.functional.conv2d(image[None, None], torch.from_numpy(kernel)[None, None])[0, 0]
    expected = sp.lambdify((x, y), right)(columns, rows)[1:-1, 1:-1]
    assert np.abs(result.numpy() - expected).max() < 1e-10


@pytest.mark.parametrize("shape", [(3,), (1, 3), (3, 1), (5, 5), (2, 2), (1, 3, 3)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"kernel has the shape \(.*\) – expected \(3, 3\)"):
        pde_of_kernel(np.ones(shape))


def test_a_zero_kernel_and_a_kernel_that_varies_are_refused() -> None:
    with pytest.raises(ValueError, match="the kernel is 0"):
        pde_of_kernel(sp.zeros(3, 3))
    with pytest.raises(ValueError, match="coefficient that depends on x"):
        pde_of_kernel(sp.diag(0, x, 0))


def test_coefficients_of_many_layers_are_the_terms_of_equation_39() -> None:
    theta = torch.from_numpy(np.random.default_rng(7).normal(size=(3, 4, 5)))
    a = kernel_coefficients(PDE1.kernels(theta))
    orders = tuple(np.transpose(list(PDE1.terms)))
    squared = theta[..., [0, 2]] ** 2 / 2
    expected = torch.stack([squared[..., 0], theta[..., 1], squared[..., 1], theta[..., 3], theta[..., 4]])
    assert a.shape == (3, 4, 3, 3)
    np.testing.assert_allclose(np.moveaxis(a[..., *orders], -1, 0), expected, atol=1e-14)
    a[..., *orders] = 0
    assert np.abs(a).max() < 1e-14


@pytest.mark.parametrize("function", [kernel_coefficients, coefficients_kernel, nearest_reachable])
def test_batches_of_other_kernels_are_refused(function: object) -> None:
    with pytest.raises(ValueError, match=r"have the shape \(4, 5, 5\) – expected \(\.\.\., 3, 3\)"):
        function(np.ones((4, 5, 5)))  # type: ignore[operator]


def test_nearest_reachable_kernel_is_the_one_that_a_search_finds() -> None:
    kernel = np.random.default_rng(3).normal(size=(3, 3))
    kernel[1, 2] = -abs(kernel[1, 0]) - 1  # anti-diffusion along x
    of = sp.lambdify([PDE1.parameters], PDE1.stencil().matrix)
    starts = np.random.default_rng(4).normal(size=(8, 5))
    found = min(
        minimize(lambda v: ((of(v) - kernel) ** 2).sum(), start, method="BFGS").fun for start in starts
    )
    nearest = nearest_reachable(kernel)
    assert ((nearest - kernel) ** 2).sum() == pytest.approx(found, rel=1e-5)
    assert kernel_coefficients(nearest)[2, 0] == pytest.approx(0, abs=1e-15)


def test_reachable_kernels_stay_where_they_are_and_the_input_too() -> None:
    kernels = PDE1.stencil().kernels(torch.from_numpy(np.random.default_rng(5).normal(size=(20, 5)))).numpy()
    before = kernels.copy()
    assert np.abs(nearest_reachable(kernels) - before).max() < 1e-14
    assert np.array_equal(kernels, before)


def test_taps_are_found_from_data_and_what_no_taps_do_is_left_over() -> None:
    states = np.random.default_rng(6).normal(size=(5, 12))
    right, left = np.roll(states, -1, axis=1), np.roll(states, 1, axis=1)
    taps, misfit = fit_taps(states, 0.1 * left - 0.5 * states + 0.4 * right)
    assert np.abs(taps - [0.1, -0.5, 0.4]).max() < 1e-14
    assert misfit < 1e-14
    assert fit_taps(states, states * (right - left))[1] > 0.5
    with pytest.raises(ValueError, match=r"have the shapes \(5, 12\) and \(12,\) – expected both alike"):
        fit_taps(states, states[0])


# The quotient of kernel and skip.

KERNEL, SKIP = [0.1, -0.5, 0.4], [0.2, 1.0, 0.2]


def test_quotient_by_the_identity_is_the_kernel() -> None:
    omega = relative_kernel(KERNEL, [1.0], 11)
    assert np.abs(omega[4:7] - KERNEL).max() < 1e-15
    assert np.abs(np.delete(omega, [4, 5, 6])).max() < 1e-15


@pytest.mark.parametrize("size", [3, 16, 33])
def test_skip_after_quotient_is_the_kernel(size: int) -> None:
    omega = relative_kernel(KERNEL, SKIP, size)
    waves = 2 * np.pi * np.arange(size) / size
    offsets = np.arange(size) - size // 2
    symbol = np.exp(1j * np.outer(waves, offsets)) @ omega
    assert np.abs(symbol * kernel_symbol(SKIP, waves) - kernel_symbol(KERNEL, waves)).max() < 1e-13


def test_inverse_of_three_taps_decays_like_the_root_of_the_skip() -> None:
    omega = relative_kernel([0.0, 1.0, 0.0], SKIP, 65)
    root = (-1 + np.sqrt(1 - 4 * 0.2**2)) / (2 * 0.2)
    exact = root ** np.abs(np.arange(65) - 32) / np.sqrt(1 - 4 * 0.2**2)
    assert np.abs(omega - exact).max() < 1e-14


def test_a_skip_that_loses_a_wave_is_refused_by_its_wave_number() -> None:
    with pytest.raises(ValueError, match=r"vanishes at the wave number 3\.1416.*ring of 16 pixels"):
        relative_kernel(KERNEL, [0.25, 0.5, 0.25], 16)
    with pytest.raises(ValueError, match=r"vanishes at the wave number 1\.5708"):
        relative_kernel(KERNEL, [0.5, 0.0, 0.5], 16)
    # The checkerboard does not fit on an odd ring: the quotient exists there, and grows with the ring.
    small, large = (np.abs(relative_kernel(KERNEL, [0.25, 0.5, 0.25], n)).max() for n in (15, 31))
    assert large > 1.9 * small


def test_bad_input_to_the_quotient() -> None:
    with pytest.raises(ValueError, match=r"w has the shape \(2,\) – expected \(taps,\) with an odd number"):
        relative_kernel(KERNEL, [1.0, 1.0], 8)
    with pytest.raises(ValueError, match=r"f has the shape \(3, 3\)"):
        relative_kernel(np.ones((3, 3)), SKIP, 8)
    with pytest.raises(ValueError, match="the ring has 2 pixels – expected at least 3"):
        relative_kernel(KERNEL, SKIP, 2)
