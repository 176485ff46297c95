"""The block with two convolutions: what it computes, its transpose, and how far it stretches."""

import numpy as np
import pytest
import torch
from torch import Tensor

from pdenet.ops.two_convolutions import (
    convolution_matrix,
    largest_gain,
    minus_transpose,
    two_convolutions,
)

FORWARD = torch.tensor([[[[0.0, -1.0, 1.0]]]], dtype=torch.float64)  # u(x + 1) - u(x)


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def test_the_forward_difference_and_its_transpose_are_the_second_difference() -> None:
    line = torch.tensor([[[[0.0, 1.0, 4.0, 9.0, 16.0]]]], dtype=torch.float64)
    step = two_convolutions(line, FORWARD, minus_transpose(FORWARD), lambda s: s, step=0.5) - line
    assert step[0, 0, 0, 1:-1].tolist() == [1.0, 1.0, 1.0]  # half of the second difference of x**2


def test_the_step_is_the_flux_on_the_right_minus_the_flux_on_the_left() -> None:
    line = random(1, 1, 1, 9)
    step = two_convolutions(line, FORWARD, minus_transpose(FORWARD), torch.tanh) - line
    u = np.pad(line[0, 0, 0].numpy(), 1)
    flux = np.tanh(np.diff(u))
    flux[0] = 0  # the kernel has no pixel outside whose difference it could take
    assert np.allclose(step[0, 0, 0].numpy(), np.diff(flux), atol=1e-15)


@pytest.mark.parametrize("shape", [(1, 1, 3, 3), (4, 2, 3, 3), (3, 1, 1, 5), (2, 3, 5, 3)])
def test_the_negative_transpose_is_that_of_the_matrix(shape: tuple[int, ...]) -> None:
    kernels = random(*shape)
    matrix = convolution_matrix(kernels, 6, 5)
    assert np.array_equal(convolution_matrix(minus_transpose(kernels), 6, 5), -matrix.T)


def test_the_matrix_is_the_convolution() -> None:
    kernels, image = random(3, 2, 3, 3), random(1, 2, 4, 5, seed=1)
    by_conv = torch.nn.functional.conv2d(image, kernels, padding="same").flatten()
    assert np.allclose(convolution_matrix(kernels, 4, 5) @ image.flatten().numpy(), by_conv.numpy())


def test_differences_stretch_by_what_their_symbols_say() -> None:
    right, down, plus, minus = torch.zeros(4, 1, 1, 3, 3, dtype=torch.float64)
    for kernel, (row, column) in zip(
        (right, down, plus, minus), ((1, 2), (2, 1), (2, 2), (0, 2)), strict=True
    ):
        kernel[0, 0, 1, 1], kernel[0, 0, row, column] = -1, 1
    assert largest_gain(right[None, 0]) ** 2 == pytest.approx(4)
    assert largest_gain(torch.stack([right, down])[:, 0]) ** 2 == pytest.approx(8)
    assert largest_gain(torch.stack([right, down, plus, minus])[:, 0]) ** 2 == pytest.approx(12)


@pytest.mark.parametrize("seed", range(5))
def test_a_border_of_zeros_only_lowers_the_gain(seed: int) -> None:
    kernels = random(3, 2, 3, 3, seed=seed)
    norms = [np.linalg.norm(convolution_matrix(kernels, size, size), 2) for size in (3, 6, 12)]
    assert norms == sorted(norms)
    assert 0.9 * largest_gain(kernels) < norms[-1] < largest_gain(kernels) * (1 + 1e-3)


def test_what_does_not_fit_is_named() -> None:
    u = random(1, 1, 4, 4)
    with pytest.raises(ValueError, match=r"second must be .* got \(1, 1, 2, 3\)"):
        two_convolutions(u, FORWARD, random(1, 1, 2, 3), torch.relu)
    with pytest.raises(ValueError, match=r"got \(1, 1, 4, 4\), \(2, 1, 3, 3\) and \(2, 1, 3, 3\)"):
        two_convolutions(u, random(2, 1, 3, 3), random(2, 1, 3, 3), torch.relu)
    with pytest.raises(ValueError, match=r"got \(3, 3\)"):
        minus_transpose(random(3, 3))
    with pytest.raises(ValueError, match="so that the checkerboard is among them; got 7"):
        largest_gain(FORWARD, waves=7)
    with pytest.raises(ValueError, match="rows must be a whole number"):
        convolution_matrix(FORWARD, 0, 3)
