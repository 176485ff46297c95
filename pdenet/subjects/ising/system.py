r"""Ising spins and their couplings, exactly: every sum runs over all states.

A state is :math:`s \in \{-1, 1\}^N`, its energy :math:`E_J(s) = -\sum_{i<j} J_{ij} s_i s_j`, its probability
:math:`e^{-E_J(s)}/Z`. Couplings are a symmetric matrix (N, N) with zeros on the diagonal, or the vector (P,)
of its entries above it, P = N(N-1)/2. As s and -s have one energy, sums run over the states whose first spin
is up: the half (2^(N-1), N).
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import torch

from pdenet.checks.numbers import real, whole
from pdenet.ops.seeding import generator

if TYPE_CHECKING:
    from torch import Tensor

MOST_SPINS = 20
"""Of more, all states would be over a million."""
COUPLINGS, STATES = range(2)
"""Streams of a seed: what is drawn of it."""
_BLOCK = 4096  # states whose products are held at a time


def spins_of(n: int) -> int:
    """The number of spins, if all their states can be summed over.

    Raises
    ------
    TypeError, ValueError
        If it is none, or there are too many states.
    """
    n = whole("the number of spins", n, least=2)
    if n > MOST_SPINS:
        message = (
            f"an exact sum over {n} spins has 2^{n} states; at most {MOST_SPINS} spins are summed so: "
            "take fewer, or an estimate that sums over no states"
        )
        raise ValueError(message)
    return n


@lru_cache(maxsize=4)
def half(n: int) -> Tensor:
    """The states whose first spin is up, (2^(n-1), n), in the order of binary numbers, down being 1."""
    n = spins_of(n)
    numbers = torch.arange(2 ** (n - 1)).unsqueeze(1)
    bits = numbers >> torch.arange(n - 1, -1, -1) & 1
    return (1 - 2 * bits).double()


def couplings_of(couplings: Any) -> Tensor:
    """Couplings (N, N) as they must be.

    Raises
    ------
    ValueError
        If they are no square, not symmetric, not finite, or a spin is coupled to itself.
    """
    matrix = torch.as_tensor(couplings, dtype=torch.float64)
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        message = f"couplings are a square (N, N); got {tuple(matrix.shape)}"
        raise ValueError(message)
    spins_of(len(matrix))
    if not bool(matrix.isfinite().all()):
        message = "couplings must be finite; got NaN or infinity"
        raise ValueError(message)
    if not torch.equal(matrix, matrix.mT):
        worst = float((matrix - matrix.mT).abs().max())
        message = (
            f"couplings must be symmetric, J_ij = J_ji; they differ by up to {worst:.3g}: take (J + J^T)/2"
        )
        raise ValueError(message)
    if bool(matrix.diagonal().any()):
        message = (
            f"no spin is coupled to itself: the diagonal must be zero; got {matrix.diagonal().tolist()}. It "
            "would add a constant to the energy, since a spin squared is 1"
        )
        raise ValueError(message)
    return matrix


def pairs_of(matrix: Tensor) -> Tensor:
    """The entries (..., P) above the diagonal of (..., N, N), row by row."""
    row, column = torch.triu_indices(matrix.shape[-1], matrix.shape[-1], 1)
    return matrix[..., row, column]


def of_pairs(entries: Tensor) -> Tensor:
    """The symmetric matrix (N, N) that has these entries (P,) above its diagonal, and zeros on it."""
    n = round((1 + math.sqrt(1 + 8 * len(entries))) / 2)
    upper = torch.zeros(n, n, dtype=entries.dtype)
    row, column = torch.triu_indices(n, n, 1)
    upper = upper.index_put((row, column), entries)
    return upper + upper.mT


def products(states: Tensor) -> Tensor:
    """What a coupling multiplies: s_i s_j of every pair, (K, P), of states (K, N)."""
    row, column = torch.triu_indices(states.shape[1], states.shape[1], 1)
    return states[:, row] * states[:, column]


def energies(couplings: Tensor, states: Tensor) -> Tensor:
    """Energies (K,) of states (K, N)."""
    found: Tensor = -((states @ couplings) * states).sum(1) / 2
    return found


def _minus_energies(couplings: Tensor) -> Tensor:
    """Of half the states, (2^(N-1),); here couplings are checked, whatever is computed from them."""
    checked = couplings_of(couplings)
    return -energies(checked, half(len(checked)))


def log_partition(couplings: Tensor) -> Tensor:
    """The logarithm of Z, the sum over all states of exp(-E); differentiable."""
    return _minus_energies(couplings).logsumexp(0) + math.log(2)


def chances(couplings: Tensor) -> Tensor:
    """Probabilities (2^(N-1),) of the pairs s and -s, in the order of `half`; their sum is 1."""
    return _minus_energies(couplings).softmax(0)


def moments(couplings: Tensor) -> Tensor:
    """Mean products of the model, (N, N); the diagonal is 1."""
    states = half(len(couplings))
    return states.mT @ (chances(couplings).unsqueeze(1) * states)


def fisher(couplings: Tensor) -> Tensor:
    """Covariance (P, P) of the products: what one state tells of the couplings, and the loss's curvature."""
    states, chance = half(len(couplings)), chances(couplings)
    mean = pairs_of(moments(couplings))
    found = -torch.outer(mean, mean)
    for some, theirs in zip(states.split(_BLOCK), chance.split(_BLOCK), strict=True):
        there = products(some)
        found += there.mT @ (theirs.unsqueeze(1) * there)
    return found


def divergence(couplings: Tensor, other: Tensor) -> float:
    """Kullback-Leibler divergence of the states under the first couplings from those under the second."""
    first, second = _minus_energies(couplings), _minus_energies(other)
    if len(first) != len(second):
        message = f"couplings of {len(couplings)} spins and of {len(other)} have no divergence"
        raise ValueError(message)
    logs = first.log_softmax(0) - second.log_softmax(0)
    return max(float((first.softmax(0) * logs).sum()), 0.0)


def ground_state(couplings: Tensor) -> Tensor:
    """A state (N,) of least energy, of s and -s the one whose first spin is up."""
    return half(len(couplings))[_minus_energies(couplings).argmax()]


def valleys(couplings: Tensor) -> int:
    """How many pairs s, -s have an energy that no flip of one spin lowers."""
    states = half(len(couplings))
    fields = states * (states @ couplings_of(couplings))
    return int((fields > 0).all(1).sum())


def glass(n: int, beta: float, seed: int) -> Tensor:
    """Couplings of Sherrington and Kirkpatrick's, (n, n): normal with the variance beta^2/n.

    Parameters
    ----------
    n
        Spins, from 2 on.
    beta
        Inverse temperature, which the couplings absorb.
    seed
        Of the couplings; at another temperature they are the same but for the factor.
    """
    n, beta = whole("n", n, least=2), real("beta", beta, least=0)
    drawn = torch.randn(n * (n - 1) // 2, generator=generator(seed, COUPLINGS), dtype=torch.float64)
    return of_pairs(beta * drawn / math.sqrt(n))
