"""Paths of both signs, drawn at random: what the mean of their signs says about an output, and how well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pdenet.checks.numbers import whole
from pdenet.ops.paths.gates import GatedStack, Into, as_readout, as_state

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from scipy.sparse import csr_array

MOST = 10**12
"""Largest number of draws: beyond it the rounding of the chances would be seen in the counts."""


@dataclass(frozen=True, eq=False)
class SignedDraws:
    """Paths drawn with probability proportional to what they bring, and the output they estimate.

    Parameters
    ----------
    draws : int
        How many.
    positive : int
        How many of them add to the output; the others subtract.
    absolute : float
        What all paths bring, signs left aside.
    ends : (2, ...), int
        How many of the positive and of the negative ones start at each input pixel, in the shape of a state.
        Paths born of a bias start at none.
    """

    draws: int
    positive: int
    absolute: float
    ends: NDArray[np.int64]

    @property
    def estimate(self) -> float:
        """Of the output: the absolute sum times the mean sign."""
        return self.absolute * (2 * self.positive - self.draws) / self.draws

    def error(self, output: float) -> float:
        """Standard error of the estimate if the output is this: root of (A^2 - S^2) / draws."""
        return float(np.sqrt((self.absolute**2 - output**2) / self.draws))


def draw_signed(
    stack: GatedStack,
    u: ArrayLike,
    into: Into,
    draws: int,
    *,
    seed: int | np.random.Generator = 0,
) -> SignedDraws:
    """Draw paths with probability |W u| / sum |W u|, the law of the smallest variance, and count their signs.

    A first pass forwards sums the absolute contributions up to every site. A second goes backwards from the
    output: a path at a site after a layer came from each site before it in proportion to the absolute entry
    times that sum. All that stand at one site are divided by one multinomial draw, which has the law of
    dividing them one by one; so the time does not grow with the number of draws.

    Parameters
    ----------
    stack : GatedStack
        From `pdenet.ops.paths.gates.gated_stack`, with the gates of `u`.
    u : (M,), (H, W) or (C, H, W)
        The input.
    into
        An output pixel, coefficients in the shape of a state, or None for the sum of all outputs.
    draws : int
        How many paths.
    seed
        Of the draws, or a generator.

    Raises
    ------
    TypeError, ValueError
        If no path brings anything, there is no draw or more than 10^12, or as `propagate` and `pull_back`.

    References
    ----------
    M. Troyer and U.-J. Wiese (2005), on the sign problem.
    """
    draws = whole("draws", draws, least=1, most=MOST)
    source, readout = as_state("u", u, stack.shape), as_readout(into, stack.shape)
    rng = np.random.default_rng(
        seed if isinstance(seed, np.random.Generator) else whole("seed", seed, least=0)
    )
    sums = _absolute_sums(stack, source)
    chances = np.abs(readout) * sums[-1]
    absolute = float(chances.sum())
    if absolute == 0:
        message = "no path brings anything to this output; choose one that is lit"
        raise ValueError(message)
    split = rng.multinomial(draws, chances / absolute)
    walkers = np.stack([np.where(readout > 0, split, 0), np.where(readout < 0, split, 0)])  # (sign, N)
    born = np.zeros(2, dtype=np.int64)  # by sign
    for before, (step, _, births) in zip(sums[-2::-1], reversed(list(stack.layers())), strict=True):
        walkers, at_bias = _back(step, births, before, walkers, rng)
        born += at_bias
    ends = np.where(source < 0, walkers[::-1], walkers)
    positive = int(born[0] + ends[0].sum())
    return SignedDraws(draws, positive, absolute, ends.reshape(2, *stack.shape))


def _absolute_sums(stack: GatedStack, source: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """What all paths bring to each site, signs left aside: before the first layer, after it, ..."""
    sums = [np.abs(source)]
    for step, gates, births in stack.layers():
        sums.append(np.where(gates, abs(step) @ sums[-1] + np.abs(births), 0.0))
    return sums


def _back(
    step: csr_array,
    births: NDArray[np.float64],
    before: NDArray[np.float64],
    walkers: NDArray[np.int64],
    rng: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Take walkers (sign, N) from after a layer to before it; and how many, by sign, were born in it."""
    occupied = np.flatnonzero(walkers.any(axis=0))
    ways = np.diff(step.indptr)[occupied]
    filled = np.arange(int(ways.max(initial=0))) < ways[:, None]
    entries = np.where(filled, step.indptr[occupied][:, None] + np.arange(filled.shape[1]), 0)
    sites = step.indices[entries]  # (occupied, width)
    brings = np.where(filled, step.data[entries] * before[sites], 0.0)
    brings = np.hstack([brings, births[occupied, None]])  # the last way is to be born here
    weights = np.abs(brings)
    split = rng.multinomial(walkers[:, occupied], weights / weights.sum(axis=1, keepdims=True))
    turned = np.where(brings < 0, split[::-1], split)  # (sign, occupied, width + 1)
    result = np.zeros_like(walkers)
    for sign in (0, 1):
        np.add.at(result[sign], sites, turned[sign, :, :-1])
    return result, turned[:, :, -1].sum(axis=1)
