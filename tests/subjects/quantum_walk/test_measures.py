"""How near layers are to a quantum walk, on layers of which it is known."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pdenet.ops import residual_stack
from pdenet.subjects.quantum_walk.measures import (
    frame_off_unitary,
    off_constant,
    off_unitary,
    relu_share,
    walk,
)
from pdenet.symbolic import PDE1


def layers(*theta: tuple[float, ...]) -> torch.Tensor:
    """One network (1, L, 3, 3) with these alpha, beta, sigma, rho, gamma."""
    return PDE1.stencil().kernels(torch.tensor([theta], dtype=torch.double))


def test_sizes_that_are_all_the_same_are_a_constant_times_a_unitary_map() -> None:
    assert off_unitary(np.full((4, 4), 3.0)) == pytest.approx(0)
    half = np.array([[1.0, 0.0]])  # nearest: half of a unitary map, off by half in both waves
    assert off_unitary(half) == pytest.approx(np.sqrt(1 / 2))


def test_no_unitary_map_is_nearer_than_the_polar_factor() -> None:
    rng = np.random.default_rng(0)
    gains = rng.normal(size=(6, 6)) + 1j * rng.normal(size=(6, 6))
    sizes = np.abs(gains)
    nearest = sizes.mean() * gains / sizes
    norm = np.linalg.norm(gains)
    assert off_unitary(sizes) == pytest.approx(np.linalg.norm(gains - nearest) / norm)
    for _ in range(20):
        other = sizes.mean() * np.exp(1j * rng.uniform(0, 2 * np.pi, gains.shape))
        assert np.linalg.norm(gains - other) / norm > off_unitary(sizes)


def test_a_shift_is_unitary_and_no_constant() -> None:
    waves = 2 * np.pi * np.fft.fftfreq(8)
    shift = np.exp(1j * waves) * np.ones((8, 1))
    assert off_constant(shift) == pytest.approx(1)
    assert off_constant(3 + 0 * shift) == pytest.approx(0)
    assert off_constant(2 + shift) == pytest.approx(np.sqrt(1 / 5))  # 2, and 1 elsewhere


def test_small_drifts_with_growth_are_a_walk() -> None:
    found = walk(layers((0, 0.02, 0, -0.01, 0.4), (0, 0.01, 0, 0.03, -0.1)))
    assert (found.small, found.drifting) == (1, 1.0)  # e^0.4 is not 1.4
    assert found.off[0] < 1e-3 < 0.02 < found.still[0] < 0.04
    assert found.ratio[0] == pytest.approx(1, abs=2e-3)
    assert found.walk_gap[0] < 2e-3 < 0.02 < found.flow_gap[0]


def test_diffusion_is_no_walk() -> None:
    found = walk(layers((0.7, 0.1, 0.7, 0.1, 0)))
    assert found.drifting == 0
    assert found.off[0] > 0.3
    assert found.walk_gap[0] > 0.5
    assert found.largest[0, 0] == pytest.approx(2 * 0.49 * 2)
    assert found.layer_off[0, 0] == pytest.approx(found.off[0])
    assert found.ratio[0] > 5


def test_a_drift_is_as_unitary_in_a_frame_as_its_spectrum_says() -> None:
    """The eigenvalues of a drift in a frame of M pixels are i beta cos(pi j / (M + 1))."""
    kernels = layers((0, 0.4, 0, 0, 0), (0, 0.2, 0, 0, 0))[0]
    wave = np.cos(np.pi * np.arange(1, 7) / 7)
    sizes = np.sqrt((1 + 0.16 * wave**2) * (1 + 0.04 * wave**2))
    assert frame_off_unitary(kernels, side=6) == pytest.approx(float(off_unitary(sizes[None])), abs=1e-7)


def test_gates_are_those_of_the_network() -> None:
    kernels = layers((0, 0.6, 0, 0.3, 0.0), (0, 0.5, 0, -0.6, 0.0))
    images = torch.rand(5, 9, 9, dtype=torch.double, generator=torch.Generator().manual_seed(0))
    closed, off = relu_share(kernels, images)
    assert 0 < closed[0] < 0.5
    assert off[0] > 0
    still, none = relu_share(layers((0.5, 0.1, 0.5, 0.1, 0.0)), images)
    assert (still[0], none[0]) == (0, 0)


def test_without_a_negative_sum_the_linear_image_is_the_network_s() -> None:
    kernels = layers((0.5, 0.2, 0.4, -0.1, 0.1))
    images = torch.rand(2, 7, 7, dtype=torch.double, generator=torch.Generator().manual_seed(1))
    assert relu_share(kernels, images)[1][0] == 0
    assert (residual_stack(images, kernels[0]) > 0).all()
