"""A residual stack as a sum over paths: the gates of one input, the exact sum, and the paths that carry it.

For a given input each ReLU is a number, 0 or 1. With these gates fixed a layer is a sparse matrix, and the
output is the sum, over all ways from an input pixel to an output pixel, of the product of the entries passed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array, csr_array

Boundary = Literal["zero", "periodic"]
Into = int | tuple[int, ...] | ArrayLike | None

BOUNDARIES = ("zero", "periodic")
LIMIT = 1_000_000
_KERNEL_AXES = {1: "(L, columns)", 2: "(L, rows, columns)", 3: "(L, C, C, rows, columns)"}


@dataclass(frozen=True, eq=False)
class GatedStack:
    """A residual stack whose ReLUs are replaced by gates: an affine map, layer by layer.

    Parameters
    ----------
    steps : tuple of L sparse arrays, each (N, N)
        Skip plus kernel; row = site after the layer, column = site before it. Sites are the places of a
        state in row-major order.
    gates : (L, M), (L, H, W) or (L, C, H, W), bool
        Whether the sum at this place is passed on.
    births : (L, N)
        The bias that enters at each site.
    """

    steps: tuple[csr_array, ...]
    gates: NDArray[np.bool_]
    births: NDArray[np.float64]

    @property
    def depth(self) -> int:
        """Number of layers L."""
        return len(self.steps)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of a state: (M,), (H, W) or (C, H, W)."""
        return self.gates.shape[1:]

    @property
    def sites(self) -> int:
        """Number of sites N of a state."""
        return int(np.prod(self.shape))

    def layers(self) -> Iterator[tuple[csr_array, NDArray[np.bool_], NDArray[np.float64]]]:
        """Step (N, N), gates (N,) and births (N,) of each layer, the first layer first."""
        return zip(self.steps, self.gates.reshape(self.depth, self.sites), self.births, strict=True)


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


def relu_gates(
    u: ArrayLike, kernels: ArrayLike, bias: ArrayLike | None = None, *, boundary: Boundary = "zero"
) -> NDArray[np.bool_]:
    """Run ``u <- relu(u + K_l * u + b_l)`` in float64 and return which ReLUs let pass.

    ``*`` is the cross-correlation that `torch.nn.functional.conv2d` computes.

    Parameters
    ----------
    u : (M,), (H, W) or (C, H, W)
        A line of pixels, an image (rows, columns), or an image with channels.
    kernels : (L, columns), (L, rows, columns) or (L, C, C, rows, columns)
        One kernel a layer without the skip connection, of odd sizes; of channels the output comes first.
    bias : (L,), or (L, C) with channels, optional
        One number a layer (and channel).
    boundary : {"zero", "periodic"}
        What is outside: nothing, or the other side.

    Returns
    -------
    (L, *shape of u), bool
        Whether the sum before the ReLU is positive.

    Raises
    ------
    ValueError
        If the shapes do not fit together, a number is not finite or the boundary is unknown.

    References
    ----------
    The thesis, equations (26) and (27); there the gate is called kappa.
    """
    u = _array("u", u)
    steps, births = _steps(kernels, bias, u.shape, boundary)
    gates = np.empty((len(steps), u.size), dtype=bool)
    state = u.ravel()
    for layer, step in enumerate(steps):
        before = step @ state + births[layer]
        gates[layer] = before > 0
        state = np.where(gates[layer], before, 0.0)
    return gates.reshape(len(steps), *u.shape)


