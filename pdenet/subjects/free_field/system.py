r"""Gaussian fields on a periodic square lattice, mode by mode.

A field :math:`\varphi` (n,), n = side^2, is a sum of real waves, columns of an orthogonal matrix (n, n); each
has an amplitude, whose variance depends on :math:`\hat k^2 = 4 \sum_\mu \sin^2(k_\mu / 2)` alone.
Waves are in the order of that number, the longest first. Lattice spacing is the unit of length.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import torch

from pdenet.checks.numbers import real, whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

SIDE, MASS2 = 16, 0.05
SHORTEST = 8.0
"""The largest k-hat squared, that of the chessboard."""
OTHER_STRENGTH, OTHER_MASS2 = 40.0, 1.0
"""Of the second field of `two_fields`."""


def line(side: int) -> tuple[Tensor, Tensor]:
    """Waves on a ring: k-hat squared (side,), and the waves as orthonormal columns (side, side)."""
    side = whole("side", side, least=2)
    place = torch.arange(side, dtype=torch.float64)
    numbers, columns = [], []
    for n in range(side // 2 + 1):
        for wave in (torch.cos, torch.sin):
            column = wave(2 * math.pi * n * place / side)
            if wave is torch.sin and (n == 0 or 2 * n == side):  # there is no such wave
                continue
            numbers.append(4 * math.sin(math.pi * n / side) ** 2)
            columns.append(column / column.norm())
    return torch.tensor(numbers, dtype=torch.float64), torch.stack(columns, 1)


@lru_cache(maxsize=8)
def waves(side: int) -> tuple[Tensor, Tensor]:
    """Waves on the square: k-hat squared (n,), ascending, and orthonormal columns (n, n) over sites.

    Site (i, j), row and column, has the number side i + j. Waves of one k-hat squared form a shell.
    """
    numbers, columns = line(side)
    both = (numbers[:, None] + numbers).flatten()
    order = both.round(decimals=9).argsort(stable=True)
    return both[order].round(decimals=12), torch.kron(columns, columns)[:, order]


@dataclass(frozen=True)
class Field:
    """A Gaussian field of mean zero.

    Parameters
    ----------
    name
        What it is called.
    spectrum
        From k-hat squared to the variance of a mode, positive.
    side
        Of the square, in sites.

    Raises
    ------
    ValueError
        If a variance is not positive and finite.
    """

    name: str
    spectrum: Callable[[Tensor], Tensor]
    side: int = SIDE

    def __post_init__(self) -> None:
        if not bool((self.variances > 0).all() and self.variances.isfinite().all()):
            message = (
                f"each mode needs a positive, finite variance; got {float(self.variances.min()):g} to "
                f"{float(self.variances.max()):g} in the field {self.name!r}"
            )
            raise ValueError(message)

    @cached_property
    def variances(self) -> Tensor:
        """Of the modes, (n,), in the order of `waves`."""
        return self.spectrum(waves(self.side)[0])

    @cached_property
    def covariance(self) -> Tensor:
        """Of the sites, (n, n)."""
        columns = waves(self.side)[1]
        found = columns * self.variances @ columns.mT
        return (found + found.mT) / 2

    def draw(self, size: int, generator: torch.Generator, dtype: torch.dtype = torch.float64) -> Tensor:
        """So many fields, (M, n)."""
        columns = waves(self.side)[1].to(dtype)
        shape = whole("size", size, least=1), len(self.variances)
        white = torch.randn(*shape, generator=generator, dtype=dtype)
        drawn: Tensor = white * self.variances.sqrt().to(dtype) @ columns.mT
        return drawn


def mass_of(mass2: float) -> float:
    """The squared mass, if the longest wave has a finite variance.

    Raises
    ------
    ValueError
        If it is not positive.
    """
    mass2 = real("mass2", mass2)
    if mass2 <= 0:
        message = f"mass2 must be positive; got {mass2:g}: the uniform mode would have the variance 1/mass2"
        raise ValueError(message)
    return mass2


def free_field(mass2: float = MASS2, side: int = SIDE) -> Field:
    """The free field: long waves have the largest variance, 1/(k-hat^2 + mass2)."""
    mass2 = mass_of(mass2)
    return Field("free field", lambda k: 1 / (k + mass2), side)


def staggered(mass2: float = MASS2, side: int = SIDE) -> Field:
    """The free field times +1 and -1 as on a chessboard: its largest variances are those of short waves.

    Raises
    ------
    ValueError
        If the side is odd: the chessboard does not close.
    """
    mass2, side = mass_of(mass2), whole("side", side, least=2)
    if side % 2:
        message = f"a chessboard closes on an even side; got {side}"
        raise ValueError(message)
    return Field("staggered field", lambda k: 1 / (SHORTEST - k + mass2), side)


def two_fields(mass2: float = MASS2, side: int = SIDE) -> Field:
    """A free field with a strong staggered one on top, whose correlations end after a site or so."""
    long, short = free_field(mass2, side), staggered(OTHER_MASS2, side)
    return Field("two fields", lambda k: long.spectrum(k) + OTHER_STRENGTH * short.spectrum(k), side)


def chessboard(side: int) -> Tensor:
    """+1 and -1 by site, (n,)."""
    place = torch.arange(side)
    return (1 - 2 * ((place[:, None] + place) % 2)).flatten().double()
