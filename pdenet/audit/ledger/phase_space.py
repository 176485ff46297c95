"""Rows (32) and (33): the network as a sum over paths in phase space, and what a ReLU does to it."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from pdenet.audit.ledger.entry import Entry, Finding, Verdict, above, below
from pdenet.audit.ledger.line import Array, Waves, matrix_of, network, wrong_by
from pdenet.audit.ledger.waves import (
    PERIODIC,
    logarithm,
    no_factor,
    omega_itself,
    one_over,
    symbol_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_PAGE = "momentum-space"

# (32), (33): the path sum over phase space.


def _phase_space_sum(
    u: Array, kernels: Array, w: float, factor: float, h_of: Callable[[Waves], Waves]
) -> tuple[Waves, int]:
    """Sum over x_0 ... x_(N-1) and p_0 ... p_(N-1), path by path, for every x_N; and the number of paths."""
    sites, layers = u.size, len(kernels)
    momenta = 2 * np.pi * np.arange(sites) / sites
    energies = np.array([np.log(complex(w)) + h_of(symbol_of(kernel, sites)) for kernel in kernels])
    steps = np.array(list(product(range(sites), repeat=layers)))  # (paths, layers): x_0 ... or p_0 ...
    energy = energies[np.arange(layers), steps].sum(axis=1)
    result = np.zeros(sites, dtype=complex)
    for x, end in product(steps, range(sites)):
        distance = np.diff([*x, end])
        action = 1j * momenta[steps] @ distance + energy
        result[end] += factor**layers * np.exp(action).sum() * u[x[0]]
    return result, sites * len(steps) ** 2


def _linear(u: Array, kernels: Array, w: float) -> Array:
    for kernel in kernels:
        u = w * (u + matrix_of(kernel, u.size) @ u)
    return u


def _phase_space(
    sites: int,
    layers: int,
    factor: Callable[[int], float],
    h_of: Callable[[Waves], Waves],
    name: str = "form",
    one_symbol: bool = False,
) -> list[Finding]:
    rng = np.random.default_rng(3)
    u, kernels = rng.normal(size=sites), 0.3 * rng.normal(size=(layers, 3))
    used = np.repeat(kernels[:1], layers, axis=0) if one_symbol else kernels
    form, number = _phase_space_sum(u, used, 0.9, factor(sites), h_of)
    error = wrong_by(form, _linear(u, kernels, 0.9) + 0j)
    return [below(f"M = {sites}, N = {layers}, {number} paths: {name} minus linear network", error, 1e-12)]


def _phase_space_prints(sites: int, layers: int) -> list[Finding]:
    """The print, each of its slips alone, and what no H without gates can be."""
    rng = np.random.default_rng(3)
    u, kernels = rng.normal(size=sites), 0.3 * rng.normal(size=(layers, 3))
    form, _ = _phase_space_sum(u, kernels, 0.9, 1 / sites, logarithm)
    with_relu = network(u, kernels * 0.9, "periodic", 0.9)
    return [
        *_phase_space(sites, layers, no_factor, omega_itself, "print"),
        *_phase_space(sites, layers, one_over, omega_itself, "print with 1/M per layer"),
        *_phase_space(sites, layers, no_factor, logarithm, "print with the logarithm"),
        *_phase_space(sites, layers, one_over, logarithm, "with both, but one H for all layers,", True),
        below("all of this put right minus the network with ReLU", wrong_by(form, with_relu + 0j), 1e-12),
    ]


def _phase_space_and_relu() -> list[Finding]:
    rng = np.random.default_rng(3)
    u, kernels = rng.normal(size=4), 0.3 * rng.normal(size=(2, 3))
    gap = wrong_by(_linear(u, kernels, 1.0), network(u, kernels, "periodic"))
    return [
        *_phase_space(4, 2, one_over, logarithm),
        above("the same weights with ReLU: distance to the linear network", gap, 0.1),
    ]


_PRINTED_SUM = (
    r"$\psi(x_N) = \sum_{x_{N-1} \dots x_0} \sum_{p_{N-1} \dots p_0} \prod_t "
    r"e^{i p_{t-1}(x_t - x_{t-1}) + H(p_{t-1})}\,\psi(x_0)$, $H = h + \tilde\Omega$"
)
_HOLDING_SUM = (
    r"$\psi(x_N) = M^{-N} \sum_{x_{N-1} \dots x_0} \sum_{p_{N-1} \dots p_0} \prod_t "
    r"e^{i p_{t-1}(x_t - x_{t-1}) + H_t(p_{t-1})}\,\psi(x_0)$, $H_t = \log w_t + \log(1 + \tilde\Omega_t)$"
)


ENTRIES = (
    Entry(
        id="32",
        title="Sum over paths in phase space",
        verdict=Verdict.WRONG,
        printed=_PRINTED_SUM,
        check=lambda: _phase_space(3, 3, one_over, logarithm),
        holds=_HOLDING_SUM,
        reason=(
            r"$M^{-N}$ is missing, $\tilde\Omega$ stands for $\log(1 + \tilde\Omega)$, $H$ has no "
            "index of the layer, and no such form can hold a ReLU."
        ),
        assumptions=PERIODIC,
        check_printed=lambda: _phase_space_prints(3, 3),
        page=_PAGE,
    ),
    Entry(
        id="33",
        title="The network as a sum over paths in phase space",
        verdict=Verdict.WRONG,
        printed=_PRINTED_SUM,
        check=_phase_space_and_relu,
        holds=_HOLDING_SUM,
        reason="As (32); and it holds for the linear network only, not with ReLU.",
        assumptions=PERIODIC,
        check_printed=lambda: _phase_space_prints(4, 2),
        page=_PAGE,
    ),
)
