"""Propagators against quadrature, matrix exponentials and SciPy's Skellam law; paths against a minimiser."""

from collections.abc import Callable

import mpmath
import numpy as np
import pytest
import sympy as sp
from scipy import linalg, optimize, stats

from pdenet.symbolic import PDE1, PDE_1D, alpha, beta, gamma, p, psi, q, rho, sigma, t, x, y
from pdenet.symbolic.action import action, classical_path, kinetic_term, lagrangian, potential_term
from pdenet.symbolic.equation import EvolutionPDE
from pdenet.symbolic.propagator import (
    continuum_symbol,
    gaussian_mass,
    gaussian_propagator,
    gaussian_weights,
    lattice_weights,
    layer_weights,
    zone_weights,
)

WIDTH = sp.Symbol("a", real=True, nonzero=True)
D = np.arange(-40, 41)
# alpha, beta, gamma: Bessel I, both drifts; Poisson, both; Bessel J, both; no diffusion; wide.
CASES = [
    (0.7, 0.3, 0.1),
    (0.7, -0.3, -0.2),
    (0.6, 0.36, 0.0),
    (0.6, -0.36, 0.05),
    (0.3, 0.8, 0.0),
    (0.3, -0.8, 0.1),
    (0.0, 0.9, 0.0),
    (0.0, 0.0, 0.3),
    (1.9, 0.4, 0.0),
]
ALPHAS = [case for case in CASES if case[0]]


def by_quadrature(symbol: np.ndarray, waves: np.ndarray, d: np.ndarray) -> np.ndarray:
    """The integral of exp(ipd) times a symbol over the zone: exact to rounding for what is periodic."""
    integral: np.ndarray = np.exp(1j * np.outer(d, waves)) @ symbol / len(waves)
    return integral


def lattice_symbol(waves: np.ndarray, a: float, b: float, c: float) -> np.ndarray:
    symbol: np.ndarray = a**2 * (np.cos(waves) - 1) + 1j * b * np.sin(waves) + c
    return symbol


def test_the_continuum_symbol_is_that_of_34() -> None:
    assert sp.expand(continuum_symbol(PDE_1D) - (-(alpha**2) * p**2 / 2 + sp.I * beta * p + gamma)) == 0


def test_the_continuum_symbol_in_the_plane() -> None:
    wave = sp.exp(sp.I * (p * x + q * y))
    applied = PDE1.rhs.subs(psi, wave).doit()
    assert sp.expand(continuum_symbol(PDE1) - applied / wave) == 0
    mixed = EvolutionPDE(sp.Eq(psi.diff(t), 3 * psi.diff(x, 2, y)))
    assert sp.expand(continuum_symbol(mixed) + 3 * sp.I * p**2 * q) == 0
    assert continuum_symbol(PDE1, 0, 1).free_symbols == {sigma, rho, gamma}


def test_the_stencil_has_the_continuum_symbol_for_long_waves() -> None:
    gap = sp.series(PDE_1D.stencil().symbol(p) - continuum_symbol(PDE_1D), p, 0, 5).removeO()
    assert sp.expand(gap - (-sp.I * beta * p**3 / 6 + alpha**2 * p**4 / 24)) == 0


def test_the_gaussian_propagator_is_the_one_of_sympy() -> None:
    d = sp.Symbol("d", real=True)
    expected = sp.exp(gamma - (d + beta) ** 2 / (2 * WIDTH**2)) / (sp.Abs(WIDTH) * sp.sqrt(2 * sp.pi))
    assert sp.simplify(gaussian_propagator(d, WIDTH, beta, gamma) - expected) == 0
    assert sp.simplify(sp.integrate(expected.subs({WIDTH: 2, beta: 1}), (d, -sp.oo, sp.oo))) == sp.exp(gamma)


@pytest.mark.parametrize("width", [alpha, sp.Integer(0), sp.I])
def test_the_gaussian_propagator_needs_a_width(width: sp.Expr) -> None:
    with pytest.raises(ValueError, match="real and not 0"):
        gaussian_propagator(1, width, beta, gamma)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_lattice_weights_are_the_integral_over_the_zone(case: tuple[float, float, float]) -> None:
    waves = 2 * np.pi * np.arange(512) / 512
    expected = by_quadrature(np.exp(lattice_symbol(waves, *case)), waves, D)
    np.testing.assert_allclose(lattice_weights(D, *case), expected.real, atol=1e-14)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_lattice_weights_have_the_moments_of_the_equation(case: tuple[float, float, float]) -> None:
    a, b, c = case
    weights = lattice_weights(D, *case) / np.exp(c)
    np.testing.assert_allclose(
        [weights.sum(), weights @ D, weights @ (D + b) ** 2], [1, -b, a**2], rtol=0, atol=1e-11
    )


