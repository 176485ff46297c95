"""Stacks of two channels: layer by layer, and all layers as one filter."""

import math

import pytest
import torch
from torch import Tensor

from pdenet.ops.turns import sines, symbols, two_channel_filter, two_channel_layers, wave_factors

ROWS, COLUMNS = 5, 7


def some(*shape: int, seed: int = 0) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def symmetric(layers: int = 4, seeds: int = 2, size: float = 0.3) -> Tensor:
    """Five-point kernels (seeds, layers, 3, 3) with equal opposite taps."""
    own, side, up = (size * some(seeds, layers, seed=seed) for seed in (1, 2, 3))
    kernels = torch.zeros(seeds, layers, 3, 3, dtype=torch.float64)
    kernels[..., 1, 1] = own
    kernels[..., 1, 0] = kernels[..., 1, 2] = -side
    kernels[..., 0, 1] = kernels[..., 2, 1] = -up
    return kernels


def as_matrix(kernel: Tensor) -> Tensor:
    """What a kernel (3, 3) does to an image of ROWS by COLUMNS, pixel by pixel."""
    basis = torch.eye(ROWS * COLUMNS, dtype=torch.float64).reshape(-1, 1, ROWS, COLUMNS)
    return torch.nn.functional.conv2d(basis, kernel[None, None], padding=1).reshape(ROWS * COLUMNS, -1).T


@pytest.mark.parametrize("transposed", [False, True])
def test_a_layer_is_two_blocks_the_second_with_the_new_r(transposed: bool) -> None:
    r, i, kernel = some(1, 1, ROWS, COLUMNS), some(1, 1, ROWS, COLUMNS, seed=5), some(1, 1, 3, 3, seed=6)
    forth = as_matrix(kernel[0, 0])
    back = forth.T if transposed else forth
    new_r = r.flatten() + forth @ i.flatten()
    new_i = i.flatten() - back @ new_r
    got = two_channel_layers(r, i, kernel, transposed=transposed)
    assert torch.allclose(got[0].flatten(), new_r)
    assert torch.allclose(got[1].flatten(), new_i)
    at_once = two_channel_layers(r, i, kernel, in_turn=False, transposed=transposed)
    assert torch.allclose(at_once[0].flatten(), new_r)
    assert torch.allclose(at_once[1].flatten(), i.flatten() - back @ r.flatten())


@pytest.mark.parametrize("in_turn", [True, False])
@pytest.mark.parametrize("layers", [0, 1, 4])
def test_the_filter_is_the_layers(in_turn: bool, layers: int) -> None:
    u, kernels = some(2, 3, ROWS, COLUMNS), symmetric(layers)
    expected = two_channel_layers(u, torch.zeros_like(u), kernels, in_turn=in_turn)
    for got, want in zip(two_channel_filter(u, kernels, in_turn=in_turn), expected, strict=True):
        assert torch.allclose(got, want, atol=1e-12)


def test_the_filter_has_the_gradients_of_the_layers() -> None:
    found = []
    for stack in (two_channel_filter, lambda u, k: two_channel_layers(u, torch.zeros_like(u), k)):
        u, shape = some(2, 3, ROWS, COLUMNS).requires_grad_(), symmetric().requires_grad_()
        r, i = stack(u, (shape + shape.flip(-1, -2)) / 2)
        found.append(torch.autograd.grad((r.square() + i.pow(3)).sum(), [u, shape]))
    corner = found[1][1].clone()
    corner[..., ::2, ::2] = 0  # the filter knows no corners
    assert torch.allclose(found[0][0], found[1][0], atol=1e-10)
    assert torch.allclose(found[0][1], corner, atol=1e-10)


def test_the_conserved_form_of_a_kernel_stays_where_the_norm_does_not() -> None:
    kernels = symmetric(1, 1).expand(1, 60, 3, 3)
    r, i = some(1, 1, ROWS, COLUMNS), some(1, 1, ROWS, COLUMNS, seed=7)
    matrix = as_matrix(kernels[0, 0])

    def form(a: Tensor, b: Tensor) -> float:
        return float(
            a.flatten() @ a.flatten() + b.flatten() @ b.flatten() + a.flatten() @ matrix @ b.flatten()
        )

    later = two_channel_layers(r, i, kernels)
    assert math.isclose(form(*later), form(r, i), rel_tol=1e-12)
    assert not math.isclose(
        sum(float(c.square().sum()) for c in later), float((r**2 + i**2).sum()), rel_tol=1e-3
    )


def test_sines_are_orthogonal_and_the_symbols_are_the_eigenvalues() -> None:
    assert torch.allclose(sines(6) @ sines(6), torch.eye(6, dtype=torch.float64), atol=1e-14)
    kernels = symmetric(1, 1)
    wave = torch.outer(sines(ROWS)[2], sines(COLUMNS)[4])
    found = (as_matrix(kernels[0, 0]) @ wave.flatten()).reshape(ROWS, COLUMNS)
    assert torch.allclose(found, symbols(kernels, ROWS, COLUMNS)[0, 0, 2, 4] * wave, atol=1e-14)


def test_at_once_a_wave_grows_by_one_plus_k_squared() -> None:
    k = some(1, 3, 2, 2)
    r, i = wave_factors(k, in_turn=False)
    assert torch.allclose(r.square() + i.square(), (1 + k.square()).prod(1))


def test_what_does_not_fit_is_refused() -> None:
    u, kernels = some(2, 3, ROWS, COLUMNS), symmetric()
    with pytest.raises(ValueError, match=r"channels must be \(S, B, H, W\) .* got \(3, 5, 7\)"):
        two_channel_filter(u[0], kernels)
    with pytest.raises(ValueError, match="with one number of seeds"):
        two_channel_layers(u, u[:1], kernels)
    drift = kernels.clone()
    drift[..., 1, 2] += 0.1
    with pytest.raises(ValueError, match="a drift makes them unequal: use two_channel_layers"):
        two_channel_filter(u, drift)
    corner = kernels.clone()
    corner[..., 0, 0] = corner[..., 2, 2] = 0.1
    with pytest.raises(ValueError, match="five-point"):
        two_channel_filter(u, corner)
