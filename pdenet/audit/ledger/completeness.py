"""Rows (14) and (15): complete sets of positions and momenta put between the slices."""

from __future__ import annotations

import numpy as np

from pdenet.audit.ledger.entry import Entry, Fault, Finding, Kind, Verdict, below, order
from pdenet.audit.ledger.oscillator import (
    HAMILTONIAN,
    HBAR,
    MASS,
    TIME,
    Matrix,
    evolution,
    lattice,
    spectral_norm,
)
from pdenet.audit.ledger.slices import HERMITIAN


def _position_sums(pattern: str, hbar: float) -> list[Finding]:
    """Four slices written out with their inner sums; the letters of the pattern are the positions."""
    energy = lattice(12, 0.7).energy
    factor = evolution(energy, TIME / 4, hbar)
    factors = [factor] * pattern.count(",") + [factor]
    summed = np.einsum(pattern, *factors, optimize=True)
    inner = len(set(pattern.replace(",", "").split("->")[0]) - set(pattern.split("->")[1]))
    deviation = np.abs(summed - evolution(energy, TIME)).max()
    return [
        Finding(f"factors and inner sums: {len(factors)} and {inner}", len(factors) == inner + 1),
        below("product of the factors against the whole evolution", deviation, 1e-12),
    ]


def _momentum_slice(step: float, hbar: float, mass: float = MASS) -> Matrix:
    """One slice of (15) with its sum over momenta written out."""
    model = lattice()
    kinetic = np.exp(-1j * step * model.momenta**2 / (2 * mass * hbar))
    potential = np.exp(-1j * step * np.diag(model.potential) / hbar)
    result: Matrix = np.einsum("xp,p,yp,y->xy", model.waves, kinetic, model.waves.conj(), potential)
    return result


def _momentum_sums(hbar: float = HBAR, mass: float = MASS) -> list[Finding]:
    """(15) with this hbar and this mass in its exponents."""
    model, counts = lattice(), [256, 512]
    step = TIME / 8
    split = evolution(model.kinetic, step) @ evolution(model.potential, step)
    return [
        below(
            "sum over momenta against the product of exponentials",
            spectral_norm(_momentum_slice(step, hbar, mass) - split),
            1e-12,
        ),
        order(
            "distance to the exact propagator",
            counts,
            [_momentum_distance(n, hbar, mass) for n in counts],
            -1,
        ),
    ]


def _momentum_distance(count: int, hbar: float, mass: float = MASS) -> float:
    sliced = np.linalg.matrix_power(_momentum_slice(TIME / count, hbar, mass), count)
    return spectral_norm(sliced - evolution(lattice().energy, TIME))


def _momentum_sums_printed() -> list[Finding]:
    return [
        *_momentum_sums(hbar=1.0),
        below("equality at N = 256, with hbar", _momentum_distance(256, HBAR), 1e-10),
    ]


ENTRIES = (
    Entry(
        id="14",
        title="Completeness of the positions",
        verdict=Verdict.WRONG,
        printed=(
            r"$\int dx_{N-1}\cdots dx_1\,\langle x_N\vert U\vert x_{N-1}\rangle\langle x_{N-1}\vert "
            r"U\vert x_{N-2}\rangle\times\langle x_{N-1}\vert U\vert x_{N-2}\rangle\cdots\langle x_1\vert "
            r"U\vert x_0\rangle$ with $U=e^{-i\frac tN\hat H}$"
        ),
        holds=(
            r"$\int dx_{N-1}\cdots dx_1\prod_{j=0}^{N-1}\langle x_{j+1}\vert e^{-\frac i\hbar\frac tN\hat "
            r"H}\vert x_j\rangle$"
        ),
        reason=(
            r"One factor is printed twice (perhaps a repeated line break), $N-1$ and not $N$ relations "
            r"are inserted, and $\hbar$ is lost."
        ),
        assumptions=HERMITIAN,
        check=lambda: _position_sums("ab,bc,cd,de->ae", HBAR),
        check_printed=lambda: _position_sums("ab,bc,bc,cd,de->ae", 1.0),
        kind=Kind.SLIP,
        faults=(
            Fault("the factor printed twice alone", lambda: _position_sums("ab,bc,bc,cd,de->ae", HBAR)),
            Fault("hbar lost alone", lambda: _position_sums("ab,bc,cd,de->ae", 1.0)),
            Fault("N relations, the end summed as well", lambda: _position_sums("ab,bc,cd,de->a", HBAR)),
        ),
        page="path-integral",
    ),
    Entry(
        id="15",
        title="Completeness of the momenta",
        verdict=Verdict.APPROXIMATE,
        printed=(
            r"(14) with $\langle x_{j+1}\vert p_j\rangle\langle p_j\vert e^{-i\frac tN\frac{\hat "
            r"p^2}{2m}}e^{-i\frac tN\hat V}\vert x_j\rangle$ in place of each factor, and integrals "
            r"$dp_{N-1}\cdots dp_0$"
        ),
        holds=(
            r"the same with $-\frac i\hbar\frac tN$ in both exponents, and with $\lim_{N\to\infty}$ in "
            r"front"
        ),
        reason=r"The propagator is equal to it only in the limit $N\to\infty$, and $\hbar$ is lost.",
        assumptions=HAMILTONIAN,
        check=_momentum_sums,
        check_printed=_momentum_sums_printed,
        kind=Kind.SLIP,
        reading=r"$\hbar$ is 0.7 in the check, and = is taken to mean equal at a finite $N$.",
        faults=(
            Fault("hbar lost alone", lambda: _momentum_sums(hbar=1.0)),
            Fault("p^2/m in place of p^2/2m", lambda: _momentum_sums(mass=MASS / 2)),
        ),
        page="path-integral",
    ),
)
