"""Rows (2) to (5): the Schrödinger equation and its two pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import sympy as sp
from scipy.integrate import trapezoid

from pdenet.audit.ledger.entry import Entry, Fault, Finding, Kind, Verdict, below, close, zero
from pdenet.symbolic.states import (
    apply_hamiltonian,
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
from pdenet.symbolic.states import (
    free_packet as packet,
)
from pdenet.symbolic.variables import p, t, x

if TYPE_CHECKING:
    from collections.abc import Callable

HBAR = 0.7  # never 1, so that a lost constant shows
_PAGE = "schroedinger"

WIDTH = sp.Symbol("s", positive=True)
START = packet(WIDTH).subs(t, 0)


def _stationary(level: int) -> sp.Expr:
    """A level of the oscillator times its time factor."""
    return oscillator_state(level) * sp.exp(-sp.I * oscillator_energy(level) * t / hbar)


def _schroedinger(
    rest: Callable[[sp.Expr, sp.Expr], sp.Expr] = schroedinger_residual,
) -> list[Finding]:
    """Whether `rest` of (2), of a state and a potential, is zero for states that are known to move by it."""
    momentum = sp.Symbol("p0", real=True)
    return [
        zero("free Gaussian packet", rest(packet(WIDTH, momentum), sp.Integer(0))),
        zero("ground state of the oscillator", rest(_stationary(0), oscillator_potential())),
    ]


def _time_factor(rhs: Callable[[sp.Expr], sp.Expr]) -> list[Finding]:
    """(3) with `rhs` of the time factor on its right, energy E."""
    energy = sp.Symbol("E", real=True)
    factor = sp.exp(-sp.I * energy * t / hbar)
    unknown = sp.Function("varphi")(t)
    equation = sp.Eq(sp.I * hbar * unknown.diff(t), rhs(unknown) * energy)
    solution = sp.dsolve(equation, unknown, ics={unknown.subs(t, 0): 1}).rhs
    product = oscillator_state(0) * solution.subs(energy, oscillator_energy(0))
    return [
        zero("exp(-iEt/hbar) put in", sp.I * hbar * factor.diff(t) - rhs(factor) * energy),
        zero("solution from 1, against exp(-iEt/hbar)", solution - factor),
        zero("squared modulus of the solution, against 1", sp.expand(solution * sp.conjugate(solution)) - 1),
        zero(
            "times the oscillator's ground state, in (2)",
            schroedinger_residual(product, oscillator_potential()),
        ),
    ]


def _space_factor(
    left_side: Callable[[sp.Expr, sp.Expr], sp.Expr] = apply_hamiltonian,
) -> list[Finding]:
    ground, energy = oscillator_state(0), oscillator_energy(0)
    bound = sp.simplify(left_side(ground, oscillator_potential()) / ground - energy)
    mixed = sp.sqrt(2) * _stationary(0) + _stationary(1)
    values = sp.lambdify((x, t), mixed.subs({hbar: HBAR, mass: 1, omega: 1}) / sp.sqrt(3), "numpy")
    grid = np.linspace(-8, 8, 161)[:, None]
    period = np.linspace(0, 2 * np.pi, 64, endpoint=False)[None]
    singular = np.linalg.svd(values(grid, period), compute_uv=False)
    return [
        zero("oscillator's ground state in (4)", bound),
        zero("times its time factor, in (2)", schroedinger_residual(_stationary(0), oscillator_potential())),
        zero("two levels added, in (2)", sp.numer(schroedinger_residual(mixed, oscillator_potential()))),
        close(
            "two levels over a period, 2nd over 1st singular value", singular[1] / singular[0], 0.5**0.5, 1e-9
        ),
        below("3rd over 1st", singular[2] / singular[0], 1e-12),
    ]


def _there_and_back(back: sp.Expr, variable: sp.Symbol, start: sp.Expr, there: sp.Expr) -> list[Finding]:
    """(5) from `start` to `there`, and `back` by an inverse transform that integrates over `variable`."""
    integrand = there * sp.exp(sp.I * p * x / hbar) / sp.sqrt(2 * sp.pi * hbar)
    fixed = {hbar: HBAR, WIDTH: 1, (x if variable == p else p): 0.4}
    sample = sp.lambdify(variable, integrand.subs(fixed), "numpy")
    ranges = [np.linspace(-reach, reach, 200 * reach + 1) for reach in (20, 30, 40)]
    values = [np.real(trapezoid(sample(points), points)) for points in ranges]
    left = sorted(map(str, back.free_symbols - {hbar, WIDTH}))
    return [
        below("inverse transform on [-20, 20], [-30, 30], [-40, 40], spread", np.ptp(values), 1e-10),
        Finding(f"what comes back depends on {', '.join(left)}", left == ["x"]),
        zero("what comes back, against the start", back - start),
    ]


def _fourier_right(inverse: Callable[[sp.Expr], sp.Expr] = to_position) -> list[Finding]:
    moved = START.subs(x, x - 1)
    transform = to_momentum(moved)
    position = to_momentum(x * moved) - sp.I * hbar * transform.diff(p)
    return [
        *_there_and_back(inverse(transform), p, moved, transform),
        zero("transform of x psi, against i hbar d/dp of the transform", position),
    ]


def _fourier_printed() -> list[Finding]:
    reach, momentum = sp.symbols("X p", positive=True)
    wave = sp.integrate(sp.exp(sp.I * momentum * x / hbar), (x, -reach, reach))
    sine = 2 * hbar * sp.sin(reach * momentum / hbar) / momentum
    there = to_momentum(START)
    back = there.subs(p, momentum) * sine / sp.sqrt(2 * sp.pi * hbar)
    return [
        zero("wave over x from -X to X, against 2 hbar sin(Xp/hbar)/p", (wave - sine).rewrite(sp.exp)),
        *_there_and_back(back, x, START, there),
    ]


ENTRIES: tuple[Entry, ...] = (
    Entry(
        id="2",
        title="Schrödinger equation",
        verdict=Verdict.OK,
        printed=r"$i\hbar\,\partial_t\psi = \hat H\psi = -\frac{\hbar^2}{2m}\,\partial_x^2\psi + V\psi$",
        assumptions=r"one particle on a line, $V = V(x)$ real, no spin, no magnetic field",
        check=_schroedinger,
        faults=(
            Fault(
                "-i in place of i",
                lambda: _schroedinger(lambda state, v: schroedinger_residual(state.subs(t, -t), v)),
            ),
            Fault(
                "the potential with the other sign",
                lambda: _schroedinger(lambda state, v: schroedinger_residual(state, -v)),
            ),
        ),
        page=_PAGE,
    ),
    Entry(
        id="3",
        title="Factor of time",
        verdict=Verdict.WRONG,
        printed=r"$i\hbar\,\frac{d\varphi}{dt} = E$",
        holds=r"$i\hbar\,\frac{d\varphi}{dt} = E\,\varphi$",
        reason=r"The factor $\varphi$ is missing on the right; as printed the solution is "
        r"$\varphi(0) - iEt/\hbar$, which grows without bound.",
        assumptions=r"$V$ does not depend on $t$",
        check=lambda: _time_factor(lambda factor: factor),
        check_printed=lambda: _time_factor(lambda factor: sp.Integer(1)),
        kind=Kind.SLIP,
        faults=(Fault("the energy with the other sign", lambda: _time_factor(lambda factor: -factor)),),
        page=_PAGE,
    ),
    Entry(
        id="4",
        title="Factor of space",
        verdict=Verdict.OK,
        printed=r"$-\frac{\hbar^2}{2m}\,\partial_x^2\chi + V\chi = E\chi$",
        reason="The formula is right and two words are not: the equation is the time-independent one, for a "
        r"Hamiltonian that does not depend on time; a general $\psi$ is a sum of products, not one product; "
        r"and $\partial_x^2$ is $d^2/dx^2$, since $\chi$ has one variable.",
        assumptions=r"$V$ does not depend on $t$",
        check=_space_factor,
        faults=(
            Fault(
                "the kinetic term with the other sign",
                lambda: _space_factor(lambda chi, v: -apply_hamiltonian(chi, -v)),
            ),
            Fault("half the potential", lambda: _space_factor(lambda chi, v: apply_hamiltonian(chi, v / 2))),
        ),
        page=_PAGE,
    ),
    Entry(
        id="5",
        title="Position and momentum, a Fourier pair",
        verdict=Verdict.WRONG,
        printed=r"$\phi(p) = \frac{1}{\sqrt{2\pi\hbar}}\int\psi(x, 0)\,e^{-ipx/\hbar}\,dx$, "
        r"$\psi(x, 0) = \frac{1}{\sqrt{2\pi\hbar}}\int\phi(p)\,e^{ipx/\hbar}\,dx$",
        holds=r"$\phi(p) = \frac{1}{\sqrt{2\pi\hbar}}\int\psi(x, 0)\,e^{-ipx/\hbar}\,dx$, "
        r"$\psi(x, 0) = \frac{1}{\sqrt{2\pi\hbar}}\int\phi(p)\,e^{ipx/\hbar}\,dp$",
        reason=r"The inverse transform sums over momenta, so its integral is over $p$; over $x$ it has "
        r"no limit, and no $x$ is left in it; in words, it is one space in two bases, not two spaces.",
        assumptions=r"$\int\vert\psi\vert^2\,dx$ is finite",
        check=_fourier_right,
        check_printed=_fourier_printed,
        kind=Kind.SLIP,
        faults=(
            Fault(
                "the inverse with the sign of the transform",
                lambda: _fourier_right(lambda phi: to_position(phi).subs(x, -x)),
            ),
            Fault(
                "a prefactor too many",
                lambda: _fourier_right(lambda phi: to_position(phi) / sp.sqrt(2 * sp.pi * hbar)),
            ),
        ),
        page=_PAGE,
    ),
)
