"""The loss of a network without hidden units, and descent on it: by Newton's method, by Adam, by steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from pdenet.checks.numbers import real, whole
from pdenet.ops.diverged import NotConverged
from pdenet.subjects.ising.existence import check_exists
from pdenet.subjects.ising.system import (
    couplings_of,
    energies,
    fisher,
    log_partition,
    moments,
    of_pairs,
    pairs_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from pdenet.subjects.ising.sample import Sample

TOLERANCE = 1e-11
"""Largest entry of the gradient at which Newton's method has arrived."""
LONGEST = 0.25
"""Longest change of a coupling in a step: beyond, states freeze, and the loss is flat to rounding."""


def mean_energy(couplings: Tensor, sample: Sample) -> Tensor:
    """Mean energy of the states that were seen; differentiable, and linear in the couplings.

    Raises
    ------
    ValueError
        If these are no couplings, or of another number of spins.
    """
    checked = couplings_of(couplings)
    if len(checked) != sample.n:
        message = f"the states have {sample.n} spins, the couplings are of {len(checked)}"
        raise ValueError(message)
    return sample.weights @ energies(checked, sample.seen)


def loss(couplings: Tensor, sample: Sample) -> Tensor:
    """The network's loss: minus the mean log-likelihood of a state; differentiable."""
    return mean_energy(couplings, sample) + log_partition(couplings)


def fit(sample: Sample) -> Tensor:
    """The couplings (N, N) of maximum likelihood, found by Newton's method.

    Raises
    ------
    NotConverged
        If the likelihood has no maximum, or it is not found.
    """
    check_exists(sample)

    def slopes(entries: Tensor) -> tuple[Tensor, Tensor]:
        couplings = of_pairs(entries)
        return pairs_of(moments(couplings)) - sample.pairs, fisher(couplings)

    return of_pairs(newton(lambda entries: loss(of_pairs(entries), sample), slopes, len(sample.pairs)))


def fit_penalised(sample: Sample, variance: float) -> Tensor:
    """The couplings (N, N) of least loss with a penalty on their squares; there always are some.

    They are the likeliest ones of all, given the states, if couplings are normal with this variance.

    Parameters
    ----------
    sample
        The states.
    variance
        Of a coupling; the more states there are, the less it counts.

    Raises
    ------
    TypeError, ValueError
        If the variance is no positive number.
    """
    weight = 1 / (sample.size * real("variance", variance, above=0))

    def value(entries: Tensor) -> Tensor:
        return loss(of_pairs(entries), sample) + weight / 2 * entries.square().sum()

    def slopes(entries: Tensor) -> tuple[Tensor, Tensor]:
        couplings = of_pairs(entries)
        gradient = pairs_of(moments(couplings)) - sample.pairs + weight * entries
        return gradient, fisher(couplings) + weight * torch.eye(len(entries), dtype=entries.dtype)

    return of_pairs(newton(value, slopes, len(sample.pairs)))


def newton(
    value: Callable[[Tensor], Tensor],
    slopes: Callable[[Tensor], tuple[Tensor, Tensor]],
    size: int,
    rounds: int = 200,
) -> Tensor:
    """Where a convex function is least, (P,), from zero: steps that are halved where they do not go down.

    Parameters
    ----------
    value
        The function.
    slopes
        Its gradient (P,) and its curvature (P, P).
    size
        P.
    rounds
        Steps, at most.

    Raises
    ------
    NotConverged
        With the gradient that is left.
    """
    place = torch.zeros(whole("size", size, least=1), dtype=torch.float64)
    left = torch.inf
    for _ in range(whole("rounds", rounds, least=1)):
        gradient, curvature = slopes(place)
        left = float(gradient.abs().max())
        if left < TOLERANCE:
            return place
        step, failed = torch.linalg.solve_ex(curvature, -gradient)
        if int(failed) or not bool(step.isfinite().all()):
            break
        here, falls = value(place), gradient @ step
        length = min(1.0, LONGEST / float(step.abs().max()))
        # What is left of a full step near the end is rounding of the values; it must not be halved for it.
        while value(place + length * step) > here + 1e-4 * length * falls + 1e-13 and length > 1e-8:
            length /= 2
        place = place + length * step
    message = f"Newton's method has not arrived: the gradient is still {left:.1e}, above {TOLERANCE:.0e}"
    raise NotConverged(message)


def adam(
    sample: Sample, steps: int = 800, rate: float = 0.05, watch: Callable[[Tensor], None] | None = None
) -> Tensor:
    """Couplings (N, N) after so many steps of Adam on the loss, from zero, its rate falling along a cosine.

    Parameters
    ----------
    sample
        What is fitted.
    steps
        How many.
    rate
        At first.
    watch
        Shown the couplings before each step and at the end.
    """
    entries = torch.zeros_like(sample.pairs).requires_grad_()
    steps = whole("steps", steps, least=1)
    optimizer = torch.optim.Adam([entries], lr=real("rate", rate, above=0))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        if watch is not None:
            watch(of_pairs(entries.detach()))
        optimizer.zero_grad()
        loss(of_pairs(entries), sample).backward()
        optimizer.step()
        schedule.step()
    found = of_pairs(entries.detach())
    if watch is not None:
        watch(found)
    return found


def descend(
    what: Callable[[Tensor, Sample], Tensor], sample: Sample, steps: int = 100, rate: float = 0.1
) -> Tensor:
    """Couplings (steps + 1, P) along gradient steps from zero, on the loss or on the mean energy alone.

    Parameters
    ----------
    what
        `loss` or `mean_energy`.
    sample
        The states.
    steps, rate
        How many, and how large.
    """
    rate = real("rate", rate, above=0)
    path = [torch.zeros_like(sample.pairs)]
    for _ in range(whole("steps", steps, least=1)):
        leaf = path[-1].clone().requires_grad_()
        (gradient,) = torch.autograd.grad(what(of_pairs(leaf), sample), leaf)
        path.append(path[-1] - rate * gradient)
    return torch.stack(path)
