"""Rows (34), (35) and U5: the symbol of a layer, its Gaussian, and where the two part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import sympy as sp
from scipy import linalg, special, stats

from pdenet.audit.ledger.bell import BELL, DISTANCE, FACTOR, WIDTH
from pdenet.audit.ledger.entry import Entry, Fault, Finding, Kind, Verdict, above, below, close, order, zero
from pdenet.symbolic import PDE_1D, alpha, beta, gamma, p
from pdenet.symbolic.gaussian import gaussian_integral
from pdenet.symbolic.propagator import (
    continuum_symbol,
    gaussian_mass,
    gaussian_weights,
    lattice_weights,
    layer_weights,
    zone_weights,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_PAGE = "action"

# (34): the modes a lattice has, and the symbol they are given.


def _modes(number: int, *, centred: bool) -> np.ndarray:
    """Wave numbers 2 pi k / M, from 0 up as in (29), or those from -pi, left out, to pi."""
    k = np.arange(number)
    return 2 * np.pi * (k - (number - 1) // 2 if centred else k) / number


def _kernel(symbol: sp.Expr, waves: np.ndarray, values: dict[sp.Symbol, float]) -> np.ndarray:
    """Weights of the displacements 0 to M - 1 on a ring: the mean over the modes of exp(ipX + symbol)."""
    exponent = sp.lambdify(p, symbol.subs(values))(waves)
    displacements = np.arange(len(waves))
    result: np.ndarray = np.exp(1j * np.outer(displacements, waves) + exponent).mean(axis=1)
    return result


def _symbol(symbol: sp.Expr, *, centred: bool) -> list[Finding]:
    values = {alpha: np.sqrt(0.8), beta: 0.3, gamma: 0.1}
    kernel = _kernel(symbol, _modes(32, centred=centred), values)
    taps = np.zeros(32)
    taps[[-1, 0, 1]] = layer_weights([-1, 0, 1], *values.values()) - [0, 1, 0]
    flow = linalg.expm(linalg.circulant(taps))[:, 0]
    return [
        below("imaginary part of the weights on a ring of 32 pixels", np.abs(kernel.imag).max(), 1e-12),
        below(
            "weights against the matrix exponential of the layer's increment",
            _largest(kernel - flow),
            1e-12,
        ),
    ]


def _symbol_that_holds() -> list[Finding]:
    lattice = PDE_1D.symbol(p)
    expansion = sp.series(lattice - continuum_symbol(PDE_1D), p, 0, 5).removeO()
    wide = np.sqrt(0.8)
    near = np.arange(-16, 16)
    return [
        *_symbol(lattice, centred=False),
        zero(
            "lattice symbol minus continuum symbol against -i beta p^3/6 + alpha^2 p^4/24, to order 4",
            expansion + sp.I * beta * p**3 / 6 - alpha**2 * p**4 / 24,
        ),
        below(
            "continuum symbol on the centred zone against the Gaussian, alpha^2 = 0.8",
            _largest(zone_weights(near, wide, 0.3) - gaussian_weights(near, wide, 0.3)),
            0.003,
        ),
    ]


def _symbol_as_printed() -> list[Finding]:
    """The print, on the zone of (29), and its letters."""
    b, c = sp.symbols("b c", real=True)
    printed = -(alpha**2) * p**2 / 2 + sp.I * b * p + c
    strange = printed.free_symbols - {alpha, beta, gamma, p}
    letters = ", ".join(sorted(map(str, strange))) or "none"
    same = printed.subs({b: beta, c: gamma})
    return [
        *_symbol(same, centred=False),
        Finding(f"letters that are no parameters of (21): {letters}", not strange),
    ]


# (35)


def _gaussian(prefactor: sp.Expr) -> list[Finding]:
    form = prefactor * BELL
    exponent = -(WIDTH**2) * p**2 / 2 + sp.I * p * (DISTANCE + beta) + gamma
    over_momenta = gaussian_integral(exponent, p) / (2 * sp.pi)
    mass = sp.simplify(
        sp.integrate(form.subs({WIDTH: 2, beta: 3}), (DISTANCE, -sp.oo, sp.oo)) / sp.exp(gamma)
    )
    modes = np.exp(-2 * _modes(64, centred=True) ** 2 + 1j * _modes(64, centred=True) * 1.3).sum().real
    value = float(form.subs({WIDTH: 2, beta: sp.Rational(3, 10), gamma: 0, DISTANCE: 1}))
    return [
        zero("integral over the momenta / 2 pi against the form", over_momenta - form),
        zero("mass of a layer over exp(gamma) against 1", mass - 1),
        close("decimal logarithm of the mass of 50 layers", float(50 * sp.log(mass, 10)), 0, 1e-9),
        below("mean over 64 modes, alpha = 2, over the form, against 1", modes / 64 / value - 1, 1e-5),
    ]


def _positive_mass(prefactor: sp.Expr) -> list[Finding]:
    """The mass at a negative alpha, where only 1/|alpha| gives 1."""
    form = (prefactor * BELL).subs({WIDTH: -2, beta: 3})
    mass = sp.integrate(form, (DISTANCE, -sp.oo, sp.oo)) / sp.exp(gamma)
    return [zero("with 1/sqrt(2 pi), alpha = -2: mass over exp(gamma) against 1", mass - 1)]


# U5

_SETS = (
    (0.7, 0.3, 0.0),
    (0.7, -0.3, 0.1),
    (0.9, 0.0, -0.2),
    (0.6, 0.36, 0.0),
    (0.6, -0.36, 0.1),
    (0.3, 0.8, 0.0),
    (0.5, -0.6, 0.2),
    (1.6, 0.4, 0.0),
)
_FAR = np.arange(-100, 101)


def _largest(values: np.ndarray) -> float:
    return float(np.abs(values).max())


def _half_l1(first: np.ndarray, second: np.ndarray) -> float:
    return float(np.abs(first - second).sum() / 2)


def _in_zone(a: float, b: float, c: float) -> np.ndarray:
    """The exact propagator at `_FAR` by 512-point quadrature, exact to rounding for what is periodic."""
    waves = 2 * np.pi * np.arange(512) / 512
    symbol = a**2 * (np.cos(waves) - 1) + 1j * b * np.sin(waves) + c
    result: np.ndarray = (np.exp(1j * np.outer(_FAR, waves)) @ np.exp(symbol)).real / 512
    return result


def _propagator(weights: Callable[..., np.ndarray]) -> list[Finding]:
    against_zone, moments = [], []
    for a, b, c in _SETS:
        found = weights(_FAR, a, b, c)
        against_zone.append(_largest(found - _in_zone(a, b, c)))
        mean = found / np.exp(c)
        moments.append(_largest(np.array([mean.sum() - 1, mean @ _FAR + b, mean @ (_FAR + b) ** 2 - a**2])))
    return [
        below("against the integral over the zone, 8 parameter sets", max(against_zone), 1e-13),
        below("sum exp(gamma), mean -beta, variance alpha^2", max(moments), 1e-11),
    ]


def _layers(weights: np.ndarray, number: int) -> np.ndarray:
    """Weights of so many equal layers, at the displacements of a long ring."""
    return np.fft.ifft(np.fft.fft(np.fft.ifftshift(weights)) ** number).real


def _gap(a: float, b: float, number: int, same_mass: bool = False) -> float:
    """Half L1 distance between products of Gaussians and of the layers themselves."""
    far = np.arange(-256, 256)
    gaussian, layer = gaussian_weights(far, a, b), layer_weights(far, a, b)
    if same_mass:
        gaussian = gaussian / gaussian.sum()
    return _half_l1(_layers(gaussian, number), _layers(layer, number))


def _to_flow(a: float, b: float) -> float:
    return _half_l1(gaussian_weights(_FAR, a, b), lattice_weights(_FAR, a, b))


def _zone_edge() -> float:
    """Largest distance of `zone_weights` from quadrature over the cut zone, at one parameter set."""
    nodes, measure = np.polynomial.legendre.leggauss(200)
    near = np.arange(-12, 13)
    symbol = np.exp(-((0.7 * np.pi * nodes) ** 2) / 2 + 0.3j * np.pi * nodes)
    integral = np.exp(1j * np.pi * np.outer(near, nodes)) @ (measure * symbol) / 2
    return _largest(zone_weights(near, 0.7, 0.3) - integral.real)


def _bessel(d: np.ndarray, a: float, b: float, c: float) -> np.ndarray:
    """The propagator as the entry states it, with Bessel functions, or Poisson's law on the border."""
    if b < 0:
        return _bessel(-d, a, -b, c)
    forward, backward = (a**2 + b) / 2, (a**2 - b) / 2
    if np.isclose(b, a**2):
        n = np.maximum(-d, 0)
        return np.where(d <= 0, np.exp(c - a**2) * a ** (2 * n) / special.factorial(n), 0)
    root = np.sqrt(abs(a**4 - b**2))
    bessel = special.iv(np.abs(d), root) if b < a**2 else special.jv(-d, root)
    result: np.ndarray = np.exp(c - a**2) * (forward / abs(backward)) ** (-d / 2) * bessel
    return result


