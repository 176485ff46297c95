"""Rows (6) to (9): Dirac's notation, and the Schrödinger equation in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import sympy as sp
from scipy.linalg import dft, expm

from pdenet.audit.ledger.entry import Entry, Fault, Finding, Kind, Verdict, below, order, zero
from pdenet.audit.ledger.schroedinger import HBAR, START, WIDTH
from pdenet.symbolic.states import hbar, to_momentum, to_position
from pdenet.symbolic.variables import p, x

if TYPE_CHECKING:
    from collections.abc import Callable

_SITES = 16
_PAGE = "schroedinger"


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


def _plane_wave_components(sign: int) -> Finding:
    """<p|psi> summed over a fine line, against phi of (5), for a packet away from 0; sign of i in <p|x>."""
    packet = START.subs({WIDTH: 1, hbar: HBAR})
    moved = sp.lambdify(x, packet.subs(x, x - 1), "numpy")
    turned = sp.exp(-sp.I * p / HBAR) * to_momentum(START).subs({WIDTH: 1, hbar: HBAR})
    line, momenta = np.linspace(-12, 12, 481), np.linspace(-1.5, 1.5, 7)
    bras = np.exp(sign * 1j * np.outer(momenta, line) / HBAR) / np.sqrt(2 * np.pi * HBAR)
    components = bras @ moved(line) * (line[1] - line[0])
    deviation = np.abs(components - sp.lambdify(p, turned, "numpy")(momenta)).max()
    return below("<p|psi> of a packet at x = 1, against phi(p) of (5)", deviation, 1e-10)


def _components(sign: int = -1, adjoint: Callable[[np.ndarray], np.ndarray] = np.conjugate) -> list[Finding]:
    """Components by <p|x> with this sign in the exponent, and norms by this bra of a ket."""
    ket = _random_state(0)
    norms = {name: float(np.linalg.norm(bras @ ket)) for name, bras in _bases().items()}
    return [
        *(below(f"norm of the {name} components, 16 sites", norm - 1, 1e-13) for name, norm in norms.items()),
        below("bra times ket, against the squared norm", abs(adjoint(ket) @ ket - 1), 1e-13),
        _plane_wave_components(sign),
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


def _brackets_right(factor: sp.Expr = 1 / (2 * sp.pi * hbar)) -> list[Finding]:
    """The integrals of (7) with this factor in front."""
    bracket = _summed(_plane_wave * factor)
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
        zero("<x'|p><p|x>, against the first integrand", pair - _plane_wave * factor),
        zero("<p'|x><x|p>, against the second integrand", crossed - second),
        below("<p'|p>, 16 sites, against the identity", _off_identity(bras @ bras.conj().T), 1e-13),
    ]


def _brackets_printed() -> list[Finding]:
    return _acts_as_delta(_plane_wave / sp.sqrt(2 * sp.pi * hbar))


def _completeness(measure: sp.Expr = sp.S.One, left_out: int = 0) -> list[Finding]:
    """Sums over the bases with this measure, without the first so many states."""
    moved = START.subs(x, x - 1)
    weight = float(measure.subs(hbar, HBAR))
    sums = {
        name: weight * np.array([np.outer(b.conj(), b) for b in bras[left_out:]]).sum(0)
        for name, bras in _bases().items()
    }
    return [
        *(
            below(f"sum over the {name} basis, 16 sites, against the identity", _off_identity(total), 1e-13)
            for name, total in sums.items()
        ),
        zero(
            "sum over all momenta of a packet at x = 1, against it",
            measure * to_position(to_momentum(moved)) - moved,
        ),
    ]


def _dirac_form(left: complex = 1j * HBAR) -> list[Finding]:
    """(9) with this factor on its left, in front of the rate of change."""
    rng = np.random.default_rng(1)
    entries = rng.normal(size=(_SITES, _SITES)) + 1j * rng.normal(size=(_SITES, _SITES))
    hamiltonian = (entries + entries.conj().T) / 2
    ket = _random_state(2)

    def evolved(time: float) -> np.ndarray:
        result: np.ndarray = expm(-1j * hamiltonian * time / HBAR) @ ket
        return result

    steps = [0.04, 0.02, 0.01]
    rate = hamiltonian @ ket / left
    errors = [float(np.linalg.norm((evolved(h) - evolved(-h)) / (2 * h) - rate)) for h in steps]
    return [
        order("central difference of exp(-iHt/hbar) on a random state", steps, errors, 2, 0.05),
        below("norm at t = 5", float(np.linalg.norm(evolved(5.0))) - 1, 1e-12),
    ]


ENTRIES: tuple[Entry, ...] = (
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
        faults=(
            Fault("the plane wave of the ket in the bra", lambda: _components(sign=1)),
            Fault("a bra without conjugation", lambda: _components(adjoint=np.asarray)),
        ),
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
        kind=Kind.SLIP,
        faults=(
            Fault(
                "the integral put in, the printed prefactor kept",
                lambda: _brackets_right(1 / sp.sqrt(2 * sp.pi * hbar)),
            ),
            Fault("2 pi in place of 2 pi hbar", lambda: _brackets_right(1 / (2 * sp.pi))),
        ),
        page=_PAGE,
    ),
    Entry(
        id="8",
        title="Completeness",
        verdict=Verdict.OK,
        printed=r"$\int dx\,\vert x\rangle\langle x\vert "
        r"= \int dp\,\vert p\rangle\langle p\vert = \mathbb I$",
        check=_completeness,
        faults=(
            Fault("the measure dp / 2 pi hbar", lambda: _completeness(1 / (2 * sp.pi * hbar))),
            Fault("a state of each basis left out", lambda: _completeness(left_out=1)),
        ),
        page=_PAGE,
    ),
    Entry(
        id="9",
        title="Schrödinger equation for kets",
        verdict=Verdict.OK,
        printed=r"$i\hbar\,\partial_t\vert\psi\rangle = \hat H\vert\psi\rangle$",
        assumptions=r"$\hat H$ is Hermitian",
        check=_dirac_form,
        faults=(
            Fault("-i in place of i", lambda: _dirac_form(-1j * HBAR)),
            Fault("hbar lost", lambda: _dirac_form(1j)),
        ),
        page=_PAGE,
    ),
)
