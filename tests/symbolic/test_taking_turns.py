"""Two channels in turn, wave by wave."""

import numpy as np
import pytest
import sympy as sp

from pdenet.symbolic.taking_turns import HAMILTONIAN, at_once, conserved, in_turn, k, norm_bounds


def test_a_step_in_turn_uses_the_new_r() -> None:
    r, i = sp.symbols("R I")
    new = r + k * i
    assert sp.simplify(in_turn() * sp.Matrix([r, i]) - sp.Matrix([new, i - k * new])).is_zero_matrix
    assert sp.simplify(at_once() * sp.Matrix([r, i]) - sp.Matrix([new, i - k * r])).is_zero_matrix


def test_a_second_kernel_is_that_of_the_second_update() -> None:
    a, b = sp.symbols("a b")
    assert in_turn(a, b) == sp.Matrix([[1, a], [-b, 1 - a * b]])
    assert in_turn(a) == in_turn(a, a)


def test_the_eigenvalues_turn_by_twice_an_arcsine() -> None:
    angle = sp.Symbol("omega", positive=True)
    turned = in_turn(2 * sp.sin(angle / 2))
    assert sp.simplify(turned.trace() - 2 * sp.cos(angle)) == 0
    assert sp.simplify(turned.det()) == 1


@pytest.mark.parametrize("value", [-1.9, -0.3, 0.0, 0.7, 1.999])
def test_the_form_lies_between_its_bounds(value: float) -> None:
    eigenvalues = np.linalg.eigvalsh(np.array(conserved(sp.Float(value)), dtype=float))
    bounds = [float(bound) for bound in norm_bounds(sp.Float(value))]
    assert np.allclose(eigenvalues, bounds)
    assert bounds[0] > 0


def test_at_two_the_step_grows_although_its_eigenvalues_do_not() -> None:
    step = np.array(in_turn(sp.Integer(2)), dtype=float)
    assert np.allclose(np.abs(np.linalg.eigvals(step)), 1, atol=1e-6)
    assert np.abs(np.linalg.matrix_power(step, 100)).max() > 100


def test_the_kernel_of_the_hamiltonian_has_a_real_symbol_and_no_drift() -> None:
    p, q, alpha, sigma, gamma = sp.symbols("p q alpha sigma gamma", real=True)
    symbol = HAMILTONIAN.stencil().symbol(p, q)
    assert [s.name for s in HAMILTONIAN.parameters] == ["alpha", "sigma", "gamma"]
    expected = alpha**2 * (1 - sp.cos(p)) + sigma**2 * (1 - sp.cos(q)) + gamma
    names = {s: sp.Symbol(s.name, real=True) for s in symbol.free_symbols}
    assert sp.simplify(symbol.subs(names) - expected) == 0