_TABLE = (  # alpha; mass, distance to the flow, distance to the layer: as on record for three digits
    (0.25, 1.597, 0.357, 0.360),
    (0.4, 1.085, 0.097, 0.115),
    (0.5, 1.014, 0.019, 0.041),
    (0.6, 1.002, 0.076, 0.029),
    (0.7, 1.000, 0.102, 0.079),
    (0.85, 1.000, 0.096, 0.253),
    (1.0, 1.000, 0.076, 0.516),
)


def _table() -> float:
    rows = [(gaussian_weights(_FAR, a, 0).sum(), _to_flow(a, 0), _gap(a, 0, 1)) for a, *_ in _TABLE]
    return _largest(np.array(rows) - np.array(_TABLE)[:, 1:])


def _propagator_that_holds() -> list[Finding]:
    near = np.arange(-8, 9)
    narrow = (1 + 2 * np.exp(-8) + 2 * np.exp(-32)) / (0.25 * np.sqrt(2 * np.pi))  # weights at -2 to 2
    stated = [_bessel(near, *values) - _in_zone(*values)[92:109] for values in _SETS]
    skellam = stats.skellam.pmf(_FAR, (0.49 - 0.3) / 2, (0.49 + 0.3) / 2)
    drifting = np.sqrt(50 * 0.49), np.sqrt(50 * (0.49 - 0.25))
    line = np.linspace(-60, 60, 20_001)
    normals = [stats.norm.pdf(line, 0, width) for width in drifting]
    ten_layers = _layers(layer_weights(_FAR, 0.7, 0.3), 10)
    outside = np.abs(np.fft.ifftshift(_FAR)) > 10
    summed = [(gaussian_weights(_FAR, a, b).sum(), gaussian_mass(a, b)) for a, b, _ in _SETS]
    return [
        *_propagator(lattice_weights),
        below("Bessel and Poisson form against the same integral", _largest(np.array(stated)), 1e-12),
        below("table of masses and distances at 7 widths against the record", _table(), 6e-4),
        below("against scipy.stats.skellam", _largest(lattice_weights(_FAR, 0.7, 0.3) - skellam), 1e-13),
        above(
            "least weight at alpha = 0.3, beta = 0.8 is minus", -lattice_weights(_FAR, 0.3, 0.8).min(), 0.1
        ),
        below("mass of the Gaussian by Poisson summation", max(abs(a - b) for a, b in summed), 1e-12),
        close(
            "mass of 50 Gaussians at alpha = 0.25 in units of 1e10",
            gaussian_mass(0.25, 0) ** 50 / 1e10,
            narrow**50 / 1e10,
            1e-6,
        ),
        below("zone cut at its edge against quadrature", _zone_edge(), 1e-12),
        order("distance to the flow in alpha, no drift", (4, 8), (_to_flow(4, 0), _to_flow(8, 0)), -2),
        order("the same with beta = alpha^2/2", (4, 8), (_to_flow(4, 8), _to_flow(8, 32)), -1),
        order(
            "distance to so many layers, both of mass 1, alpha = 0.7, no drift",
            (10, 20),
            (_gap(0.7, 0, 10, True), _gap(0.7, 0, 20, True)),
            -1,
        ),
        below("the same at 50 layers, with the mass", _gap(0.7, 0, 50), 0.005),
        close(
            "to 50 layers, beta = 0.5, against normals of variance L alpha^2, L (alpha^2 - beta^2)",
            _gap(0.7, 0.5, 50),
            np.abs(normals[0] - normals[1]).sum() * (line[1] - line[0]) / 2,
            2e-3,
        ),
        below("weight of ten layers beyond ten pixels", _largest(ten_layers[outside]), 1e-14),
        above(
            "weight of the flow over ten layers, eleven pixels to the left",
            float(lattice_weights(-11, 4.9**0.5, 3)),
            1e-4,
        ),
    ]


