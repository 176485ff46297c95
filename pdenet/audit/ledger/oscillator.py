"""A particle on a ring of sites, on which the rows of the path integral, (10) to (20), are checked."""

from __future__ import annotations

from functools import cache
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

HBAR, MASS, TIME = 0.7, 1.3, 0.9  # never 1, so that a lost constant shows

Matrix = NDArray[Any]

HAMILTONIAN = r"$\hat H=\hat T+\hat V$ with $\hat T=\hat p^2/2m$ and $\hat V=V(\hat x)$"


class Lattice(NamedTuple):
    """An oscillator on a ring of sites: matrices (x, x) of its energies, plane waves (x, p), momenta (p)."""

    kinetic: Matrix
    potential: Matrix
    waves: Matrix
    momenta: Matrix

    @property
    def energy(self) -> Matrix:
        """Kinetic and potential energy together."""
        return self.kinetic + self.potential


@cache
def lattice(sites: int = 32, spacing: float = 0.5) -> Lattice:
    """Oscillator of frequency one on a ring, its kinetic energy diagonal in the plane waves of (7)."""
    positions = spacing * (np.arange(sites) - sites // 2)
    momenta = 2 * np.pi * HBAR * np.fft.fftfreq(sites, spacing)
    waves = np.exp(1j * np.outer(positions, momenta) / HBAR) / sqrt(sites)
    kinetic = waves * (momenta**2 / (2 * MASS)) @ waves.conj().T
    return Lattice(kinetic, np.diag(MASS * positions**2 / 2).astype(complex), waves, momenta)


def evolution(energy: Matrix, time: float, hbar: float = HBAR) -> Matrix:
    """exp(-i energy time / hbar), (x, x)."""
    result: Matrix = expm(-1j * time * energy / hbar)
    return result


def spectral_norm(matrix: Matrix) -> float:
    """The largest singular value."""
    return float(np.linalg.norm(matrix, 2))


def start_state(sites: int = 32) -> Matrix:
    """A packet off the middle, moving to the right, (x,)."""
    positions = np.arange(sites) - sites // 2
    return np.exp(-((positions - 3) ** 2) / 12 + 0.4j * positions)
