"""Rows (28) to (31): delta and kernel in momentum space, one layer in phase space, its exponent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import sympy as sp
from scipy.linalg import expm

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
from pdenet.audit.ledger.line import Array, Waves, matrix_of, wrong_by
from pdenet.audit.ledger.waves import (
    PERIODIC,
    logarithm,
    no_factor,
    omega_itself,
    one_over,
    phases,
    symbol_of,
)
from pdenet.symbolic import PDE_1D, alpha, beta, gamma, p

if TYPE_CHECKING:
    from collections.abc import Callable

_PAGE = "momentum-space"

# (28), (29): delta and kernel in momentum space, on a periodic line of M sites.


def _delta(factor: Callable[[int], float]) -> list[Finding]:
    return [
        below(
            f"M = {sites}: sum of waves minus the identity",
            wrong_by(factor(sites) * phases(sites).sum(-1), np.eye(sites) + 0j),
            1e-13,
        )
        for sites in (3, 8)
    ]


def _times_too_large() -> list[Finding]:
    identity = 8 * np.eye(8) + 0j
    return [below("M = 8: without 1/M, minus M times identity", wrong_by(phases(8).sum(-1), identity), 1e-12)]


_KERNEL = np.array(
    [(0.64 - 0.3) / 2, -0.64 + 0.1, (0.64 + 0.3) / 2]
)  # alpha^2 = 0.64, beta = 0.3, gamma = 0.1


def _kernel_in_momentum_space() -> list[Finding]:
    sites = 8
    printed = alpha**2 * (sp.cos(p) - 1) + sp.I * beta * sp.sin(p) + gamma
    matrix = matrix_of(_KERNEL, sites)
    back = phases(sites) @ symbol_of(_KERNEL, sites) / sites
    waves = np.exp(2j * np.pi * np.outer(np.arange(sites), np.arange(sites)) / sites) / np.sqrt(sites)

    def coupling(layer: Array) -> float:
        """Largest entry off the diagonal between two waves."""
        between = waves.conj().T @ layer @ waves
        return float(np.abs(between - np.diag(np.diag(between))).max())

    zero_border = matrix.copy()
    zero_border[0, -1] = zero_border[-1, 0] = 0
    gates = np.random.default_rng(0).random(sites) < 0.5
    return [
        zero(
            "symbol of (24) minus the printed one",
            (PDE_1D.stencil().symbol(p) - printed).expand(complex=True),
        ),
        below("kernel minus its inverse transform, M = 8", wrong_by(back, matrix + 0j), 1e-13),
        below("periodic layer: coupling of two waves", coupling(np.eye(sites) + matrix), 1e-13),
        above("zero border: coupling of two waves", coupling(np.eye(sites) + zero_border), 0.03),
        above(
            "periodic, with gates: coupling of two waves",
            coupling(gates[:, None] * (np.eye(sites) + matrix)),
            0.1,
        ),
    ]


# (30): one layer in phase space.


def _one_layer(factor: Callable[[int], float], gated: bool) -> list[Finding]:
    """The layer w (psi + Omega psi) as a sum over x and p with exp(h), for w of both signs."""
    sites = 6
    u = np.random.default_rng(2).normal(size=sites)
    findings = []
    for w in (0.8, -0.8):
        exact = w * (u + matrix_of(_KERNEL, sites) @ u)
        h = np.log(complex(w))
        form = factor(sites) * np.exp(h) * (phases(sites) @ (1 + symbol_of(_KERNEL, sites))) @ u
        findings.append(below(f"w = {w}: phase-space form minus layer", wrong_by(form, exact + 0j), 1e-12))
    if gated:  # the print puts the ReLU into the one number h = log(kappa w): kappa is 0 or 1 for all sites
        after = np.maximum(exact, 0)
        best = min(wrong_by(kappa * exact, after) for kappa in (0, 1))
        findings.append(
            below("ReLU as one number kappa in h, the better of 0 and 1: form minus layer", best, 1e-12)
        )
    return findings


# (31): exponentiation.


def _exponent(h_of: Callable[[Waves], Waves], kept: bool = True, name: str = "form") -> list[Finding]:
    """Layers w u + f * u on a ring against sums over waves of exp(h + H), for w << f, w = f and w >> f."""
    sites, findings = 8, []
    u = np.random.default_rng(4).normal(size=sites)
    f = np.array([0.2, 0.4, 0.3])
    for w in (0.1, 0.9, 10.0):
        layer = w * u + matrix_of(f, sites) @ u
        weights = (w if kept else 1) * np.exp(h_of(symbol_of(f / w, sites)))
        form = phases(sites) @ weights @ u / sites
        error = wrong_by(form, layer + 0j) / float(np.abs(layer).max())
        findings.append(below(f"f of sum 0.9, w = {w:g}: {name} against the layer, relative", error, 1e-12))
    return findings


def _small_where(w: float) -> list[Finding]:
    """Whether exp(Omega) comes near 1 + Omega at f = 0.9 and this w, which stands for the regime named."""
    error = abs(1 - (1 + 0.9 / w) / np.exp(0.9 / w))
    return [below(f"f = 0.9, w = {w:g}: exp(Omega) against 1 + Omega, relative", error, 0.005)]


def _through_layers(kernel: Array, layers: int) -> tuple[float, float]:
    """A constant state after equal layers u + K u, and after as many units of time of the flow exp(K)."""
    sites = 8
    matrix = matrix_of(kernel, sites)
    u = np.ones(sites)
    flow = expm(layers * matrix) @ u
    for _ in range(layers):
        u = u + matrix @ u
    return float(u[0]), float(flow[0])


def _logarithm_of_a_matrix() -> float:
    """The logarithm of a layer as a series in its kernel's matrix, against log(1 + Omega) over the waves."""
    sites, small = 8, _KERNEL / 4
    matrix = matrix_of(small, sites)
    power, total = np.eye(sites), np.zeros((sites, sites))
    for n in range(1, 60):
        power = power @ matrix
        total = total - (-1) ** n * power / n
    return wrong_by(phases(sites) @ np.log(1 + symbol_of(small, sites)) / sites, total + 0j)


