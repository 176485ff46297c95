"""Stability: closed forms against brute force over the zone, positivity exactly."""

import numpy as np
import pytest
import sympy as sp

from pdenet.symbolic import (
    PDE1,
    PDE2,
    PDE_1D,
    EvolutionPDE,
    Stability,
    alpha,
    beta,
    dt,
    dx,
    gamma,
    psi,
    psi_1d,
    rho,
    sigma,
    t,
    x,
    y,
)

kappa = sp.Symbol("kappa", real=True)
ANGLES = np.linspace(0, 2 * np.pi, 4096)
LINE = EvolutionPDE(sp.Eq(psi_1d.diff(t), alpha**2 / 2 * psi_1d.diff(x, 2) + beta * psi_1d.diff(x)))
PLANE = EvolutionPDE(sp.Eq(psi.diff(t), (PDE1.rhs - gamma * psi).expand()))


def holds(stability: Stability, condition: sp.Basic, theta: np.ndarray) -> np.ndarray:
    function = sp.lambdify(stability.stencil.parameters, condition, "numpy")
    return np.broadcast_to(function(*theta.T), theta.shape[:1])


def brute_gain(stability: Stability, theta: np.ndarray, points: int) -> np.ndarray:
    """Largest |1 + sum of taps times waves| on a plain grid, from the taps and not from the symbol."""
    axis = np.linspace(0, 2 * np.pi, points, endpoint=False)
    p_grid, q_grid = np.meshgrid(axis, axis if len(stability.stencil.terms.space) == 2 else [0.0])
    gain = np.ones((len(theta), *p_grid.shape), dtype=complex)
    for (dx_, dy_), tap in stability.stencil.offsets.items():
        values = sp.lambdify(stability.stencil.parameters, tap, "numpy")(*theta.T)
        gain += np.broadcast_to(values, len(theta))[:, None, None] * np.exp(
            1j * (p_grid * dx_ + q_grid * dy_)
        )
    largest: np.ndarray = np.abs(gain).max(axis=(1, 2))
    return largest


def envelope(pde: EvolutionPDE, theta: np.ndarray) -> np.ndarray:
    """Function (angle, theta) whose largest value is the largest gain.

    The factors of all waves fill a sum of two ellipses, and this is its support function.
    """
    values = dict.fromkeys((alpha, beta, sigma, rho, gamma), 0.0)
    values |= dict(zip(pde.parameters, theta.T, strict=True))
    slower = 1 / 8 if pde is PDE2 else 1
    cos, sin = np.cos(ANGLES)[:, None], np.sin(ANGLES)[:, None]
    a, c = values[alpha] ** 2, values[sigma] ** 2
    along_x = np.hypot(a * cos, slower * values[beta] * sin)
    along_y = np.hypot(c * cos, slower * values[rho] * sin)
    return (1 + values[gamma] - a - c) * cos + along_x + along_y


def test_max_gain_on_a_line_is_the_closed_form() -> None:
    theta = np.random.default_rng(0).uniform([-1.3, -1.3, -2.2], [1.3, 1.3, 0.4], size=(1500, 3))
    a, b, g = theta[:, 0] ** 2, theta[:, 1] ** 2, theta[:, 2]
    middle = 1 + g - a
    bulge = (b > a**2) & (a * np.abs(middle) < b - a**2)
    ends = np.maximum((1 + g) ** 2, (1 + g - 2 * a) ** 2)
    squared = np.where(bulge, b * (1 + middle**2 / np.where(bulge, b - a**2, 1)), ends)
    stability = PDE_1D.stability()
    np.testing.assert_allclose(stability.max_gain(theta) ** 2, squared, rtol=1e-7)
    np.testing.assert_allclose(brute_gain(stability, theta, 1024) ** 2, squared, atol=2e-4)


@pytest.mark.parametrize("pde", [PDE1, PDE2, PLANE], ids=["39", "40", "39-without-growth"])
def test_max_gain_in_the_plane_is_the_top_of_the_envelope(pde: EvolutionPDE) -> None:
    stability = pde.stability()
    theta = np.random.default_rng(1).uniform(-1.2, 1.2, size=(60, len(pde.parameters)))
    gain = stability.max_gain(theta)
    np.testing.assert_allclose(gain, envelope(pde, theta).max(axis=0), rtol=3e-6)
    brute = brute_gain(stability, theta, 128)
    assert np.all(brute <= gain + 1e-12)
    np.testing.assert_allclose(brute, gain, atol=5e-3)


def test_conditions_on_a_line_with_growth() -> None:
    stability = PDE_1D.stability()
    theta = np.random.default_rng(2).uniform([-1.2, -1.2, -2.2], [1.2, 1.2, 0.2], size=(4000, 3))
    closed = holds(stability, stability.conditions, theta)
    assert np.array_equal(closed, stability.is_stable(theta))
    assert 200 < closed.sum() < 3800