def gated_stack(
    kernels: ArrayLike, gates: ArrayLike, bias: ArrayLike | None = None, *, boundary: Boundary = "zero"
) -> GatedStack:
    """Transfer matrices of a residual stack, with these gates in place of its ReLUs.

    Parameters
    ----------
    kernels, bias, boundary
        As in `relu_gates`.
    gates : (L, M), (L, H, W) or (L, C, H, W)
        Of an input, from `relu_gates`; all ones for the linear network.

    Raises
    ------
    ValueError
        If gates and kernels do not fit together, or what `relu_gates` refuses.

    References
    ----------
    The thesis, equation (27).
    """
    kernels = _array("kernels", kernels)
    gates = _array("gates", gates)
    if gates.ndim not in (2, 3, 4) or len(gates) != len(kernels):
        raise ValueError(
            f"gates must be (L, M), (L, H, W) or (L, C, H, W) with the {len(kernels)} layers of the kernels; "
            f"got {gates.shape}"
        )
    steps, births = _steps(kernels, bias, gates.shape[1:], boundary)
    if not np.isin(gates, (0, 1)).all():
        raise ValueError("gates must be 0 or 1 (or False and True); got other numbers")
    return GatedStack(steps, gates.astype(bool), births)


def propagate(stack: GatedStack, u: ArrayLike) -> NDArray[np.float64]:
    """Sum over all paths by one sparse matrix-vector product a layer, in time linear in the depth.

    Parameters
    ----------
    stack : GatedStack
        From `gated_stack`; with the gates of `u` the result is the network's output.
    u : (M,), (H, W) or (C, H, W)
        The input, in the shape of the stack's states.

    Returns
    -------
    The output, in the same shape.

    Raises
    ------
    ValueError
        If `u` has another shape.
    """
    state = _state("u", u, stack.shape)
    for step, gates, births in stack.layers():
        state = np.where(gates, step @ state + births, 0.0)
    return state.reshape(stack.shape)


def pull_back(stack: GatedStack, into: Into) -> tuple[NDArray[np.float64], float]:
    """Carry an output, or a linear read-out of it, back to the input, in time linear in the depth.

    Parameters
    ----------
    stack : GatedStack
        From `gated_stack`.
    into
        An output pixel as index, (row, column) say, or coefficients in the shape of a state.

    Returns
    -------
    gradient : array in the shape of a state
        Sum of the weights of all paths from each input pixel: a row of the Jacobian.
    constant : float
        What the paths born of a bias bring.

    Raises
    ------
    ValueError
        If `into` is no pixel of the state and has not its shape.
    """
    row, constant = _readout(into, stack.shape), 0.0
    for step, gates, births in reversed(list(stack.layers())):
        row = np.where(gates, row, 0.0)
        constant += float(row @ births)
        row = step.T @ row
    return row.reshape(stack.shape), constant


def jacobian(stack: GatedStack) -> NDArray[np.float64]:
    """Product of the gated transfer matrices, dense, (N, N): row = output site, column = input site.

    Parameters
    ----------
    stack : GatedStack
        From `gated_stack`.
    """
    product = np.eye(stack.sites)
    for step, gates, _ in stack.layers():
        product = np.where(gates[:, None], step @ product, 0.0)
    return product


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
    ValueError
        As `pull_back`.
    """
    counts = (_readout(into, stack.shape) != 0).astype(object)  # Python integers: 9**50 does not fit 64 bits
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
    ValueError
        If there are more paths than `limit`, or a shape does not fit.

    References
    ----------
    The thesis, equation (27), applied L times.
    """
    source = _state("u", u, stack.shape)
    readout = _readout(into, stack.shape)
    if (count := count_paths(stack, into)) > limit:
        raise ValueError(
            f"there are {count} paths and the limit is {limit}; take fewer layers, a smaller image or one "
            "output pixel (into=), or sum them by transfer matrices: propagate(stack, u)"
        )
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
    ValueError
        If `k` is not positive, nothing is to be read out, or a shape does not fit.
    """
    if k < 1:
        raise ValueError(f"k must be a number of paths, 1 or more; got {k}")
    source = _state("u", u, stack.shape)
    readout = _readout(into, stack.shape)
    if into is None or not readout.any():
        raise ValueError("into must be an output pixel, or coefficients that are not all zero")

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


def _array(name: str, values: Any) -> NDArray[np.float64]:
    """Float64 array of finite numbers from an array, nested lists or a torch tensor."""
    if isinstance(values, torch.Tensor):
        values = values.detach().cpu().numpy()
    array = np.asarray(values, dtype=float)
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must hold finite numbers; got NaN or infinity")
    return array


def _state(name: str, values: Any, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """A state as a vector (N,)."""
    array = _array(name, values)
    if array.shape != shape:
        raise ValueError(f"{name} must have the shape of a state, {shape}; got {array.shape}")
    return array.ravel()


def _readout(into: Into, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Coefficients (N,) with which the output is read out."""
    if into is None:
        return np.ones(int(np.prod(shape)))
    if isinstance(into, int | np.integer):
        into = (int(into),)
    if not isinstance(into, tuple):
        return _state("into", into, shape)
    if len(into) != len(shape) or not all(0 <= i < size for i, size in zip(into, shape, strict=True)):
        raise ValueError(f"into must be an index of a state of shape {shape}; got {into}")
    readout = np.zeros(shape)
    readout[into] = 1.0
    return readout.ravel()


