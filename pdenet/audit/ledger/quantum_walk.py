"""Rows B1 to B3: layers that only drift are a quantum walk; ours, not in the thesis."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp
from scipy import special
from scipy.linalg import expm

from pdenet.audit.ledger.entry import NOT_IN_THESIS, Entry, Fault, Finding, Verdict, below, close, order, zero
from pdenet.audit.ledger.line import wrong_by
from pdenet.symbolic import alpha, beta, gamma, p, q, rho
from pdenet.symbolic.quantum_walk import (
    drift_gain,
    drift_matrix,
    gauged,
    hop_weight,
    hopping_matrix,
    pixel_gain,
    right_neighbour,
    walk_weights,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_PAGE = "quantum-walk"


# B1


def _in_the_plane(along_x: sp.Matrix, along_y: sp.Matrix) -> sp.Matrix:
    """What acts on every row of an image, plus what acts on every column."""
    rows, columns = along_y.rows, along_x.rows
    in_rows = sp.kronecker_product(sp.eye(rows), along_x)
    return in_rows + sp.kronecker_product(along_y, sp.eye(columns))


def _gauge(phase: sp.Expr = sp.I, ring: int = 8, diffusion: sp.Expr = sp.S.Zero) -> list[Finding]:
    """The increment in the gauge against the Hamiltonian, on a line, on a ring and in the plane."""
    places = {"line of 7": (7, False), f"ring of {ring}": (ring, True)}
    found = []
    for name, (sites, closed) in places.items():
        right = right_neighbour(sites, ring=closed)
        increment = drift_matrix(sites, ring=closed) + diffusion / 2 * (right + right.T)
        rest = gauged(increment, phase) - hopping_matrix(sites, ring=closed)
        found.append(zero(f"i times the increment in the gauge against the hops, {name}", rest))
    drifts, hops = (
        _in_the_plane(matrix(3, beta), matrix(4, rho)) for matrix in (drift_matrix, hopping_matrix)
    )
    phases = sp.diag(*(phase ** (column + row) for row in range(4) for column in range(3)))
    rest = sp.expand(phases.inv() * sp.I * drifts * phases) - hops
    return [*found, zero("the same on 4 x 3 pixels, with i^(x+y)", rest)]


# B2

_REACH = 9.0
_HALF = sp.Rational(1, 2)


def _bessel(
    weights: Callable[[Any, Any], Any] = walk_weights, second_moment: sp.Expr = _HALF
) -> list[Finding]:
    """Weights of the flow: by paths, by the exponential, their norm and spread, and in the plane."""
    paths = sp.Add(*(hop_weight(3, back, sp.Rational(2)) for back in range(20)))
    offsets = np.roll(np.arange(-48, 48), -48)  # a ring that is large enough to have no border
    flow = expm(np.array(drift_matrix(96, 1, ring=True), dtype=float) * _REACH)[:, 0]
    found = weights(offsets, _REACH)
    waves = 2 * np.pi * np.fft.fftfreq(96)
    both = np.fft.ifft2(np.exp(1j * (0.7 * np.sin(waves) + 1.9 * np.sin(waves[:, None])))).real
    apart = np.outer(weights(offsets, 1.9), weights(offsets, 0.7))
    spread = sp.integrate((beta * sp.cos(p)) ** 2, (p, -sp.pi, sp.pi)) / (2 * sp.pi)
    return [
        below("sum over paths of 3 hops net, against the weight", float(paths - weights(-3, 2.0)), 1e-12),
        below("exponential of K on a ring, against the weights", wrong_by(found, flow), 1e-13),
        below("sum of their squares, from 1", (found**2).sum() - 1, 1e-13),
        close(
            "second moment of the squares over (beta t)^2",
            (found**2 * offsets**2).sum() / _REACH**2,
            float(second_moment),
            1e-12,
        ),
        zero("mean square of the group velocity", spread - second_moment * beta**2),
        below("flow in the plane, against one factor an axis", wrong_by(both, apart), 1e-13),
    ]


# B3


def _square(growth: sp.Expr, drift: sp.Expr) -> sp.Expr:
    return (1 + growth) ** 2 + drift**2


def _norm(
    square: Callable[[sp.Expr, sp.Expr], sp.Expr] = _square,
    angle: Callable[[Any], Any] = np.arctan,
    gain: Callable[[float, int], Any] = pixel_gain,
) -> list[Finding]:
    """Size and angle of a layer's gain, and what forty layers do to one bright pixel."""
    drift = beta * sp.sin(p) + rho * sp.sin(q)
    layer = 1 + gamma + sp.I * drift
    steps = [0.2, 0.1]
    turns = [np.angle(complex(drift_gain(step, 1))) for step in steps]
    pixel = np.eye(1, 128)[0]
    for _ in range(40):
        pixel = pixel + 0.15 * (np.roll(pixel, -1) - np.roll(pixel, 1))
    hops = [step * np.sin(1) for step in steps]
    late = [abs(turn - hop) for turn, hop in zip(turns, hops, strict=True)]
    return [
        zero("squared size of the gain", sp.expand(layer * sp.conjugate(layer)) - square(gamma, drift)),
        below("its angle", max(abs(np.array(turns) - angle(np.array(hops)))), 1e-14),
        order("angle of a layer against the flow's", steps, late, 3),
        close("40 layers of drift 0.3: squares of a pixel", (pixel**2).sum(), float(gain(0.3, 40)), 1e-9),
    ]


