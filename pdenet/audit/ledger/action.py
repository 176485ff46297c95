"""Rows (36) to (38): kinetic term, potential term, and the action of a path through layers."""

from __future__ import annotations

from itertools import pairwise, product
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from pdenet.audit.ledger.bell import BELL, DISTANCE, WIDTH
from pdenet.audit.ledger.entry import Entry, Fault, Finding, Kind, Verdict, below, close, zero
from pdenet.audit.ledger.line import wrong_by
from pdenet.symbolic import PDE_1D, alpha, beta, gamma, psi_1d, t, x
from pdenet.symbolic.action import (
    action,
    classical_path,
    kinetic_term,
    lagrangian,
    potential_term,
)
from pdenet.symbolic.propagator import gaussian_weights

if TYPE_CHECKING:
    from collections.abc import Callable

_PAGE = "action"


# (36) and (37)


def _kinetic(term: Callable[..., sp.Expr] = kinetic_term) -> list[Finding]:
    velocity = sp.Symbol("v", real=True)
    kinetic = term(velocity, WIDTH, beta)
    parts = velocity**2 / 2 + beta * velocity + beta**2 / 2
    exponent = sp.expand_log(sp.log(BELL), force=True) - gamma
    field = sp.Function("phi")(x, t)
    gauged = sp.exp(-beta * x / WIDTH**2) * field
    rest = WIDTH**2 / 2 * field.diff(x, 2) + (gamma - beta**2 / (2 * WIDTH**2)) * field
    residual = (PDE_1D.equation.rhs.subs(alpha, WIDTH)).subs(psi_1d, gauged).doit() - gauged.diff(t)
    return [
        zero("exponent of (35) against -T", exponent + term(DISTANCE, WIDTH, beta)),
        zero("T against v^2/2, beta v and beta^2/2, over alpha^2", kinetic - parts / WIDTH**2),
        zero(
            "(21) for exp(-beta x/alpha^2) phi against (21) without drift, gamma less beta^2/2 alpha^2",
            residual * sp.exp(beta * x / WIDTH**2) - (rest - field.diff(t)),
        ),
    ]


def _potential(potential: sp.Expr) -> list[Finding]:
    weight = sp.exp(potential - kinetic_term(DISTANCE, WIDTH, beta))
    masses = [
        sp.integrate(sp.simplify(weight.subs({WIDTH: width, beta: 0})), (DISTANCE, -sp.oo, sp.oo))
        for width in (2, -2)
    ]
    return [
        zero(
            "exp(V - T) against the propagator (35)",
            weight - BELL / (sp.Abs(WIDTH) * sp.sqrt(2 * sp.pi)),
        ),
        zero("mass of exp(V - T) at alpha = 2 against exp(gamma)", masses[0] - sp.exp(gamma)),
        zero("the same at alpha = -2", masses[1] - sp.exp(gamma)),
    ]


def _potential_energy(sign: int) -> list[Finding]:
    """(21) without drift as a Euclidean Schroedinger equation with the energy U = sign hbar gamma."""
    hbar, mass, growth = sp.symbols("hbar m gamma", positive=True)
    energy = sign * hbar * growth
    euclidean = (hbar**2 / (2 * mass) * psi_1d.diff(x, 2) - energy * psi_1d) / hbar
    equation = PDE_1D.equation.rhs.subs({beta: 0, alpha: sp.sqrt(hbar / mass), gamma: growth})
    return [
        zero(
            "(21) without drift against hbar psi_t = hbar^2/2m psi_xx - U psi",
            sp.simplify((euclidean - equation) / psi_1d),
        )
    ]


# (38): all paths on a ring, against the matrices of the layers


_ALPHAS, _BETAS, _GAMMAS = np.array([0.8, 0.6, 1.1]), np.array([0.3, -0.4, 0.7]), np.array([0.1, -0.2, 0.05])


_PRINTED_V = float((_GAMMAS - np.log(_ALPHAS)).sum())


def _every_path(weight: Callable[[np.ndarray], np.ndarray], size: int = 7) -> np.ndarray:
    """Output (size,) of three layers on a line of pixels, as a sum over all paths of a weight."""
    state = np.random.default_rng(38).normal(size=size)
    paths = np.array(list(product(range(size), repeat=4)))
    return np.bincount(paths[:, -1], weight(paths) * state[paths[:, 0]], minlength=size)


def _by_layers(size: int = 7) -> np.ndarray:
    state = np.random.default_rng(38).normal(size=size)
    displacement = np.arange(size)[:, None] - np.arange(size)
    for layer in zip(_ALPHAS, _BETAS, _GAMMAS, strict=True):
        state = gaussian_weights(displacement, *layer) @ state
    return state


def _minus_action(paths: np.ndarray) -> np.ndarray:
    return -np.asarray(action(paths, _ALPHAS, _BETAS, _GAMMAS))


