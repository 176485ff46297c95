"""A wave packet on a lattice of pixels that meets a wall with two slits, stepped by two channels in turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pdenet.checks.numbers import real, whole
from pdenet.checks.sequences import wholes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MASS_TERM = 0.4  # alpha^2 = sigma^2: the symbol of the kernel then lies between 0 and 4 * 0.4 = 1.6


@dataclass(frozen=True)
class Slits:
    """A packet, a wall with two slits, a screen; pixels and steps.

    Parameters
    ----------
    rows, columns
        Of the lattice; zeros outside.
    wavenumber
        Of the packet, radians per pixel, to the right.
    start, wide, tall
        Its column at first, and the deviations of its amplitude along and across.
    wall
        Column of the wall, which is three pixels thick.
    separation, opening
        Of the slits: rows from centre to centre (even), rows of each (odd).
    screen
        Column at which is counted what arrives.

    Raises
    ------
    TypeError, ValueError
        If a number is none, the packet has no width, or the slits overlap or leave the wall.
    """

    rows: int = 181
    columns: int = 190
    wavenumber: float = 1.2
    start: int = 32
    wide: float = 9.0
    tall: float = 22.0
    wall: int = 64
    separation: int = 24
    opening: int = 7
    screen: int = 134

    def __post_init__(self) -> None:
        for name in ("wide", "tall"):
            real(name, getattr(self, name), above=0)
        for name in ("start", "wall", "screen"):
            whole(name, getattr(self, name), least=2, most=self.columns - 2)
        if not self.opening < self.separation < self.rows - self.opening:
            message = (
                f"the slits, {self.opening} rows each and {self.separation} apart, overlap or leave the wall "
                f"of {self.rows} rows; bring them {self.opening + 1} to {self.rows - self.opening - 1} apart"
            )
            raise ValueError(message)

    @property
    def height(self) -> NDArray[np.float64]:
        """Rows above the axis, (row,)."""
        height: NDArray[np.float64] = np.arange(self.rows, dtype=np.float64) - (self.rows - 1) / 2
        return height

    @property
    def open(self) -> NDArray[np.float64]:
        """One where a wave can be, zero in the wall, (row, column)."""
        free = np.ones((self.rows, self.columns))
        distance = np.abs(np.abs(self.height) - self.separation / 2)
        free[distance > self.opening / 2, self.wall - 1 : self.wall + 2] = 0.0
        return free

    def packet(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """R and I at the start, (row, column) each, with a sum of squares of one.

        A packet that moves to the right carries the wave that the step itself turns: I lags by half a step.
        """
        x = np.arange(self.columns) - self.start
        bell = np.exp(-((self.height[:, None] / self.tall) ** 2) / 4 - (x / self.wide) ** 2 / 4)
        half_turn = np.arcsin(MASS_TERM * (1 - np.cos(self.wavenumber)) / 2)
        r, i = (
            bell * wave(self.wavenumber * x - shift) for wave, shift in ((np.cos, 0), (np.sin, half_turn))
        )
        size = np.sqrt((r**2 + i**2).sum())
        return r / size, i / size


class Film(NamedTuple):
    """What a packet does.

    `density` is R^2 + I^2 at the moments asked for (moment, row, column), `arrived` what reached the screen
    (row,); `norm` is the sum of R^2 + I^2 and `form` the conserved form, by step (step + 1,).
    """

    density: NDArray[np.float64]
    arrived: NDArray[np.float64]
    norm: NDArray[np.float64]
    form: NDArray[np.float64]


def energy(state: NDArray[np.float64]) -> NDArray[np.float64]:
    """The kinetic kernel K on a state (row, column), zeros outside: its symbol is 0.4 (2 - cos p - cos q)."""
    wide = np.pad(state, 1)
    around = wide[:-2, 1:-1] + wide[2:, 1:-1] + wide[1:-1, :-2] + wide[1:-1, 2:]
    return MASS_TERM * (2 * state - around / 2)


def film(slits: Slits, moments: Sequence[int]) -> Film:
    """Let the packet pass through the wall, up to the last of some steps.

    Parameters
    ----------
    slits
        Where.
    moments
        Steps, rising, at which the density is kept.

    Raises
    ------
    TypeError, ValueError
        If the moments are no whole numbers, or none.
    """
    kept = wholes("moments", moments, least=0)
    if not kept:
        message = "moments must name at least one step; got none"
        raise ValueError(message)
    free = slits.open
    r, i = (channel * free for channel in slits.packet())
    pictures, norms, forms = [], [], []
    arrived = np.zeros(slits.rows)
    for step in range(kept[-1] + 1):
        moved = free * energy(i)
        norms.append((r**2 + i**2).sum())
        forms.append(norms[-1] + (r * moved).sum())
        if step in kept:
            pictures.append(r**2 + i**2)
        arrived += r[:, slits.screen] ** 2 + i[:, slits.screen] ** 2
        r = r + moved
        i = i - free * energy(r)
    return Film(np.array(pictures), arrived, np.array(norms), np.array(forms))


def bright(slits: Slits, order: int = 1) -> float:
    """Height of a bright fringe on a distant screen, in rows above the axis.

    The waves of two slits d apart add up where their wavenumber along the wall is 2 pi order / d. The other
    one follows from the energy, which the wall leaves as it is, and a packet goes where its group velocity
    points: (sin p, sin q) on this lattice, and not (p, q).

    Raises
    ------
    ValueError
        If the energy is not enough for that fringe.
    """
    along = whole("order", order, least=0) * 2 * np.pi / slits.separation
    forward = np.cos(slits.wavenumber) + 1 - np.cos(along)
    if along > np.pi / 2 or forward >= 1:
        message = f"slits {slits.separation} apart have no fringe of order {order}; take a lower one"
        raise ValueError(message)
    velocity = np.sin(np.arccos(forward)), np.sin(along)
    return float((slits.screen - slits.wall) * velocity[1] / velocity[0])


def fringes(arrived: NDArray[np.float64], height: NDArray[np.float64], least: float = 0.1) -> list[float]:
    """Heights of the bright fringes from the axis upwards: maxima above this share of the largest."""
    middle = arrived[1:-1]
    peak = (middle > arrived[:-2]) & (middle > arrived[2:]) & (middle > least * arrived.max())
    return sorted(float(h) for h in height[1:-1][peak] if h >= 0)
