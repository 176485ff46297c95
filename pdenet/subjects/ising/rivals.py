"""What sums over no states: pseudolikelihood and naive mean field, and what each must come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn.functional import softplus

from pdenet.ops.diverged import NotConverged
from pdenet.subjects.ising.existence import pseudo_escape
from pdenet.subjects.ising.fits import newton
from pdenet.subjects.ising.system import chances, half, moments, of_pairs, pairs_of

if TYPE_CHECKING:
    from torch import Tensor

    from pdenet.subjects.ising.sample import Sample


def pseudo_loss(couplings: Tensor, states: Tensor, weights: Tensor) -> Tensor:
    """Minus the mean log-probability of a spin given the others, summed over the spins."""
    fields = states @ couplings
    return weights @ softplus(-2 * states * fields).sum(1)


def fit_pseudo(sample: Sample) -> Tensor:
    """The couplings (N, N) of maximum pseudolikelihood.

    Raises
    ------
    NotConverged
        If the pseudolikelihood has no maximum, or it is not found.
    """
    if pseudo_escape(sample) is not None:
        message = (
            "maximum-pseudolikelihood estimate does not exist: there are couplings that, as they grow, make "
            "every spin seen certain from the others; draw more states"
        )
        raise NotConverged(message)
    states, weights = sample.seen, sample.weights

    def slopes(entries: Tensor) -> tuple[Tensor, Tensor]:
        couplings = of_pairs(entries)
        scores = pseudo_scores(couplings, states)
        return -(weights @ scores), pseudo_curvature(couplings, states, weights)

    return of_pairs(
        newton(lambda entries: pseudo_loss(of_pairs(entries), states, weights), slopes, len(sample.pairs))
    )


def pseudo_scores(couplings: Tensor, states: Tensor) -> Tensor:
    """Slopes (K, P) of the log-pseudolikelihood of each state (K, N)."""
    misses = states - torch.tanh(states @ couplings)
    row, column = torch.triu_indices(states.shape[1], states.shape[1], 1)
    return misses[:, row] * states[:, column] + misses[:, column] * states[:, row]


def pseudo_curvature(couplings: Tensor, states: Tensor, weights: Tensor) -> Tensor:
    """Second derivatives (P, P) of the pseudolikelihood's loss."""
    n = states.shape[1]
    row, column = torch.triu_indices(n, n, 1)
    number = torch.zeros(n, n, dtype=torch.long)
    number[row, column] = number[column, row] = torch.arange(len(row))
    doubts = weights.unsqueeze(1) / torch.cosh(states @ couplings) ** 2
    found = torch.zeros(len(row), len(row), dtype=states.dtype)
    for spin in range(n):
        others = [other for other in range(n) if other != spin]
        theirs = states[:, others]
        places = number[spin, others]
        found[places.unsqueeze(1), places] += theirs.mT @ (doubts[:, [spin]] * theirs)
    return found


def pseudo_covariance(couplings: Tensor) -> Tensor:
    """Covariance (P, P) of the estimate by pseudolikelihood times the number of states, when there are many.

    Godambe's sandwich, exactly: the curvature is not the variance of the slopes, as of a likelihood.
    """
    states, chance = half(len(couplings)), chances(couplings)
    scores = pseudo_scores(couplings, states)
    variance = scores.mT @ (chance.unsqueeze(1) * scores)
    bread = torch.linalg.inv(pseudo_curvature(couplings, states, chance))
    found: Tensor = bread @ variance @ bread
    return found


def fit_one_spin(sample: Sample, spin: int) -> Tensor:
    """Couplings (N-1,) of one spin to the others, from its own regression, which need not fit theirs.

    Raises
    ------
    NotConverged
        If the regression has no finite answer.
    """
    others = [other for other in range(sample.n) if other != spin]
    theirs, own, weights = sample.seen[:, others], sample.seen[:, spin], sample.weights

    def value(row: Tensor) -> Tensor:
        return weights @ softplus(-2 * own * (theirs @ row))

    def slopes(row: Tensor) -> tuple[Tensor, Tensor]:
        fields = theirs @ row
        gradient = -(weights * (own - torch.tanh(fields))) @ theirs
        return gradient, theirs.mT @ ((weights / torch.cosh(fields) ** 2).unsqueeze(1) * theirs)

    return newton(value, slopes, len(others))


def mean_field(correlations: Tensor) -> Tensor:
    """Couplings (N, N) of naive mean field: minus the inverse of the correlations, off the diagonal.

    Parameters
    ----------
    correlations
        Mean products (N, N), of data or of a model.

    Raises
    ------
    NotConverged
        If the correlations have no inverse.
    """
    inverse, failed = torch.linalg.inv_ex(correlations)
    if int(failed) or float(torch.linalg.cond(correlations)) > 1e12:
        message = "naive mean field needs correlations with an inverse: two spins, or more, say the same here"
        raise NotConverged(message)
    return of_pairs(-pairs_of((inverse + inverse.mT) / 2))


def mean_field_miss(couplings: Tensor) -> float:
    """Distance of naive mean field from the couplings, however many states are seen (root of the squares)."""
    return float(pairs_of(mean_field(moments(couplings)) - couplings).norm())
