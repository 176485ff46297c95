"""How long a chain takes to fold: a random walk among conformations, and the mean time to the native one.

In a trial a few residues in a row move to new places that the others leave them, and Metropolis accepts it
or not. The mean time from each conformation solves ``(I - Q) tau = 1``, where Q holds the
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

from pdenet.checks.numbers import real, whole
from pdenet.subjects.staple.lattice import conformations

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pdenet.subjects.staple.protein import Link, Protein

    Array = NDArray[np.float64]

TOGETHER = 3
"""Residues that move at once: with two, chains with a link cannot reach most of their conformations."""


@lru_cache(maxsize=4)
def move_chances(residues: int, together: int = TOGETHER) -> csr_array:
    """The chance that a trial proposes to go from a conformation (row) to another (column), (K, K).

    A trial takes so many residues in a row and draws their places anew, all that the others leave alike.

    Raises
    ------
    TypeError, ValueError
        If `together` is less than one, or leaves no residue where it is.
    """
    every = conformations(residues)
    together = whole("together", together, least=1, most=residues - 1)
    runs = residues - together + 1
    total = csr_array((len(every), len(every)))
    for first in range(runs):
        kept = [at for at in range(residues) if not first <= at < first + together]
        rest, mirrored = _rest(every.places[:, kept].astype(np.int64))
        # A rest that is its own mirror image is fitted in two ways by each, but for the straight one.
        ways = np.where(mirrored & (every.weights == 1), 2.0, 1.0)
        here = np.arange(len(every)), rest
        member = csr_array(coo_array((1 / np.bincount(rest, ways)[rest], here)))
        total = total + member @ csr_array(coo_array((ways, here))).T
    total.setdiag(0)
    total.eliminate_zeros()
    return csr_array(total / runs)


def _rest(places: NDArray[np.int64]) -> tuple[Any, NDArray[np.bool_]]:
    """Which conformations have their rest in the same places, and where it is its own mirror image.

    Turned and mirrored rests are one. They are told apart by sums with random factors of 61 bits.
    """
    placed = (places - places[:, :1]).reshape(len(places), -1)
    factors = np.random.default_rng(0).integers(1, 2**61, size=(placed.shape[1] // 2, 2))
    signs = ((1, 1), (1, -1), (-1, 1), (-1, -1))
    sums = [placed @ (turned * sign).ravel() for turned in (factors, factors[:, ::-1]) for sign in signs]
    first, second = np.sort(np.array(sums), axis=0)[:2]
    return np.unique(first, return_inverse=True)[1].ravel(), first == second


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


def folding_time(
    protein: Protein,
    temperature: float,
    link: Link | None = None,
    reach: int = 1,
    together: int = TOGETHER,
) -> Folding:
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
    together
        Residues that move at once.

    Raises
    ------
    TypeError, ValueError
        If the temperature is not positive, a link is not native, or the native conformation is not alone.
    """
    system = passage(protein, temperature, link, reach, together)
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


def passage(
    protein: Protein,
    temperature: float,
    link: Link | None = None,
    reach: int = 1,
    together: int = TOGETHER,
) -> Passage:
    """The net of conductors whose potentials are the times; parameters and errors as in `folding_time`."""
    beta, every, native = 1 / real("temperature", temperature, above=0), protein.every, protein.native
    there = np.ones(len(every), bool) if link is None else every.near(*link, reach)
    if not there[native]:  # then all that can be reached is another conformation
        message = f"residues {link} do not touch in the native conformation: with this link none folds"
        raise ValueError(message)
    flow = flows(protein, beta, together)
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


@lru_cache(maxsize=1)
def flows(protein: Protein, beta: float, together: int = TOGETHER) -> csr_array:
    """What flows in equilibrium from each conformation to each other in a trial, (K, K): symmetric.

    The weight of a conformation times the chance of the move; that of the native one is 1.
    """
    moves = move_chances(len(protein.sequence), together).tocoo()
    a, b = moves.coords
    # Metropolis: w_a min(1, w_b / w_a) is the smaller of the two, but for the symmetry of the straight chain.
    least = np.minimum(protein.bonds[a], protein.bonds[b]) - protein.bonds[protein.native]
    flow = protein.every.weights[a] * moves.data * np.exp(beta * least)
    return csr_array(coo_array((flow, (a, b)), shape=moves.shape))


def mean_times(system: Passage, tolerance: float = 1e-9, most: int = 20_000) -> Array:
    """Mean number of trials from each conformation, (k,), by conjugate gradients.

    Raises
    ------
    RuntimeError
        If they do not come to the tolerance in `most` steps.
    """
    scale = 1 / np.sqrt(system.matrix.diagonal())
    scaled = csr_array(diags_array(scale) @ system.matrix @ diags_array(scale))
    found, steps = cg(scaled, scale * system.weights, rtol=tolerance, maxiter=most)
    if steps:
        message = f"the times did not converge in {steps} steps; take a higher temperature"
        raise RuntimeError(message)
    times: Array = scale * found
    return times
