"""Rows (28) to (30): delta and kernel in momentum space, one layer in phase space."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from pdenet.audit.ledger.entry import Entry, Fault, Finding, Kind, Verdict, above, below, zero
from pdenet.audit.ledger.line import Array, matrix_of, wrong_by
from pdenet.audit.ledger.waves import (
    PERIODIC,
    no_factor,
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
            f"M = {sites}, sum of waves minus the identity",
            wrong_by(factor(sites) * phases(sites).sum(-1), np.eye(sites) + 0j),
            1e-13,
        )
        for sites in (3, 8)
    ]


def _times_too_large() -> list[Finding]:
    identity = 8 * np.eye(8) + 0j
    return [below("M = 8: without 1/M, minus M times identity", wrong_by(phases(8).sum(-1), identity), 1e-12)]


KERNEL = np.array(
    [(0.64 - 0.3) / 2, -0.64 + 0.1, (0.64 + 0.3) / 2]
)  # alpha^2 = 0.64, beta = 0.3, gamma = 0.1


_SYMBOL = alpha**2 * (sp.cos(p) - 1) + sp.I * beta * sp.sin(p) + gamma


def _kernel_in_momentum_space(
    printed: sp.Expr = _SYMBOL, factor: Callable[[int], float] = one_over
) -> list[Finding]:
    """(29) with this symbol of (24), and this factor in front of the sum."""
    sites = 8
    matrix = matrix_of(KERNEL, sites)
    back = phases(sites) @ symbol_of(KERNEL, sites) * factor(sites)
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


def _one_layer(
    factor: Callable[[int], float], gated: bool, h_of: Callable[[complex], complex] = np.log
) -> list[Finding]:
    """The layer w (psi + Omega psi) as a sum over x and p with exp(h), for w of both signs."""
    sites = 6
    u = np.random.default_rng(2).normal(size=sites)
    findings = []
    for w in (0.8, -0.8):
        exact = w * (u + matrix_of(KERNEL, sites) @ u)
        h = h_of(complex(w))
        form = factor(sites) * np.exp(h) * (phases(sites) @ (1 + symbol_of(KERNEL, sites))) @ u
        findings.append(below(f"w = {w}, phase-space form minus layer", wrong_by(form, exact + 0j), 1e-12))
    if gated:  # the print puts the ReLU into the one number h = log(kappa w): kappa is 0 or 1 for all sites
        after = np.maximum(exact, 0)
        best = min(wrong_by(kappa * exact, after) for kappa in (0, 1))
        findings.append(
            below("ReLU as one number kappa in h, the better of 0 and 1: form minus layer", best, 1e-12)
        )
    return findings


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
        kind=Kind.CONSTANT,
        faults=(Fault("one over the root of M", lambda: _delta(lambda sites: sites**-0.5)),),
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
        faults=(
            Fault(
                "the drift with the other sign", lambda: _kernel_in_momentum_space(_SYMBOL.subs(beta, -beta))
            ),
            Fault("no factor 1/M", lambda: _kernel_in_momentum_space(factor=no_factor)),
        ),
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
        kind=Kind.ARGUMENT,
        faults=(
            Fault("1/M alone missing", lambda: _one_layer(no_factor, gated=False)),
            Fault(
                "the logarithm of the size of w",
                lambda: _one_layer(one_over, gated=False, h_of=lambda w: np.log(abs(w))),
            ),
        ),
        page=_PAGE,
    ),
)
