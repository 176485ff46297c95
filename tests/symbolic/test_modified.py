"""The modified equation of a layer against schemes whose own is in the textbooks, and against waves."""

from collections.abc import Callable

import numpy as np
import pytest
import sympy as sp

from pdenet.symbolic import PDE1, PDE_1D, EvolutionPDE, Stencil, alpha, beta, dt, dx, gamma, p, psi_1d, t, x
from pdenet.symbolic.modified import group_velocity, modified_coefficients


def without_growth(spacing: object = 1, step: object = 1, order: int = 3) -> list[sp.Expr]:
    stencil = PDE_1D.stencil(spacing=spacing, dt=step)
    return [sp.expand(c.subs(gamma, 0)) for c in modified_coefficients(stencil, order)]


@pytest.mark.parametrize(
    ("square", "spread", "dispersion"),
    [
        # Lax and Wendroff, LeVeque 2007, section 10.9: no second derivative, a h^2 (1 - nu^2) / 6
        (beta**2, 0, beta * (1 - beta**2) / 6),
        # upwind, the same place: a h (1 - nu) / 2 of the second
        (beta, beta * (1 - beta) / 2, beta * (1 - beta) * (1 - 2 * beta) / 6),
        # Lax and Friedrichs: h^2 (1 - nu^2) / (2 dt)
        (1, (1 - beta**2) / 2, -beta * (1 - beta**2) / 3),
        # forward in time, centred in space: backward diffusion, -dt beta^2 / 2
        (0, -(beta**2) / 2, beta * (1 + 2 * beta**2) / 6),
    ],
)
def test_schemes_of_the_textbooks(square: sp.Expr, spread: sp.Expr, dispersion: sp.Expr) -> None:
    _, drift, second, third = (c.subs(alpha, sp.sqrt(square)) for c in without_growth())
    assert drift == beta
    assert sp.expand(second - spread) == 0
    assert sp.expand(third - dispersion) == 0


def test_steps_are_in_the_units_of_the_equation() -> None:
    none, drift, second, third = without_growth(dx, dt)
    assert (none, drift) == (0, beta)
    assert sp.expand(second - (alpha**2 - beta**2 * dt) / 2) == 0
    assert sp.expand(third - beta * (dx**2 - 3 * alpha**2 * dt + 2 * beta**2 * dt**2) / 6) == 0


def test_the_flow_of_the_coefficients_is_the_layer() -> None:
    """The deviation of the wave's factor is of the order that the series leaves out."""
    values = {alpha: 0.7, beta: 0.3, gamma: -0.1}
    stencil = PDE_1D.stencil()
    coefficients = [complex(c.subs(values)) for c in modified_coefficients(stencil, order=4)]
    factor = sp.lambdify(p, stencil.amplification().subs(values))
    waves = np.array([0.1, 0.2])
    flow = np.exp(sum(c * (1j * waves) ** n for n, c in enumerate(coefficients)))
    errors = np.abs(flow - factor(waves))
    assert errors[1] < 1e-4
    assert np.log2(errors[1] / errors[0]) == pytest.approx(5, abs=0.1)


def test_growth_alone_is_its_logarithm() -> None:
    grow = EvolutionPDE(sp.Eq(psi_1d.diff(t), gamma * psi_1d))
    assert modified_coefficients(grow.stencil(), order=2) == (sp.log(1 + gamma), 0, 0)


def test_packets_of_long_waves_move_by_the_modified_equation() -> None:
    _, drift, _, third = without_growth()
    series = sp.series(group_velocity(PDE_1D.stencil()).subs(gamma, 0), p, 0, 4).removeO()
    assert sp.expand(series - (-drift + 3 * third * p**2)) == 0


def test_a_wave_of_four_pixels_stands_still_without_diffusion() -> None:
    assert group_velocity(PDE_1D.stencil()).subs({alpha: 0, gamma: 0, p: sp.pi / 2}) == 0


def test_steps_scale_the_group_velocity() -> None:
    fast = group_velocity(PDE_1D.stencil(spacing=2, dt=sp.Rational(1, 4)))
    assert fast.subs({alpha: 0, gamma: 0, p: 0}) == -beta


@pytest.mark.parametrize("function", [modified_coefficients, group_velocity])
def test_an_equation_in_the_plane_is_refused(function: Callable[[Stencil], object]) -> None:
    with pytest.raises(ValueError, match="expected one in x alone"):
        function(PDE1.stencil())


def test_an_order_is_a_number_of_derivatives() -> None:
    with pytest.raises(ValueError, match="order"):
        modified_coefficients(PDE_1D.stencil(), order=-1)


def test_a_shift_by_a_pixel_is_its_own_exact_transport() -> None:
    """At alpha^2 = beta = 1 the layer is psi(x + 1), and log g is exactly ip."""
    shift = EvolutionPDE(sp.Eq(psi_1d.diff(t), psi_1d.diff(x, 2) / 2 + psi_1d.diff(x)))
    assert modified_coefficients(shift.stencil(), order=5) == (0, 1, 0, 0, 0, 0)
