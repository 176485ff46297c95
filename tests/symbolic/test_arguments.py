"""What `symbolic` is given: text is never evaluated, every kind of number is one, names are told apart."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp
import torch

from pdenet.symbolic import PDE1, PDE_1D, Stencil, alpha, dx, growth, p, t, x
from pdenet.symbolic.action import action, classical_path, kinetic_term, lagrangian, potential_term
from pdenet.symbolic.arguments import expression, numbers, symbol
from pdenet.symbolic.converse import coefficients_kernel, fit_taps, kernel_coefficients, pde_of_kernel
from pdenet.symbolic.differences import central_weights, difference_symbol, leading_error, moment_weight
from pdenet.symbolic.gaussian import complete_square, gaussian_integral
from pdenet.symbolic.moments import depth_moments, image_moments
from pdenet.symbolic.propagator import (
    continuum_symbol,
    gaussian_mass,
    gaussian_propagator,
    lattice_weights,
    layer_weights,
)
from pdenet.symbolic.short_time import along, drift_exponent, generator, hop_moment, vector_exponent
from pdenet.symbolic.states import (
    apply_hamiltonian,
    free_packet,
    hbar,
    oscillator_energy,
    oscillator_state,
    schroedinger_residual,
    to_momentum,
    to_position,
)

STATE = free_packet(1)
ONES = ["1", "1", "1"]

ENTRANCES: dict[str, Callable[[Any], object]] = {
    "spacing": lambda s: PDE1.stencil(spacing=s),
    "dt": lambda s: PDE1.stencil(dt=s),
    "accuracy": lambda s: PDE1.stencil(s),
    "width": lambda s: PDE1.stencil(width=s),
    "truncation error": lambda s: PDE1.truncation_error(s),
    "stencil by hand": lambda s: Stencil(PDE1.stencil().terms, 2, s, sp.Integer(1), None),
    "symbol": lambda s: PDE1.symbol(s),
    "symbol, q on a line": lambda s: PDE_1D.symbol(0, s),
    "amplification": lambda s: PDE1.amplification(0, s),
    "theta": lambda s: PDE_1D.stability().max_gain([s] * 3),
    "tolerance": lambda s: PDE_1D.stability().is_stable([0.5, 0.0, 0.0], s),
    "continuum symbol": lambda s: continuum_symbol(PDE1, s),
    "propagator": lambda s: gaussian_propagator(s, 1, 0, 0),
    "kinetic term": lambda s: kinetic_term(0, 1, s),
    "potential term": lambda s: potential_term(s, 0),
    "Lagrangian": lambda s: lagrangian(0, 1, 0, s),
    "action": lambda s: action([s, s], 1, 0),
    "classical path": lambda s: classical_path(s, 1, [1], [0]),
    "exponent": lambda s: complete_square(s, p),
    "variable": lambda s: gaussian_integral(-(p**2), s),
    "wave number": lambda s: difference_symbol(2, 2, s),
    "order": lambda s: central_weights(s, 2),
    "error": lambda s: leading_error(1, s),
    "degree": lambda s: moment_weight(1, s),
    "kernel": lambda s: pde_of_kernel([[s, 0, 0], [0, 0, 0], [0, 0, 0]]),
    "array of a kernel": lambda s: pde_of_kernel(np.array([[s, "0", "0"], ["0"] * 3, ["0"] * 3])),
    "1x1 kernel": lambda s: pde_of_kernel([[s]]),
    "kernels": lambda s: kernel_coefficients([[s] * 3] * 3),
    "coefficients": lambda s: coefficients_kernel([[s] * 3] * 3),
    "states": lambda s: fit_taps([[s] * 3], [[1.0] * 3]),
    "weights": lambda s: layer_weights(0, s, 0),
    "displacement": lambda s: lattice_weights(s, 1, 0),
    "mass": lambda s: gaussian_mass(0.5, s),
    "moments": lambda s: depth_moments(PDE1, [[s] * 5]),
    "image": lambda s: image_moments([[s]]),
    "line gain": lambda s: growth.line_gain([s] * 3),
    "plane gain": lambda s: growth.plane_gain([s] * 5),
    "support": lambda s: growth.support([0.0] * 5, s),
    "chain": lambda s: growth.chain([1, 0, 0], s),
    "eigenvalues": lambda s: growth.chain_eigenvalues([1, 0, 0], s),
    "law": lambda s: growth.random_start(s),
    "draws": lambda s: growth.random_start(growth.START_LAWS["N(0, 1)"], 1, s),
    "width of a packet": lambda s: free_packet(s),
    "momentum": lambda s: free_packet(1, s),
    "state": lambda s: apply_hamiltonian(s),
    "potential": lambda s: apply_hamiltonian(STATE, s),
    "residual": lambda s: schroedinger_residual(s),
    "to momentum": lambda s: to_momentum(s),
    "to position": lambda s: to_position(s),
    "power of a hop": lambda s: hop_moment(s, 1),
    "variance of a hop": lambda s: hop_moment(2, s),
    "exponent of a slice": lambda s: generator(s, 1, STATE),
    "variance of a slice": lambda s: generator(0, s, STATE),
    "state of a slice": lambda s: generator(0, 1, s),
    "field": lambda s: along(s),
    "point": lambda s: along(x, s),
    "drift": lambda s: drift_exponent(s, 1),
    "vector potential": lambda s: vector_exponent(s),
    "potential beside it": lambda s: vector_exponent(x, s),
    "level": lambda s: oscillator_state(s),
    "level of an energy": lambda s: oscillator_energy(s),
}


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_text_is_refused_and_not_evaluated(entrance: str, tmp_path: Path) -> None:
    mark = tmp_path / "run"
    for text in (f"__import__('pathlib').Path({str(mark)!r}).touch()", "1"):
        with pytest.raises(TypeError, match="must be"):
            ENTRANCES[entrance](text)
    assert not mark.exists()


@pytest.mark.parametrize(
    "value", [None, True, [1], sp.true, sp.Matrix([1]), np.bool_(True), Ellipsis], ids=repr
)
def test_what_is_no_expression_is_refused_by_name(value: Any) -> None:
    with pytest.raises(TypeError, match=r"^width must be a SymPy expression or a number; got "):
        expression("width", value)
    with pytest.raises(TypeError, match=r"^v must be a SymPy symbol; got "):
        symbol("v", value)


@pytest.mark.parametrize(
    "value", [np.nan, sp.oo, sp.zoo, sp.oo * x, sp.Symbol("far", infinite=True)], ids=str
)
def test_an_expression_that_is_not_finite_is_refused_by_name(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^width must be finite; got "):
        expression("width", value)


@pytest.mark.parametrize(
    "half",
    [0.5, np.float32(0.5), np.array(0.5), torch.tensor(0.5), Decimal("0.5"), Fraction(1, 2), sp.S.Half],
)
def test_every_kind_of_number_is_one(half: Any) -> None:
    assert expression("width", half) == sp.S.Half or expression("width", half) == 0.5
    assert numbers("theta", [half, half]).tolist() == [0.5, 0.5]
    assert PDE_1D.stencil(spacing=half).kernel_map.as_numpy([1, 0, 0]).tolist() == [[2.0, -4.0, 2.0]]
    assert float(free_packet(half).subs({x: 0, t: 0})) == pytest.approx((np.pi / 2) ** -0.25)


@pytest.mark.parametrize("two", [2, 2.0, np.int64(2), np.uint8(2), sp.Integer(2), torch.tensor(2)], ids=repr)
def test_every_kind_of_whole_number_makes_the_same_stencil(two: Any) -> None:
    assert PDE1.stencil(two) is PDE1.stencil()
    assert PDE1.stencil(width=two + 3) is PDE1.stencil(width=5)
    by_hand = Stencil(PDE1.stencil().terms, two, two, two, two + 1)
    assert [type(one) for one in (by_hand.accuracy, by_hand.width)] == [int, int]
    assert oscillator_energy(two) == sp.Rational(5, 2) * oscillator_energy(0) * 2
    assert growth.chain([1, 0, 0], two).shape == (2, 2)


def test_a_high_level_of_a_short_integer_does_not_wrap_round() -> None:
    level: Any = np.int64(64)
    assert oscillator_state(level) == oscillator_state(64)  # 2**64 is 0 among the numbers of int64


@pytest.mark.parametrize("count", [0, -1, 2.5, np.nan])
def test_a_chain_has_whole_sites(count: Any) -> None:
    for function in (growth.chain, growth.chain_eigenvalues):
        with pytest.raises(ValueError, match="sites must be a whole number, at least 1; got "):
            function([1, 0, 0], count)
        with pytest.raises(ValueError, match=r"theta has the shape \(2, 3\) – expected \(3,\)"):
            function([[1, 0, 0]] * 2, 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: central_weights(-1, 2), "order must be a whole number, at least 0; got -1"),
        (lambda: central_weights(1, 3), "accuracy is 3 – expected an even number"),
        (lambda: growth.random_start(growth.START_LAWS["N(0, 1)"], np.inf), "drift_scale must be a finite"),
        (lambda: growth.random_start(growth.START_LAWS["N(0, 1)"], 1, 0), "draws must be a whole number"),
        (lambda: growth.random_start(growth.START_LAWS["N(0, 1)"], 1, 1, -1), "seed must be a whole number"),
        (
            lambda: PDE_1D.stability().is_stable([0, 0, 0], -1),
            "tolerance must be a finite number, at least 0",
        ),
        (lambda: numbers("theta", [[1], [1, 2]]), "theta must be an array of numbers"),
        (lambda: PDE1.stencil(spacing=x), "spacing is x – expected a step that does not depend on x"),
        (lambda: PDE1.stencil(dt=1 + p**2), r"expected a step that does not depend on p"),
        (
            lambda: PDE_1D.stencil(spacing=1e-200).kernel_map,
            "none of double precision – expected other units",
        ),
        (lambda: PDE_1D.stencil(spacing=1e200).kernel_map, "none of double precision – expected other units"),
    ],
)
def test_what_makes_no_sense_is_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: PDE1.stencil(spacing=sp.Symbol("alpha", positive=True)),
            "spacing has a symbol alpha that is not",
        ),
        (
            lambda: complete_square(-(sp.Symbol("p") ** 2), p),
            "exponent has a symbol p that is not the p beside",
        ),
        (lambda: PDE1.symbol(sp.Symbol("beta")), "p has a symbol beta that is not the beta beside it"),
        (
            lambda: continuum_symbol(PDE1, 0, sp.Symbol("rho")),
            "q has a symbol rho that is not the rho beside it",
        ),
        (lambda: to_momentum(STATE.subs(x, sp.Symbol("x"))), "state has a symbol x that is not the x beside"),
        (
            lambda: apply_hamiltonian(STATE, sp.Symbol("m") * x),
            "potential has a symbol m that is not the m beside",
        ),
        (lambda: to_momentum(free_packet(1, momentum=p)), "state must not depend on p"),
        (lambda: to_position(sp.exp(-(p**2) - x)), "components must not depend on x"),
        (lambda: free_packet(1, momentum=x), "momentum must not depend on x"),
    ],
)
def test_symbols_that_look_alike_are_told_apart(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_the_symbols_of_the_package_are_taken() -> None:
    assert apply_hamiltonian(STATE, hbar * x).has(hbar)
    assert PDE1.stencil(spacing=dx).matrix.has(dx)
    assert complete_square(-(p**2) / alpha**2, p).curvature == alpha**-2