def _exponentiation() -> list[Finding]:
    z = sp.Symbol("z")
    series = sp.series(sp.exp(z) - (1 + z), z, 0, 4).removeO()
    sizes = [0.2, 0.1, 0.05]
    errors = [float(np.exp(s) - (1 + s)) for s in sizes]
    sites = 8
    omega = symbol_of(_KERNEL, sites)
    flow = expm(matrix_of(_KERNEL, sites))
    from_symbol = (phases(sites) @ np.exp(omega)) / sites
    thin = [100, 200, 400]
    gaps = [float(np.abs((1 + omega / n) ** n - np.exp(omega)).max()) for n in thin]
    growing = np.array([0.3, -0.4, 0.3])  # sum 0.2, the Omega of a constant state
    ratios = []
    for layers in (1, 5, 15):
        stacked, flown = _through_layers(growing, layers)
        ratios.append(stacked / flown - np.exp(layers * (np.log(1.2) - 0.2)))
    stacked, flown = _through_layers(growing, 15)
    return [
        *_exponent(logarithm),
        *_small_where(10.0),
        below(
            "logarithm of a layer as a matrix series minus log(1 + Omega)", _logarithm_of_a_matrix(), 1e-12
        ),
        zero("exp(Omega) - (1 + Omega), series minus Omega^2/2 + Omega^3/6", series - z**2 / 2 - z**3 / 6),
        order("of exp(Omega) - (1 + Omega) in Omega", sizes, errors, 2, 0.1),
        close("w exp(f/w) at w = 0.1, f = 0.5, where the layer has 0.6", 0.1 * np.exp(5), 14.84, 0.01),
        above("w = 10, f = 0.9: h over Omega, so h may not be dropped", np.log(10) / 0.09, 20),
        below("exp(Omega) in momentum space minus the flow expm(K)", wrong_by(from_symbol, flow + 0j), 1e-12),
        order("of (1 + Omega/n)^n - exp(Omega) in n", thin, gaps, -1, 0.05),
        below(
            "Omega = 0.2, 1, 5, 15 layers over the flow, minus exp(L (log(1 + Omega) - Omega))",
            float(np.abs(ratios).max()),
            1e-12,
        ),
        close("15 layers over the flow", stacked / flown, np.exp(-15 * (0.2**2 / 2 - 0.2**3 / 3)), 0.01),
    ]


