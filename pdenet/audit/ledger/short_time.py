"""Rows B6 and B7: from a short slice back to the equation, and the point at which a drift is taken."""

from __future__ import annotations

from functools import cache

import numpy as np
import sympy as sp

from pdenet.audit.ledger.entry import NOT_IN_THESIS, Entry, Fault, Finding, Verdict, below, order, zero
from pdenet.subjects.paths_to_schroedinger.measures import (
    SHARES,
    by_equation,
    by_slices,
    distances,
    ring,
    total,
)
from pdenet.symbolic.short_time import (
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

_PAGE = "paths-to-schroedinger"

_psi, _potential, _vector, _drift = (sp.Function(name)(x) for name in ("psi", "V", "A", "b"))
_variance = sp.Symbol("v", positive=True)


# B6: from the sum over paths to Schroedinger's equation.


@cache
def _turned_moment(power: int) -> complex:
    """Moment of the slice's kernel in real time, by a sum along the line on which it falls off fastest."""
    line = np.exp(0.25j * np.pi) * np.linspace(-8, 8, 4001)
    kernel = np.sqrt(1 / (2j * np.pi)) * np.exp(1j * line**2 / 2)
    return complex(np.sum(line**power * kernel) * (line[1] - line[0]))


def _back(variance: sp.Expr, *, potential: int = 1, measure: sp.Expr = sp.S.One) -> list[Finding]:
    """Slice with this variance of a hop per unit of time, sign of the potential and factor on the measure."""
    exponent = vector_exponent(0, potential * _potential)
    slice_rate = measure * generator(exponent, variance, _psi)
    units = {hbar: 1, mass: 1, step: 1}
    moments = [complex(measure * hop_moment(n, variance * step).subs(units)) for n in (0, 2, 4)]
    gaps = [abs(moment - _turned_moment(n)) for n, moment in zip((0, 2, 4), moments, strict=True)]
    return [
        zero(
            "what a slice adds, times i hbar, minus the Hamiltonian",
            sp.expand(sp.I * hbar * slice_rate) - apply_hamiltonian(_psi, _potential),
        ),
        below("moments 0, 2, 4 of the kernel against an integral along the turned line", max(gaps), 1e-10),
    ]


def _back_that_holds() -> list[Finding]:
    elsewhere = vector_exponent(0, _potential).subs(x, x + hop)
    moved = generator(elsewhere, real_time, _psi) - generator(vector_exponent(0, _potential), real_time, _psi)
    return [*_back(real_time), zero("the same with V at the end of the hop", sp.expand(moved))]


# B7: the point of the hop at which a drift is taken.


def _walk(source: sp.Expr) -> list[Finding]:
    """A walk with a drift that varies, if its equation has the source times b'u beside -bu'."""
    expected = _variance / 2 * _psi.diff(x, 2) - _drift * _psi.diff(x) + source * _drift.diff(x) * _psi
    found = generator(drift_exponent(_drift, _variance), _variance, _psi)
    shares = {name: 1 + float(source.subs(point, share)) for name, share in SHARES.items()}
    start = np.exp(np.cos(ring(64) - 1))
    start /= total(start)
    return [
        zero("what a slice adds minus the equation, for every point", sp.expand(found - expected)),
        *(
            order(
                f"slices with the drift at the {name}, against the equation",
                [32, 64],
                distances(np.sin, start, 1.0, (32, 64), SHARES[name], share),
                -1,
            )
            for name, share in shares.items()
        ),
    ]


def _charge(excess: sp.Expr) -> list[Finding]:
    """A charge in a vector potential, if the excess times A' psi stands beside the Hamiltonian."""

    def kinetic(state: sp.Expr) -> sp.Expr:
        return -sp.I * hbar * state.diff(x) - _vector * state

    hamiltonian = kinetic(kinetic(_psi)) / (2 * mass) + _potential * _psi
    found = sp.I * hbar * generator(vector_exponent(_vector, _potential), real_time, _psi)
    rest = sp.expand(found - hamiltonian - excess * _vector.diff(x) * _psi)
    return [zero("vector potential: what a slice adds minus (p-A)^2/2m + V and the excess", rest)]


def _kept() -> list[Finding]:
    """What each point keeps on the ring, after 64 slices and by the equation."""
    start = np.exp(np.cos(ring(64) - 1))
    start /= total(start)
    even = np.full(64, 1.0)
    return [
        below("start: change of the sum", total(by_slices(np.sin, start, 1.0, 64, 0.0)) - 1, 1e-10),
        below("end: change of a constant", np.abs(by_slices(np.sin, even, 1.0, 64, 1.0) - 1).max(), 1e-10),
        below(
            "midpoint, no diffusion: change of the sum of squares",
            float(np.linalg.norm(by_equation(np.sin, start, 1.0, 0.5, variance=0.0)) / np.linalg.norm(start))
            - 1,
            1e-6,
        ),
    ]


_SOURCE = -(1 - point)
_EXCESS = sp.I * hbar / mass * (sp.S.Half - point)


def _point(source: sp.Expr, excess: sp.Expr) -> list[Finding]:
    return [*_walk(source), *_charge(excess), *_kept()]


ENTRIES = (
    Entry(
        "B6",
        "From the sum over paths to the Schrödinger equation",
        Verdict.OK,
        NOT_IN_THESIS + r"One slice of (10) is "
        r"$\psi(x,t+\epsilon)=\langle e^{-i\epsilon V(x-X)/\hbar}\,\psi(x-X,t)\rangle$ over a hop "
        r"with $\langle X\rangle=0$ and $\langle X^2\rangle=i\hbar\epsilon/m$, so "
        r"$i\hbar\,\partial_t\psi=-\frac{\hbar^2}{2m}\partial_x^2\psi+V\psi$; "
        r"where in the hop $V$ is taken does not matter.",
        _back_that_holds,
        assumptions=r"$\psi$ and $V$ smooth; to first order in $\epsilon$.",
        page=_PAGE,
        faults=(
            Fault("a hop of real variance, as in imaginary time", lambda: _back(hbar / mass)),
            Fault("the variance of a hop twice as large", lambda: _back(2 * real_time)),
            Fault(
                "the potential with the sign of the kinetic energy", lambda: _back(real_time, potential=-1)
            ),
            Fault("the factor of the slice without its i", lambda: _back(real_time, measure=sp.sqrt(sp.I))),
        ),
    ),
    Entry(
        "B7",
        "The point of a hop at which a drift is taken",
        Verdict.OK,
        NOT_IN_THESIS + r"With the drift at $x'+\lambda X$ the slices lead to "
        r"$\partial_tu=\frac v2u''-bu'-(1-\lambda)b'u$; with a vector "
        r"potential to $\frac{(\hat p-A)^2}{2m}+V+\frac{i\hbar}{m}(\frac12-\lambda)A'$, "
        r"Hermitian for $\lambda=\frac12$ only. "
        r"The start keeps the sum, the midpoint the sum of squares, the end constants.",
        lambda: _point(_SOURCE, _EXCESS),
        assumptions=r"Constant variance $v$ of a hop per unit of time; $b$ and $A$ smooth.",
        page=_PAGE,
        faults=(
            Fault("start and end exchanged", lambda: _point(-point, _EXCESS)),
            Fault("the point does not matter: always conservative", lambda: _point(sp.Integer(-1), _EXCESS)),
            Fault(
                "the excess of the vector potential with the other sign", lambda: _point(_SOURCE, -_EXCESS)
            ),
            Fault("Hermitian at every point", lambda: _point(_SOURCE, sp.S.Zero)),
        ),
    ),
)
