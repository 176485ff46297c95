"""Helium on a line: two electrons of opposite spin in one orbital, each in the mean field of both.

Atomic units: lengths in bohr, energies in hartree, hbar and the electron's mass are one. The charges are
softened, ``1 / sqrt(x^2 + 1)``, since on a line bare ones would stick. Beyond the box all is zero.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from scipy.linalg import eigh_tridiagonal
from scipy.special import iti0k0, k1

from pdenet.checks.numbers import real, whole
from pdenet.checks.words import one_of
from pdenet.ops.ode.solvers import NotConverged

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

Exchange = Literal["exact", "local", "none", "no exchange"]
WALL = 1e-6
"""A density at the wall above which the box is too small."""
OLD, NEW = 0.4, 0.6
"""Shares of the last density and of the one that follows from it, from round to round."""


def soft_coulomb(distance: ArrayLike) -> Array:
    """Energy of two unit charges at this distance on the line."""
    energy: Array = 1 / np.sqrt(np.square(np.asarray(distance, dtype=float)) + 1)
    return energy


def local_exchange(density: ArrayLike) -> tuple[Array, Array]:
    """Exchange of a gas of this even density: energy for a unit of length, and its derivative, the potential.

    The exchange hole of a gas on a line, whose repulsion has the Fourier transform 2 K0(q), gives
    ``v = -1/pi int_0^(pi n) K0(q) dq``; no constant is fitted.
    """
    y = np.pi * np.maximum(np.asarray(density, dtype=float), 1e-300)
    integral = iti0k0(y)[1]
    energy: Array = -(y * integral - 1 + y * k1(y)) / np.pi**2
    potential: Array = -integral / np.pi
    return energy, potential


@dataclass(frozen=True)
class Helium:
    """The atom on a grid, or two electrons in another potential.

    Parameters
    ----------
    exchange
        ``"exact"``: of two electrons, half the repulsion, so that none repels itself. ``"local"``: that of an
        even gas. ``"no exchange"``: the whole repulsion; ``"none"``: no repulsion at all.
    spacing
        Between the points of the grid, bohr.
    half_width
        Of the box, bohr.
    external
        Energy of one electron at the points, (n,), real; that of a nucleus of charge 2 unless given.

    Raises
    ------
    TypeError
        If a number is none, or the potential not real: energy would not be kept.
    ValueError
        If the exchange is unknown, the box holds fewer than three points, or the potential has another shape.
    """

    exchange: Exchange = "exact"
    spacing: float = 0.2
    half_width: float = 20.0
    external: Any = field(default=None, repr=False)
    x: Array = field(init=False, repr=False)
    repulsion: Array = field(init=False, repr=False)

    def __post_init__(self) -> None:
        one_of("exchange", self.exchange, get_args(Exchange))
        spacing = real("spacing", self.spacing, above=0)
        half = whole(
            "half_width / spacing", round(real("half_width", self.half_width, above=0) / spacing), least=1
        )
        x = spacing * np.arange(-half, half + 1)
        object.__setattr__(self, "x", x)
        object.__setattr__(self, "repulsion", spacing * soft_coulomb(x[:, None] - x))
        given = -2 * soft_coulomb(x) if self.external is None else np.asarray(self.external)
        if given.dtype.kind not in "fiu":
            message = f"external must be real, or energy is not kept; got entries of type {given.dtype}"
            raise TypeError(message)
        if given.shape != x.shape or not np.isfinite(given).all():
            message = f"external must be {len(x)} finite numbers, one a point; got the shape {given.shape}"
            raise ValueError(message)
        object.__setattr__(self, "external", given.astype(float))

    @property
    def hop(self) -> float:
        """What ties a point to its neighbours: the entries of H beside the diagonal."""
        return -0.5 / self.spacing**2

    def potential(self, density: Array) -> Array:
        """Energy of one electron at the points, (n,), in the field of the nucleus and of both electrons."""
        if self.exchange == "none":
            return np.asarray(self.external)
        repelled = self.repulsion @ density
        if self.exchange == "exact":
            repelled /= 2
        elif self.exchange == "local":
            repelled += local_exchange(density)[1]
        total: Array = self.external + repelled
        return total

    def energy_applied(self, potential: Array, psi: Any) -> Any:
        """H psi: minus half the second difference, and the potential at each point."""
        out = (potential - 2 * self.hop) * psi
        out[1:] += self.hop * psi[:-1]
        out[:-1] += self.hop * psi[1:]
        return out

    def rate(self, psi: Any) -> Any:
        """Schroedinger's equation, d psi / dt = -i H psi, with the field of psi's own density."""
        return -1j * self.energy_applied(self.potential(density_of(psi)), psi)

    def levels(self, potential: Array, many: int | None = None) -> tuple[Array, Array]:
        """Energies (k,) and orbitals (n, k) in this potential, the lowest, or all of them.

        An orbital's squares sum to one over the spacing.
        """
        pick = {} if many is None else {"select": "i", "select_range": (0, many - 1)}
        beside = np.full(len(self.x) - 1, self.hop)
        energies, orbitals = eigh_tridiagonal(potential - 2 * self.hop, beside, **pick)
        return energies, orbitals / np.sqrt(self.spacing)

    def sum(self, values: Any) -> Any:
        """The integral over the box of values at the points."""
        return values.sum(-1) * self.spacing

    def energy(self, psi: Any) -> float:
        """Energy of both electrons in the orbital psi, hartree."""
        density = density_of(psi)
        alone = 2 * self.sum((np.conj(psi) * self.energy_applied(self.external, psi)).real)
        if self.exchange == "none":
            return float(alone)
        repelled = self.sum(density * (self.repulsion @ density)) / 2
        if self.exchange == "exact":
            repelled /= 2
        elif self.exchange == "local":
            repelled += self.sum(local_exchange(density)[0])
        return float(alone + repelled)


def density_of(psi: Any) -> Any:
    """Density of both electrons, ``2 |psi|^2``."""
    return 2 * (psi.real**2 + psi.imag**2)


@dataclass(frozen=True)
class Ground:
    """The ground state: its orbital (n,), the orbital's energy, that of both electrons, and the rounds."""

    psi: Array
    level: float
    energy: float
    rounds: int


