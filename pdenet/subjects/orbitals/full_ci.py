r"""Energies and forces of two electrons among protons, by full configuration interaction.

The singlet is a symmetric matrix C over pairs of orbitals. Its energy is a quotient of two forms that are
quadratic in C, and the ground state is where that is stationary: so the force is the slope of the quotient
with C held fixed, centres of the basis included. Hartree atomic units.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import torch

from pdenet.checks.numbers import real, whole
from pdenet.ops.gaussians import Orbital, integrals

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torch import Tensor

EXPONENTS = (0.15, 0.45, 1.35, 4.05)
"""Of the s Gaussians on each proton, 1/bohr^2."""
NEAREST, FARTHEST, BOX = 1.0, 3.5, 3.52
"""Of the geometries that ship: least and largest distance, side of the cube of places, bohr."""
TOO_CLOSE, DEPENDENT = 0.2, 1e-10
_BATCH = 50  # geometries whose integrals are held at a time


class Ground(NamedTuple):
    """Ground states of B geometries of A centres."""

    energies: Tensor
    """(B,), hartree."""
    forces: Tensor
    """On every centre, (B, A, 3), hartree/bohr."""


def basis(exponents: Iterable[float] = EXPONENTS, centres: Iterable[int] = (0, 1, 2)) -> tuple[Orbital, ...]:
    """A Gaussian of each exponent on each of these centres."""
    return tuple(Orbital(centre, (exponent,)) for centre in centres for exponent in exponents)


def ground_states(
    places: Any, orbitals: Sequence[Orbital] | None = None, charges: Any = None, *, electrons: int = 2
) -> Ground:
    """Energies and forces of the singlet.

    Parameters
    ----------
    places
        Centres (B, A, 3), bohr.
    orbitals
        The basis; that of the shipped data on every centre unless given.
    charges
        Of the centres, (A,); ones unless given.
    electrons
        Two.

    Raises
    ------
    ValueError
        If there are not two electrons, places are not (B, A, 3), two centres are too close, or the basis is
        linearly dependent.
    """
    if whole("electrons", electrons) != 2:
        message = f"this is the singlet of two electrons and nothing else; got {electrons} electrons"
        raise ValueError(message)
    where = torch.as_tensor(places, dtype=torch.float64)
    if where.dim() != 3 or where.shape[-1] != 3 or not len(where):
        message = f"places are (geometries, centres, 3), one geometry at least; got {tuple(where.shape)}"
        raise ValueError(message)
    near = min((float(torch.pdist(one).min()) for one in where if len(one) > 1), default=float("inf"))
    if near < TOO_CLOSE:
        message = f"two nuclei are {near:.3g} bohr apart; keep them {TOO_CLOSE} bohr apart, or merge them"
        raise ValueError(message)
    own = basis(centres=range(where.shape[1])) if orbitals is None else tuple(orbitals)
    parts = [_ground(part, own, charges) for part in where.split(_BATCH)]
    return Ground(torch.cat([part[0] for part in parts]), torch.cat([part[1] for part in parts]))


def _ground(places: Tensor, orbitals: tuple[Orbital, ...], charges: Any) -> Ground:
    with torch.enable_grad():
        moved = places.detach().clone().requires_grad_()
        overlap, core, repulsion, nuclei = integrals(moved, orbitals, charges)
        pair = _singlet(overlap.detach(), core.detach(), repulsion.detach(), orbitals)
        above = 2 * torch.einsum("bpq,brs,bpr,bqs->b", pair, pair, core, overlap)
        above = above + torch.einsum("bpq,brs,bprqs->b", pair, pair, repulsion)
        energies = above / torch.einsum("bpq,brs,bpr,bqs->b", pair, pair, overlap, overlap) + nuclei
        (slopes,) = torch.autograd.grad(energies.sum(), moved)
    return Ground(energies.detach(), -slopes)


def _singlet(overlap: Tensor, core: Tensor, repulsion: Tensor, orbitals: tuple[Orbital, ...]) -> Tensor:
    """The symmetric matrix (B, K, K) of the lowest state."""
    sizes, axes = torch.linalg.eigh(overlap)
    if float(sizes.min()) < DEPENDENT:
        used = ", ".join(f"{x:g}" for x in sorted({x for one in orbitals for x in one.exponents}))
        message = (
            f"the basis is linearly dependent: an eigenvalue of its overlap is {float(sizes.min()):.1e}; "
            f"leave out some of the exponents {used}, or move the centres apart"
        )
        raise ValueError(message)
    whiten = axes @ torch.diag_embed(sizes.rsqrt()) @ axes.mT
    one = whiten @ core @ whiten
    two = torch.einsum("bpi,bqj,bpqrs->bijrs", whiten, whiten, repulsion)
    two = torch.einsum("bijrs,brk,bsl->bijkl", two, whiten, whiten)
    count = overlap.shape[-1]
    unit = torch.eye(count, dtype=overlap.dtype)
    hamiltonian = torch.einsum("bpr,qs->bpqrs", one, unit) + torch.einsum("pr,bqs->bpqrs", unit, one)
    hamiltonian = (hamiltonian + two.transpose(2, 3)).reshape(-1, count**2, count**2)
    # Symmetric pairs p <= q alone: the singlets, a bit over half of all.
    row, column = torch.triu_indices(count, count)
    into = torch.zeros(count**2, len(row), dtype=overlap.dtype)
    size = overlap.new_tensor([0.5**0.5, 0.5])[(row == column).long()]
    number = torch.arange(len(row))
    into[row * count + column, number] += size
    into[column * count + row, number] += size
    lowest = torch.linalg.eigh(into.T @ hamiltonian @ into)[1][..., 0]
    pair = (lowest @ into.T).reshape(-1, count, count)
    found: Tensor = whiten @ pair @ whiten
    return found


def geometries(count: int, seed: int) -> Tensor:
    """Places (count, 3, 3) of three protons, as those that ship were drawn, about their centre.

    Parameters
    ----------
    count
        How many.
    seed
        Of the draw.
    """
    count, drawn = whole("count", count, least=1), torch.Generator().manual_seed(seed)
    found: list[Tensor] = []
    while len(found) < count:
        places = BOX * (torch.rand(3, 3, generator=drawn, dtype=torch.float64) - 0.5)
        apart = torch.pdist(places)
        if bool(apart.min() > NEAREST) and bool(apart.max() < FARTHEST):
            found.append(places - places.mean(0))
    return torch.stack(found)


def pulled(distances: Any, bond: float, *, across: bool) -> Tensor:
    """Places (B, 3, 3): a hydrogen molecule about the origin, and a proton far from it.

    Parameters
    ----------
    distances
        Of the proton from the molecule's middle, (B,), bohr.
    bond
        Of the molecule, bohr.
    across
        Whether the proton leaves at right angles to the bond; else along it.
    """
    away = torch.as_tensor(distances, dtype=torch.float64)
    places = torch.zeros(len(away), 3, 3, dtype=torch.float64)
    half = real("bond", bond, above=0) / 2
    places[:, 0, 2], places[:, 1, 2] = -half, half
    places[:, 2, 0 if across else 2] = away
    return places
