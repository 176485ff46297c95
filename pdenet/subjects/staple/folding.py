"""How long a chain takes to fold: a random walk among conformations, and the mean time to the native one.

In a trial one residue at an end turns its bond, one at a corner flips over, or two of a crank turn round;
Metropolis accepts it. The mean time from each conformation solves ``(I - Q) tau = 1``, where Q holds the
chances of steps that do not end in the native one: it is a sum over walks, as a network's gradient is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import coo_array, csr_array, diags_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import cg

from pdenet.checks.numbers import real
from pdenet.subjects.staple.lattice import conformations, encoded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pdenet.subjects.staple.protein import Link, Protein

    Array = NDArray[np.float64]

_QUARTER = np.array([[0, 1], [-1, 0]], dtype=np.int8)
"""Turns a row vector by a quarter."""


@lru_cache(maxsize=4)
def move_counts(residues: int) -> csr_array:
    """How many of the moves lead from one conformation (row) to another (column), (K, K)."""
    every = conformations(residues)
    rows, columns = [], []
    for which, moved in _moves(every.places):
        rows.append(which)
        columns.append(np.searchsorted(every.codes, encoded(moved)))
    pairs = np.concatenate(rows), np.concatenate(columns)
    return csr_array(coo_array((np.ones(len(pairs[0])), pairs), shape=(len(every),) * 2))


def trials(residues: int) -> int:
    """Moves among which a trial chooses: three for each end, a flip for each residue between, the cranks."""
    return 6 + (residues - 2) + (residues - 3)


def _moves(places: NDArray[np.int8]) -> Iterator[tuple[Any, NDArray[np.int8]]]:
    """For each move the conformations in which there is room for it, and what they become."""
    last = places.shape[1] - 1
    for end, beside in ((0, 1), (last, last - 1)):
        bond = places[:, end] - places[:, beside]
        for _ in range(3):
            bond = bond @ _QUARTER
            yield _with_room(places, [end], [places[:, beside] + bond], np.ones(len(places), bool))
    for i in range(1, last):
        to = places[:, i - 1] + places[:, i + 1] - places[:, i]
        yield _with_room(places, [i], [to], (to != places[:, i]).any(1))
    for i in range(1, last - 1):
        a, b = places[:, i - 1], places[:, i + 2]
        crank = np.abs(a - b).sum(1) == 1
        yield _with_room(places, [i, i + 1], [2 * a - places[:, i], 2 * b - places[:, i + 1]], crank)


def _with_room(
    places: NDArray[np.int8], at: list[int], to: list[NDArray[np.int8]], possible: NDArray[np.bool_]
) -> tuple[Any, NDArray[np.int8]]:
    others = np.delete(places, at, axis=1)
    for site in to:
        possible = possible & ~(others == site[:, None]).all(2).any(1)
    which = np.flatnonzero(possible)
    moved = places[which].copy()
    for residue, site in zip(at, to, strict=True):
        moved[:, residue] = site[which]
    return which, moved


@dataclass(frozen=True)
class Folding:
    """How long a protein takes to fold.

    Parameters
    ----------
    time
        Mean number of trials to the native conformation, over all others that can reach it, each as often as
        it is in a chain that nothing attracts.
    stranded
        Share of the other conformations that cannot reach it; their time has no end, and is not in the mean.
    """

    time: float
    stranded: float


def folding_time(protein: Protein, temperature: float, link: Link | None = None, reach: int = 1) -> Folding:
    """Solve for the mean time to the native conformation.

    Parameters
    ----------
    protein
        With one native conformation.
    temperature
        In units of the energy of a bond.
    link
        Two residues that are linked and stay so: moves that part them are refused.
    reach
        How far the link lets them, in bonds of the lattice: 1 is a rigid staple, more a loose tether.

    Raises
    ------
    TypeError, ValueError
        If the temperature is not positive, a link is not native, or the native conformation is not alone.
    """
    system = passage(protein, temperature, link, reach)
    time = float(system.start @ mean_times(system)) if len(system.which) else np.inf
    return Folding(time, system.stranded)


@dataclass(frozen=True, eq=False)
class Passage:
    """A walk among conformations as a net of conductors, with the native one at the ground.

    Parameters
    ----------
    matrix : sparse (k, k)
        Kirchhoff's matrix of the equilibrium's flows ``w_a P_ab``, without the native conformation.
    weights : (k,)
        Equilibrium weights w of the conformations, that of the native one being 1.
    start : (k,)
        Chances to start in each.
    stranded
        Share of all that cannot reach the native one, which are left out.
    which : (k,)
        Their numbers.
    """

    matrix: csr_array
    weights: Array
    start: Array
    stranded: float
    which: NDArray[np.intp]


def passage(protein: Protein, temperature: float, link: Link | None = None, reach: int = 1) -> Passage:
    """The net of conductors whose potentials are the times; parameters and errors as in `folding_time`."""
    beta, every, native = 1 / real("temperature", temperature, above=0), protein.every, protein.native
    there = np.ones(len(every), bool) if link is None else every.near(*link, reach)
    if not there[native]:  # then all that can be reached is another conformation
        message = f"residues {link} do not touch in the native conformation: with this link none folds"
        raise ValueError(message)
    flow = flows(protein, beta)
    linked = np.flatnonzero(there)
    flow = flow[linked][:, linked]
    _, piece = connected_components(flow, directed=False)
    home = np.searchsorted(linked, native)
    reached = np.flatnonzero(piece == piece[home])
    free = reached[reached != home]
    others = every.weights[linked].sum() - every.weights[native]
    matrix = diags_array(np.asarray(flow[free].sum(1)).ravel()) - flow[free][:, free]
    which = linked[free]
    weights = every.weights[which] * np.exp(beta * (protein.bonds[which] - protein.bonds[native]))
    reaching = every.weights[which].sum()
    start = every.weights[which] / reaching
    stranded = 0.0 if len(reached) == len(linked) else float(1 - reaching / others)
    return Passage(csr_array(matrix), weights, start, stranded, which)


def flows(protein: Protein, beta: float) -> csr_array:
    """What flows in equilibrium from each conformation to each other in a trial, (K, K): symmetric.

    The weight of a conformation times the chance of the move; that of the native one is 1.
    """
    moves = move_counts(len(protein.sequence)).tocoo()
    a, b = moves.coords
    # Metropolis: w_a min(1, w_b / w_a) is the smaller of the two, but for the symmetry of the straight chain.
    least = np.minimum(protein.bonds[a], protein.bonds[b]) - protein.bonds[protein.native]
    flow = protein.every.weights[a] * moves.data * np.exp(beta * least) / trials(len(protein.sequence))
    return csr_array(coo_array((flow, (a, b)), shape=moves.shape))


def mean_times(system: Passage, tolerance: float = 1e-9) -> Array:
    """Mean number of trials from each conformation, (k,), by conjugate gradients.

    Raises
    ------
    RuntimeError
        If they do not come to the tolerance in 20000 steps.
    """
    scale = 1 / np.sqrt(system.matrix.diagonal())
    scaled = csr_array(diags_array(scale) @ system.matrix @ diags_array(scale))
    found, steps = cg(scaled, scale * system.weights, rtol=tolerance, maxiter=20_000)
    if steps:
        message = f"the times did not converge in {steps} steps; take a higher temperature"
        raise RuntimeError(message)
    times: Array = scale * found
    return times
