"""Layers on a line against exact solutions."""

import numpy as np
import pytest
import sympy as sp

from pdenet.subjects.residual_block_as_pde.measures import gaussian_error, packet_speed
from pdenet.symbolic import PDE_1D, alpha, beta, gamma, p
from pdenet.symbolic.modified import group_velocity


def test_a_layer_that_shifts_by_a_pixel_is_exact() -> None:
    assert gaussian_error((1.0, -1.0, 0.0), (0.0, -1.0, 0.0), layers=32, spacing=1 / 8) < 1e-12


def test_growth_alone_has_the_error_of_euler() -> None:
    """The peak is 1 / sqrt(2 pi); Euler's factor is (1 + rate dt)^n in place of e^(rate duration)."""
    error = gaussian_error((0.0, 0.0, 0.1), (0.0, 0.0, 0.1), layers=4, spacing=0.5)
    assert error == pytest.approx((np.exp(0.4) - 1.1**4) / np.sqrt(2 * np.pi), rel=1e-12)


@pytest.mark.parametrize(("square", "order"), [(0.5625, 2), (0.75, 1), (1.0, 1)])
def test_stable_transport_converges_with_its_order(square: float, order: float) -> None:
    errors = [
        gaussian_error((square, 0.75, 0.0), (0.0, 1.0, 0.0), layers=n, spacing=4 / (0.75 * n))
        for n in (128, 256)
    ]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.1)


def test_what_outgrows_double_precision_is_infinite() -> None:
    assert gaussian_error((3.0, 1.0, 0.0), (0.0, 1.0, 0.0), layers=1000, spacing=0.1) == float("inf")


@pytest.mark.parametrize("wave", [0.3, 1.0, 1.8])
def test_a_wide_packet_moves_at_the_group_velocity(wave: float) -> None:
    formula = group_velocity(PDE_1D.stencil()).subs({alpha: sp.Rational(1, 2), beta: 0.3, gamma: 0, p: wave})
    assert packet_speed((0.25, 0.3, 0.0), wave, layers=10, width=60) == pytest.approx(
        float(formula), abs=2e-3
    )


def test_steps_must_be_positive() -> None:
    with pytest.raises(ValueError, match="spacing"):
        gaussian_error((0.5, 0.0, 0.0), (0.5, 0.0, 0.0), layers=4, spacing=0.0)
    with pytest.raises(ValueError, match="layers"):
        gaussian_error((0.5, 0.0, 0.0), (0.5, 0.0, 0.0), layers=0, spacing=1.0)
    with pytest.raises(ValueError, match="width"):
        packet_speed((0.5, 0.0, 0.0), 1.0, width=0.0)