def _exponentiation_as_printed() -> list[Finding]:
    """The print, its regime alone, and alone that h is dropped."""
    return [
        *_exponent(omega_itself, name="exp(h + Omega)"),
        *_small_where(0.1),
        *_exponent(logarithm, kept=False, name="h dropped, exp(log(1 + Omega))"),
    ]


ENTRIES = (
    Entry(
        id="28",
        title="Delta on the lattice",
        verdict=Verdict.WRONG,
        printed=r"$\delta(x_t - x_{t-1}) = \sum_p e^{ip(x_t - x_{t-1})}$",
        check=lambda: [*_delta(one_over), *_times_too_large()],
        holds=r"$\delta_{x_t, x_{t-1}} = \frac1M \sum_{k=0}^{M-1} e^{i \frac{2\pi}{M} k (x_t - x_{t-1})}$",
        reason=r"The factor $1/M$ is missing; [(29)](#eq:29) has it.",
        assumptions="periodic line of $M$ sites",
        check_printed=lambda: _delta(no_factor),
        page=_PAGE,
    ),
    Entry(
        id="29",
        title="Kernel in momentum space",
        verdict=Verdict.OK,
        printed=(
            r"$\Omega(x_t - x_{t-1}) = \frac1M \sum_k e^{i \frac{2\pi}{M} k (x_t - x_{t-1})}\,"
            r"\tilde\Omega(p)$"
        ),
        check=_kernel_in_momentum_space,
        assumptions=PERIODIC,
        page=_PAGE,
    ),
    Entry(
        id="30",
        title="One layer in phase space",
        verdict=Verdict.WRONG,
        printed=(
            r"$\psi(x_t) = \sum_{x_{t-1}} \sum_p e^{ip(x_t - x_{t-1})} e^{h_t} (1 + \tilde\Omega(p))\,"
            r"\psi(x_{t-1})$, $h_t = \log(\kappa w)$"
        ),
        check=lambda: _one_layer(one_over, gated=False),
        holds=(
            r"$\psi_t(x_t) = \frac1M \sum_{x_{t-1}} \sum_p e^{ip(x_t - x_{t-1})} e^{h_t} "
            r"(1 + \tilde\Omega_t(p))\,\psi_{t-1}(x_{t-1})$, $h_t = \log w_t$"
        ),
        reason=(
            r"The factor $1/M$ is missing, and gates that differ from place to place become a constant, "
            r"whose logarithm is $-\infty$ where a gate is closed."
        ),
        assumptions=PERIODIC + r"; for $w_t < 0$ the logarithm has the imaginary part $\pi$",
        check_printed=lambda: _one_layer(no_factor, gated=True),
        page=_PAGE,
    ),
    Entry(
        id="31",
        title="Exponentiation of the kernel",
        verdict=Verdict.WRONG,
        printed=(
            r"for $w \ll f$: $1 + \tilde\Omega = e^{\tilde\Omega}$, so $\psi(x_t) = \sum_{x_{t-1}} \sum_p "
            r"e^{ip(x_t - x_{t-1})} e^{h_t + \tilde\Omega}\,\psi(x_{t-1})$, and $h_t$ may be dropped"
        ),
        check=_exponentiation,
        holds=(
            r"$1 + \tilde\Omega = e^{\log(1 + \tilde\Omega)} \approx e^{\tilde\Omega}$ for $f \ll w$, so "
            r"$\psi_t(x_t) = \frac1M \sum_{x_{t-1}} \sum_p e^{ip(x_t - x_{t-1})} e^{h_t + \log(1 + "
            r"\tilde\Omega_t)}\,\psi_{t-1}(x_{t-1})$, where $h_t = \log w_t$ stays unless $w_t = 1$"
        ),
        reason=(
            r"The error is $\tilde\Omega^2/2$ with $\tilde\Omega = \tilde f/w$, small in the opposite case "
            r"$f \ll w$, and it compounds from layer to layer; there it is $h_t$ that dominates; $1/M$ is "
            "missing as in (30)."
        ),
        assumptions=PERIODIC + r"; the logarithm is $-\infty$ for a wave that the layer removes",
        check_printed=_exponentiation_as_printed,
        page=_PAGE,
    ),
)
