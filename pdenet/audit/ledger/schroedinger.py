"""Rows (2) to (9): the Schrödinger equation, its two pictures, Dirac's notation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import sympy as sp
from scipy.integrate import trapezoid
from scipy.linalg import dft, expm

from pdenet.audit.ledger.entry import (
    Entry,
    Finding,
    Verdict,
    above,
    below,
    close,
    order,
    zero,
)
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

_HBAR = 0.7
_SITES = 16
_PAGE = "schroedinger"

_width = sp.Symbol("s", positive=True)
_start = packet(_width).subs(t, 0)


def _stationary(level: int) -> sp.Expr:
    """A level of the oscillator times its time factor."""
    return oscillator_state(level) * sp.exp(-sp.I * oscillator_energy(level) * t / hbar)


def _schroedinger() -> list[Finding]:
    momentum = sp.Symbol("p0", real=True)
    ground = schroedinger_residual(_stationary(0), oscillator_potential())
    return [
        zero("free Gaussian packet", schroedinger_residual(packet(_width, momentum))),
        zero("ground state of the oscillator", ground),
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


def _space_factor() -> list[Finding]:
    ground, energy = oscillator_state(0), oscillator_energy(0)
    bound = sp.simplify(apply_hamiltonian(ground, oscillator_potential()) / ground - energy)
    mixed = sp.sqrt(2) * _stationary(0) + _stationary(1)
    values = sp.lambdify((x, t), mixed.subs({hbar: _HBAR, mass: 1, omega: 1}) / sp.sqrt(3), "numpy")
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
    fixed = {hbar: _HBAR, _width: 1, (x if variable == p else p): 0.4}
    sample = sp.lambdify(variable, integrand.subs(fixed), "numpy")
    ranges = [np.linspace(-reach, reach, 200 * reach + 1) for reach in (20, 30, 40)]
    values = [np.real(trapezoid(sample(points), points)) for points in ranges]
    left = sorted(map(str, back.free_symbols - {hbar, _width}))
    return [
        below("inverse transform on [-20, 20], [-30, 30], [-40, 40], spread", np.ptp(values), 1e-10),
        Finding(f"what comes back depends on {', '.join(left)}", left == ["x"]),
        zero("what comes back, against the start", back - start),
    ]


def _fourier_right() -> list[Finding]:
    moved = _start.subs(x, x - 1)
    transform = to_momentum(moved)
    position = to_momentum(x * moved) - sp.I * hbar * transform.diff(p)
    return [
        *_there_and_back(to_position(transform), p, moved, transform),
        zero("transform of x psi, against i hbar d/dp of the transform", position),
    ]


def _fourier_printed() -> list[Finding]:
    reach, momentum = sp.symbols("X p", positive=True)
    wave = sp.integrate(sp.exp(sp.I * momentum * x / hbar), (x, -reach, reach))
    sine = 2 * hbar * sp.sin(reach * momentum / hbar) / momentum
    there = to_momentum(_start)
    back = there.subs(p, momentum) * sine / sp.sqrt(2 * sp.pi * hbar)
    return [
        zero("wave over x from -X to X, against 2 hbar sin(Xp/hbar)/p", (wave - sine).rewrite(sp.exp)),
        *_there_and_back(back, x, _start, there),
    ]


def _random_state(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    state = rng.normal(size=_SITES) + 1j * rng.normal(size=_SITES)
    result: np.ndarray = state / np.linalg.norm(state)
    return result


def _bases() -> dict[str, np.ndarray]:
    """The bras of the two bases on a line of sites, as the rows of a matrix."""
    return {"position": np.eye(_SITES), "momentum": dft(_SITES, scale="sqrtn")}


def _off_identity(matrix: np.ndarray) -> float:
    return float(np.abs(matrix - np.eye(_SITES)).max())


def _plane_wave_components() -> Finding:
    """<p|psi> summed over a fine line, against phi of (5), for a packet away from 0."""
    packet = _start.subs({_width: 1, hbar: _HBAR})
    moved = sp.lambdify(x, packet.subs(x, x - 1), "numpy")
    turned = sp.exp(-sp.I * p / _HBAR) * to_momentum(_start).subs({_width: 1, hbar: _HBAR})
    line, momenta = np.linspace(-12, 12, 481), np.linspace(-1.5, 1.5, 7)
    bras = np.exp(-1j * np.outer(momenta, line) / _HBAR) / np.sqrt(2 * np.pi * _HBAR)
    components = bras @ moved(line) * (line[1] - line[0])
    deviation = np.abs(components - sp.lambdify(p, turned, "numpy")(momenta)).max()
    return below("<p|psi> of a packet at x = 1, against phi(p) of (5)", deviation, 1e-10)


def _components() -> list[Finding]:
    ket = _random_state(0)
    norms = {name: float(np.linalg.norm(bras @ ket)) for name, bras in _bases().items()}
    return [
        *(below(f"norm of the {name} components, 16 sites", norm - 1, 1e-13) for name, norm in norms.items()),
        below("conjugate transpose times ket, against the squared norm", abs(ket.conj() @ ket - 1), 1e-13),
        above("transpose without conjugation, off the squared norm", abs(ket @ ket - 1), 0.1),
        _plane_wave_components(),
    ]


_distance = sp.Symbol("y", real=True)
_damping = sp.Symbol("epsilon", positive=True)
_plane_wave = sp.exp(sp.I * p * _distance / hbar)


def _summed(wave: sp.Expr) -> sp.Expr:
    """Damped sum of a wave over all momenta."""
    total = sp.integrate(wave * sp.exp(-_damping * p**2), (p, -sp.oo, sp.oo), conds="none")
    return sp.simplify(total)


def _acts_as_delta(bracket: sp.Expr) -> list[Finding]:
    """Whether a bracket of two positions, with its damping taken to zero, acts as a delta function."""
    trial = sp.exp(-(_distance**2) / 2)
    weight = sp.integrate(sp.expand(bracket * trial), (_distance, -sp.oo, sp.oo), conds="none")
    size = sp.limit(sp.simplify(sp.Abs(bracket.subs(_distance, 1))), _damping, 0)
    return [
        zero("integral against exp(-y^2/2), against its value at 0", sp.limit(weight, _damping, 0) - 1),
        zero("modulus at distance 1", size),
    ]


def _brackets_right() -> list[Finding]:
    bracket = _summed(_plane_wave / (2 * sp.pi * hbar))
    line = (_distance, -sp.oo, sp.oo)
    ket, bra = (sp.exp(sign * sp.I * p * x / hbar) / sp.sqrt(2 * sp.pi * hbar) for sign in (1, -1))
    pair = ket.subs(x, x + _distance) * bra
    primed = sp.Symbol("p'", real=True)
    crossed = bra.subs(p, primed) * ket
    second = sp.exp(sp.I * x * (p - primed) / hbar) / (2 * sp.pi * hbar)
    bras = _bases()["momentum"]
    return [
        *_acts_as_delta(bracket),
        zero("area with damping, against 1", sp.integrate(bracket, line) - 1),
        zero(
            "variance with damping, against 2 eps hbar^2",
            sp.integrate(_distance**2 * bracket, line) - 2 * _damping * hbar**2,
        ),
        zero("<x'|p><p|x>, against the first integrand", pair - _plane_wave / (2 * sp.pi * hbar)),
        zero("<p'|x><x|p>, against the second integrand", crossed - second),
        below("<p'|p>, 16 sites, against the identity", _off_identity(bras @ bras.conj().T), 1e-13),
    ]


def _brackets_printed() -> list[Finding]:
    root = sp.sqrt(2 * sp.pi * hbar)
    area = sp.integrate(_summed(_plane_wave / root), (_distance, -sp.oo, sp.oo))
    return [
        *_acts_as_delta(_plane_wave / root),
        zero("with an integral but the printed prefactor, area against 1", area - 1),
        zero("that area against sqrt(2 pi hbar)", area - root),
    ]


def _completeness() -> list[Finding]:
    moved = _start.subs(x, x - 1)
    sums = {name: np.array([np.outer(b.conj(), b) for b in bras]).sum(0) for name, bras in _bases().items()}
    return [
        *(
            below(f"sum over the {name} basis, 16 sites, against the identity", _off_identity(total), 1e-13)
            for name, total in sums.items()
        ),
        zero(
            "sum over all momenta of a packet at x = 1, against it", to_position(to_momentum(moved)) - moved
        ),
    ]


def _dirac_form() -> list[Finding]:
    rng = np.random.default_rng(1)
    entries = rng.normal(size=(_SITES, _SITES)) + 1j * rng.normal(size=(_SITES, _SITES))
    hamiltonian = (entries + entries.conj().T) / 2
    ket = _random_state(2)

    def evolved(time: float) -> np.ndarray:
        result: np.ndarray = expm(-1j * hamiltonian * time / _HBAR) @ ket
        return result

    steps = [0.04, 0.02, 0.01]
    rate = hamiltonian @ ket / (1j * _HBAR)
    errors = [float(np.linalg.norm((evolved(h) - evolved(-h)) / (2 * h) - rate)) for h in steps]
    return [
        order("central difference of exp(-iHt/hbar) on a random state", steps, errors, 2, 0.05),
        below("norm at t = 5", float(np.linalg.norm(evolved(5.0))) - 1, 1e-12),
    ]


ENTRIES: tuple[Entry, ...] = (
    Entry(
        id="2",
        title="Schrödinger equation",
        verdict=Verdict.OK,
        printed=r"$i\hbar\,\partial_t\psi = \hat H\psi = -\frac{\hbar^2}{2m}\,\partial_x^2\psi + V\psi$",
        assumptions=r"one particle on a line, $V = V(x)$ real, no spin, no magnetic field",
        check=_schroedinger,
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
        page=_PAGE,
    ),
    Entry(
        id="6",
        title="Components of a state",
        verdict=Verdict.OK,
        printed=r"$\psi(x) = \langle x\vert\psi\rangle$, $\tilde\psi(p) = \langle p\vert\psi\rangle$",
        reason=r"The words around it swap the names: $\langle\cdot\vert$ is the bra, the conjugate "
        r"transpose of the ket $\vert\cdot\rangle$ and not its conjugate alone, and $\psi$ is a state, not a "
        "basis vector.",
        assumptions=r"$\tilde\psi$ is $\phi$ of (5)",
        check=_components,
        page=_PAGE,
    ),
    Entry(
        id="7",
        title="Inner products of the bases",
        verdict=Verdict.WRONG,
        printed=r"$\langle x'\vert x\rangle = \frac{1}{\sqrt{2\pi\hbar}}\,e^{ip(x'-x)/\hbar} "
        r"= \delta(x'-x)$, $\langle p'\vert p\rangle\;\frac{1}{\sqrt{2\pi\hbar}}\,e^{ix(p'-p)/\hbar} "
        r"= \delta(p'-p)$, "
        r"$\langle x\vert p\rangle = \frac{1}{\sqrt{2\pi\hbar}}\,e^{ipx/\hbar}$, "
        r"$\langle p\vert x\rangle = \frac{1}{\sqrt{2\pi\hbar}}\,e^{-ipx/\hbar}$",
        holds=r"$\langle x'\vert x\rangle = \frac{1}{2\pi\hbar}\int e^{ip(x'-x)/\hbar}\,dp = \delta(x'-x)$, "
        r"$\langle p'\vert p\rangle = \frac{1}{2\pi\hbar}\int e^{ix(p-p')/\hbar}\,dx = \delta(p'-p)$; "
        r"$\langle x\vert p\rangle$ and $\langle p\vert x\rangle$ as printed",
        reason="In the first two the integral is missing, and with it the second of two equal prefactors: "
        "a single plane wave has the same modulus everywhere and is no delta function (an equality sign "
        "is missing too).",
        assumptions="read under an integral against a smooth function that falls off",
        check=_brackets_right,
        check_printed=_brackets_printed,
        page=_PAGE,
    ),
    Entry(
        id="8",
        title="Completeness",
        verdict=Verdict.OK,
        printed=r"$\int dx\,\vert x\rangle\langle x\vert "
        r"= \int dp\,\vert p\rangle\langle p\vert = \mathbb I$",
        check=_completeness,
        page=_PAGE,
    ),
    Entry(
        id="9",
        title="Schrödinger equation for kets",
        verdict=Verdict.OK,
        printed=r"$i\hbar\,\partial_t\vert\psi\rangle = \hat H\vert\psi\rangle$",
        assumptions=r"$\hat H$ is Hermitian",
        check=_dirac_form,
        page=_PAGE,
    ),
)
