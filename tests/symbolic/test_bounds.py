"""Where one formula takes over from another."""

import numpy as np
import pytest

from pdenet.symbolic.propagator import lattice_weights
from pdenet.symbolic.terms import Terms
from pdenet.symbolic.variables import (
    alpha,
    beta,
    dt,
    dx,
    gamma,
    p,
    psi,
    psi_1d,
    q,
    rho,
    sigma,
    t,
    x,
    y,
)


@pytest.mark.parametrize(
    "case", [(1.0, 5.0, 0.1), (1.0, -5.0, 0.1), (2.0, 6.0, 0.0), (3.0, 0.0, 0.0)], ids=str
)
def test_lattice_weights_of_large_rates_are_the_integral_over_the_zone(
    case: tuple[float, float, float],
) -> None:
    """Short displacements have Bessel functions, far ones a series; a negative rate turns odd ones over."""
    width, drift, growth = case
    waves, d = 2 * np.pi * np.arange(512) / 512, np.arange(-30, 31)
    symbol = np.exp(width**2 * (np.cos(waves) - 1) + 1j * drift * np.sin(waves) + growth)
    expected = (np.exp(1j * np.outer(d, waves)) @ symbol / len(waves)).real
    np.testing.assert_allclose(lattice_weights(d, *case), expected, atol=1e-13)


def test_coordinates_are_real_and_steps_positive() -> None:
    """What SymPy may simplify hangs on it: abs(dx) is dx, and conjugate(p) is p."""
    for symbol in (x, y, t, p, q, alpha, beta, sigma, rho, gamma):
        assert symbol.is_real
        assert symbol.is_positive is None
    assert dx.is_positive
    assert dt.is_positive
    assert psi.args == (x, y, t)
    assert psi_1d.args == (x, t)


def test_the_last_argument_of_a_field_is_time_and_those_before_it_are_space() -> None:
    for field, space in ((psi, (x, y)), (psi_1d, (x,))):
        terms = Terms(field, {(1, 0): beta}, "drift")
        assert (terms.space, terms.time) == (space, t)
