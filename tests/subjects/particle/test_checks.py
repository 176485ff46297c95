"""What makes no sense is refused, with what was given and what would be right."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp

from pdenet.subjects.particle.closed import (
    free_kernel,
    free_packet,
    mehler_kernel,
    oscillator_state,
    sliced_frequency,
    sliced_oscillator_kernel,
)
from pdenet.subjects.particle.grid import crank_nicolson, norm, slice_matrix, sliced_evolution, split_step
from pdenet.subjects.particle.trace import euclidean_trace, ground_energy

SMALL = np.linspace(-3, 3, 61)

FLAT = np.zeros(61)

WAVE = free_packet(SMALL)
NO_COUNT: Any = 2.5  # what the types forbid, a page may still pass
NO_SPLITTING: Any = "trotter"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: free_kernel(0, 0, -1.0), "time -1.0; it must be positive"),
        (lambda: free_kernel(0, 0, 1j), "must be positive, or -1j"),
        (lambda: free_kernel(0, 0, 0), "time 0;"),
        (lambda: free_kernel(0, 0, 1, hbar=0), "hbar must be a finite number, above 0; got 0"),
        (lambda: free_packet(0, -1), "time -1"),
        (lambda: free_packet(0, width=-1), "width must be .* above 0; got -1"),
        (lambda: mehler_kernel(0, 0, 3.2), r"real time 3\.2; .* first caustic, time < pi / omega = 3\.14159"),
        (lambda: mehler_kernel(0, 0, 1, omega=0), "omega must be .* above 0; got 0"),
        (lambda: sliced_oscillator_kernel(0, 0, 1, 0), "slices must be a whole number, at least 1; got 0"),
        (lambda: sliced_oscillator_kernel(0, 0, 1, NO_COUNT), r"slices must be .*; got 2\.5"),
        (lambda: sliced_oscillator_kernel(0, 0, 8**0.5, 2), "2 slices .* meet a caustic"),
        (lambda: sliced_frequency(0), "step must be .*; got 0"),
        (lambda: oscillator_state(-1, 0), "level must be a whole number, at least 0; got -1"),
        (lambda: norm(WAVE[1:], SMALL), r"psi must have the shape of the grid, \(61,\); got \(60,\)"),
        (lambda: split_step(WAVE, SMALL**3, FLAT, 1, 1), "not uniform: its steps go from"),
        (lambda: split_step(WAVE, SMALL[::-1], FLAT, 1, 1), "not uniform"),
        (lambda: split_step(WAVE, [SMALL], FLAT, 1, 1), r"grid of shape \(1, 61\); it must be \(x,\)"),
        (lambda: split_step(WAVE, SMALL, FLAT[1:], 1, 1), "potential must have the shape"),
        (lambda: split_step(WAVE, SMALL, 1j + FLAT, 1, 1), "potential must be real"),
        (lambda: split_step(WAVE, SMALL, FLAT, -1, 1), "time -1"),
        (lambda: split_step(WAVE, SMALL, FLAT, 1, 0), "slices must be"),
        (
            lambda: split_step(WAVE, SMALL, FLAT, 1, 1, splitting=NO_SPLITTING),
            "splitting must be 'lie' or 'strang'; got 'trotter'",
        ),
        (lambda: sliced_evolution(WAVE[1:], SMALL, FLAT, 1, 1), "psi must have the shape"),
        (lambda: sliced_evolution(WAVE, SMALL, FLAT, 1, 9), "fewer slices, or a shorter grid"),
        (lambda: slice_matrix(SMALL, FLAT, -0.005j), r"too coarse .* must be below 0\.0707"),
        (lambda: crank_nicolson(WAVE, SMALL, FLAT, 1, 0), "steps must be"),
        (lambda: crank_nicolson(WAVE, SMALL, FLAT, 1, 1, mass=-1), "mass must be .*; got -1"),
        (lambda: euclidean_trace(SMALL, FLAT, -1, 4), "tau must be .*; got -1"),
        (lambda: ground_energy(SMALL, FLAT, 1, 0), "slices must be"),
    ],
)
def test_what_makes_no_sense_is_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


WALL = np.where(abs(SMALL) > 2, np.inf, 0.0)
Propagator = Callable[..., Any]
PROPAGATORS: list[Propagator] = [split_step, crank_nicolson, sliced_evolution]


@pytest.mark.parametrize("propagate", PROPAGATORS)
def test_what_is_not_finite_is_refused_by_name(propagate: Propagator) -> None:
    for potential in (WALL, -WALL, np.where(WALL > 0, np.nan, 0.0)):
        with pytest.raises(ValueError, match=r"potential must be finite; got "):
            propagate(WAVE, SMALL, potential, -0.1j, 1)
    with pytest.raises(ValueError, match="psi must be finite"):
        propagate(WAVE * np.nan, SMALL, FLAT, -0.1j, 1)
    with pytest.raises(ValueError, match="the grid must be finite"):
        propagate(WAVE, WALL, FLAT, -0.1j, 1)
    for name in ("mass", "hbar"):
        with pytest.raises(ValueError, match=f"{name} must be a finite number, above 0; got inf"):
            propagate(WAVE, SMALL, FLAT, -0.1j, 1, **{name: np.inf})


@pytest.mark.parametrize("offset", [1e5, -1e5])
@pytest.mark.parametrize("propagate", [split_step, sliced_evolution])
def test_a_result_beyond_double_precision_is_refused(propagate: Propagator, offset: float) -> None:
    with pytest.raises(ValueError, match="beyond double precision: the potential times the time"):
        propagate(WAVE, SMALL, FLAT + offset, -0.1j, 1)
    with pytest.raises(ValueError, match="beyond double precision: the potential times the time"):
        propagate(WAVE, SMALL, FLAT + offset / 20, -1j, 100, splitting="strang")
    with pytest.raises(ValueError, match="beyond double precision"):
        slice_matrix(SMALL, FLAT + offset, -0.1j)


def test_a_grid_of_short_numbers_is_as_uniform_as_they_are() -> None:
    short = np.linspace(-10, 10, 4001, dtype=np.float32)
    assert norm(np.exp(-(short.astype(float) ** 2) / 2) / np.pi**0.25, short) == pytest.approx(1, abs=1e-6)
    assert norm(FLAT + 1, list(SMALL)) == pytest.approx(6.1)
    thirds: Any = [Fraction(0), Fraction(1, 3), Fraction(2, 3)]
    assert norm([1, 1, 1], thirds) == pytest.approx(1)
    with pytest.raises(ValueError, match="not uniform"):
        norm(short * 0, short * abs(short))
    with pytest.raises(ValueError, match=r"numbers of float32 cannot tell points .*e-07 apart; .* float64"):
        norm(np.ones(3), np.array([10, 10.000001, 10.000002], dtype=np.float32))


NUMBERS: list[Callable[[Any], object]] = [
    lambda s: free_kernel(0, 0, s),
    lambda s: free_kernel(s, 0, 1),
    lambda s: free_kernel(0, 0, 1, mass=s),
    lambda s: mehler_kernel(0, 0, 1, omega=s),
    lambda s: mehler_kernel(0, s, 1),
    lambda s: sliced_oscillator_kernel(0, 0, 1, s),
    lambda s: sliced_frequency(s),
    lambda s: oscillator_state(s, 0),
    lambda s: oscillator_state(0, s),
    lambda s: free_packet(s),
    lambda s: free_packet(0, s),
    lambda s: free_packet(0, momentum=s),
    lambda s: norm([s] * 61, SMALL),
    lambda s: norm(WAVE, [s] * 61),
    lambda s: split_step(WAVE, SMALL, [s] * 61, 1, 1),
    lambda s: split_step(WAVE, SMALL, FLAT, s, 1),
    lambda s: sliced_evolution(WAVE, SMALL, FLAT, s, 1),
    lambda s: sliced_evolution(WAVE, SMALL, FLAT, -1j, 1, allow_aliasing=s),
    lambda s: crank_nicolson(WAVE, SMALL, FLAT, 1, s),
    lambda s: euclidean_trace(SMALL, FLAT, s, 4),
    lambda s: ground_energy(SMALL, FLAT, 1, s),
]


@pytest.mark.parametrize("call", NUMBERS)
@pytest.mark.parametrize("value", ["1", None])
def test_text_is_no_number(call: Callable[[Any], object], value: Any) -> None:
    with pytest.raises(TypeError, match="must be"):
        call(value)


def test_every_kind_of_number_is_one() -> None:
    for two in (2, 2.0, np.int64(2), np.float32(2), Fraction(2), sp.Integer(2)):
        count: Any = two
        assert oscillator_state(count, 0.5) == oscillator_state(2, 0.5)
        assert free_kernel(0, 1, count, mass=count) == free_kernel(0, 1, 2, mass=2)
        assert (split_step(WAVE, SMALL, FLAT, count, count) == split_step(WAVE, SMALL, FLAT, 2, 2)).all()


def test_a_splitting_that_is_spelt_alike_is_named() -> None:
    misspelt: Any = "strange"
    with pytest.raises(ValueError, match=r"got 'strange' \(did you mean 'strang'\?\)"):
        split_step(WAVE, SMALL, FLAT, 1, 1, splitting=misspelt)
