r"""Integrals over s Gaussians in closed form: overlap, kinetic energy, attraction, repulsion.

A product of two Gaussians is a Gaussian between their centres, so that every integral comes down to the Boys
function :math:`F_0(t) = \int_0^1 e^{-t s^2} ds`. All of it can be differentiated by the centres. Hartree
atomic units.

References
----------
Boys, Electronic wave functions I, Proc. R. Soc. A 200 (1950). Szabo and Ostlund, Modern quantum chemistry
(1989), appendix A.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import torch

from pdenet.checks.numbers import real

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

_SMALL = 1e-6  # below which the Boys function is its series, to the last bit


@dataclass(frozen=True)
class Orbital:
    """A function of s symmetry: a sum of normalised Gaussians on one centre.

    Parameters
    ----------
    centre
        Number of the centre, from 0.
    exponents
        Of the Gaussians, 1/bohr^2.
    weights
        Of each.

    Raises
    ------
    TypeError, ValueError
        If an exponent is not positive, or there is not one weight for each.
    """

    centre: int
    exponents: tuple[float, ...]
    weights: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        for exponent in self.exponents:
            real("an exponent", exponent, above=0)
        if len(self.weights) != len(self.exponents):
            message = f"each Gaussian has one weight; got {len(self.exponents)} and {len(self.weights)}"
            raise ValueError(message)


class Integrals(NamedTuple):
    """What a Hamiltonian of electrons is made of, for B geometries and K orbitals."""

    overlap: Tensor
    """(B, K, K)."""
    core: Tensor
    """Kinetic energy and attraction by the nuclei, (B, K, K)."""
    repulsion: Tensor
    """(pq|rs): of an electron in the density p q with one in r s, (B, K, K, K, K)."""
    nuclei: Tensor
    """Repulsion of the nuclei, (B,)."""


def boys(t: Tensor) -> Tensor:
    r"""The Boys function of order zero, :math:`\int_0^1 e^{-t s^2} ds`, of t >= 0."""
    large = t.clamp(min=_SMALL)
    closed = (math.pi / large).sqrt() * torch.erf(large.sqrt()) / 2
    return torch.where(t < _SMALL, 1 - t / 3 + t * t / 10, closed)


def integrals(places: Tensor, orbitals: Sequence[Orbital], charges: Any = None) -> Integrals:
    """All integrals over these orbitals.

    Parameters
    ----------
    places
        Centres (B, A, 3), bohr.
    orbitals
        K of them.
    charges
        Of the nuclei on the centres, (A,); ones unless given.

    Raises
    ------
    ValueError
        If an orbital has a centre that is not there, or there is not one charge a centre.
    """
    count = places.shape[1]
    charge = places.new_tensor([1.0] * count if charges is None else charges)
    if charge.shape != (count,) or any(not 0 <= one.centre < count for one in orbitals):
        message = f"there are {count} centres: charges are ({count},), orbitals sit on 0 to {count - 1}"
        raise ValueError(message)
    single = [
        (x, weight * (2 * x / math.pi) ** 0.75, one.centre, number)
        for number, one in enumerate(orbitals)
        for x, weight in zip(one.exponents, one.weights, strict=True)
    ]
    exponent, factor = (places.new_tensor([each[n] for each in single]) for n in (0, 1))
    centre, owner = (torch.tensor([each[n] for each in single]) for n in (2, 3))
    into = torch.nn.functional.one_hot(owner, len(orbitals)).to(places)  # (Gaussians, orbitals)

    where = places[:, centre]
    total = exponent[:, None] + exponent
    reduced = exponent[:, None] * exponent / total
    apart = (where[:, :, None] - where[:, None]).square().sum(-1)
    weight = torch.exp(-reduced * apart) * factor[:, None] * factor
    overlap = (math.pi / total) ** 1.5 * weight
    core = reduced * (3 - 2 * reduced * apart) * overlap
    middle = (exponent[:, None, None] * where[:, :, None] + exponent[:, None] * where[:, None]) / total[
        ..., None
    ]
    for nucleus, size in zip(places.unbind(1), charge, strict=True):
        squared = (middle - nucleus[:, None, None]).square().sum(-1)
        core = core - size * 2 * math.pi / total * weight * boys(total * squared)
    return Integrals(
        into.T @ overlap @ into,
        into.T @ core @ into,
        _repulsion(total, middle, weight, into),
        _nuclei(places, charge),
    )


def _repulsion(total: Tensor, middle: Tensor, weight: Tensor, into: Tensor) -> Tensor:
    """(pq|rs), from each pair of Gaussians once: their product is the same in either order."""
    batch, orbitals = len(middle), into.shape[1]
    row, column = torch.triu_indices(len(total), len(total))
    both = torch.einsum("ap,aq->apq", into[row], into[column])
    both = both + both.mT * (row != column).to(both)[:, None, None]
    both = both.flatten(1)
    exponent, centre, size = total[row, column], middle[:, row, column], weight[:, row, column]
    product, total = exponent[:, None] * exponent, exponent[:, None] + exponent
    apart = (centre[:, :, None] - centre[:, None]).square().sum(-1)
    value = 2 * math.pi**2.5 / (product * total.sqrt()) * boys(product / total * apart)
    found: Tensor = both.T @ (size[:, :, None] * size[:, None] * value) @ both
    return found.reshape(batch, *[orbitals] * 4)


def _nuclei(places: Tensor, charge: Tensor) -> Tensor:
    first, second = torch.triu_indices(len(charge), len(charge), 1)
    apart = (places[:, first] - places[:, second]).norm(dim=-1)
    found: Tensor = (charge[first] * charge[second] / apart).sum(-1)
    return found
