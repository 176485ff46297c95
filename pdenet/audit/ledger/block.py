"""Rows (21) to (25): a residual block as an explicit step of a PDE on a line, and the order of its taps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp
from scipy.linalg import expm

from pdenet.audit.ledger.convolution import conv1d
from pdenet.audit.ledger.entry import Entry, Fault, Finding, Kind, Verdict, above, below, close, order, zero
from pdenet.symbolic import PDE_1D
from pdenet.symbolic.differences import difference_symbol
from pdenet.symbolic.variables import alpha, beta, dt, dx, gamma, p, psi_1d, t, x

if TYPE_CHECKING:
    from collections.abc import Sequence

_PAGE = "residual-block-as-pde"

# (21): the PDE on a line.


def _gaussian_solves_the_equation(rhs: sp.Expr = PDE_1D.rhs) -> list[Finding]:
    """Whether the spreading, drifting, growing Gaussian solves (21) with this right-hand side."""
    s = sp.Symbol("s", positive=True)
    variance = s**2 + alpha**2 * t
    bump = sp.exp(gamma * t - (x + beta * t) ** 2 / (2 * variance)) / sp.sqrt(2 * sp.pi * variance)
    rate = sp.expand(sp.simplify((bump.diff(t) - rhs.subs(psi_1d, bump).doit()) / bump))
    away = sp.Symbol("d", real=True)
    sides = bump.subs(x, -beta * t + away) - bump.subs(x, -beta * t - away)
    return [
        zero(
            "Gaussian with mean -beta t, variance s^2 + alpha^2 t, mass exp(gamma t): left minus right", rate
        ),
        zero("its mean is -beta t: value to the right of it minus value to the left", sides),
    ]


# (22): difference quotients.


def _quotients(error_t: Any, error_x: Any, error_xx: Any) -> list[Finding]:
    """Each quotient minus its derivative, up to the order of its leading error, against that error."""
    series = sp.symbols("d0:7")  # derivatives of the function at the point
    h = sp.Symbol("h", positive=True)

    def value(offset: int) -> sp.Expr:
        return sum(d * (offset * h) ** n / sp.factorial(n) for n, d in enumerate(series))

    quotients = {
        "forward quotient in t": ((value(1) - value(0)) / h, series[1], error_t, 1),
        "central quotient in x": ((value(1) - value(-1)) / (2 * h), series[1], error_x, 2),
        "second quotient in x": ((value(1) - 2 * value(0) + value(-1)) / h**2, series[2], error_xx, 2),
    }
    findings = []
    for name, (quotient, derivative, error, power) in quotients.items():
        rest = sp.expand(sp.expand(quotient) - derivative)
        lower = [rest.coeff(h, n) for n in range(power)]
        claimed = error(*series) if callable(error) else error
        findings.append(
            zero(f"{name} minus derivative, leading term", sum(lower) + rest.coeff(h, power) - claimed)
        )
    return findings


# (23): the explicit scheme.


def _scheme(leading_error: sp.Expr) -> list[Finding]:
    """A solution of (21) that is a wave, put into the scheme: what is left, to leading order in the steps."""
    step = sp.Symbol("h", positive=True)
    rate = gamma - alpha**2 * p**2 / 2 + sp.I * beta * p  # exp(ipx + rate t) solves (21)
    second, first = (difference_symbol(n, 2, p * step).series(step, 0, 6).removeO() / step**n for n in (2, 1))
    # dt = dx**2 = h**2, so both leading errors are of order h**2.
    left = rate + rate**2 * step**2 / 2  # (exp(rate dt) - 1) / dt
    rest = left - (alpha**2 / 2 * second + beta * first + gamma)
    rest = sum(rest.expand().coeff(step, n) * step**n for n in range(4))
    wave = sp.exp(sp.I * p * x + rate * t)
    claimed = (leading_error.subs({dt: step**2, dx: step}).subs(psi_1d, wave).doit() / wave).expand()
    return [
        zero(
            "exact wave in the scheme, rest to order dt = dx^2, minus the stated error",
            sp.expand(rest - claimed),
        )
    ]


_TRUNCATION = dt / 2 * psi_1d.diff(t, 2) - dx**2 * (
    alpha**2 / 24 * psi_1d.diff(x, 4) + beta / 6 * psi_1d.diff(x, 3)
)


def _gaussian_error(layers: int, spacing: float, duration: float = 4.0) -> float:
    """Largest error of so many explicit steps against the exact Gaussian of (21)."""
    a, b, c = 0.7, 0.4, -0.1

    def exact(grid: np.ndarray, time: float) -> np.ndarray:
        variance = 1 + a**2 * time
        result: np.ndarray = np.exp(c * time - (grid + b * time) ** 2 / (2 * variance)) / np.sqrt(
            2 * np.pi * variance
        )
        return result

    step = duration / layers
    grid = spacing * np.arange(-round(16 / spacing), round(16 / spacing) + 1)
    spread, drift = a**2 * step / spacing**2, b * step / spacing
    kernel = np.array([(spread - drift) / 2, c * step - spread, (spread + drift) / 2])
    state = exact(grid, 0.0)
    for _ in range(layers):
        state = state + np.correlate(state, kernel, "same")
    return float(np.abs(state - exact(grid, duration)).max())


def _error_to_lattice_flow(layers: int) -> float:
    """Largest error of so many layers, 4 units of time in all, against the flow between pixels of a ring."""
    state = np.random.default_rng(0).normal(size=32)
    right, left = np.roll(np.eye(32), 1, axis=1), np.roll(np.eye(32), -1, axis=1)
    generator = 0.49 / 2 * (right - 2 * np.eye(32) + left) + 0.4 / 2 * (right - left) - 0.1 * np.eye(32)
    kernel = 4 / layers * np.array([(0.49 - 0.4) / 2, -0.1 - 0.49, (0.49 + 0.4) / 2])
    exact = expm(4 * generator) @ state
    for _ in range(layers):
        state = state + np.correlate(np.pad(state, 1, mode="wrap"), kernel, "valid")
    return float(np.abs(state - exact).max())


def _scheme_converges() -> list[Finding]:
    depths = [64, 256]
    refined = [_gaussian_error(layers, (4.0 / layers) ** 0.5) for layers in depths]
    lattice = [_error_to_lattice_flow(layers) for layers in (256, 512)]
    still = {alpha: 1, beta: 0, gamma: 0}
    gap = sp.re(PDE_1D.symbol(p).subs({**still, p: 1})) - sp.Rational(-1, 2)  # the PDE has -alpha^2 p^2/2
    return [
        order("global error, dt = dx^2, by dx", [(4.0 / n) ** 0.5 for n in depths], refined, 2),
        order("dx = 1 kept, error to the lattice flow, by dt", [4 / 256, 4 / 512], lattice, 1),
        close(
            "dx = 1 kept: gap left to the PDE in the rate of the wave p = 1, by alpha^2",
            gap,
            1 / 24 - 1 / 720,
            1e-4,
        ),
        above(
            "dx = 1 kept: largest error to the PDE after 4 units of time, 1024 layers",
            _gaussian_error(1024, 1.0),
            1e-3,
        ),
    ]


# (24): three taps.


_TAPS = ((alpha**2 + beta) / 2, gamma - alpha**2, (alpha**2 - beta) / 2)
"""As (24) prints them, of psi(x + 1), psi(x), psi(x - 1)."""


def _three_taps(printed: Sequence[sp.Expr] = _TAPS) -> list[Finding]:
    left, centre, right = sp.symbols("left centre right")
    increment = alpha**2 / 2 * (right - 2 * centre + left) + beta * (right - left) / 2 + gamma * centre
    values = [right, centre, left]  # psi(x + 1), psi(x), psi(x - 1): the order of the print
    rest = increment - sum(tap * value for tap, value in zip(printed, values, strict=True))
    moments = [sum(d**n * tap for d, tap in zip((1, 0, -1), printed, strict=True)) for n in range(3)]
    scaled = {alpha: alpha * sp.sqrt(dt) / dx, beta: beta * dt / dx, gamma: gamma * dt}
    general = PDE_1D.stencil(spacing=dx, dt=dt).matrix - sp.Matrix([list(printed[::-1])]).subs(scaled)
    return [
        zero("increment of (23) with unit steps minus the print", sp.expand(rest)),
        zero(
            "moments of the taps minus gamma, beta, alpha^2",
            sp.Matrix(moments) - sp.Matrix([gamma, beta, alpha**2]),
        ),
        zero("other steps: read alpha^2 dt/dx^2, beta dt/dx, gamma dt", general.expand()),
    ]


# (25): the order of the list.

_A, _B, _C = 0.7, 0.3, -0.02


def _by_24(state: np.ndarray, drift: float = _B) -> np.ndarray:
    wide = np.pad(state, 1)
    taps = (_A**2 + drift) / 2, _C - _A**2, (_A**2 - drift) / 2
    return taps[0] * wide[2:] + taps[1] * wide[1:-1] + taps[2] * wide[:-2]


_PRINTED_LIST = np.array([(_A**2 + _B) / 2, _C - _A**2, (_A**2 - _B) / 2])


def _layer_with(taps: np.ndarray) -> list[Finding]:
    """What a convolution layer makes of the list, against (24)."""
    state = np.random.default_rng(0).normal(size=40)
    return [
        below("conv1d with the list minus (24)", np.abs(conv1d(state, taps) - _by_24(state)).max(), 1e-13)
    ]


def _order_of_the_list() -> list[Finding]:
    state = np.random.default_rng(0).normal(size=40)
    convolved = np.convolve(state, _PRINTED_LIST, "same")
    mirrored = conv1d(state, _PRINTED_LIST)
    return [
        *_layer_with(_PRINTED_LIST[::-1]),
        below(
            "true convolution with the printed list minus (24)",
            np.abs(convolved - _by_24(state)).max(),
            1e-13,
        ),
        below(
            "conv1d with the printed list minus (24) with -beta",
            np.abs(mirrored - _by_24(state, -_B)).max(),
            1e-13,
        ),
    ]


def _taylor_errors() -> list[Finding]:
    return _quotients(lambda *d: d[2] / 2, lambda *d: d[3] / 6, lambda *d: d[4] / 12)


ENTRIES = (
    Entry(
        "21",
        "Diffusion, drift and growth on a line",
        Verdict.OK,
        r"$\partial_t\psi=\frac{\alpha^2}{2}\,\partial_x^2\psi+\beta\,\partial_x\psi+\gamma\,\psi$",
        _gaussian_solves_the_equation,
        assumptions=r"Real $\alpha$, so the diffusivity $\alpha^2/2$ is not negative. With $\beta>0$ a "
        r"profile moves to the left.",
        faults=(
            Fault(
                "the drift with the other sign",
                lambda: _gaussian_solves_the_equation(PDE_1D.rhs.subs(beta, -beta)),
            ),
            Fault(
                "alpha^2 in place of alpha^2/2",
                lambda: _gaussian_solves_the_equation(PDE_1D.rhs.subs(alpha, sp.sqrt(2) * alpha)),
            ),
        ),
        page=_PAGE,
    ),
    Entry(
        "22",
        "Difference quotients",
        Verdict.APPROXIMATE,
        r"$\partial_t\psi=\frac{\psi(t+\Delta t)-\psi(t)}{\Delta t}$, "
        r"$\partial_x\psi=\frac{\psi(x+\Delta x)-\psi(x-\Delta x)}{2\Delta x}$, "
        r"$\partial_x^2\psi=\frac{\psi(x+\Delta x)-2\psi(x)+\psi(x-\Delta x)}{\Delta x^2}$",
        _taylor_errors,
        holds=r"The quotients exceed the derivatives by $\frac{\Delta t}{2}\partial_t^2\psi$, "
        r"$\frac{\Delta x^2}{6}\partial_x^3\psi$ and $\frac{\Delta x^2}{12}\partial_x^4\psi$, to leading "
        r"order.",
        reason=r"Quotients are set equal to derivatives, which they only approximate.",
        assumptions=r"$\psi$ smooth. Only the quotient in time is Euler's; those in space are central.",
        check_printed=lambda: _quotients(sp.Integer(0), sp.Integer(0), sp.Integer(0)),
        kind=Kind.SLIP,
        reading=("= is taken to mean equal at a finite step; read as an approximation, the print is right."),
        faults=(
            Fault(
                "the error in x with the other sign",
                lambda: _quotients(lambda *d: d[2] / 2, lambda *d: -d[3] / 6, lambda *d: d[4] / 12),
            ),
            Fault(
                "the error of a one-sided quotient in x",
                lambda: _quotients(lambda *d: d[2] / 2, lambda *d: d[3] / 3, lambda *d: d[4] / 12),
            ),
        ),
        page=_PAGE,
    ),
    Entry(
        "23",
        "Explicit scheme",
        Verdict.APPROXIMATE,
        r"(22) put into (21), with equality: "
        r"$\frac{\psi(t+\Delta t)-\psi}{\Delta t}=\frac{\alpha^2}{2}\frac{\psi_+-2\psi+\psi_-}{\Delta x^2}"
        r"+\beta\,\frac{\psi_+-\psi_-}{2\Delta x}+\gamma\psi$, where $\psi_\pm=\psi(x\pm\Delta x,t)$",
        lambda: [*_scheme(_TRUNCATION), *_scheme_converges()],
        holds=r"A solution of (21) leaves $\frac{\Delta t}{2}\partial_t^2\psi-\frac{\alpha^2\Delta x^2}{24}"
        r"\partial_x^4\psi-\frac{\beta\Delta x^2}{6}\partial_x^3\psi$, left minus right, to leading order.",
        reason=r"Solutions of (21) satisfy the scheme only up to its truncation error, and at a fixed "
        r"$\Delta x$ thinner layers do not remove it.",
        assumptions=r"$\psi$ smooth; steps within the stable region.",
        check_printed=lambda: _scheme(sp.Integer(0)),
        kind=Kind.SLIP,
        reading="= is taken to mean equal at finite steps; read as an approximation, the print is right.",
        faults=(
            Fault(
                "the error in space with the other sign",
                lambda: _scheme(dt * psi_1d.diff(t, 2) - _TRUNCATION),
            ),
            Fault(
                "the error of the time step without its 1/2",
                lambda: _scheme(_TRUNCATION + dt / 2 * psi_1d.diff(t, 2)),
            ),
        ),
        page=_PAGE,
    ),
    Entry(
        "24",
        "Three taps",
        Verdict.OK,
        r"$\psi(x,t+1)-\psi(x,t)=\left[\frac12(\alpha^2+\beta),\,\gamma-\alpha^2,\,\frac12(\alpha^2-\beta)\right]"
        r"\cdot\left[\psi(x+1),\,\psi(x),\,\psi(x-1)\right]^{\mathsf T}$",
        _three_taps,
        assumptions=r"$\Delta x=\Delta t=1$; for other steps read $\alpha^2\Delta t/\Delta x^2$, "
        r"$\beta\,\Delta t/\Delta x$, $\gamma\,\Delta t$.",
        faults=(
            Fault("the list turned round", lambda: _three_taps(_TAPS[::-1])),
            Fault("alpha^2/2 in the middle", lambda: _three_taps((_TAPS[0], gamma - alpha**2 / 2, _TAPS[2]))),
        ),
        page=_PAGE,
    ),
    Entry(
        "25",
        "Residual form and the order of the kernel",
        Verdict.INCOMPLETE,
        r"$f=\left[\frac12(\alpha^2+\beta),\,\gamma-\alpha^2,\,\frac12(\alpha^2-\beta)\right]$, "
        r"$\psi(x,t+1)=f*\psi+\psi$",
        _order_of_the_list,
        holds=r"The same, for a true convolution $\sum_d f(d)\,\psi(x-d)$. A convolution layer, and (1), "
        r"need the list reversed: "
        r"$\left[\frac12(\alpha^2-\beta),\,\gamma-\alpha^2,\,\frac12(\alpha^2+\beta)\right]$.",
        reason=r"It does not say which convolution is meant, and in that of (1) the printed list is the "
        r"layer with $-\beta$.",
        assumptions=r"The list stands for the offsets $-1,0,1$, from left to right.",
        check_printed=lambda: _layer_with(_PRINTED_LIST),
        kind=Kind.SLIP,
        reading=(
            "The * is taken for what conv1d and (1) do; as a convolution of mathematics the print is right."
        ),
        faults=(
            Fault(
                "the skip left in the list",
                lambda: _layer_with(_PRINTED_LIST[::-1] + np.array([0.0, 1.0, 0.0])),
            ),
        ),
        page=_PAGE,
    ),
)
