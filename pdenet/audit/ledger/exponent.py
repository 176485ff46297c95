"""Row (31): a layer as an exponential."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import expm

from pdenet.audit.ledger.entry import Entry, Fault, Finding, Kind, Verdict, above, below, close, order
from pdenet.audit.ledger.line import Array, Waves, matrix_of, wrong_by
from pdenet.audit.ledger.momentum import KERNEL
from pdenet.audit.ledger.waves import PERIODIC, logarithm, omega_itself, phases, symbol_of

if TYPE_CHECKING:
    from collections.abc import Callable

_PAGE = "momentum-space"
_SITES, _SKIP = 8, 0.8
_SMALL, _LARGE = 0.14, 1.2
"""Largest |Omega| of layers that the exponential meets to a per cent, and of layers that it misses."""
_OPPOSITE = 10.0
"""Largest |Omega| of layers whose skip is small beside the kernel, w << f."""


def _kernels(size: float, count: int = 200) -> Array:
    """Random kernels f whose Omega = f/w has this largest size over the waves, (kernel, tap)."""
    kernels = np.random.default_rng(4).normal(size=(count, 3))
    sizes = np.abs([symbol_of(kernel, _SITES) for kernel in kernels]).max(axis=1)
    result: Array = kernels * (_SKIP * size / sizes)[:, None]
    return result


def _layer(state: Array, kernel: Array) -> Array:
    """W u + f u for the states (x, ...), pixel by pixel."""
    left, centre, right = kernel
    result: Array = (
        (_SKIP + centre) * state + left * np.roll(state, 1, axis=0) + right * np.roll(state, -1, axis=0)
    )
    return result


def _error(kernel: Array, kept: bool = True) -> float:
    """Norm of the sum of exp(h + Omega) over waves, h kept or not, less the layer; in units of the skip."""
    weights = (_SKIP if kept else 1.0) * np.exp(symbol_of(kernel / _SKIP, _SITES))
    form = phases(_SITES) @ weights / _SITES
    return float(np.linalg.norm(form - _layer(np.eye(_SITES), kernel), 2)) / _SKIP


def _in_the_regime(size: float, kept: bool = True) -> list[Finding]:
    """The exponential for layers with this largest |Omega|, where it is said to be good."""
    errors = [_error(kernel, kept) for kernel in _kernels(size)]
    what = "exp(h + Omega) against 200 layers in the regime named, largest error in units of the skip"
    return [below(what, max(errors), 0.0105)]


def _leading_error(coefficient: float = 0.5) -> Finding:
    """Whether the error is this multiple of Omega^2, by the power of what is left over."""
    sizes = [0.1, 0.05]
    rests = []
    for size in sizes:
        kernel = _kernels(size, 1)[0]
        relative = matrix_of(kernel / _SKIP, _SITES)
        form = phases(_SITES) @ np.exp(symbol_of(kernel / _SKIP, _SITES)) / _SITES
        error = form - _layer(np.eye(_SITES), kernel) / _SKIP
        rests.append(wrong_by(error, coefficient * relative @ relative + 0j))
    return order("error less its leading term, a multiple of Omega^2, in Omega", sizes, rests, 3, 0.1)


def _flow_meets_the_layer(h_of: Callable[[Waves], Waves] = logarithm) -> Finding:
    """Three layers pixel by pixel, against the flow of the kernels whose symbols are log w + h_of(Omega).

    The flow is a matrix exponential: that it is the exponential of every wave is not used.
    """
    state = np.random.default_rng(5).normal(size=_SITES)
    layers = flow = state
    for kernel in _kernels(_LARGE, 3):
        layers = _layer(layers, kernel)
        exponent = np.log(_SKIP) + h_of(symbol_of(kernel / _SKIP, _SITES))
        flow = expm(phases(_SITES) @ exponent / _SITES) @ flow
    return below(
        "three layers pixel by pixel, max |Omega| = 1.2, against the flow of their exponents",
        wrong_by(flow, layers + 0j),
        1e-12,
    )


def _fifteen_layers() -> float:
    """A constant state after fifteen layers u + K u, over the same after as long a time of the flow."""
    matrix = matrix_of(np.array([0.3, -0.4, 0.3]), _SITES)  # sum 0.2, the Omega of a constant state
    start = np.ones(_SITES)
    state = np.linalg.matrix_power(np.eye(_SITES) + matrix, 15) @ start
    return float(state[0] / (expm(15 * matrix) @ start)[0])


def _exponentiation() -> list[Finding]:
    sizes, thin = [0.2, 0.1, 0.05], [100, 200, 400]
    omega = symbol_of(KERNEL, _SITES)
    gaps = [float(np.abs((1 + omega / n) ** n - np.exp(omega)).max()) for n in thin]
    return [
        *_in_the_regime(_SMALL),
        above("the same at max |Omega| = 1.2, least error", min(map(_error, _kernels(_LARGE))), 0.3),
        order("error in Omega", sizes, [_error(_kernels(size, 1)[0]) for size in sizes], 2, 0.1),
        _leading_error(),
        _flow_meets_the_layer(),
        order("of (1 + Omega/n)^n - exp(Omega) in n", thin, gaps, -1, 0.05),
        close(
            "Omega = 0.2, 15 layers over the flow", _fifteen_layers(), np.exp(-15 * (0.02 - 0.008 / 3)), 0.01
        ),
    ]


ENTRIES = (
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
            r"The error is $\tilde\Omega^2/2 + \dots$ with $\tilde\Omega = \tilde f/w$: a per cent of the "
            r"skip where $\vert\tilde\Omega\vert \le 0.14$, and more than thirty at 1.2. So it is small in "
            r"the opposite case, $f \ll w$, where $h_t$ is what dominates; and it compounds from layer to "
            "layer. $1/M$ is missing as in (30)."
        ),
        assumptions=PERIODIC + r"; the logarithm is $-\infty$ for a wave that the layer removes",
        check_printed=lambda: _in_the_regime(_OPPOSITE, kept=False),
        kind=Kind.ARGUMENT,
        reading=(
            r"As an approximation, by its own condition $w\ll f$, at $\vert\tilde\Omega\vert=10$; for "
            r"$f\ll w$ the same check lets $e^{h+\tilde\Omega}$ pass, to a per cent."
        ),
        faults=(
            Fault("the opposite regime alone", lambda: _in_the_regime(_OPPOSITE)),
            Fault("h alone dropped", lambda: _in_the_regime(_SMALL, kept=False)),
            Fault("in the regime named: Omega up to 1.2", lambda: _in_the_regime(_LARGE)),
            Fault("an error of a third of Omega^2", lambda: [_leading_error(1 / 3)]),
            Fault("Omega as the exact exponent", lambda: [_flow_meets_the_layer(omega_itself)]),
            Fault("-log(1 - Omega)", lambda: [_flow_meets_the_layer(lambda omega: -logarithm(-omega))]),
        ),
        page=_PAGE,
    ),
)
