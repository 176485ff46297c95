"""Coarse-graining by a formula: blocks, decimation, chance; what each keeps of variance and of far regions.

A map is a matrix (m, n): m numbers from the n sites of a field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch

from pdenet.checks.numbers import whole
from pdenet.ops.seeding import generator
from pdenet.subjects.free_field.system import waves

if TYPE_CHECKING:
    from torch import Tensor

    from pdenet.subjects.free_field.system import Field

PROJECTIONS = 20
"""Stream of maps that are drawn."""


def width_of(side: int, width: int) -> int:
    """The width of a block, if blocks of it fill the square.

    Raises
    ------
    ValueError
        If they do not.
    """
    width = whole("width", width, least=1, most=side)
    if side % width:
        divisors = ", ".join(str(n) for n in range(1, side + 1) if side % n == 0)
        message = f"blocks of width {width} do not fill a side of {side}; its divisors are {divisors}"
        raise ValueError(message)
    return width


def block_means(side: int, width: int) -> Tensor:
    """The map to means of square blocks, ((side/width)^2, n)."""
    width = width_of(side, width)
    along = torch.eye(side // width, dtype=torch.float64).repeat_interleave(width, 1) / width
    return torch.kron(along, along)


def decimation(side: int, width: int) -> Tensor:
    """The map to one site of each block, ((side/width)^2, n)."""
    along = torch.eye(side, dtype=torch.float64)[:: width_of(side, width)]
    return torch.kron(along, along)


def projections(side: int, count: int, seed: int) -> Tensor:
    """A map (count, n) of independent normal numbers."""
    return torch.randn(count, side**2, generator=generator(seed, PROJECTIONS), dtype=torch.float64)


def captured(mapping: Tensor, field: Field) -> float:
    """Of a field's variance, the share that the best linear decoder restores from a map (m, n)."""
    covariance = field.covariance
    seen = mapping @ covariance
    restored = (torch.linalg.solve(seen @ mapping.mT, seen) * seen).sum()
    return float(restored / covariance.trace())


def captured_at_best(field: Field, count: int) -> float:
    """The same of so many principal components: no linear map to as many numbers has more."""
    values = field.variances.sort(descending=True).values
    return float(values[:count].sum() / values.sum())


def block_spectrum(field: Field, width: int) -> tuple[Tensor, Tensor]:
    """Of the field of block means, (m,) each: k-hat squared on its lattice, and 1 / variance of its modes."""
    mapping = block_means(field.side, width)
    numbers, columns = waves(field.side // width)
    return numbers, 1 / (columns.mT @ mapping @ field.covariance @ mapping.mT @ columns).diagonal()


class Told(NamedTuple):
    """What numbers of a patch tell of far sites, in nats."""

    best: float
    """The most informative linear one."""
    components: tuple[float, ...]
    """The patch's first principal components together, one, two, ..., all: what so many latents keep."""
    mean: float
    """The patch's mean."""

    @property
    def component(self) -> float:
        """The first of the components: what a linear autoencoder with one latent keeps."""
        return self.components[0]

    @property
    def all(self) -> float:
        """All of the patch together."""
        return self.components[-1]


def told_far(field: Field, width: int = 4, buffer: int = 2) -> Told:
    """Mutual information of a square patch's one number with all sites beyond a buffer about it, exactly.

    Parameters
    ----------
    field
        Whose.
    width
        Of the patch.
    buffer
        Sites between the patch and the far ones, on each side.

    Raises
    ------
    ValueError
        If nothing is left beyond the buffer.

    References
    ----------
    Koch-Janusz and Ringel, Mutual information, neural networks and the renormalization group, Nature Physics
    14 (2018) 578: this information is what their coarse-graining maximises.
    """
    width, buffer = whole("width", width, least=1), whole("buffer", buffer, least=0)
    if width + 2 * buffer >= field.side:
        message = f"a patch of {width} with a buffer of {buffer} leaves no far site on a side of {field.side}"
        raise ValueError(message)
    place = torch.arange(field.side)
    near = torch.zeros(2, field.side, dtype=torch.bool)
    near[0] = (place >= buffer) & (place < buffer + width)
    near[1] = place < width + 2 * buffer
    patch, rest = (torch.outer(row, row).flatten() for row in near)
    c = field.covariance
    own, cross, far = c[patch][:, patch], c[patch][:, ~rest], c[~rest][:, ~rest]
    known = cross @ torch.linalg.solve(far, cross.mT)
    root = torch.linalg.cholesky(own)
    white = torch.linalg.solve(root, torch.linalg.solve(root, known).mT)
    shares = torch.linalg.eigvalsh((white + white.mT) / 2)
    sizes, directions = torch.linalg.eigh(own)
    turned = directions.flip(1) / sizes.flip(0).sqrt()  # each component has the variance 1
    left = torch.eye(len(own), dtype=torch.float64) - turned.mT @ known @ turned
    # What is left of the first p components has the determinant of the first p pivots.
    together = -torch.linalg.cholesky((left + left.mT) / 2).diagonal().log().cumsum(0)
    mean = 1 - known.sum() / own.sum()
    return Told(float(-(1 - shares[-1]).log() / 2), tuple(together.tolist()), float(-mean.log() / 2))
