"""Where one formula takes over from another."""

import numpy as np
import pytest

from pdenet.symbolic.propagator import lattice_weights


@pytest.mark.parametrize(
    "case", [(1.0, 5.0, 0.1), (1.0, -5.0, 0.1), (2.0, 6.0, 0.0), (3.0, 0.0, 0.0)], ids=str
)
def test_lattice_weights_of_large_rates_are_the_integral_over_the_zone(
    case: tuple[float, float, float],
) -> None:
    """Short displacements have Bessel functions, far ones a series; a negative rate turns odd ones over."""
    alpha, beta, gamma = case
    waves, d = 2 * np.pi * np.arange(512) / 512, np.arange(-30, 31)
    symbol = np.exp(alpha**2 * (np.cos(waves) - 1) + 1j * beta * np.sin(waves) + gamma)
    expected = (np.exp(1j * np.outer(d, waves)) @ symbol / len(waves)).real
    np.testing.assert_allclose(lattice_weights(d, *case), expected, atol=1e-13)
