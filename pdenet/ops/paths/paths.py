"""The output of a residual stack as a sum over paths: counted, listed one by one, the heaviest found.

A path is a way from an input pixel to an output pixel; its weight is the product of the entries of the
transfer matrices that it passes (`pdenet.ops.gated_stack`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pdenet.checks.numbers import whole
from pdenet.ops.paths.gates import GatedStack, Into, as_readout, as_state, propagate

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from scipy.sparse import csr_array

LIMIT = 1_000_000


@dataclass(frozen=True, eq=False)
class Paths:
    """Paths through a gated stack.

    Parameters
    ----------
    sites : (P, L + 1), int
        The site of each path before the first layer, after it, ..., after the last; -1 before the layer at
        which a path is born of a bias.
    weights : (P,)
        Product of the entries passed, and of the coefficient with which the last site is read out.
    sources : (P,)
        Where the path starts: the value of the input, or the bias.
    shape : tuple of int
        Shape of a state.
    """

    sites: NDArray[np.intp]
    weights: NDArray[np.float64]
    sources: NDArray[np.float64]
    shape: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def contributions(self) -> NDArray[np.float64]:
        """What each path brings to the output, (P,): weight times source."""
        return self.weights * self.sources

    @property
    def positions(self) -> NDArray[np.intp]:
        """The sites as indices of a state, (P, L + 1, axes); -1 before a path is born."""
        places = np.stack(np.unravel_index(np.maximum(self.sites, 0), self.shape), axis=-1)
        return np.where(self.sites[..., None] < 0, -1, places)

    def arriving(self) -> NDArray[np.float64]:
        """Sum of the contributions by last site, in the shape of a state."""
        sums = np.zeros(int(np.prod(self.shape)))
        np.add.at(sums, self.sites[:, -1], self.contributions)
        return sums.reshape(self.shape)


@dataclass(frozen=True, eq=False)
class Heaviest:
    """The heaviest paths into an output, and the whole sum they are part of.

    Parameters
    ----------
    paths : Paths
        The heaviest first.
    total : float
        Sum of the contributions of all paths: the output.
    total_absolute : float
        Sum of their absolute values.
    """

    paths: Paths
    total: float
    total_absolute: float

    @property
    def share(self) -> NDArray[np.float64]:
        """Share of the absolute sum that the first 1, 2, ... paths carry, (P,)."""
        return np.cumsum(np.abs(self.paths.contributions)) / self.total_absolute

    @property
    def partial_sums(self) -> NDArray[np.float64]:
        """Signed sum of the first 1, 2, ... paths, (P,)."""
        return np.cumsum(self.paths.contributions)

    @property
    def cancellation(self) -> float:
        """Absolute sum over size of the sum: 1 where all paths have one sign, large where they cancel."""
        return self.total_absolute / abs(self.total) if self.total else np.inf


def count_paths(stack: GatedStack, into: Into = None) -> int:
    """Exact number of paths that no gate cuts, by the same recursion with ones for the entries.

    A path is a sequence of sites, one before and one after every layer, with entries between them that are
    not zero. (Where a periodic image is narrower than the kernel, two taps join the same sites: one path.)

    Parameters
    ----------
    stack : GatedStack
        From `gated_stack`.
    into
        An output pixel, coefficients (sites with zero are left out), or None for all output sites.

    Raises
    ------
    TypeError, ValueError
        As `pull_back`.
    """
    counts = (as_readout(into, stack.shape) != 0).astype(
        object
    )  # Python integers: 9**50 does not fit 64 bits
    born = 0
    for step, gates, births in reversed(list(stack.layers())):
        counts = np.where(gates, counts, 0)
        born += int(counts[births != 0].sum())
        before = np.zeros(stack.sites, dtype=object)
        np.add.at(before, step.indices, np.repeat(counts, np.diff(step.indptr)))
        counts = before
    return born + int(counts.sum())


def enumerate_paths(stack: GatedStack, u: ArrayLike, into: Into = None, *, limit: int = LIMIT) -> Paths:
    """All paths that no gate cuts, one by one.

    Parameters
    ----------
    stack : GatedStack
        From `gated_stack`, with the gates of `u`.
    u : (M,), (H, W) or (C, H, W)
        The input.
    into
        An output pixel, coefficients in the shape of a state, or None for all output sites.
    limit : int
        Largest number of paths that is listed.

    Raises
    ------
    TypeError, ValueError
        If there are more paths than `limit`, which is no count, or as `propagate` and `pull_back`.

    References
    ----------
    The thesis, equation (27), applied L times.
    """
    limit = whole("limit", limit, least=0)
    source = as_state("u", u, stack.shape)
    readout = as_readout(into, stack.shape)
    if (count := count_paths(stack, into)) > limit:
        message = (
            f"there are {count} paths and the limit is {limit}; take fewer layers, a smaller image or one "
            "output pixel (into=), or sum them by transfer matrices: propagate(stack, u)"
        )
        raise ValueError(message)
    sites = np.flatnonzero(readout)[:, None]
    weights = readout[sites[:, 0]]
    found = []
    for layer, (step, gates, births) in reversed(list(enumerate(stack.layers()))):
        is_open = gates[sites[:, 0]]
        sites, weights = sites[is_open], weights[is_open]
        born = births[sites[:, 0]] != 0
        unborn = np.full((born.sum(), layer + 1), -1)
        found.append((np.hstack([unborn, sites[born]]), weights[born], births[sites[born, 0]]))
        sites, weights = _extend(step, sites, weights)
    found.append((sites, weights, source[sites[:, 0]]))
    sites, weights, sources = (np.concatenate(parts) for parts in zip(*reversed(found), strict=True))
    return Paths(sites, weights, sources, stack.shape)


def heaviest_paths(stack: GatedStack, u: ArrayLike, into: Into, k: int) -> Heaviest:
    """The k paths of largest absolute contribution, exactly and in time linear in the depth.

    A heaviest path consists of heaviest paths, so it is enough to keep the k best at every site: dynamic
    programming in the place of a search through all paths.

    Parameters
    ----------
    stack : GatedStack
        From `gated_stack`, with the gates of `u`.
    u : (M,), (H, W) or (C, H, W)
        The input.
    into
        An output pixel, or coefficients in the shape of a state.
    k : int
        How many paths; there may be fewer that contribute.

    Raises
    ------
    TypeError, ValueError
        If `k` is no positive whole number, nothing is to be read out, or as `propagate` and `pull_back`.
    """
    k = whole("k", k, least=1)
    source = as_state("u", u, stack.shape)
    readout = as_readout(into, stack.shape)
    if into is None or not readout.any():
        message = "into must be an output pixel, or coefficients that are not all zero"
        raise ValueError(message)

    best, pointers = source[:, None], []  # best: (N, K), the K heaviest partial sums of each site
    for (step, gates, births), wanted in zip(stack.layers(), _reaching(stack, readout), strict=True):
        best, pointer = _best_of(step, births, best, np.flatnonzero(gates & wanted), k)
        pointers.append(pointer)
    values = (readout[:, None] * best).ravel()
    chosen = _largest(values[None], k)[0]
    chosen = chosen[values[chosen] != 0]
    sites, sources = _trace(stack, source, pointers, *np.divmod(chosen, best.shape[1]))
    paths = Paths(sites, values[chosen] / sources, sources, stack.shape)

    output = propagate(stack, u).ravel()
    absolute = propagate(_absolute(stack), np.abs(source).reshape(stack.shape)).ravel()
    return Heaviest(paths, float(readout @ output), float(np.abs(readout) @ absolute))


def _extend(
    step: csr_array, sites: NDArray[np.intp], weights: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Let every path begin one layer earlier, in all ways."""
    first = step.indptr[sites[:, 0]]
    ways = step.indptr[sites[:, 0] + 1] - first
    restart = np.cumsum(ways) - ways
    entries = np.repeat(first - restart, ways) + np.arange(ways.sum())
    before = step.indices[entries].astype(sites.dtype)[:, None]
    return np.hstack([before, np.repeat(sites, ways, axis=0)]), np.repeat(weights, ways) * step.data[entries]


