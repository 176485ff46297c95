"""A linear stack with no negative entry as an expectation over random walks, sampled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pdenet.checks.numbers import whole
from pdenet.ops.arrays import finite
from pdenet.ops.paths.gates import Boundary, as_pixel, gated_stack, propagate

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False)
class Walks:
    """Walks from an output pixel back to the input, and what they say about that pixel.

    Parameters
    ----------
    estimate, standard_error : float
        Of the output pixel; the error is that of the mean, from the spread of the sample.
    ends : (n, 1) or (n, 2), int
        Where each walk is before the first layer: (column) or (row, column). A walk that left the frame
        stays at the first place outside.
    alive : (n,), bool
        Whether the walk never left the frame.
    """

    estimate: float
    standard_error: float
    ends: NDArray[np.intp]
    alive: NDArray[np.bool_]


def sample_walks(
    u: ArrayLike,
    kernels: ArrayLike,
    at: int | tuple[int, ...],
    walks: int,
    *,
    seed: int | np.random.Generator = 0,
    boundary: Boundary = "zero",
) -> Walks:
    """Estimate one output pixel of the linear stack ``u <- u + K_l * u`` from random walks.

    A walk starts at the pixel and goes from the last layer to the first. In a layer it steps by the offset d
    with probability (entry at d) / (sum of entries); the product of the sums multiplies what it finds at its
    end. With the boundary "zero" a walk that leaves the frame finds nothing. Where the input is not negative
    the ReLUs of a residual stack with these kernels pass everything, and the estimate is one of its output.

    Parameters
    ----------
    u : (M,) or (H, W)
        A line of pixels or an image (rows, columns).
    kernels : (L, columns) or (L, rows, columns)
        One a layer, without the skip; skip plus kernel must not have negative entries.
    at : int or (row, column)
        The output pixel.
    walks : int
        How many, two or more.
    seed
        Of the draws, or a generator.
    boundary : {"zero", "periodic"}
        As in `pdenet.ops.paths.relu_gates`.

    Raises
    ------
    TypeError
        If something that should be a number is none, or text.
    ValueError
        If an entry of a step is negative, a step has no positive entry, there are fewer than two walks, or
        shapes or the pixel do not fit.

    References
    ----------
    R. P. Feynman (1948); M. Kac, On distributions of certain Wiener functionals (1949).
    """
    walks = whole("walks", walks, least=2)
    u, kernels, at = _checked(u, kernels, at, boundary)
    rng = np.random.default_rng(
        seed if isinstance(seed, np.random.Generator) else whole("seed", seed, least=0)
    )
    place = np.tile(np.array(at), (walks, 1))
    alive = np.ones(walks, dtype=bool)
    mass = 1.0
    offsets = _offsets(kernels.shape[1:])
    for entries in _entries(kernels)[::-1]:
        mass *= entries.sum()
        chosen = rng.choice(len(entries), size=walks, p=entries / entries.sum())
        place[alive] += offsets[chosen[alive]]
        if boundary == "periodic":
            place %= u.shape
        alive &= ((place >= 0) & (place < u.shape)).all(axis=1)
    found = np.zeros(walks)
    found[alive] = mass * u[tuple(place[alive].T)]
    return Walks(float(found.mean()), float(found.std(ddof=1) / np.sqrt(walks)), place, alive)


def predicted_variance(
    u: ArrayLike, kernels: ArrayLike, at: int | tuple[int, ...], *, boundary: Boundary = "zero"
) -> float:
    """Variance of what a single walk of `sample_walks` brings, exactly, by transfer matrices.

    The mean of n walks has this variance divided by n.

    Parameters
    ----------
    u, kernels, at, boundary
        As in `sample_walks`.

    Raises
    ------
    TypeError, ValueError
        As `sample_walks`.
    """
    u, kernels, at = _checked(u, kernels, at, boundary)
    stack = gated_stack(kernels, np.ones((len(kernels), *u.shape)), boundary=boundary)
    mass = np.prod(_entries(kernels).sum(axis=1))
    return float(mass * propagate(stack, u**2)[at] - propagate(stack, u)[at] ** 2)


def _checked(
    u: ArrayLike, kernels: ArrayLike, at: int | tuple[int, ...], boundary: Boundary
) -> tuple[NDArray[np.float64], NDArray[np.float64], tuple[int, ...]]:
    """Input, kernels and pixel as arrays and a tuple, if walks can be drawn."""
    u, kernels = finite("u", u), finite("kernels", kernels)
    at = as_pixel("at", at)
    if u.ndim not in (1, 2) or kernels.ndim != u.ndim + 1:
        message = (
            "u and kernels must be (M,) and (L, columns), or (H, W) and (L, rows, columns); "
            f"got {u.shape} and {kernels.shape}"
        )
        raise ValueError(message)
    gated_stack(kernels, np.ones((len(kernels), *u.shape)), boundary=boundary)  # checks the rest
    if len(at) != u.ndim or not all(0 <= i < size for i, size in zip(at, u.shape, strict=True)):
        message = f"at must be a pixel of the image {u.shape}; got {at}"
        raise ValueError(message)
    for layer, entries in enumerate(_entries(kernels), start=1):
        lowest = int(entries.argmin())
        if entries[lowest] < 0:
            offset = tuple(int(i) for i in _offsets(kernels.shape[1:])[lowest])
            message = (
                f"layer {layer} has the entry {entries[lowest]:.3g} at offset {offset} of its step (skip "
                "plus kernel), and a probability cannot be negative; (39) has no negative entry where "
                "|beta| <= alpha^2, |rho| <= sigma^2 and alpha^2 + sigma^2 <= 1 + gamma"
            )
            raise ValueError(message)
        if entries[lowest] == entries.max() == 0:
            message = f"layer {layer} has no positive entry: nothing passes it, there are no walks"
            raise ValueError(message)
    return u, kernels, at


def _entries(kernels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Entries of the steps, skip included, (L, taps)."""
    steps = kernels.copy()
    steps[(slice(None), *(size // 2 for size in kernels.shape[1:]))] += 1
    return steps.reshape(len(kernels), -1)


def _offsets(shape: tuple[int, ...]) -> NDArray[np.intp]:
    """Offsets of the taps of a kernel, (taps, axes)."""
    result: NDArray[np.intp] = (
        np.stack([axis.ravel() for axis in np.indices(shape)], axis=1) - np.array(shape) // 2
    )
    return result
