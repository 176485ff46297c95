"""Rows (10) to (13): the path integral as a schema, time slices, and their splitting."""

from __future__ import annotations

from functools import cache

import numpy as np
import sympy as sp
from scipy.integrate import solve_ivp

from pdenet.audit.ledger.entry import Entry, Fault, Finding, Kind, Verdict, below, close, order, zero
from pdenet.audit.ledger.oscillator import (
    HBAR,
    MASS,
    TIME,
    Lattice,
    Matrix,
    evolution,
    lattice,
    spectral_norm,
    start_state,
)
from pdenet.subjects.particle.closed import free_packet

_hbar, _time = sp.symbols("hbar t", positive=True)


# (10) and (19): one slice of a free particle


PACKET = {"momentum": 0.5, "mass": MASS, "hbar": HBAR}
GRID, POINT = np.linspace(-12, 12, 1201), 0.8


def _free_path(start: Matrix, end: float | Matrix, time: float = TIME) -> Matrix:
    return np.exp(1j * MASS * (end - start) ** 2 / (2 * time) / HBAR)


def one_free_slice(prefactor: complex) -> complex:
    """Value at one point of the packet that one slice makes of a free packet, over the exact value."""
    paths = _free_path(GRID, POINT) * free_packet(GRID, **PACKET)
    sliced = prefactor * np.sum(paths) * (GRID[1] - GRID[0])
    return complex(sliced / free_packet(POINT, TIME, **PACKET))


def _two_free_slices(measure: complex) -> complex:
    """The same with two slices of half the time; the measure is that of both."""
    middle = _free_path(GRID, GRID[:, None], TIME / 2) @ free_packet(GRID, **PACKET)
    sliced = measure * np.sum(_free_path(GRID, POINT, TIME / 2) * middle) * (GRID[1] - GRID[0]) ** 2
    return complex(sliced / free_packet(POINT, TIME, **PACKET))


def _without_start_integral(measure: complex) -> Finding:
    """The path's amplitude times the state at its start, which must not matter, at two starts."""
    starts = np.array([-0.5, 0.5])
    ends = measure * _free_path(starts, POINT) * free_packet(starts, **PACKET)
    deviation = abs(ends[1] - ends[0])
    return below("with the factor, without the integral over the start, from two starts", deviation, 1e-10)


MEASURE = complex(np.sqrt(MASS / (2j * np.pi * HBAR * TIME)))


def _path_sum(measure: complex) -> list[Finding]:
    ratio, double = one_free_slice(measure), 2 * measure**2  # half the time doubles m / (2 pi i hbar dt)
    return [
        below("one free slice against the exact packet", abs(ratio - 1), 1e-12),
        close("size over that of the packet", abs(ratio), 1, 1e-12),
        below("two slices, with the factor twice", abs(_two_free_slices(double) - 1), 1e-12),
    ]


def _path_sum_printed() -> list[Finding]:
    size = abs(one_free_slice(1))
    return [
        *_path_sum(1),
        close("the size that is lost, root of 2 pi hbar t / m", size, 1 / abs(MEASURE), 1e-10),
        _without_start_integral(MEASURE),
    ]


# (11), (12): evolution operator and propagator


@cache
def _by_solver() -> Matrix:
    """The state at TIME by an ODE solver that knows the Schroedinger equation and nothing else."""
    energy = lattice().energy
    solution = solve_ivp(
        lambda _, psi: energy @ psi / (1j * HBAR), (0, TIME), start_state(), "DOP853", rtol=1e-11, atol=1e-11
    )
    result: Matrix = solution.y[:, -1]
    return result


def _evolution_operator(hbar: float) -> list[Finding]:
    state = evolution(lattice().energy, TIME, hbar) @ start_state()
    return [below("exponential against an ODE solver, hbar = 0.7", np.abs(state - _by_solver()).max(), 1e-8)]


def _propagator(summed: str, hbar: float) -> list[Finding]:
    """The sum over "a", the end, or "b", the start, with this hbar in the exponent."""
    kernel = evolution(lattice().energy, TIME, hbar)
    wave = np.einsum(f"ab,b->{'a' if summed == 'b' else 'b'}", kernel, start_state())
    return [
        below("kernel summed with the state, against an ODE solver", np.abs(wave - _by_solver()).max(), 1e-8)
    ]


# (13): splitting


def _series(exponent: sp.Expr) -> sp.Expr:
    return 1 + exponent + exponent**2 / 2


