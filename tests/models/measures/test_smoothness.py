"""Whether a stack is a flow in small steps: roughness over layers, change when they are split."""

import numpy as np
import pytest
import torch

from pdenet.models import PDENet
from pdenet.models.measures.smoothness import change_by_splitting, roughness
from pdenet.symbolic import PDE1


def test_roughness_is_small_for_smooth_layers_and_two_for_shuffled_ones() -> None:
    smooth = np.sin(np.linspace(0, 2, 200))
    assert roughness(smooth) < 0.01
    shuffled = [roughness(np.random.default_rng(seed).permutation(smooth)) for seed in range(200)]
    error = np.std(shuffled, ddof=1) / 200**0.5
    assert abs(np.mean(shuffled) - 2) < 3 * error < 0.1
    assert roughness([0.0, 1.0] * 50) > 3.9


def test_roughness_does_not_heed_how_far_out_one_layer_is() -> None:
    values = np.random.default_rng(0).random(50)
    far = values.copy()
    far[values.argmax()] = 1e6
    assert roughness(far) == roughness(values)


@pytest.mark.parametrize("values", [[1.0, 2.0], [1.0, 1.0, 1.0], [[1.0, 2.0, 3.0]]])
def test_roughness_of_too_little_is_refused(values: list[float] | list[list[float]]) -> None:
    with pytest.raises(ValueError, match="three or more that are not all equal"):
        roughness(values)


def test_splitting_layers_changes_a_fine_stack_little_and_a_coarse_one_much() -> None:
    kernels = PDENet(PDE1, 8, 2).kernels()[0].detach()
    images = torch.rand(3, 12, 12, generator=torch.Generator().manual_seed(0))
    coarse, fine = change_by_splitting(kernels, images), change_by_splitting(kernels / 100, images)
    assert coarse.shape == (2, 3)
    assert coarse.min() > 0.02
    assert fine.max() < 0.01 * coarse.max()
    assert change_by_splitting(kernels, images, 1).max() == 0


def test_splitting_one_linear_layer_is_a_polynomial_of_its_kernel() -> None:
    kernel = torch.zeros(1, 1, 3, 3)
    kernel[..., 1, 1] = 0.2  # every pixel times 1.2, or 1.1 twice
    change = change_by_splitting(kernel, torch.rand(1, 4, 4) + 0.1)
    np.testing.assert_allclose(change, (1.1**2 - 1.2) / 1.2, rtol=1e-5)
    with pytest.raises(ValueError, match=r"parts must be a whole number, at least 1; got 1\.5"):
        change_by_splitting(kernel, torch.rand(1, 4, 4), 1.5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="parts must be a whole number, at least 1; got 0"):
        change_by_splitting(kernel, torch.rand(1, 4, 4), 0)
