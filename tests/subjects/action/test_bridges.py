"""Paths with both ends fixed."""

from __future__ import annotations

import numpy as np
import pytest

from pdenet.subjects.action.bridges import QUARTIC_MINIMUM, mean_path, quartic_mean, sample_bridges
from pdenet.symbolic.action import classical_path
from pdenet.symbolic.propagator import gaussian_weights, lattice_weights, layer_weights

ALPHAS, BETAS = np.array([0.8, 1.1, 0.9, 1.2]), np.array([0.3, -0.4, 0.1, 0.2])


def test_the_mean_of_gaussian_layers_is_the_classical_path() -> None:
    mean = mean_path(gaussian_weights, ALPHAS, BETAS, 3)
    assert mean == pytest.approx(classical_path(0, 3, ALPHAS, BETAS), abs=0.01)
    assert (mean[0], mean[-1]) == (0, 3)


def test_one_way_is_the_only_mean() -> None:
    """Layers reach one pixel each: three layers to pixel three have one path."""
    mean = mean_path(layer_weights, np.full(3, 0.5), np.zeros(3), 3)
    assert mean == pytest.approx([0, 1, 2, 3])


def test_samples_keep_their_ends_and_have_the_mean() -> None:
    drawn = sample_bridges(ALPHAS, BETAS, 3, 4000, seed=1)
    assert drawn.shape == (4000, 5)
    assert set(drawn[:, 0]) == {0}
    assert set(drawn[:, -1]) == {3}
    off = drawn.mean(axis=0) - mean_path(gaussian_weights, ALPHAS, BETAS, 3)
    assert np.abs(off).max() < 0.1
    assert (drawn == sample_bridges(ALPHAS, BETAS, 3, 4000, seed=1)).all()


def test_the_flow_s_mean_is_the_classical_path_where_the_ratio_is_fixed() -> None:
    fixed = mean_path(lattice_weights, ALPHAS, 0.3 * ALPHAS**2, 3)
    assert fixed == pytest.approx(classical_path(0, 3, ALPHAS, 0.3 * ALPHAS**2), abs=1e-9)
    assert (
        np.abs(mean_path(lattice_weights, ALPHAS, BETAS, 3) - classical_path(0, 3, ALPHAS, BETAS)).max()
        > 0.05
    )


@pytest.mark.parametrize("unit", [1, -1j])
def test_a_quartic_misses_its_minimum_in_step_with_hbar(unit: complex) -> None:
    """First order: -S'''/(2 S''^2) hbar over the unit, with S'' = 1 + 3 x^2 and S''' = 6 x."""
    assert abs(QUARTIC_MINIMUM - 1 + QUARTIC_MINIMUM**3) < 1e-15
    slope = -6 * QUARTIC_MINIMUM / (2 * (1 + 3 * QUARTIC_MINIMUM**2) ** 2)
    assert (quartic_mean(1e-3, unit) - QUARTIC_MINIMUM) * 1e3 * unit == pytest.approx(slope, rel=2e-3)
