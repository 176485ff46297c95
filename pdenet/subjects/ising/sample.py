"""States as they were seen: how often each pair s, -s, which is all that a mean product depends on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import torch

from pdenet.checks.numbers import whole
from pdenet.ops.seeding import generator
from pdenet.subjects.ising.system import STATES, chances, half, pairs_of, spins_of

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, eq=False)
class Sample:
    """States that were drawn, as counts.

    Parameters
    ----------
    counts : (2^(N-1),)
        How often s or -s was seen, in the order of `half`.

    Raises
    ------
    ValueError
        If there is no state, a count is negative, or their number is none of 2, 4, 8, ...
    """

    counts: Tensor

    def __post_init__(self) -> None:
        places = len(self.counts)
        if places < 2 or places & (places - 1):
            message = (
                f"counts are of the 2^(N-1) states of N spins, up to a flip of all; got {places} of them"
            )
            raise ValueError(message)
        if bool((self.counts < 0).any()) or not bool(self.counts.any()):
            message = "counts must be zero or more, and of one state at least"
            raise ValueError(message)

    @property
    def n(self) -> int:
        """The spins."""
        return len(self.counts).bit_length()

    @property
    def size(self) -> int:
        """How many states were seen."""
        return int(self.counts.sum())

    @cached_property
    def shares(self) -> Tensor:
        """Of each pair s, -s the share, (2^(N-1),)."""
        return self.counts.double() / self.size

    @cached_property
    def seen(self) -> Tensor:
        """The states that were seen at all, each once, (K, N)."""
        return half(self.n)[self.counts > 0]

    @cached_property
    def weights(self) -> Tensor:
        """Their shares, (K,)."""
        return self.shares[self.counts > 0]

    @cached_property
    def moments(self) -> Tensor:
        """Mean products of the data, (N, N): the empirical correlations; the diagonal is 1."""
        found = self.seen.mT @ (self.weights.unsqueeze(1) * self.seen)
        return (found + found.mT) / 2

    @property
    def pairs(self) -> Tensor:
        """Those of the pairs, (P,)."""
        return pairs_of(self.moments)

    @property
    def commonest(self) -> Tensor:
        """The state (N,) that was seen most often."""
        return half(self.n)[self.counts.argmax()]


def sample_of(states: Any) -> Sample:
    """What states (M, N) of spins -1 and 1 say.

    Raises
    ------
    ValueError
        If there are none, or a spin has another value.
    """
    spins = torch.as_tensor(states)
    if spins.dim() != 2 or not len(spins):
        message = f"states are (M, N), one a row, at least one; got {tuple(spins.shape)}"
        raise ValueError(message)
    n = spins_of(spins.shape[1])
    if spins.dtype == torch.bool or not bool((spins.abs() == 1).all()):
        zeros = bool(((spins == 0) | (spins == 1)).all())
        hint = ". These look like 0 and 1: take 2 s - 1" if zeros else ""
        message = f"spins are -1 or 1; got {spins.unique()[:5].tolist()}{hint}"
        raise ValueError(message)
    down = (spins * spins[:, :1] < 0).long()
    numbers = (down << torch.arange(n - 1, -1, -1)).sum(1)
    return Sample(torch.bincount(numbers, minlength=2 ** (n - 1)))


def draw(couplings: Tensor, size: int, seed: int) -> Sample:
    """So many states from the exact probabilities.

    Parameters
    ----------
    couplings
        (N, N).
    size
        How many.
    seed
        Of the draw, which does not depend on what the couplings were drawn from.
    """
    size, chance = whole("size", size, least=1), chances(couplings)
    numbers = torch.multinomial(chance, size, replacement=True, generator=generator(seed, STATES, size))
    return Sample(torch.bincount(numbers, minlength=len(chance)))
