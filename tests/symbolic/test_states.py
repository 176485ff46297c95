"""Closed-form wave functions: against their equations, against SymPy's own, against a numerical evolution."""

from typing import Any

import numpy as np
import pytest
import sympy as sp
from sympy.physics import qho_1d
from sympy.physics.quantum.constants import hbar as sympys_hbar

from pdenet.subjects import particle
from pdenet.symbolic import p, t, x
from pdenet.symbolic.states import (
    apply_hamiltonian,
    free_packet,
    hbar,
    mass,
    omega,
    oscillator_energy,
    oscillator_potential,
    oscillator_state,
    schroedinger_residual,
    to_momentum,
    to_position,
)

s = sp.Symbol("s", positive=True)
p0, x0 = sp.symbols("p0 x0", real=True)
NUMBERS = {hbar: 0.7, mass: 1.3, s: 0.9, p0: 1.1}


def test_the_packet_solves_schroedingers_equation_without_a_potential() -> None:
    packet = free_packet(s, p0)
    assert schroedinger_residual(packet) == 0
    assert schroedinger_residual(packet, potential=x) == -x


def test_the_packet_is_what_a_fourier_evolution_makes_of_it() -> None:
    grid = np.linspace(-40, 40, 1024, endpoint=False)
    packet = sp.lambdify((x, t), free_packet(s, p0).subs(NUMBERS), "numpy")
    momenta = 0.7 * 2 * np.pi * np.fft.fftfreq(1024, d=80 / 1024)
    phases = np.exp(-1j * momenta**2 * 3.0 / (2 * 1.3 * 0.7))
    evolved = np.fft.ifft(phases * np.fft.fft(packet(grid, 0.0)))
    np.testing.assert_allclose(evolved, packet(grid, 3.0), atol=1e-12)


def test_formulas_and_numerics_of_the_package_agree() -> None:
    grid, values = np.linspace(-5, 9, 57), {hbar: 0.7, mass: 1.3}
    packet = sp.lambdify((x, t), free_packet(sp.Rational(9, 10), 1).subs(values), "numpy")
    theirs = particle.free_packet(grid, 3.0, momentum=1.0, width=0.9, mass=1.3, hbar=0.7)
    np.testing.assert_allclose(packet(grid, 3.0), theirs, atol=1e-14)
    level = sp.lambdify(x, oscillator_state(3).subs({**values, omega: 0.9}), "numpy")
    states = particle.oscillator_state(3, grid, mass=1.3, omega=0.9, hbar=0.7)
    np.testing.assert_allclose(level(grid), states, atol=1e-13)


def test_the_packet_has_probability_one_the_width_asked_for_and_the_mean_momentum() -> None:
    chance = sp.simplify(sp.Abs(free_packet(s, p0).subs(t, 0)) ** 2)
    assert sp.integrate(chance, (x, -sp.oo, sp.oo)) == 1
    assert sp.integrate(x**2 * chance, (x, -sp.oo, sp.oo)) == s**2
    components = to_momentum(free_packet(s, p0).subs(t, 0))
    density = sp.expand(components**2).subs(p, p + p0)
    assert sp.simplify(sp.integrate(density, (p, -sp.oo, sp.oo))) == 1
    assert sp.simplify(sp.integrate(p * density, (p, -sp.oo, sp.oo))) == 0


@pytest.mark.parametrize("level", range(4))
def test_the_levels_of_the_oscillator_are_sympys(level: int) -> None:
    theirs = qho_1d.psi_n(level, x, mass, omega).subs(sympys_hbar, hbar)
    assert sp.simplify(oscillator_state(level) / theirs) == 1
    assert sp.simplify(oscillator_energy(level) - qho_1d.E_n(level, omega).subs(sympys_hbar, hbar)) == 0


@pytest.mark.parametrize("level", range(3))
def test_the_levels_of_the_oscillator_have_their_energy(level: int) -> None:
    state, energy = oscillator_state(level), oscillator_energy(level)
    assert sp.simplify(apply_hamiltonian(state, oscillator_potential()) / state - energy) == 0
    moving = state * sp.exp(-sp.I * energy * t / hbar)
    assert schroedinger_residual(moving, oscillator_potential()) == 0
    assert schroedinger_residual(moving) != 0


def test_there_and_back_is_the_identity_and_a_shift_is_a_phase() -> None:
    start = free_packet(s, p0).subs(t, 0)
    assert sp.simplify(to_position(to_momentum(start)) - start) == 0
    still = free_packet(s).subs(t, 0)
    ratio = to_momentum(still.subs(x, x - x0)) / to_momentum(still)
    assert sp.simplify(ratio - sp.exp(-sp.I * p * x0 / hbar)) == 0


@pytest.mark.parametrize("width", [0, -1, sp.Symbol("w"), sp.I])
def test_a_width_that_is_not_positive_is_refused(width: Any) -> None:
    with pytest.raises(ValueError, match=r"width must be positive.*; got"):
        free_packet(width)


def test_a_momentum_that_is_not_real_is_refused() -> None:
    with pytest.raises(ValueError, match=r"momentum must be real.*; got I"):
        free_packet(1, momentum=sp.I)


@pytest.mark.parametrize("level", [-1, 0.5, True, "1"])
@pytest.mark.parametrize("function", [oscillator_state, oscillator_energy])
def test_a_level_that_is_not_a_count_is_refused(function: Any, level: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=r"^level must be a whole number, at least 0; got "):
        function(level)