def test_conditions_on_a_line_for_coefficients_of_either_sign() -> None:
    rhs = alpha * psi_1d.diff(x, 2) + beta * psi_1d.diff(x) + gamma * psi_1d
    stability = EvolutionPDE(sp.Eq(psi_1d.diff(t), rhs)).stability()
    theta = np.random.default_rng(3).uniform([-1, -1.2, -2.2], [1, 1.2, 0.2], size=(3000, 3))
    closed = holds(stability, stability.conditions, theta)
    assert np.array_equal(closed, stability.is_stable(theta))
    assert closed[theta[:, 0] < 0].any()


def test_conditions_on_a_line_without_growth() -> None:
    stability = LINE.stability()
    assert stability.conditions == sp.And(beta**2 <= alpha**2, alpha**2 <= 1)
    theta = np.random.default_rng(4).uniform(-1.2, 1.2, size=(3000, 2))
    closed = holds(stability, stability.conditions, theta)
    assert np.array_equal(closed, stability.is_stable(theta))
    assert stability.is_stable([1.0, 1.0])
    assert not stability.is_stable([0.9, 1.0])


def test_conditions_in_the_plane_without_growth() -> None:
    stability = PLANE.stability()
    theta = np.random.default_rng(5).uniform(-1, 1, size=(1000, 4)) * [1, 0.7, 1, 0.7]
    closed = holds(stability, stability.conditions, theta)
    a, b, s, r = theta.T
    thesis_form = (a**2 + s**2 <= 1) & (b**2 / a**2 + r**2 / s**2 <= 1)
    assert np.array_equal(closed, thesis_form)
    assert np.array_equal(closed, stability.is_stable(theta))
    assert 100 < closed.sum() < 900


def test_drift_without_diffusion_along_the_same_axis_is_unstable() -> None:
    stability = PLANE.stability()
    theta = np.array([[0.0, 0.1, 0.5, 0.0], [0.0, 0.0, 0.5, 0.2], [0.5, 0.1, 0.0, 0.1]])
    expected = [False, True, False]
    assert holds(stability, stability.conditions, theta).tolist() == expected
    assert stability.is_stable(theta).tolist() == expected


@pytest.mark.parametrize("pde", [PDE1, PDE2], ids=["39", "40"])
def test_sufficient_means_that_no_wave_outgrows_a_mean_that_does_not_grow(pde: EvolutionPDE) -> None:
    stability = pde.stability()
    assert stability.conditions is None
    theta = np.random.default_rng(6).uniform(-1, 1, size=(800, 5)) * [0.9, 0.4, 0.9, 0.4, 1] - [
        0,
        0,
        0,
        0,
        0.4,
    ]
    growth = theta[:, 4]
    sufficient = holds(stability, stability.sufficient, theta)
    mean_leads = (growth <= 0) & (growth >= -1) & (stability.max_gain(theta) <= 1 + growth + 1e-9)
    assert np.array_equal(sufficient, mean_leads)
    assert 20 < sufficient.sum() < 780
    assert stability.is_stable(theta[sufficient]).all()


@pytest.mark.parametrize("pde", [PDE_1D, PDE1], ids=["21", "39"])
def test_stable_layers_meet_the_necessary_condition(pde: EvolutionPDE) -> None:
    stability = pde.stability()
    theta = np.random.default_rng(7).uniform(-1, 1, size=(800, len(pde.parameters)))
    theta[:, -1] -= 0.6
    stable, necessary = stability.is_stable(theta), holds(stability, stability.necessary, theta)
    assert necessary[stable].all()
    assert stable.any()
    assert (~necessary).any()


def test_pure_diffusion_with_growth_has_exact_conditions() -> None:
    rhs = alpha**2 / 2 * psi.diff(x, 2) + sigma**2 / 2 * psi.diff(y, 2) + gamma * psi
    stability = EvolutionPDE(sp.Eq(psi.diff(t), rhs)).stability()
    theta = np.random.default_rng(8).uniform([-1, -1, -2.2], [1, 1, 0.2], size=(800, 3))
    closed = holds(stability, stability.conditions, theta)
    assert np.array_equal(closed, stability.is_stable(theta))
    assert 50 < closed.sum() < 750


def test_equation_of_the_plane_along_one_axis_is_that_of_the_line() -> None:
    along_y = EvolutionPDE(
        sp.Eq(psi.diff(t), alpha**2 / 2 * psi.diff(y, 2) + beta * psi.diff(y) + gamma * psi)
    )
    assert along_y.stability().conditions == PDE_1D.stability().conditions


def test_steps_enter_the_conditions() -> None:
    heat = EvolutionPDE(sp.Eq(psi_1d.diff(t), kappa * psi_1d.diff(x, 2)))
    conditions = Stability(heat.stencil(spacing=dx, dt=dt)).conditions
    assert conditions is not None
    numbers = {kappa: 3, dx: sp.Rational(1, 2)}
    assert conditions.subs({**numbers, dt: sp.Rational(1, 24)}) == sp.true
    assert conditions.subs({**numbers, dt: sp.Rational(1, 23)}) == sp.false
    assert Stability(heat.stencil(spacing=sp.Rational(1, 2), dt=sp.Rational(1, 24))).is_stable([3.0])
    assert not Stability(heat.stencil(spacing=sp.Rational(1, 2), dt=sp.Rational(1, 23))).is_stable([3.0])


