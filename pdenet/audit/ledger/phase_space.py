"""Rows (32) and (33): the network as a sum over paths in phase space, and what a ReLU does to it."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from pdenet.audit.ledger.entry import Entry, Fault, Finding, Kind, Verdict, above, below
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
    one_symbol: bool = False,
    relu: bool = False,
) -> list[Finding]:
    """The sum over all paths with this factor of a wave and this exponent, against the network it stands for.

    Parameters
    ----------
    sites, layers : int
        Pixels of the ring, and layers.
    factor, h_of : callable
        Factor of a sum over waves, by the number of pixels; exponent of a layer, by its symbol.
    one_symbol : bool
        Whether the kernel of the first layer stands in for all.
    relu : bool
        Whether the sum is to stand for the network with ReLU.
    """
    rng = np.random.default_rng(3)
    u, kernels = rng.normal(size=sites), 0.3 * rng.normal(size=(layers, 3))
    used = np.repeat(kernels[:1], layers, axis=0) if one_symbol else kernels
    form, number = _phase_space_sum(u, used, 0.9, factor(sites), h_of)
    network_of = network(u, kernels * 0.9, "periodic", 0.9) if relu else _linear(u, kernels, 0.9)
    error = wrong_by(form, network_of + 0j)
    return [
        below(f"M = {sites}, N = {layers}, {number} paths, sum minus the network it is for", error, 1e-12)
    ]


def _slips(sites: int, layers: int) -> tuple[Fault, ...]:
    """Each fault of the printed sum alone."""
    size = sites, layers
    return (
        Fault("1/M alone missing", lambda: _phase_space(*size, no_factor, logarithm)),
        Fault("Omega alone in place of its logarithm", lambda: _phase_space(*size, one_over, omega_itself)),
        Fault("one H for all layers", lambda: _phase_space(*size, one_over, logarithm, one_symbol=True)),
        Fault("for the network with ReLU", lambda: _phase_space(*size, one_over, logarithm, relu=True)),
    )


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
        check_printed=lambda: _phase_space(3, 3, no_factor, omega_itself, one_symbol=True, relu=True),
        kind=Kind.ARGUMENT,
        faults=_slips(3, 3),
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
        check_printed=lambda: _phase_space(4, 2, no_factor, omega_itself, one_symbol=True, relu=True),
        kind=Kind.ARGUMENT,
        faults=_slips(4, 2),
        page=_PAGE,
    ),
)