@pytest.mark.parametrize("case", CASES, ids=str)
def test_lattice_weights_are_the_flow_whose_euler_step_is_the_layer(case: tuple[float, float, float]) -> None:
    layer = linalg.toeplitz(layer_weights(np.arange(81), *case), layer_weights(-np.arange(81), *case))
    flow = linalg.expm(layer - np.eye(81))  # pixel 40 is far from both ends
    np.testing.assert_allclose(flow[:, 40], lattice_weights(D, *case), atol=1e-13)


def test_inside_the_cone_of_positive_taps_it_is_the_skellam_law() -> None:
    a, b = 0.7, 0.3
    left, right = (a**2 + b) / 2, (a**2 - b) / 2
    np.testing.assert_allclose(lattice_weights(D, a, b), stats.skellam.pmf(D, right, left), atol=1e-14)


@pytest.mark.parametrize(
    ("d", "a", "b"), [(0, 30.0, 5.0), (900, 30.0, 0.0), (-60, 12.0, 143.0), (3, 1e-90, 0.7), (-2, 0.7, 0.49)]
)
def test_lattice_weights_where_a_factor_alone_would_overflow(d: int, a: float, b: float) -> None:
    with mpmath.workdps(60):
        left, right = (mpmath.mpf(a) ** 2 + b) / 2, (mpmath.mpf(a) ** 2 - b) / 2
        rate, n = (right, d) if d >= 0 else (left, -d)
        series = mpmath.hyp0f1(n + 1, left * right)
        expected = mpmath.exp(-(mpmath.mpf(a) ** 2)) * rate**n / mpmath.factorial(n) * series
    assert float(lattice_weights(d, a, b)) == pytest.approx(float(expected), rel=1e-9)


def test_the_layer_has_the_taps_of_the_stencil() -> None:
    values = {alpha: 0.6, beta: -0.2, gamma: 0.1}
    for (offset, _), tap in PDE_1D.stencil().offsets.items():
        skip = 1.0 if offset == 0 else 0.0
        expected = skip + float(tap.subs(values))
        assert float(layer_weights(-offset, 0.6, -0.2, 0.1)) == pytest.approx(expected, abs=1e-15)
    assert not layer_weights([-2, 2, 7], 0.6, -0.2, 0.1).any()


@pytest.mark.parametrize("case", ALPHAS, ids=str)
def test_the_gaussian_at_the_pixels_has_the_mass_of_the_poisson_sum(case: tuple[float, float, float]) -> None:
    density = stats.norm.pdf(D, -case[1], case[0]) * np.exp(case[2])
    np.testing.assert_allclose(gaussian_weights(D, *case), density, rtol=1e-10)
    assert gaussian_mass(*case) == pytest.approx(density.sum(), rel=1e-12)


def test_both_sums_for_the_mass_agree_where_they_meet() -> None:
    for b in (0.0, 0.3, 0.5, -2.5):
        assert gaussian_mass(0.4 - 1e-12, b) == pytest.approx(gaussian_mass(0.4 + 1e-12, b), rel=1e-9)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_zone_weights_are_the_continuum_symbol_cut_at_the_zones_edge(
    case: tuple[float, float, float],
) -> None:
    nodes, measure = np.polynomial.legendre.leggauss(400)
    a, b, c = case
    symbol = np.exp(-((a * np.pi * nodes) ** 2) / 2 + 1j * b * np.pi * nodes + c)
    expected = np.exp(1j * np.pi * np.outer(D, nodes)) @ (measure * symbol) / 2
    np.testing.assert_allclose(zone_weights(D, *case), expected.real, atol=1e-12)


def test_zone_weights_are_continuous_at_no_diffusion() -> None:
    np.testing.assert_allclose(zone_weights(D, 1e-5, 0.3), zone_weights(D, 0.0, 0.3), atol=1e-9)


def test_all_weights_broadcast() -> None:
    alphas, betas = np.array([[0.5], [0.8]]), np.array([0.1, 0.2, 0.3])
    for weights in (layer_weights, lattice_weights, gaussian_weights, zone_weights):
        grid = weights(D[:, None, None], alphas, betas)
        assert grid.shape == (81, 2, 3)
        np.testing.assert_allclose(grid[:, 1, 2], weights(D, 0.8, 0.3))