def _steps(
    kernels: ArrayLike, bias: ArrayLike | None, shape: tuple[int, ...], boundary: str
) -> tuple[tuple[csr_array, ...], NDArray[np.float64]]:
    """The steps (N, N) and births (L, N) of a stack on states of this shape."""
    kernels = _array("kernels", kernels)
    _check(kernels, shape, boundary)
    channels, rows, columns = ((1,) * 3 + shape)[-3:]
    height, width = kernels.shape[-2:] if len(shape) > 1 else (1, kernels.shape[-1])
    full = kernels.reshape(len(kernels), channels, channels, height, width).copy()
    every = np.arange(channels)
    full[:, every, every, height // 2, width // 2] += 1
    steps = tuple(_step(kernel, (channels, rows, columns), boundary) for kernel in full)
    per_channel = (len(kernels), channels) if len(shape) == 3 else (len(kernels),)
    numbers = np.zeros(per_channel) if bias is None else _array("bias", bias)
    if numbers.shape != per_channel:
        raise ValueError(f"bias must be {per_channel}, a number a layer (and channel); got {numbers.shape}")
    births = np.repeat(numbers.reshape(len(kernels), channels), rows * columns, axis=1)
    return steps, births


def _check(kernels: NDArray[np.float64], shape: tuple[int, ...], boundary: str) -> None:
    if boundary not in BOUNDARIES:
        raise ValueError(f"boundary must be one of {', '.join(map(repr, BOUNDARIES))}; got {boundary!r}")
    if len(shape) not in _KERNEL_AXES or 0 in shape:
        raise ValueError(f"a state must be (M,), (H, W) or (C, H, W) with at least one site; got {shape}")
    expected = _KERNEL_AXES[len(shape)]
    axes = min(len(shape), 2)
    channels = shape[:1] * 2 if len(shape) == 3 else ()
    fits = kernels.ndim == 1 + len(channels) + axes and kernels.shape[1:-axes] == channels
    if not fits or not all(size % 2 for size in kernels.shape[-axes:]):
        raise ValueError(f"kernels must be {expected} of odd sizes for states {shape}; got {kernels.shape}")


def _step(kernel: NDArray[np.float64], shape: tuple[int, int, int], boundary: str) -> csr_array:
    """One layer as a matrix: the kernel (C, C, rows, columns), skip included, at every pixel."""
    _, rows, columns = shape
    sites = np.arange(np.prod(shape)).reshape(shape)
    y, x = np.indices((rows, columns))
    after, before, data = [], [], []
    for (out, channel, row, column), entry in np.ndenumerate(kernel):
        if entry == 0:
            continue
        y_from, x_from = y + row - kernel.shape[2] // 2, x + column - kernel.shape[3] // 2
        inside = (y_from >= 0) & (y_from < rows) & (x_from >= 0) & (x_from < columns)
        kept = inside if boundary == "zero" else np.ones_like(inside)
        after.append(sites[out][kept])
        before.append(sites[channel, y_from % rows, x_from % columns][kept])
        data.append(np.full(kept.sum(), entry))
    none = [np.zeros(0, dtype=np.intp)]
    where = np.concatenate(after or none), np.concatenate(before or none)
    return coo_array((np.concatenate(data or [np.zeros(0)]), where), shape=(sites.size,) * 2).tocsr()