def _action(exponent: Callable[[np.ndarray], np.ndarray] = _minus_action) -> list[Finding]:
    """(38) with this exponent of a path's weight."""
    expected = _by_layers()
    sums = _every_path(lambda paths: np.exp(exponent(paths)))
    printed = _every_path(lambda paths: np.exp(_PRINTED_V - _kinetic_sum(paths)))
    inner = sp.symbols("x_1 x_2", real=True)
    ends = sp.symbols("x_0 x_3", real=True)
    return [
        below(
            "sum over 2401 paths of exp(-S) against three Gaussian layers", wrong_by(sums, expected), 1e-12
        ),
        close(
            "factor by which the sum with the V printed in (37) is too large",
            (printed / expected).mean(),
            (2 * np.pi) ** 1.5,
            1e-9,
        ),
        zero("slopes of S against the jumps of (v + beta)/alpha^2", _slopes(ends, inner)),
        below("path of least action, found as a minimum, against the closed form", _minimum(), 1e-9),
    ]


def _kinetic_sum(paths: np.ndarray) -> np.ndarray:
    result: np.ndarray = (((np.diff(paths) + _BETAS) / _ALPHAS) ** 2 / 2).sum(axis=1)
    return result


def _slopes(ends: tuple[sp.Symbol, ...], inner: tuple[sp.Symbol, ...]) -> sp.Matrix:
    """Slopes of the action of three layers in the inner points, less the jumps of the momentum there."""
    points = [ends[0], *inner, ends[1]]
    widths = sp.symbols("alpha_1:4", positive=True)
    drifts = sp.symbols("beta_1:4", real=True)
    steps = [right - left for left, right in pairwise(points)]
    layers = list(zip(steps, widths, drifts, strict=True))
    total = sum(lagrangian(v, a, b, 0) for v, a, b in layers)
    momenta = [(v + b) / a**2 for v, a, b in layers]
    jumps = [before - after for before, after in pairwise(momenta)]
    return sp.Matrix([sp.expand(total.diff(z) - jump) for z, jump in zip(inner, jumps, strict=True)])


def _minimum() -> float:
    """Largest distance between the minimum of S, from its normal equations, and the closed form."""
    stiffness = 1 / _ALPHAS**2
    difference = np.diff(np.eye(4), axis=0)
    hessian = difference.T @ (stiffness[:, None] * difference)
    force = -difference.T @ (stiffness * _BETAS) - hessian[:, [0, 3]] @ [2.0, -5.0]
    found = np.linalg.solve(hessian[1:3, 1:3], force[1:3])
    return wrong_by(found, classical_path(2.0, -5.0, _ALPHAS, _BETAS)[1:3])


_NOTHING = r"$\alpha\ne0$"


ENTRIES = (
    Entry(
        id="36",
        title="Kinetic term",
        verdict=Verdict.OK,
        printed=r"$T=\frac{(\dot x+\beta)^2}{2\alpha^2}$",
        reason=r"$T$ is not purely kinetic: it holds a term linear in $\dot x$, which a gauge removes, and a "
        r"constant.",
        assumptions=_NOTHING,
        check=_kinetic,
        faults=(
            Fault(
                "the drift with the other sign", lambda: _kinetic(lambda v, a, b: (v - b) ** 2 / (2 * a**2))
            ),
            Fault("no 1/2", lambda: _kinetic(lambda v, a, b: (v + b) ** 2 / a**2)),
        ),
        page=_PAGE,
    ),
    Entry(
        id="37",
        title="Potential term",
        verdict=Verdict.WRONG,
        printed=r"$V=\gamma-\log\alpha$",
        holds=r"$V=\gamma-\log\vert\alpha\vert-\frac12\log2\pi$",
        reason=r"$-\frac12\log2\pi$ is missing, $\alpha$ may be negative, and as $T-V$ goes with a weight "
        r"$e^{-S}$ this $V$ is minus a potential energy, which is $U=-\hbar\gamma$; the logarithms belong to "
        r"the measure.",
        assumptions=_NOTHING,
        check=lambda: [*_potential(potential_term(WIDTH, gamma)), *_potential_energy(-1)],
        check_printed=lambda: _potential(gamma - sp.log(WIDTH)),
        kind=Kind.CONSTANT,
        faults=(
            Fault(
                "the bars alone missing", lambda: _potential(gamma - sp.log(WIDTH) - sp.log(2 * sp.pi) / 2)
            ),
            Fault("-log(2 pi)/2 alone missing", lambda: _potential(gamma - sp.log(sp.Abs(WIDTH)))),
            Fault("gamma with the sign of a potential energy", lambda: _potential_energy(1)),
        ),
        page=_PAGE,
    ),
    Entry(
        id="38",
        title="Lagrangian, action, sum over paths",
        verdict=Verdict.OK,
        printed=r"$L=T-V$, $S=\sum_tL_t$, $\psi(x_N)=\sum_{\mathrm{paths}}e^{-S}\psi(x_0)$",
        reason=r"It holds with the $V$ that (37) should have; with the printed one the sum is too large by "
        r"$(2\pi)^{N/2}$. The first line needs brackets, $e^{\sum_t(V-T)}$.",
        assumptions=r"Gaussian layers without ReLU; positive weights, so nothing interferes",
        check=_action,
        faults=(
            Fault(
                "T + V in place of T - V",
                lambda: _action(lambda paths: 1.5 * np.log(2 * np.pi) - _PRINTED_V - _kinetic_sum(paths)),
            ),
            Fault("the V printed in (37)", lambda: _action(lambda paths: _PRINTED_V - _kinetic_sum(paths))),
        ),
        page=_PAGE,
    ),
)
