r"""A committee of K units, :math:`f(x) = \sum_j g(w_j \cdot x)`, its loss, and its Hessian at equal units.

The loss is half the mean squared error. Weights are (K, N), inputs (n, N), targets (n,). Where all units have
the weights w, the Hessian has two sectors: of moves that all units make together, and of moves whose sum is
zero. With e the error,

.. math:: B = E[e\, g''(w \cdot x)\, x x^T], \qquad G = E[g'(w \cdot x)^2\, x x^T],

the second is B, once for each of K - 1 moves, and the first B + K G.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pdenet.checks.numbers import real, whole
from pdenet.ops.diverged import NotConverged

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

RATE = 0.2
"""Of all descents of a committee."""


@dataclass(frozen=True)
class Activation:
    """A unit's answer, with its first two derivatives.

    Parameters
    ----------
    name
        Of the function.
    value, slope
        The function and its derivative.
    curvature
        The second derivative; None where there is none.
    """

    name: str
    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    curvature: Callable[[Array], Array] | None


TANH = Activation(
    "tanh",
    np.tanh,
    lambda z: 1 - np.tanh(z) ** 2,
    lambda z: -2 * np.tanh(z) * (1 - np.tanh(z) ** 2),
)
LINEAR = Activation("linear", lambda z: z, np.ones_like, np.zeros_like)
RELU = Activation("relu", lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(float), None)


class Data(NamedTuple):
    """What a committee is shown, and the weights (M, N) of the teacher that made it."""

    inputs: Array
    targets: Array
    teachers: Array


def teacher_data(
    seed: int,
    *,
    inputs: int = 8,
    samples: int = 400,
    teachers: int = 2,
    length: float = 1.5,
    loud: float = 1.0,
) -> Data:
    """Gaussian inputs, and the answers of a committee whose weights are orthogonal.

    Parameters
    ----------
    seed
        Of all that is drawn.
    inputs, samples
        How many numbers an example has, and how many examples there are.
    teachers
        Units of the teacher, at most as many as inputs.
    length
        Of each of its weight vectors.
    loud
        What its answer is multiplied by.

    Raises
    ------
    TypeError, ValueError
        If a number is out of range.
    """
    inputs = whole("inputs", inputs, least=1)
    samples = whole("samples", samples, least=1)
    teachers = whole("teachers", teachers, least=1, most=inputs)
    length, loud = real("length", length, above=0), real("loud", loud, above=0)
    generator = np.random.default_rng([18, 6, whole("seed", seed, least=0)])
    shown = generator.standard_normal((samples, inputs))
    directions, _ = np.linalg.qr(generator.standard_normal((inputs, teachers)))
    weights = length * directions.T
    return Data(shown, loud * np.tanh(shown @ weights.T).sum(1), weights)


def check_units(units: int) -> int:
    """The number of units, at least the two that a symmetry needs.

    Raises
    ------
    TypeError, ValueError
        If it is not whole, or less than two.
    """
    return whole("units", units, least=2)


def output(weights: Array, inputs: Array, activation: Activation = TANH) -> Array:
    """Answers (n,) of a committee with weights (K, N)."""
    answers: Array = np.sum([activation.value(inputs @ unit) for unit in weights], axis=0)
    return answers


def loss(weights: Array, data: Data, activation: Activation = TANH) -> float:
    """Half the mean squared error of a committee."""
    return float(np.mean((output(weights, data.inputs, activation) - data.targets) ** 2) / 2)


def gradient(weights: Array, data: Data, activation: Activation = TANH) -> Array:
    """Slopes (K, N) of the loss, by the chain rule, unit by unit."""
    error = output(weights, data.inputs, activation) - data.targets
    parts = [(error * activation.slope(data.inputs @ unit)) @ data.inputs for unit in weights]
    return np.array(parts) / len(error)


def hessian(weights: Array, data: Data, activation: Activation = TANH) -> Array:
    """Second derivatives (K N, K N) of the loss at any weights.

    Raises
    ------
    ValueError
        If the activation has no second derivative.
    """
    curvature = _curvature(activation)
    error = output(weights, data.inputs, activation) - data.targets
    slopes = [activation.slope(data.inputs @ unit) for unit in weights]
    blocks = [[_weighted(data, one * other) for other in slopes] for one in slopes]
    for number, unit in enumerate(weights):
        blocks[number][number] = blocks[number][number] + _weighted(
            data, error * curvature(data.inputs @ unit)
        )
    return np.block(blocks)


class Sectors(NamedTuple):
    """The Hessian at equal units: `apart` is B, `together` is B + K G, both (N, N)."""

    apart: Array
    together: Array


def sectors(unit: Array, data: Data, units: int = 2, activation: Activation = TANH) -> Sectors:
    """The two sectors of the Hessian where all units have the weights `unit` (N,).

    Raises
    ------
    TypeError, ValueError
        If there are less than two units, or the activation has no second derivative.
    """
    units, curvature = check_units(units), _curvature(activation)
    drive = data.inputs @ unit
    error = units * activation.value(drive) - data.targets
    apart = _weighted(data, error * curvature(drive))
    return Sectors(apart, apart + units * _weighted(data, activation.slope(drive) ** 2))


def symmetric_limit(
    data: Data,
    units: int = 2,
    activation: Activation = TANH,
    *,
    start: Array | None = None,
    tolerance: float = 1e-13,
    most: int = 50_000,
) -> Array:
    """The weights (N,) at which equal units come to rest: those of one unit whose answer counts K times.

    Parameters
    ----------
    data
        What is learned.
    units
        How many share the weights.
    activation
        Of each.
    start
        From where; None is a short vector along the mean of the teachers.
    tolerance
        The largest slope that counts as rest.
    most
        Steps, at most.

    Raises
    ------
    NotConverged
        If the slope is larger than that after so many steps.
    TypeError, ValueError
        If there are less than two units, or a number is out of range.
    """
    units, most = check_units(units), whole("most", most, least=1)
    tolerance = real("tolerance", tolerance, above=0)
    unit = 0.3 * data.teachers.mean(0) if start is None else np.array(start, dtype=float)
    slope = np.full_like(unit, np.inf)
    for _ in range(most):
        drive = data.inputs @ unit
        error = units * activation.value(drive) - data.targets
        slope = (error * activation.slope(drive)) @ data.inputs / len(error)
        if np.abs(slope).max() < tolerance:
            return unit
        unit = unit - RATE * slope
    message = (
        f"equal units have not come to rest: after {most} steps the largest slope is "
        f"{np.abs(slope).max():.1e}, and rest is below {tolerance:.1e}; give more steps"
    )
    raise NotConverged(message)


def _weighted(data: Data, weight: Array) -> Array:
    return (data.inputs * weight[:, None]).T @ data.inputs / len(weight)


def _curvature(activation: Activation) -> Callable[[Array], Array]:
    if activation.curvature is None:
        message = (
            f"the Hessian at equal units needs a second derivative, which {activation.name!r} does not have; "
            "use 'tanh' or 'linear'"
        )
        raise ValueError(message)
    return activation.curvature