ENTRIES = (
    Entry(
        id="B1",
        title="Drift is a hop in another gauge",
        verdict=Verdict.OK,
        printed=NOT_IN_THESIS
        + r"With $K=\frac\beta2(S_+-S_-)$ and $G=\mathrm{diag}(i^x)$: $G^{-1}\,iK\,G=-\frac\beta2(S_++S_-)$, "
        r"the Hamiltonian $\hat H$ of a continuous-time quantum walk; so $e^{tK}=G\,e^{-it\hat H}\,G^{-1}$.",
        assumptions=r"no diffusion; zeros outside, or a ring whose length is a multiple of four",
        check=_gauge,
        page=_PAGE,
        faults=(
            Fault("the phase turned the other way, -i for i", partial(_gauge, phase=-sp.I)),
            Fault("the checkerboard, -1 for i", partial(_gauge, phase=-sp.S.One)),
            Fault("a ring of six pixels", partial(_gauge, ring=6)),
            Fault("a layer that also diffuses", partial(_gauge, diffusion=alpha**2)),
        ),
    ),
    Entry(
        id="B2",
        title="Weights of a drift: Bessel J, ballistic spread",
        verdict=Verdict.OK,
        printed=NOT_IN_THESIS
        + r"$e^{tK}$ has the weights $J_{-X}(\beta t)$; their squares sum to 1 and have the standard "
        r"deviation $\vert\beta\vert t/\sqrt2$; in the plane they are a product of one factor an axis.",
        assumptions=r"no diffusion, no growth, no border within reach; $X$ is output minus input",
        check=_bessel,
        page=_PAGE,
        faults=(
            Fault("mirrored, J_X for J_-X", partial(_bessel, weights=lambda x, z: special.jv(x, z))),
            Fault("Bessel I, a random walk", partial(_bessel, weights=lambda x, z: special.ive(x, z))),
            Fault("standard deviation beta t", partial(_bessel, second_moment=sp.S.One)),
        ),
    ),
    Entry(
        id="B3",
        title="What Euler layers gain",
        verdict=Verdict.OK,
        printed=NOT_IN_THESIS
        + r"A layer that drifts has $\vert g\vert^2=(1+\gamma)^2+(\beta\sin p+\rho\sin q)^2$. "
        r"Without growth, on a line, its angle is $\arctan(\beta\sin p)$, off the flow's by "
        r"$O(\beta^3)$, and $L$ equal layers make of one bright pixel the sum of squares "
        r"$\sum_k\binom Lk\binom{2k}k(\beta^2/4)^k$.",
        assumptions=r"no diffusion, no ReLU",
        check=_norm,
        page=_PAGE,
        faults=(
            Fault("a layer that loses", partial(_norm, square=lambda g, b: (1 + g) ** 2 - b**2)),
            Fault("growth left out", partial(_norm, square=lambda _, b: 1 + b**2)),
            Fault("the flow's own angle", partial(_norm, angle=lambda b: b)),
            Fault("the largest wave for all", partial(_norm, gain=lambda b, n: (1 + b**2) ** n)),
        ),
    ),
)