def _splitting_coefficients(factor: sp.Expr) -> list[sp.Expr]:
    """Coefficients of N**0, N**-1, N**-2 of what the split product with the commutator leaves over.

    Parameters
    ----------
    factor : sympy.Expr
        What multiplies the commutator over N**2, in t and hbar.
    """
    kinetic, potential = sp.symbols("T V", commutative=False)
    inverse = sp.Symbol("1/N", positive=True)
    step = -sp.I * _time * inverse / _hbar
    commutator = kinetic * potential - potential * kinetic
    split = _series(step * kinetic) * _series(step * potential) * (1 + inverse**2 * factor * commutator)
    rest = sp.expand(_series(step * (kinetic + potential)) - split)
    return [rest.coeff(inverse, power) for power in range(3)]


def _splitting(factor: sp.Expr) -> list[Finding]:
    model = lattice(16, 0.6)
    number = float(factor.subs({_time: TIME, _hbar: HBAR}))
    counts = [512, 1024]
    errors = [_splitting_error(model, count, number) for count in counts]
    left = _splitting_coefficients(factor)
    return [
        zero("orders 0 and 1 in 1/N", sp.Matrix(left[:2])),
        Finding(f"order 2 in 1/N: difference {sp.sstr(left[2])}", left[2] == 0),
        order("one factor, 512 to 1024 slices", counts, errors, -3),
    ]


def _splitting_error(model: Lattice, count: int, factor: float) -> float:
    step = TIME / count
    split = evolution(model.kinetic, step) @ evolution(model.potential, step)
    commutator = model.kinetic @ model.potential - model.potential @ model.kinetic
    corrected = split @ (np.eye(len(split)) + factor / count**2 * commutator)
    return spectral_norm(evolution(model.energy, step) - corrected)


def _splitting_holds() -> list[Finding]:
    """What holds, and what is to be said of it besides."""
    model, counts = lattice(16, 0.6), [512, 1024]
    bare = [_splitting_error(model, count, 0) for count in counts]
    commutator = model.kinetic @ model.potential - model.potential @ model.kinetic
    measured = bare[-1] * counts[-1] ** 2 / spectral_norm(commutator)
    return [
        *_splitting(RIGHT_FACTOR),
        order("without the commutator", counts, bare, -2),
        close("size of the commutator's factor", measured, TIME**2 / (2 * HBAR**2), 1e-3),
        order("product of N factors", counts, [_product_error(model, count) for count in counts], -1),
        _left_side(HBAR),
    ]


def _left_side(hbar: float) -> Finding:
    """The left side of (13) applied N = 8 times, against what the equation of motion makes of the state."""
    state = np.linalg.matrix_power(evolution(lattice().energy, TIME / 8, hbar), 8) @ start_state()
    deviation = np.abs(state - _by_solver()).max()
    return below("left side 8 times, against an ODE solver", deviation, 1e-8)


def _product_error(model: Lattice, count: int) -> float:
    step = TIME / count
    split = evolution(model.kinetic, step) @ evolution(model.potential, step)
    return spectral_norm(np.linalg.matrix_power(split, count) - evolution(model.energy, TIME))


RIGHT_FACTOR = _time**2 / (2 * _hbar**2)
PRINTED_FACTOR = sp.Integer(1)


def _splitting_printed() -> list[Finding]:
    left = sp.expand(_splitting_coefficients(PRINTED_FACTOR)[2].subs({_time: 1, _hbar: 1}))
    natural = Finding(f"order 2 at t = hbar = 1: difference {sp.sstr(left)}", left == 0)
    return [*_splitting(PRINTED_FACTOR), natural, _left_side(1.0)]


HERMITIAN = r"$\hat H$ does not depend on time"


