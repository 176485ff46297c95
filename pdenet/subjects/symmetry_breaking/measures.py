"""What is measured on committees: saddles, times of escape, and what becomes of one push or another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pdenet.subjects.symmetry_breaking.escape import (
    descend,
    first_apart,
    growth,
    predicted_time,
    push_apart,
    pushed,
    time_slope,
)
from pdenet.subjects.symmetry_breaking.system import (
    LINEAR,
    RATE,
    RELU,
    TANH,
    Activation,
    Data,
    Sectors,
    check_units,
    sectors,
    symmetric_limit,
    teacher_data,
)

if TYPE_CHECKING:
    from pdenet.subjects.symmetry_breaking.system import Array

SIZES = (1e-12, 1e-10, 1e-8, 1e-6, 1e-4)
STEPS, LEARNED = 3000, 1e-3
"""Of a descent; a loss that counts as learned, a twentieth of that of equal units or less."""


class Rest(NamedTuple):
    """Equal units at rest: their data, weights (N,), sectors of the Hessian and eigenvalues of B, rising."""

    data: Data
    unit: Array
    blocks: Sectors
    values: Array


def rest(seed: int, units: int = 2) -> Rest:
    """Equal units at rest, whose teacher has as many units.

    Parameters
    ----------
    seed
        Of the data.
    units
        How many, two at least.
    """
    data = teacher_data(seed, teachers=check_units(units))
    unit = symmetric_limit(data, units)
    blocks = sectors(unit, data, units)
    return Rest(data, unit, blocks, np.asarray(np.linalg.eigvalsh(blocks.apart), dtype=float))


def loud_rest(seed: int = 0, *, inputs: int = 1, loud: float = 3.0) -> Rest:
    """Two equal units at rest before a teacher of one unit; of one input, and loud, it is a minimum.

    Two such units can be as loud as two. With one input the way apart leads down below that, and up above.

    Parameters
    ----------
    seed
        Of the data.
    inputs
        How many numbers an example has.
    loud
        What the teacher's answer is multiplied by.
    """
    data = teacher_data(seed, inputs=inputs, teachers=1, length=1.0, loud=loud)
    unit = symmetric_limit(data)
    blocks = sectors(unit, data)
    return Rest(data, unit, blocks, np.asarray(np.linalg.eigvalsh(blocks.apart), dtype=float))


def push(seed: int, units: int = 2) -> Array:
    """The push (K, 8) that goes with a seed."""
    return push_apart(units, 8, np.random.default_rng([18, 6, 3, seed]))


def usual_start(seed: int, units: int = 2) -> Array:
    """Weights (1, K, 8) drawn one by one, of length one in the mean."""
    drawn: Array = np.random.default_rng([18, 6, 4, seed]).standard_normal((1, units, 8))
    return drawn / 8**0.5


def escape(seed: int, units: int = 2) -> dict[str, float]:
    """Eigenvalues at the saddle, times of escape as found and as predicted, and losses at the end.

    Parameters
    ----------
    seed
        Of data, push and usual start.
    units
        How many, two at least.
    """
    still = rest(seed, units)
    data, unit, (apart, together), values = still
    way = push(seed, units)
    course = descend(pushed(unit, way, (0.0, *SIZES)), data, STEPS)
    times = first_apart(course.spreads[:, 1:])
    laws = np.array([predicted_time(apart, way, size) for size in SIZES])
    usual = descend(usual_start(seed, units), data, STEPS)
    overlaps = np.abs(course.weights[-1] @ data.teachers.T) / (data.teachers**2).sum(1)
    found = {
        "lowest apart": values[0],
        "lowest together": np.linalg.eigvalsh(together)[0],
        "ways down": np.sum(values < 0),
        "slope over law": time_slope(SIZES, times) * growth(values[0]),
        "time off": np.abs(times / laws - 1).max(),
        "spread without a push": course.spreads[:, 0].max(),
        "loss equal": course.losses[-1, 0],
        "loss pushed": course.losses[-1, -1],
        "loss usual": usual.losses[-1, 0],
        "overlap": np.min(overlaps.max(1)),
        "steps pushed": first_below(course.losses[:, -1]),
        "steps usual": first_below(usual.losses[:, 0]),
    }
    found |= {f"time at {size:.0e}": time for size, time in zip(SIZES, times, strict=True)}
    return {name: float(value) for name, value in found.items()}


def first_below(losses: Array, least: float = LEARNED) -> float:
    """The first step at which a loss is below; NaN where it never is."""
    below = losses < least
    return float(below.argmax()) if below.any() else float("nan")


class Trial(NamedTuple):
    """What is done to a pair of equal units, how far apart they are before and after, and why."""

    name: str
    before: float
    after: float
    note: str


def trials(seed: int = 0, size: float = 1e-8, steps: int = 200) -> list[Trial]:
    """What becomes of pairs of equal units to which different things are done.

    Parameters
    ----------
    seed
        Of the data.
    size
        Of pushes.
    steps
        How many follow.
    """
    data, unit, blocks, _ = rest(seed)
    vectors = np.linalg.eigh(blocks.apart)[1]
    down, up = ([vector, -vector] for vector in (vectors[:, 0], vectors[:, -1]))
    both = [push(seed)[0]] * 2
    far = 0.3 * data.teachers.mean(0)
    found = []

    def tried(
        name: str, note: str, start: Any, shown: Data, activation: Activation = TANH, **how: Any
    ) -> None:
        course = descend(np.asarray(start), shown, steps, activation, **how)
        found.append(Trial(name, float(course.spreads[0, 0]), float(course.spreads[-1, 0]), note))

    tried("nothing", "", pushed(unit, np.array(both), [0.0]), data)
    tried("both pushed alike, by 0.1", "keeps the symmetry", pushed(unit, np.array(both), [0.1]), data)
    tried("apart, along the lowest eigenvector", "saddle", pushed(unit, np.array(down), [size]), data)
    tried("apart, along the highest", "the same saddle", pushed(unit, np.array(up), [size]), data)
    single = teacher_data(seed, teachers=1, loud=2.0)
    at = symmetric_limit(single)
    tried("apart, teacher one unit, doubled", "flat: no error", pushed(at, push(seed), [size]), single)
    loud, pair = loud_rest(seed), np.array([[1.0], [-1.0]])
    tried(
        "apart, one input, teacher one unit, tripled", "minimum", pushed(loud.unit, pair, [size]), loud.data
    )
    at = symmetric_limit(data, activation=LINEAR)
    tried("apart, linear units", "flat: no curvature", pushed(at, push(seed), [size]), data, LINEAR)
    at = symmetric_limit(data, activation=RELU)
    tried("apart, ReLU", "flat between kinks", pushed(at, push(seed), [size]), data, RELU)
    tried(
        "nothing, rates 0.2 and 0.202, on the way",
        "another rate each",
        pushed(far, push(seed), [0.0]),
        data,
        rates=(RATE, 1.01 * RATE),
    )
    coins = np.random.default_rng([18, 6, 5, seed])
    tried("nothing, dropout", "other coins each", pushed(unit, push(seed), [0.0]), data, dropout=coins)
    return found


def amounts_to_one(seed: int, units: int = 2, steps: int = 300) -> float:
    """The largest difference, over steps, of the losses of equal units and of the one unit they amount to.

    The one unit's answer counts K times, and its rate is that of the others divided by K.
    """
    data = teacher_data(seed, teachers=check_units(units))
    start = usual_start(seed, 1)[0, 0]
    equal = descend(np.repeat(start[None, None], units, 1), data, steps).losses[:, 0]
    unit, single = start, []
    for _ in range(steps + 1):
        drive = data.inputs @ unit
        error = units * np.tanh(drive) - data.targets
        single.append(np.mean(error**2) / 2)
        slope = units * (error * (1 - np.tanh(drive) ** 2)) @ data.inputs / len(error)
        unit = unit - RATE / units * slope
    return float(np.abs(equal - single).max())
