"""Whether a fit has a best one at all, or runs off to infinity: decided from which states were seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from scipy.optimize import linprog

from pdenet.ops.diverged import NotConverged
from pdenet.subjects.ising.system import half, products

if TYPE_CHECKING:
    from torch import Tensor

    from pdenet.subjects.ising.sample import Sample

_LEAST = 1e-6  # of a direction whose entries are at most 1: what a solver's rounding cannot make


def tied(sample: Sample) -> list[tuple[int, int]]:
    """Pairs of spins, counted from 0, that were equal in all states seen, or opposite in all."""
    row, column = torch.triu_indices(sample.n, sample.n, 1)
    same = products(sample.seen)
    fixed = (same == same[0]).all(0)
    return [*zip(row[fixed].tolist(), column[fixed].tolist(), strict=True)]


def likelihood_escape(sample: Sample) -> Tensor | None:
    """A direction (P,) along which the likelihood never falls, or None if it has a maximum.

    It must raise the probability of all states that were seen alike, and of no other state more; so it is
    sought among the directions that say the same of all states seen.

    Parameters
    ----------
    sample
        The states.
    """
    seen = products(sample.seen)
    free = _null(seen[1:] - seen[0])
    if not free.shape[1]:
        return None
    unseen = products(half(sample.n)[sample.counts == 0])
    return _ascent((seen[0] - unseen) @ free, free)


def pseudo_escape(sample: Sample) -> Tensor | None:
    """A direction (P,) along which the pseudolikelihood never falls, or None if it has a maximum.

    It must push no spin of a state that was seen away from where it is. A state that was seen together with
    the one that differs in a spin allows no push at this spin; the others allow one to one side.

    Parameters
    ----------
    sample
        The states.
    """
    n, states = sample.n, half(sample.n)
    there = sample.counts > 0
    powers = 2 ** torch.arange(n - 1, -1, -1)
    everything = 2 ** (n - 1) - 1
    flat, steep = [], []
    place = products(torch.ones(1, n)).shape[1]
    number = torch.zeros(n, n, dtype=torch.long)
    row, column = torch.triu_indices(n, n, 1)
    number[row, column] = number[column, row] = torch.arange(place)
    seen = torch.arange(len(states))[there]
    for spin in range(n):
        # The first spin is up in `half`: to flip it is to flip all the others.
        partner = seen ^ (everything if spin == 0 else int(powers[spin]))
        both = there[partner]
        others = [other for other in range(n) if other != spin]
        pushes = torch.zeros(len(seen), place, dtype=torch.float64)
        pushes[:, number[spin, others]] = states[seen][:, [spin]] * states[seen][:, others]
        flat.append(pushes[both])
        steep.append(pushes[~both])
    free = _null(torch.cat(flat))
    return _ascent(torch.cat(steep) @ free, free) if free.shape[1] else None


def check_exists(sample: Sample) -> None:
    """Refuse data whose likelihood has no maximum.

    Raises
    ------
    NotConverged
        With the pair of spins that is to blame, or the number of states that such couplings rule out.
    """
    if pairs := tied(sample):
        first, second = pairs[0]
        same = "equal" if bool(sample.moments[first, second] > 0) else "opposite"
        message = (
            f"maximum-likelihood estimate does not exist: spins {first} and {second} are always {same}, "
            "which only an infinite coupling makes sure of; draw more states, or bound the couplings"
        )
        raise NotConverged(message)
    escape = likelihood_escape(sample)
    if escape is not None:
        level = products(half(sample.n)) @ escape
        lower = int((level < level.max() - _LEAST).sum())
        message = (
            f"maximum-likelihood estimate does not exist: no state seen is among {lower} of "
            f"{len(level)} (up to a flip of all spins) that a combination of couplings rules out as it "
            "grows; draw more states, or bound the couplings"
        )
        raise NotConverged(message)


def _null(rows: Tensor) -> Tensor:
    """Directions (P, k), orthonormal, on which all rows (K, P) of whole numbers are zero."""
    _, sizes, directions = torch.linalg.svd(rows.mT @ rows)
    rank = int((sizes > 1e-9 * max(float(sizes[0]), 1.0)).sum())
    free: Tensor = directions[rank:].mT
    return free


def _ascent(gains: Tensor, free: Tensor) -> Tensor | None:
    """A combination of free directions (P, k) with gains (K, k) that are nowhere negative, not all zero."""
    if not len(gains):
        return free[:, 0]
    found = linprog(
        -gains.sum(0).numpy(), A_ub=-gains.numpy(), b_ub=np.zeros(len(gains)), bounds=(-1, 1), method="highs"
    )
    if found.x is None or -found.fun < _LEAST * len(gains):
        return None
    return free @ torch.as_tensor(found.x)
