"""A residual stack with the gates of one input in place of its ReLUs: a product of sparse matrices.

For a given input each ReLU is a number, 0 or 1. With these gates fixed a layer is a sparse matrix, its
transfer matrix, and the network is an affine map; `pdenet.ops.paths` takes the product apart, path by path.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array, csr_array

from pdenet.checks.numbers import whole
from pdenet.checks.words import one_of
from pdenet.ops.arrays import finite

if TYPE_CHECKING:
    from collections.abc import Iterator

Boundary = Literal["zero", "periodic"]
Into = int | tuple[int, ...] | ArrayLike | None

BOUNDARIES = ("zero", "periodic")
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
    TypeError
        If something that should be numbers is none, text or complex.
    ValueError
        If the shapes do not fit together, a number is not finite or the boundary is unknown.

    References
    ----------
    The thesis, equations (26) and (27); there the gate is called kappa.
    """
    u = finite("u", u)
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
    TypeError, ValueError
        If gates and kernels do not fit together, or what `relu_gates` refuses.

    References
    ----------
    The thesis, equation (27).
    """
    kernels = finite("kernels", kernels)
    gates = finite("gates", gates)
    if gates.ndim not in (2, 3, 4) or len(gates) != len(kernels):
        message = (
            f"gates must be (L, M), (L, H, W) or (L, C, H, W) with the {len(kernels)} layers of the kernels; "
            f"got {gates.shape}"
        )
        raise ValueError(message)
    steps, births = _steps(kernels, bias, gates.shape[1:], boundary)
    if not np.isin(gates, (0, 1)).all():
        message = "gates must be 0 or 1 (or False and True); got other numbers"
        raise ValueError(message)
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
    TypeError, ValueError
        If `u` has another shape, or holds no finite numbers.
    """
    state = as_state("u", u, stack.shape)
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
    TypeError, ValueError
        If `into` is no pixel of the state and has not its shape, or holds no finite numbers.
    """
    row, constant = as_readout(into, stack.shape), 0.0
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


def as_state(name: str, values: Any, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """A state as a vector (N,), of memory of its own."""
    array = finite(name, values)
    if array.shape != shape:
        message = f"{name} must have the shape of a state, {shape}; got {array.shape}"
        raise ValueError(message)
    return array.ravel()


def as_readout(into: Into, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Coefficients (N,) with which the output is read out."""
    if into is None:
        return np.ones(int(np.prod(shape)))
    if not isinstance(into, Real | tuple):
        return as_state("into", into, shape)
    pixel = as_pixel("into", into)
    if len(pixel) != len(shape) or not all(0 <= i < size for i, size in zip(pixel, shape, strict=True)):
        message = f"into must be an index of a state of shape {shape}; got {pixel}"
        raise ValueError(message)
    readout = np.zeros(shape)
    readout[pixel] = 1.0
    return readout.ravel()


def as_pixel(name: str, value: Any) -> tuple[int, ...]:
    """An index of a state, or a single number, as a tuple of ints."""
    places = (value,) if isinstance(value, Real) else tuple(value)
    return tuple(whole(f"a place of {name}", place) for place in places)


def _steps(
    kernels: ArrayLike, bias: ArrayLike | None, shape: tuple[int, ...], boundary: str
) -> tuple[tuple[csr_array, ...], NDArray[np.float64]]:
    """The steps (N, N) and births (L, N) of a stack on states of this shape."""
    kernels = finite("kernels", kernels)
    _check(kernels, shape, boundary)
    channels, rows, columns = ((1,) * 3 + shape)[-3:]
    height, width = kernels.shape[-2:] if len(shape) > 1 else (1, kernels.shape[-1])
    full = kernels.reshape(len(kernels), channels, channels, height, width).copy()
    every = np.arange(channels)
    full[:, every, every, height // 2, width // 2] += 1
    steps = tuple(_step(kernel, (channels, rows, columns), boundary) for kernel in full)
    per_channel = (len(kernels), channels) if len(shape) == 3 else (len(kernels),)
    numbers = np.zeros(per_channel) if bias is None else finite("bias", bias)
    if numbers.shape != per_channel:
        message = f"bias must be {per_channel}, a number a layer (and channel); got {numbers.shape}"
        raise ValueError(message)
    births = np.repeat(numbers.reshape(len(kernels), channels), rows * columns, axis=1)
    return steps, births


def _check(kernels: NDArray[np.float64], shape: tuple[int, ...], boundary: str) -> None:
    one_of("boundary", boundary, BOUNDARIES)
    if len(shape) not in _KERNEL_AXES or 0 in shape:
        message = f"a state must be (M,), (H, W) or (C, H, W) with at least one site; got {shape}"
        raise ValueError(message)
    expected = _KERNEL_AXES[len(shape)]
    axes = min(len(shape), 2)
    channels = shape[:1] * 2 if len(shape) == 3 else ()
    fits = kernels.ndim == 1 + len(channels) + axes and kernels.shape[1:-axes] == channels
    if not fits or not all(size % 2 for size in kernels.shape[-axes:]):
        message = f"kernels must be {expected} of odd sizes for states {shape}; got {kernels.shape}"
        raise ValueError(message)


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