def test_fourth_order_diffusion_is_judged_by_sampling() -> None:
    stability = EvolutionPDE(sp.Eq(psi_1d.diff(t), -kappa * psi_1d.diff(x, 4))).stability()
    assert stability.conditions is None
    assert stability.is_stable([[0.0], [0.1249], [0.1251], [-0.01]]).tolist() == [True, True, False, False]


@pytest.mark.parametrize("accuracy", [2, 4, 6])
def test_sampling_a_mixed_derivative_against_brute_force(accuracy: int) -> None:
    rhs = (
        alpha**2 / 2 * psi.diff(x, 2)
        + sigma**2 / 2 * psi.diff(y, 2)
        + kappa * psi.diff(x, y)
        + rho * psi.diff(y)
    )
    stability = Stability(EvolutionPDE(sp.Eq(psi.diff(t), rhs)).stencil(accuracy))
    theta = np.random.default_rng(9).uniform(-0.9, 0.9, size=(40, 4))
    gain, brute = stability.max_gain(theta), brute_gain(stability, theta, 160)
    assert np.all(brute <= gain + 1e-12)
    np.testing.assert_allclose(gain, brute, atol=5e-3)


def test_positivity_is_the_cell_peclet_condition() -> None:
    stability = PDE1.stability()
    centre = 1 + gamma - alpha**2 - sigma**2
    sides = [(alpha**2 - beta) / 2, (alpha**2 + beta) / 2, (sigma**2 - rho) / 2, (sigma**2 + rho) / 2]
    assert set(stability.positivity) == {sp.Ge(sp.expand(entry), 0) for entry in (centre, *sides)}
    theta = np.random.default_rng(10).uniform(-1, 1, size=(2000, 5)) * [1, 0.5, 1, 0.5, 0.5]
    a, b, s, r, g = theta.T
    peclet = (np.abs(b) <= a**2) & (np.abs(r) <= s**2) & (a**2 + s**2 <= 1 + g)
    assert np.array_equal(stability.is_positive(theta), peclet)
    assert 20 < peclet.sum() < 1980
    assert stability.is_stable(theta[peclet & (g <= 0)]).all()


def test_positivity_is_decided_on_the_edge() -> None:
    stability = PDE_1D.stability()
    edge = {alpha: sp.Rational(1, 2), beta: sp.Rational(1, 4), gamma: sp.Rational(-3, 4)}
    assert [condition.subs(edge) for condition in stability.positivity] == [sp.true] * 3
    beyond = edge | {beta: sp.Rational(1, 4) + sp.Rational(1, 10**30)}
    assert sp.false in [condition.subs(beyond) for condition in stability.positivity]
    assert stability.is_positive([0.5, 0.25, -0.75])


def test_fourth_order_accuracy_is_never_positive_with_diffusion() -> None:
    stability = Stability(PDE_1D.stencil(4))
    assert not stability.is_positive([[0.5, 0.0, 0.0], [0.1, 0.05, -0.1]]).any()
    assert stability.is_positive([0.0, 0.0, -0.5])
    assert stability.conditions is None
    assert stability.sufficient == sp.And(gamma <= 0, *stability.positivity)


def test_equation_without_parameters_has_a_plain_answer() -> None:
    heat = EvolutionPDE(sp.Eq(psi_1d.diff(t), psi_1d.diff(x, 2) / 2)).stability()
    assert heat.conditions == sp.true
    assert heat.positivity == ()
    assert heat.max_gain() == pytest.approx(1)
    assert heat.is_stable()
    backward = EvolutionPDE(sp.Eq(psi_1d.diff(t), -psi_1d.diff(x, 2) / 2)).stability()
    assert backward.conditions == sp.false
    assert not backward.is_stable()
    assert sp.false in backward.positivity


def test_complex_step_is_neither_positive_nor_in_the_family() -> None:
    stability = EvolutionPDE(sp.Eq(psi_1d.diff(t), sp.I * kappa * psi_1d.diff(x, 2))).stability()
    assert sp.false in stability.positivity
    assert stability.conditions is None
    assert stability.max_gain([0.3]) == pytest.approx(np.hypot(1, 1.2))
    assert not stability.is_positive([0.3])


def test_bad_theta_is_named() -> None:
    with pytest.raises(ValueError, match=r"shape \(2,\) – expected \(\.\.\., 5\)"):
        PDE1.stability().max_gain([0.1, 0.2])
    with pytest.raises(ValueError, match="spacing is the symbol Δx"):
        Stability(PDE1.stencil(spacing=dx)).max_gain(np.zeros(5))


def test_shown_as_text_and_as_mathematics() -> None:
    assert repr(LINE.stability()) == "<Stability of EvolutionPDE: (alpha**2 <= 1) & (beta**2 <= alpha**2)>"
    assert repr(PDE1.stability()).startswith("<Stability of PDE1: sampled; sufficient: (gamma <= 0) & ")
    assert r"\iff" in LINE.stability()._repr_latex_()
    assert r"\Longleftarrow" in PDE1.stability()._repr_latex_()