def test_the_action_is_minus_the_logarithm_of_the_product_of_gaussians() -> None:
    rng = np.random.default_rng(0)
    a, b, c = rng.uniform(0.3, 1.0, 6), rng.normal(size=6), rng.normal(size=6)
    paths = rng.integers(-4, 5, size=(5, 7))
    weights = gaussian_weights(np.diff(paths), a, b, c).prod(axis=1)
    np.testing.assert_allclose(np.exp(-action(paths, a, b, c)), weights, rtol=1e-12)
    layers = zip(np.diff(paths[0]), a, b, c, strict=True)
    assert action(paths[0], a, b, c) == pytest.approx(float(sum(lagrangian(*layer) for layer in layers)))


def test_the_lagrangian_is_kinetic_minus_potential() -> None:
    d = sp.Symbol("d", real=True)
    split = lagrangian(d, WIDTH, beta, gamma) - kinetic_term(d, WIDTH, beta) + potential_term(WIDTH, gamma)
    assert sp.simplify(split) == 0
    assert sp.simplify(
        sp.log(gaussian_propagator(d, WIDTH, beta, gamma)) + lagrangian(d, WIDTH, beta, gamma)
    ).equals(0)


def test_the_classical_path_minimises_the_action() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.uniform(0.3, 1.0, 8), rng.normal(size=8)
    path = classical_path(2.0, -3.0, a, b)
    assert path[[0, -1]] == pytest.approx([2, -3])
    found = optimize.minimize(lambda inner: action([2.0, *inner, -3.0], a, b), np.zeros(7), tol=1e-12)
    np.testing.assert_allclose(path[1:-1], found.x, atol=1e-5)
    momenta = (np.diff(path) + b) / a**2
    np.testing.assert_allclose(momenta, momenta[0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lattice_weights(0.5, 0.7, 0.1), "whole numbers of pixels; got 0.5"),
        (
            lambda: lattice_weights([0, 1], [0.7, 0.7, 0.7], 0.1),
            r"broadcast together; got displacement \(2,\), alpha \(3,\)",
        ),
        (lambda: layer_weights(0, np.nan, 0.1), "alpha must be finite; got nan"),
        (lambda: gaussian_weights(0, 0.0, 0.1), "alpha must not be 0"),
        (lambda: gaussian_mass(0.0, 0.1), "alpha must not be 0"),
        (lambda: gaussian_mass(0.5, np.inf), "beta must be a finite number; got inf"),
        (lambda: zone_weights(0, 0.5, 0.1, np.inf), "gamma must be finite; got inf"),
        (lambda: action([1.0], 0.5, 0.1), r"at least two positions .* shape \(1,\)"),
        (
            lambda: action([1.0, 2.0], [0.5, 0.5], 0.1),
            r"alpha must be one number or \(layers,\) = \(1,\); got \(2,\)",
        ),
        (lambda: action([1.0, 2.0], 0.0, 0.1), "alpha must not be 0"),
        (lambda: classical_path(0, 1, [0.5, 0.5], [0.1, 0.1, 0.1]), r"alpha must be .* \(3,\); got \(2,\)"),
        (lambda: classical_path(0, 1, [], []), "at least one layer"),
    ],
)
def test_bad_input_is_named(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("d", "alpha", "beta", "right"),
    [  # from mpmath, with 60 digits
        (-397, 20.0, 398.0, 0.01994293777184679),
        (-350, 20.0, 398.0, 0.0010559368340837944),
        (-9990, 100.0, 9998.0, 0.003978231821356657),
        (-300, 3.0, 20.0, 7.95848423994437e-271),
        (-470, 20.0, 500.0, 0.006556051135869989),
    ],
)
def test_weights_survive_a_bessel_function_that_underflows(
    d: int, alpha: float, beta: float, right: float
) -> None:
    assert lattice_weights(d, alpha, beta) == pytest.approx(right, rel=1e-9)


def test_far_weights_sum_to_one() -> None:
    assert lattice_weights(np.arange(-700, 100), 20.0, 398.0).sum() == pytest.approx(1, abs=1e-11)


@pytest.mark.parametrize("function", [gaussian_weights, zone_weights, lattice_weights])
def test_weights_beyond_double_precision_are_refused(function: Callable[..., object]) -> None:
    with pytest.raises(ValueError, match="a weight of these parameters is beyond double precision"):
        function(0, 0.5, 0.1, 800.0)
    with pytest.raises(ValueError, match="beyond double precision"):
        gaussian_mass(0.5, 0.1, 800.0)
