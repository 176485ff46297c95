"""What is measured: orders of methods, the drift of an energy, and which linear block fits given pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.linalg import expm

from pdenet.ops.steppers import crank_nicolson
from pdenet.subjects.small_steps.system import CIRCLE, METHODS, energy, orbit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def orbit_errors(method: str, counts: Sequence[int], time: float = 2.0) -> Array:
    """Distance of a planet on a circle from its true place after `time`, by number of steps."""
    angle = np.array([-np.sin(time), np.cos(time), np.cos(time), np.sin(time)])
    ends = [orbit(method, time / count, time)[-1] for count in counts]
    return np.array([np.linalg.norm(end - angle) for end in ends])


def order(counts: Sequence[int], errors: Array) -> float:
    """The power of the step with which errors fall, from the last two."""
    return float(np.log(errors[-2] / errors[-1]) / np.log(counts[-1] / counts[-2]))


def energy_drift(method: str, h: float, orbits: float = 10) -> Array:
    """Energy of a planet on a circle after each step, less that of its start."""
    values = energy(orbit(method, h, 2 * np.pi * orbits))
    drift: Array = values - values[0]
    return drift


def area_factor(method: str, h: float = 0.1, small: float = 1e-6) -> float:
    """Determinant of the derivative of one step: 1 where volumes of momentum and position are kept.

    By central differences of `small`, whose error is of the order of its square.
    """
    columns = [
        (METHODS[method](CIRCLE + small * e, h) - METHODS[method](CIRCLE - small * e, h)) / (2 * small)
        for e in np.eye(4)
    ]
    return float(np.linalg.det(np.array(columns).T))


def fitted_block(before: NDArray[Any], after: NDArray[Any]) -> NDArray[Any]:
    """The matrix K (n, n) for which ``x + K x`` is nearest to what follows, in least squares.

    Parameters
    ----------
    before, after
        States and what they become, (pair, n); pairs must span all directions.

    Raises
    ------
    ValueError
        If they do not: then K is not determined.
    """
    solution, _, rank, _ = np.linalg.lstsq(before, after - before)
    if rank < before.shape[1]:
        message = f"the states must span all {before.shape[1]} directions; got {rank} of them"
        raise ValueError(message)
    found: NDArray[Any] = solution.T
    return found


def block_distances(generator: NDArray[Any], h: float, pairs: int = 200, seed: int = 0) -> dict[str, float]:
    """How far the block that fits pairs of the flow of dx/dt = A x lies from what it is taken for.

    Parameters
    ----------
    generator
        A, (n, n).
    h
        Time between the states of a pair.
    pairs, seed
        How many random states, and the seed they are drawn with.

    Returns
    -------
    dict
        Relative distances in Frobenius's norm to the flow's own increment, to Euler's ``hA`` and to
        Crank-Nicolson's; and the operator norms of one plus the block and of one plus
        ``hA``.
    """
    rng = np.random.default_rng(seed)
    before = rng.normal(size=(pairs, len(generator))).astype(complex)
    flow = expm(h * generator)
    block = fitted_block(before, before @ flow.T)
    one, size = np.eye(len(generator)), np.linalg.norm(block)
    others = {
        "flow": flow - one,
        "Euler": h * generator,
        "Crank-Nicolson": crank_nicolson(generator, h) - one,
    }
    distances = {name: float(np.linalg.norm(block - k) / size) for name, k in others.items()}
    norms = {"norm": np.linalg.norm(one + block, 2), "norm of Euler": np.linalg.norm(one + h * generator, 2)}
    return distances | {name: float(value) for name, value in norms.items()}