def ground_state(atom: Helium, rounds: int = 500, tolerance: float = 1e-11) -> Ground:
    """The orbital that is the lowest one in its own field, by repetition.

    Parameters
    ----------
    atom
        The system.
    rounds
        How many, at most.
    tolerance
        Largest change of the density at which it has converged, 1/bohr.

    Warns
    -----
    RuntimeWarning
        If there is density at the wall: the box is too small.

    Raises
    ------
    NotConverged
        If it has not; with what is left of the change.
    """
    rounds, tolerance = whole("rounds", rounds, least=1), real("tolerance", tolerance, above=0)
    density = np.exp(-(atom.x**2))
    density *= 2 / atom.sum(density)
    change = np.inf
    for done in range(1, rounds + 1):  # noqa: B007 - how many it took is told
        levels, orbitals = atom.levels(atom.potential(density), 1)
        psi = np.abs(orbitals[:, 0])
        change = float(np.abs(density_of(psi) - density).max())
        if change < tolerance:
            break
        density = NEW * density_of(psi) + OLD * density
    else:
        message = f"the density still changes by {change:.1e} after {rounds} rounds; give it more of them"
        raise NotConverged(message)
    at_wall = max(density_of(psi)[[0, -1]])
    if at_wall > WALL:
        message = f"the density at the wall is {at_wall:.1e}, above {WALL:.0e}: widen the box"
        warnings.warn(message, RuntimeWarning, stacklevel=2)
    return Ground(psi, float(levels[0]), atom.energy(psi), done)


def kicked(atom: Helium, psi: Any, momentum: float) -> Any:
    """The orbital with this momentum given to each electron at once, ``exp(i k x) psi``."""
    return np.exp(1j * real("momentum", momentum) * atom.x) * psi