ENTRIES = (
    Entry(
        id="34",
        title="Symbol of the equation, in the path sum",
        verdict=Verdict.APPROXIMATE,
        printed=r"$H(p)=-\frac12\alpha^2p^2+ibp+c$, then $\psi(x_N)=\sum_x\prod_t\sum_pe^\gamma "
        r"e^{-\frac12\alpha^2p^2+ip(x_t-x_{t-1}+\beta)}\,\psi(x_0)$ over the modes $p$ of the lattice",
        holds=r"$H(p)=\alpha^2(\cos p-1)+i\beta\sin p+\gamma$; the print is its start at small $p$, "
        r"to be used for $-\pi<p\le\pi$ only; the sum is $\frac1M\sum_p$, "
        r"$\int_{-\pi}^\pi\frac{dp}{2\pi}$ on a long line",
        reason=r"The symbol of the equation on a line stands for that of its stencil, it is not periodic "
        r"and so needs the centred zone, and $b$, $c$ are $\beta$, $\gamma$.",
        assumptions=r"a ring of $M$ pixels; $e^{\tilde\Omega}$ in place of "
        r"$1+\tilde\Omega$",
        check=_symbol_that_holds,
        check_printed=_symbol_as_printed,
        kind=Kind.ARGUMENT,
        reading=(
            "The modes are those of (29), from 0 up; the letters $b$, $c$ are held against it, though "
            "they explain themselves."
        ),
        faults=(
            Fault(
                "the printed symbol on the centred zone",
                lambda: _symbol(continuum_symbol(PDE_1D), centred=True),
            ),
            Fault(
                "the drift with the other sign",
                lambda: _symbol(PDE_1D.symbol(p).subs(beta, -beta), centred=False),
            ),
        ),
        page=_PAGE,
    ),
    Entry(
        id="35",
        title="Gaussian propagator",
        verdict=Verdict.WRONG,
        printed=r"$\psi(x_N)=\sum_x\prod_t\frac{e^\gamma}{\alpha}e^{-(x_t-x_{t-1}+\beta)^2/2\alpha^2}\,\psi(x_0)$",
        holds=r"$\psi(x_N)=\sum_x\prod_t\frac{e^\gamma}{\vert\alpha\vert\sqrt{2\pi}}"
        r"e^{-(x_t-x_{t-1}+\beta)^2/2\alpha^2}\,\psi(x_0)$",
        reason=r"The factor $1/\sqrt{2\pi}$ is missing in every layer, and $\alpha$ may be negative.",
        assumptions=r"$\alpha\ne0$; the integral runs over all momenta, not only over the zone (see U5)",
        check=lambda: [*_gaussian(FACTOR), *_positive_mass(FACTOR)],
        check_printed=lambda: [
            *_gaussian(1 / WIDTH),
            *_positive_mass(1 / (WIDTH * sp.sqrt(2 * sp.pi))),
        ],
        kind=Kind.CONSTANT,
        faults=(
            Fault("the bars alone missing", lambda: _positive_mass(1 / (WIDTH * sp.sqrt(2 * sp.pi)))),
            Fault("the root alone missing", lambda: _gaussian(1 / sp.Abs(WIDTH))),
            Fault(
                "the variance in place of its root", lambda: _gaussian(1 / (WIDTH**2 * sp.sqrt(2 * sp.pi)))
            ),
        ),
        page=_PAGE,
    ),
    Entry(
        id="U5",
        title="The propagator on the lattice, and when the Gaussian is good",
        verdict=Verdict.APPROXIMATE,
        printed=r"section 3.2 does the momentum sums of (34) as Gaussian integrals and uses the result (35) "
        r"on pixels",
        holds=r"with $c_\pm=\frac12(\alpha^2\pm\beta)$ the sum over the zone is "
        r"$e^{\gamma-\alpha^2}(c_+/c_-)^{-X/2}I_{\vert X\vert}(\sqrt{\alpha^4-\beta^2})$ for "
        r"$\vert\beta\vert<\alpha^2$, "
        r"a Poisson weight at $\vert\beta\vert=\alpha^2$ and a Bessel function $J$, of both signs, beyond",
        reason="The Gaussian has the wrong mass on narrow layers and the wrong shape on one layer; only over "
        "many layers without drift does it come near.",
        assumptions=r"one dimension, no boundary; the flow $e^{\tilde\Omega}$ is itself not the layer "
        r"$1+\tilde\Omega$",
        check=_propagator_that_holds,
        check_printed=lambda: _propagator(gaussian_weights),
        kind=Kind.ARGUMENT,
        faults=(
            Fault(
                "the displacement with the other sign",
                lambda: _propagator(lambda d, a, b, c: lattice_weights(-d, a, b, c)),
            ),
            Fault(
                "no exp(-alpha^2)",
                lambda: _propagator(lambda d, a, b, c: lattice_weights(d, a, b, c) * np.exp(a**2)),
            ),
        ),
        page=_PAGE,
    ),
)
