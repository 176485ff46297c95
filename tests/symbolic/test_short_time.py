"""From short-time kernels back to equations."""

import pytest
import sympy as sp

from pdenet.symbolic.short_time import (
    along,
    drift_exponent,
    generator,
    hop,
    hop_moment,
    point,
    real_time,
    step,
    vector_exponent,
)
from pdenet.symbolic.states import apply_hamiltonian, hbar, mass
from pdenet.symbolic.variables import x

psi, V, A, b = (sp.Function(name)(x) for name in ("psi", "V", "A", "b"))
v = sp.Symbol("v", positive=True)


@pytest.mark.parametrize(("power", "moment"), [(0, 1), (1, 0), (2, v), (3, 0), (4, 3 * v**2), (6, 15 * v**3)])
def test_the_moments_of_a_hop_are_those_of_a_normal_law(power: int, moment: sp.Expr) -> None:
    assert hop_moment(power, v) == moment
    assert hop_moment(power, sp.I * v) == sp.sympify(moment).subs(v, sp.I * v)


def test_a_slice_with_a_potential_leads_to_schroedingers_equation() -> None:
    rate = generator(vector_exponent(0, V), real_time, psi)
    assert sp.simplify(sp.I * hbar * rate - apply_hamiltonian(psi, V)) == 0


def test_a_slice_moves_a_plane_wave_as_its_energy_says() -> None:
    k = sp.Symbol("k", real=True)
    rate = generator(0, real_time, sp.exp(sp.I * k * x))
    assert sp.simplify(rate / sp.exp(sp.I * k * x) + sp.I * hbar * k**2 / (2 * mass)) == 0


def test_a_constant_drift_moves_the_state_whatever_the_point() -> None:
    speed = sp.Symbol("c", real=True)
    rate = generator(drift_exponent(speed, v), v, psi)
    assert sp.expand(rate - v * psi.diff(x, 2) / 2 + speed * psi.diff(x)) == 0


@pytest.mark.parametrize(("share", "source"), [(0, 1), (sp.Rational(1, 2), sp.Rational(1, 2)), (1, 0)])
def test_the_point_of_the_hop_decides_what_the_drift_keeps(share: sp.Expr, source: sp.Expr) -> None:
    rate = generator(drift_exponent(b, v, share), v, psi)
    drift = -b * psi.diff(x) - source * b.diff(x) * psi
    assert sp.expand(rate - v * psi.diff(x, 2) / 2 - drift) == 0


def test_a_vector_potential_is_hermitian_at_the_midpoint_only() -> None:
    def kinetic(state: sp.Expr) -> sp.Expr:
        return -sp.I * hbar * state.diff(x) - A * state

    rate = generator(vector_exponent(A, V), real_time, psi)
    rest = sp.expand(sp.I * hbar * rate - kinetic(kinetic(psi)) / (2 * mass) - V * psi)
    assert sp.expand(rest - sp.I * hbar / mass * (sp.S.Half - point) * A.diff(x) * psi) == 0


def test_along_a_hop_the_share_goes_from_the_start_to_the_end() -> None:
    assert along(x, 0) == x - hop
    assert along(x, 1) == x
    assert along(x**2, sp.S.Half) == (x - hop / 2) ** 2


@pytest.mark.parametrize("exponent", [1, x, 1 + hop])
def test_a_slice_that_does_not_tend_to_the_identity_is_refused(exponent: sp.Expr) -> None:
    with pytest.raises(ValueError, match="the exponent must vanish with the hop and the step; got"):
        generator(exponent, v, psi)


def test_a_symbol_that_only_looks_like_the_step_is_refused() -> None:
    with pytest.raises(ValueError, match="exponent has a symbol epsilon that is not the epsilon beside it"):
        generator(sp.Symbol("epsilon"), v, psi)
    assert generator(-step * V, v, psi) == sp.expand(v * psi.diff(x, 2) / 2 - V * psi)


def test_a_moment_needs_a_whole_power() -> None:
    with pytest.raises(ValueError, match="power must be a whole number, at least 0"):
        hop_moment(-1, v)
