"""Row B14: the modified equation of a layer, and when layers converge to the equation they step through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from pdenet.audit.ledger.entry import NOT_IN_THESIS, Entry, Fault, Finding, Verdict, below, order, zero
from pdenet.subjects.residual_block_as_pde.measures import gaussian_error, packet_speed
from pdenet.symbolic import PDE_1D
from pdenet.symbolic.modified import modified_coefficients
from pdenet.symbolic.variables import alpha, beta, dt, dx, gamma

if TYPE_CHECKING:
    from collections.abc import Callable

    Condition = Callable[[float, float], bool]

_SPREAD = (alpha**2 - beta**2 * dt) / 2
_DISPERSION = beta * (dx**2 - 3 * alpha**2 * dt + 2 * beta**2 * dt**2) / 6
# alpha^2 and beta of a layer, in pixels and layers; no wave grows in the first five, one of them at the edge.
_PAIRS = (
    (0.5625, 0.75), (0.75, 0.75), (1.0, 0.75), (0.5, 0.3), (0.9, -0.5),
    (0.0, 0.8), (0.3, -0.8), (1.2, 0.8), (0.9, 1.2), (1.3, -0.2),
)  # fmt: skip


def _follows(spread: sp.Expr, dispersion: sp.Expr) -> list[Finding]:
    """The two terms that a layer adds to its drift, from log g, from a point and from packets of waves."""
    _, drift, second, third = (
        c.subs(gamma, 0) for c in modified_coefficients(PDE_1D.stencil(spacing=dx, dt=dt))
    )
    units = {dx: 1, dt: 1, alpha: sp.sqrt(sp.Rational(1, 2)), beta: sp.Rational(3, 10)}
    square, speed = 0.5, 0.3
    two, three = (float(term.subs(units)) for term in (spread, dispersion))
    variance, skewness = _cumulants(square, speed, layers=10)
    measured = [packet_speed((square, speed, 0.0), wave, layers=10, width=60) for wave in (0.1, 0.2)]
    # A packet at p moves by -beta + 3 p^2 times the coefficient of the third derivative, and a term in p^4.
    bends = [(value + speed) / wave**2 for value, wave in zip(measured, (0.1, 0.2), strict=True)]
    return [
        zero(
            "first three coefficients of log g minus these",
            sp.Matrix([drift - beta, second - spread, third - dispersion]),
        ),
        below("second cumulant of a point after 10 layers, by layer", variance / 10 - 2 * two, 1e-12),
        below("third cumulant, by layer", skewness / 10 + 6 * three, 1e-12),
        below(
            "bend of the speed of packets, to p = 0, minus 3 times the third coefficient",
            (4 * bends[0] - bends[1]) / 3 - 3 * three,
            2e-3,
        ),
    ]


def _cumulants(square: float, speed: float, layers: int) -> tuple[float, float]:
    """Variance and third central moment of a point that goes through equal layers at gamma = 0."""
    kernel = np.array([(square - speed) / 2, -square, (square + speed) / 2])
    places = np.arange(-layers, layers + 1)
    state = (places == 0).astype(float)
    for _ in range(layers):
        state = state + np.correlate(state, kernel, "same")
    away = places - state @ places
    return float(state @ away**2), float(state @ away**3)


def _errors(pair: tuple[float, float], layers: tuple[int, ...]) -> list[float]:
    """Errors of transport by one pair of numbers, steps refined at a fixed Courant number."""
    square, courant = pair
    equation = (0.0, float(np.sign(courant)), 0.0)
    return [
        gaussian_error((square, courant, 0.0), equation, layers=n, spacing=4 / (abs(courant) * n))
        for n in layers
    ]


def _converges(condition: Condition) -> list[Finding]:
    """Whether layers converge to transport at a fixed Courant number where the condition says so."""
    fell = [_errors(pair, (64, 512)) for pair in _PAIRS]
    exceptions = sum(
        (late < early) != condition(*pair) for pair, (early, late) in zip(_PAIRS, fell, strict=True)
    )
    text = (
        f"{len(_PAIRS)} pairs of alpha^2 and Courant number, 64 to 512 layers: error falls and is said not to"
    )
    return [Finding(f"{text}, or the reverse, for {exceptions}", exceptions == 0)]


def _rates() -> list[Finding]:
    """Orders in the steps at a fixed Courant number: one, but two where the layer adds no variance."""
    steps = [1 / 128, 1 / 256]
    return [
        order(
            "transport, alpha^2 = beta^2 (Lax and Wendroff)", steps, _errors((0.5625, 0.75), (128, 256)), 2
        ),
        order("transport, alpha^2 = |beta| (upwind)", steps, _errors((0.75, 0.75), (128, 256)), 1),
    ]


def _stable(square: float, courant: float) -> bool:
    return courant**2 <= square <= 1


def _row(
    spread: sp.Expr = _SPREAD, dispersion: sp.Expr = _DISPERSION, condition: Condition = _stable
) -> list[Finding]:
    return [*_follows(spread, dispersion), *_converges(condition), *_rates()]


ENTRIES = (
    Entry(
        "B14",
        "Modified equation of a layer, and convergence",
        Verdict.OK,
        NOT_IN_THESIS + r"At $\gamma=0$ a layer of (21) follows, to third order, $\partial_t\psi=\beta\,"
        r"\partial_x\psi+\frac12(\alpha^2-\beta^2\Delta t)\,\partial_x^2\psi"
        r"+\frac\beta6(\Delta x^2-3\alpha^2\Delta t+2\beta^2\Delta t^2)\,\partial_x^3\psi$. A layer of fixed "
        r"$\alpha^2$ and Courant number $\beta$, in pixels and layers, is a scheme for "
        r"$\partial_t\psi=\beta\,\partial_x\psi$ that converges if and only if $\beta^2\le\alpha^2\le1$.",
        _row,
        assumptions=r"Real $\alpha,\beta$, no border, no ReLU, smooth data. The equivalence is the theorem "
        r"of Lax and Richtmyer; what is checked is its two sides on ten layers, in double precision.",
        page="residual-block-as-pde",
        faults=(
            Fault("the sign of the dispersion", lambda: _row(dispersion=-_DISPERSION)),
            Fault("the variance that the explicit step takes away", lambda: _row(spread=alpha**2 / 2)),
            Fault(
                "the condition turned round",
                lambda: _row(condition=lambda square, courant: square <= courant**2 <= 1),
            ),
            Fault("the Courant number alone", lambda: _row(condition=lambda _, courant: abs(courant) <= 1)),
        ),
    ),
)
