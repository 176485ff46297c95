"""Rows B8 and B9, the book's own: two channels in turn keep a form and a bound, and can be undone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from pdenet.audit.ledger.entry import (
    NOT_IN_THESIS,
    Entry,
    Fault,
    Finding,
    Verdict,
    above,
    agree,
    below,
    zero,
)
from pdenet.symbolic.taking_turns import at_once, conserved, in_turn, k

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Step = Callable[..., sp.Matrix]

_PAGE = "two-channels"
_MANY = 4000  # steps


# B8: stability and the conserved form, wave by wave.


def _wave(
    step: Step = in_turn, form: sp.Matrix | None = None, limit: float = 2.0, *, transposed: bool = True
) -> list[Finding]:
    """A step on a wave, a form that it should leave, and the abs(k) up to which it should stay bounded."""
    matrix, kept = step(k), conserved(k) if form is None else form
    complex_k = sp.Symbol("k", complex=True)
    drifting = in_turn(complex_k, sp.conjugate(complex_k) if transposed else complex_k)
    values = np.random.default_rng(0).uniform(-3, 3, 400)
    largest = [np.abs(np.linalg.eigvals(np.array(step(value), dtype=float))).max() for value in values]
    bounded = np.array(largest) < 1 + 1e-9
    return [
        zero("determinant of the step less 1", matrix.det() - 1),
        zero("its trace less 2 - k^2", matrix.trace() - (2 - k**2)),
        zero("the form after the step less the form before", matrix.T * kept * matrix - kept),
        agree(f"bounded, against abs(k) < {limit:g}, for 400 numbers k", bounded, np.abs(values) < limit),
        zero("determinant for a drift less 1", drifting.det() - 1),
        zero("its trace less 2 - abs(k)^2", drifting.trace() - 2 + complex_k * sp.conjugate(complex_k)),
        zero("at once: product of the eigenvalues less 1 + k^2", at_once(k).det() - 1 - k**2),
    ]


# B9: the bound on the norm, and the way back.


def _kernel(largest: float, drift: float = 0.0) -> NDArray[np.float64]:
    """A symmetric matrix with that largest eigenvalue, on twelve sites, and a drift if asked for."""
    rng = np.random.default_rng(3)
    vectors, _ = np.linalg.qr(rng.normal(size=(12, 12)))
    symmetric = vectors @ np.diag(np.linspace(-0.4, 1, 12) * largest) @ vectors.T
    along = np.eye(12, k=1) - np.eye(12, k=-1)
    return np.asarray(symmetric + drift / 2 * along)


def _ratio(bound: float) -> float:
    return (1 + bound / 2) / (1 - bound / 2)


def _forwards(kernel: NDArray[np.float64], state: NDArray[np.float64]) -> NDArray[np.float64]:
    r = state[0] + kernel @ state[1]
    return np.stack([r, state[1] - kernel @ r])


def _backwards(kernel: NDArray[np.float64], state: NDArray[np.float64]) -> NDArray[np.float64]:
    i = state[1] + kernel @ state[0]
    return np.stack([state[0] - kernel @ i, i])


def _backwards_in_the_same_order(
    kernel: NDArray[np.float64], state: NDArray[np.float64]
) -> NDArray[np.float64]:
    r = state[0] - kernel @ state[1]
    return np.stack([r, state[1] + kernel @ r])


def _size(state: NDArray[np.float64]) -> float:
    return float((state**2).sum())


def _largest_gain(layers: list[NDArray[np.float64]], steps: int, start: NDArray[np.float64]) -> float:
    """The largest size over the size at the start, layers taken one after the other."""
    state, largest = start, _size(start)
    with np.errstate(all="ignore"):
        for step in range(steps):
            state = _forwards(layers[step % len(layers)], state)
            largest = max(largest, _size(state))
    return largest / _size(start)


def _bound(
    ratio: Callable[[float], float] = _ratio,
    back: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]] = _backwards,
    *,
    drift: float = 0.0,
    changes: bool = True,
) -> list[Finding]:
    """What the norm is over many steps against its bound, how near it comes, and the way back."""
    kernel = _kernel(1.8, drift)
    start = np.random.default_rng(1).normal(size=(2, 12))
    # The start that the bound is sharp for: R = I along the wave with the largest k.
    _, vectors = np.linalg.eigh(_kernel(1.8))
    sharp = np.stack([vectors[:, -1], vectors[:, -1]])
    gains = [_largest_gain([kernel], _MANY, state) for state in (start, sharp)]
    there = _forwards(kernel, start)
    # Two layers, each stable; in alternation they feed a wave. Of ten such changes the bound counts each.
    pair = [np.array([[1.9]]), np.array([[0.2]])]
    waved = _largest_gain(pair, 20, np.array([[1.0], [0.0]]))
    change = [1 + 1.7 / (2 - room) if changes else 1.0 for room in (1.9, 0.2)]
    allowed = float(np.prod([change[step % 2] for step in range(19)])) * 2 / (2 - 1.9)
    return [
        Finding(
            f"{_MANY} steps: the size grows no more than its bound allows",
            max(gains) < ratio(1.8) * (1 + 1e-9),
        ),
        above("the same for the worst start, so that the bound is sharp", gains[1] / ratio(1.8), 0.99),
        below(
            "a step and the way back, against the start",
            float(np.abs(back(kernel, there) - start).max()),
            1e-12,
        ),
        above("k = 1.9 and 0.2 in alternation, twenty layers: gain", waved, 10),
        below("the same over its bound", waved / allowed, 1 + 1e-9),
    ]


ENTRIES: tuple[Entry, ...] = (
    Entry(
        id="B8",
        title="Two channels in turn: stability and what is conserved",
        verdict=Verdict.OK,
        printed=NOT_IN_THESIS
        + r"On a wave with a real symbol $k$ the step $R \leftarrow R + kI$, $I \leftarrow I - kR$ with "
        r"the new $R$ has determinant $1$ and trace $2 - k^2$; it is bounded just for $|k| < 2$ and leaves "
        r"$R^2 + I^2 + kRI$ as it is. With both at once $|g|^2 = 1 + k^2$. For a kernel with drift the same "
        r"holds with $|k|$ if $I$ gets the transposed kernel.",
        check=_wave,
        page=_PAGE,
        faults=(
            Fault("both channels at once", partial(_wave, at_once)),
            Fault("the form with the other sign", partial(_wave, form=conserved(-k))),
            Fault("a norm without the mixed term", partial(_wave, form=sp.eye(2))),
            Fault("stable up to 1, not 2", partial(_wave, limit=1.0)),
            Fault("with a drift, the same kernel twice", partial(_wave, transposed=False)),
        ),
    ),
    Entry(
        id="B9",
        title="Two channels in turn: the bound on the norm, and the way back",
        verdict=Verdict.OK,
        printed=NOT_IN_THESIS
        + r"For a symmetric kernel with eigenvalues in $[-\kappa, \kappa]$, $\kappa < 2$, the size "
        r"$|R|^2 + |I|^2$ never exceeds $\frac{1 + \kappa/2}{1 - \kappa/2}$ times that of the start, and a "
        r"start with $R = I$ comes near it. Layers that differ add a factor $1 + \frac{|k' - k|}{2 - |k|}$ a "
        r"change. Each step is undone by its two updates with the other sign, the last one first.",
        check=_bound,
        page=_PAGE,
        faults=(
            Fault(
                "the bound with a quarter for a half", partial(_bound, lambda b: (1 + b / 4) / (1 - b / 4))
            ),
            Fault("a bound twice as large is not sharp", partial(_bound, lambda b: 2 * _ratio(b))),
            Fault("a drift in the kernel", partial(_bound, drift=0.3)),
            Fault("undone in the order of the step", partial(_bound, back=_backwards_in_the_same_order)),
            Fault("layers that differ at no cost", partial(_bound, changes=False)),
        ),
    ),
)