ENTRIES = (
    Entry(
        id="10",
        title="Path integral, schematic",
        verdict=Verdict.INCOMPLETE,
        printed=r"$\psi(x,t_f)=\int_{x_{path}}dx_{path}\,e^{\frac i\hbar S_{path}}\,\psi(x',t_i)$",
        holds=(
            r"$\psi(x,t_f)=\lim_{N\to\infty}\left(\frac{m}{2\pi i\hbar\Delta t}\right)^{N/2}\int "
            r"dx_{N-1}\cdots dx_0\,e^{\frac i\hbar S[x_N,\dots,x_0]}\,\psi(x_0,t_i)$"
        ),
        reason=(
            r"The factor of every slice and the integral over the start are missing; in words, a path has "
            r"an amplitude and not a probability, and it is the time-dependent equation that follows."
        ),
        assumptions=r"$x_N=x$, $\Delta t=(t_f-t_i)/N$; one slice is exact for a free particle",
        check=lambda: _path_sum(MEASURE),
        check_printed=_path_sum_printed,
        kind=Kind.CONSTANT,
        reading="It is read as an equation; the thesis may mean no more than a schema.",
        faults=(
            Fault(
                "the factor of a slice turned by the other quarter", lambda: _path_sum(MEASURE.conjugate())
            ),
            Fault("hbar lost in the factor", lambda: _path_sum(MEASURE * HBAR**0.5)),
        ),
        page="path-integral",
    ),
    Entry(
        id="11",
        title="Evolution operator",
        verdict=Verdict.WRONG,
        printed=(
            r"$\psi(x,t)=e^{-\frac i\hbar t\hat H}\psi(x,0)=\langle x\vert e^{-it\hat "
            r"H}\vert\psi(0)\rangle$"
        ),
        holds=(
            r"$\psi(x,t)=e^{-\frac i\hbar t\hat H}\psi(x,0)=\langle x\vert e^{-\frac i\hbar t\hat "
            r"H}\vert\psi(0)\rangle$"
        ),
        reason=r"$\hbar$ is lost in the second form, and is back in (16).",
        assumptions=HERMITIAN,
        check=lambda: _evolution_operator(HBAR),
        check_printed=lambda: _evolution_operator(1.0),
        kind=Kind.SLIP,
        reading=r"$\hbar$ is 0.7 in the check; in units with $\hbar=1$ the print holds.",
        faults=(Fault("the other sign in the exponent", lambda: _evolution_operator(-HBAR)),),
        page="path-integral",
    ),
    Entry(
        id="12",
        title="Propagator",
        verdict=Verdict.WRONG,
        printed=r"$\psi(x,t)=\int dx\,\langle x\vert e^{-it\hat H}\vert x'\rangle\,\psi(x',0)$",
        holds=r"$\psi(x,t)=\int dx'\,\langle x\vert e^{-\frac i\hbar t\hat H}\vert x'\rangle\,\psi(x',0)$",
        reason=r"The integral is over the end $x$ instead of the start $x'$, and $\hbar$ is lost.",
        assumptions=HERMITIAN,
        check=lambda: _propagator("b", HBAR),
        check_printed=lambda: _propagator("a", 1.0),
        kind=Kind.SLIP,
        reading=r"$\hbar$ is 0.7 in the check; with $\hbar=1$ the letter under the integral is left.",
        faults=(
            Fault("the integral over the end alone", lambda: _propagator("a", HBAR)),
            Fault("hbar lost alone", lambda: _propagator("b", 1.0)),
        ),
        page="path-integral",
    ),
    Entry(
        id="13",
        title="Splitting of one slice",
        verdict=Verdict.WRONG,
        printed=(
            r"$e^{-i\frac tN(\hat T+\hat V)}\approx e^{-i\frac tN\hat T}e^{-i\frac tN\hat "
            r"V}\left(1+\frac{[\hat T,\hat V]}{N^2}+\mathcal O(N^{-3})\right)$"
        ),
        holds=(
            r"$e^{-\frac i\hbar\frac tN(\hat T+\hat V)}=e^{-\frac i\hbar\frac tN\hat T}e^{-\frac "
            r"i\hbar\frac tN\hat V}\left(1+\frac{t^2}{2\hbar^2N^2}[\hat T,\hat V]+\mathcal "
            r"O(N^{-3})\right)$"
        ),
        reason=(
            r"The factor $t^2/2\hbar^2$ of the commutator is missing (its sign is right), "
            r"and $\hbar$ in the exponents; the sign $\mathcal O$ is garbled in print."
        ),
        assumptions=(
            r"bounded operators, as checked, or suitable domains; for (20) it matters that $N$ such "
            r"factors still leave only $\mathcal O(1/N)$"
        ),
        check=_splitting_holds,
        check_printed=_splitting_printed,
        kind=Kind.CONSTANT,
        faults=(
            Fault("the commutator with the other sign", lambda: _splitting(-RIGHT_FACTOR)),
            Fault("hbar lost in the factor alone", lambda: _splitting(_time**2 / 2)),
            Fault("no factor 1/2", lambda: _splitting(_time**2 / _hbar**2)),
        ),
        page="path-integral",
    ),
)
