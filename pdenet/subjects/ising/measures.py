"""What is measured on a glass that a seed draws: errors of four estimates, and the limits they have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import torch

from pdenet.ops.diverged import NotConverged
from pdenet.subjects.ising.existence import likelihood_escape, tied
from pdenet.subjects.ising.fits import adam, fit, fit_penalised, loss
from pdenet.subjects.ising.rivals import fit_pseudo, mean_field, mean_field_miss, pseudo_covariance
from pdenet.subjects.ising.sample import Sample, draw
from pdenet.subjects.ising.system import (
    divergence,
    fisher,
    glass,
    ground_state,
    moments,
    of_pairs,
    pairs_of,
    valleys,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

SIZES = (1_000, 10_000, 100_000)
"""States that are seen."""
LIKELIHOOD, PSEUDO, FIELD, CORRELATION = "likelihood", "pseudolikelihood", "mean field", "correlations"
ESTIMATES: dict[str, Callable[[Sample], Tensor]] = {
    LIKELIHOOD: fit,
    PSEUDO: fit_pseudo,
    FIELD: lambda sample: mean_field(sample.moments),
    CORRELATION: lambda sample: of_pairs(sample.pairs),
}
"""Couplings (N, N) from a sample, by name."""
STRENGTHS = (0.25, 1.0, 4.0)
"""Variance that a penalty takes couplings to have, over the one that they have."""


class Limits(NamedTuple):
    """What one glass allows.

    Parameters
    ----------
    cramer_rao
        Trace of the inverse Fisher information: the squared error of the couplings times the states seen.
    pseudo
        The same of pseudolikelihood, by Godambe's sandwich.
    pseudo_excess
        Twice its divergence times the states seen; that of the likelihood is the number of couplings.
    field
        Squared error of naive mean field with all the states there are.
    correlation
        The same of the correlations themselves.
    condition
        Condition number of the Fisher information.
    norm
        Sum of squares of the couplings: the error of saying zero.
    """

    cramer_rao: float
    pseudo: float
    pseudo_excess: float
    field: float
    correlation: float
    condition: float
    norm: float


def limits(couplings: Tensor) -> Limits:
    """What a glass allows, exactly; nothing is drawn."""
    information, sandwich = fisher(couplings), pseudo_covariance(couplings)
    sizes = torch.linalg.eigvalsh(information)
    return Limits(
        cramer_rao=float((1 / sizes).sum()),
        pseudo=float(sandwich.trace()),
        pseudo_excess=float((information * sandwich).sum()),
        field=mean_field_miss(couplings) ** 2,
        correlation=float(pairs_of(moments(couplings) - couplings).square().sum()),
        condition=float(sizes[-1] / sizes[0]),
        norm=float(pairs_of(couplings).square().sum()),
    )


def estimate(name: str, sample: Sample) -> Tensor | None:
    """Couplings (N, N) by one of `ESTIMATES`; None where the data have none."""
    try:
        return ESTIMATES[name](sample)
    except NotConverged:
        return None


def measured(n: int, beta: float, sizes: tuple[int, ...], seed: int, *, first_order: bool) -> dict[str, Any]:
    """Limits of the glass of a seed, and what its samples show, by size; None where there is no estimate.

    Parameters
    ----------
    n, beta
        Of the glass.
    sizes
        Of the samples.
    seed
        Of both.
    first_order
        Whether the largest sample is fitted by Adam as well.
    """
    couplings = glass(n, beta, seed)
    found: dict[str, Any] = {"valleys": valleys(couplings)}
    found |= limits(couplings)._asdict()
    zero = divergence(couplings, torch.zeros_like(couplings))
    for size in sizes:
        sample = draw(couplings, size, seed)
        found |= {f"{what} at {size}": value for what, value in _of_sample(couplings, sample).items()}
        found[f"excess, zero at {size}"] = 2 * size * zero
        best = estimate(LIKELIHOOD, sample) if first_order and size == max(sizes) else None
        if best is not None:
            slow = adam(sample)
            found[f"excess, Adam at {size}"] = 2 * size * divergence(couplings, slow)
            found[f"gap, Adam at {size}"] = 2 * size * float(loss(slow, sample) - loss(best, sample))
    return found


def measured_penalised(n: int, beta: float, size: int, seed: int) -> dict[str, Any]:
    """Whether a sample has an estimate by likelihood alone, and how far off one with a penalty is.

    Parameters
    ----------
    n, beta, size, seed
        Of the glass and its sample: those of `measured`.
    """
    couplings = glass(n, beta, seed)
    sample, norm = draw(couplings, size, seed), float(pairs_of(couplings).norm())
    found: dict[str, Any] = {"exists": float(likelihood_escape(sample) is None)}
    for strength in STRENGTHS:
        guess = fit_penalised(sample, strength * beta**2 / n)
        found[f"off, {strength:g}"] = float(pairs_of(guess - couplings).norm()) / norm
        found[f"excess, {strength:g}"] = 2 * size * divergence(couplings, guess)
    return found


def _of_sample(couplings: Tensor, sample: Sample) -> dict[str, float | None]:
    truth = ground_state(couplings)
    found: dict[str, float | None] = {
        "tied": float(bool(tied(sample))),
        "exists": float(likelihood_escape(sample) is None),
        "seen": float(len(sample.seen)),
        "ground, commonest": float(torch.equal(sample.commonest, truth)),
    }
    for name in ESTIMATES:
        guess = estimate(name, sample)
        found |= {f"{what}, {name}": None for what in ("error", "excess", "ground")}
        if guess is not None:
            found[f"error, {name}"] = float(pairs_of(guess - couplings).square().sum())
            found[f"excess, {name}"] = 2 * sample.size * divergence(couplings, guess)
            found[f"ground, {name}"] = float(torch.equal(ground_state(guess), truth))
    return found