def _reaching(stack: GatedStack, readout: NDArray[np.float64]) -> list[NDArray[np.bool_]]:
    """For every layer, the sites after it from which an open path leads to what is read out."""
    wanted = [readout != 0]
    for step, gates, _ in reversed(list(stack.layers())[1:]):
        wanted.append((abs(step).T @ (wanted[-1] & gates).astype(float)) > 0)
    return wanted[::-1] if stack.depth else []


def _best_of(
    step: csr_array,
    births: NDArray[np.float64],
    best: NDArray[np.float64],
    active: NDArray[np.intp],
    k: int,
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """The heaviest partial sums after a layer, (N, K), and where they came from; -1 for born here."""
    ranks = best.shape[1]
    ways = np.diff(step.indptr)[active]
    width = int(ways.max(initial=0))
    filled = np.arange(width) < ways[:, None]
    entries = np.where(filled, step.indptr[active][:, None] + np.arange(width), 0)
    before = step.indices[entries].astype(np.intp)  # (active, width)
    data = np.where(filled, step.data[entries], 0.0)
    values = (data[:, :, None] * best[before]).reshape(len(active), width * ranks)
    codes = (before[:, :, None] * ranks + np.arange(ranks)).reshape(values.shape)
    values = np.hstack([births[active][:, None], values])
    codes = np.hstack([np.full((len(active), 1), -1), codes])
    order = _largest(values, k)
    new = np.zeros((len(births), order.shape[1]))
    pointer = np.full(new.shape, -1)
    new[active] = np.take_along_axis(values, order, axis=1)
    pointer[active] = np.take_along_axis(codes, order, axis=1)
    return new, pointer


def _largest(values: NDArray[np.float64], k: int) -> NDArray[np.intp]:
    """Places of the k largest absolute values of each row, in falling order."""
    size = -np.abs(values)
    if 4 * k < values.shape[1]:  # then choosing first and sorting the chosen is faster
        chosen = np.argpartition(size, k, axis=1)[:, :k]
        order = np.argsort(np.take_along_axis(size, chosen, axis=1), axis=1, kind="stable")
        return np.take_along_axis(chosen, order, axis=1)
    return np.argsort(size, axis=1, kind="stable")[:, :k]


def _trace(
    stack: GatedStack,
    source: NDArray[np.float64],
    pointers: list[NDArray[np.intp]],
    site: NDArray[np.intp],
    rank: NDArray[np.intp],
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Follow the pointers from the last layer to the first: sites (P, L + 1) and sources (P,)."""
    sites = np.full((len(site), stack.depth + 1), -1)
    sources = np.zeros(len(site))
    alive = np.arange(len(site))
    for layer in reversed(range(stack.depth)):
        sites[alive, layer + 1] = site
        code = pointers[layer][site, rank]
        born = code < 0
        sources[alive[born]] = stack.births[layer, site[born]]
        alive = alive[~born]
        ranks = pointers[layer - 1].shape[1] if layer else 1
        site, rank = np.divmod(code[~born], ranks)
    sites[alive, 0] = site
    sources[alive] = source[site]
    return sites, sources


def _absolute(stack: GatedStack) -> GatedStack:
    """The stack with the absolute values of its entries and biases, and the same gates."""
    return GatedStack(tuple(abs(step) for step in stack.steps), stack.gates, np.abs(stack.births))
