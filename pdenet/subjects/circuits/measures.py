"""What is measured on circuits: rules against differences, shots, slopes by qubits, a search."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from pdenet.checks.numbers import whole
from pdenet.subjects.circuits.shifts import (
    Counted,
    central_difference,
    reverse_gradient,
    shift_gradient,
    shifted_slope,
    two_terms,
)
from pdenet.subjects.circuits.shots import measured_mean, slope_deviation
from pdenet.subjects.circuits.system import Circuit, Gate, Observable, layered, random_angles

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from pdenet.subjects.circuits.shifts import Energy

STEPS = tuple(10.0**-n for n in range(1, 10))
"""Of central differences."""
SHIFTS = (math.pi / 2, 0.5, 0.1, 0.01)
SHOTS, REPEATED = 1000, 2000
QUBITS = (2, 4, 6, 8)
DRAWN, TURNED = 40, 10
"""Circuits, and sets of angles of each, whose slopes are drawn."""
START, RATE, SEARCH = 2.5, 0.5, 60
"""Of the search for a ground state: the angle, the length of a step, how many."""


class Example(NamedTuple):
    """A circuit with an energy and angles."""

    circuit: Circuit
    energy: Energy
    angles: Tensor


def example(seed: int, qubits: int = 4, layers: int = 4) -> Example:
    """A circuit drawn at random; its energy is the mean of Z Z on its first two qubits.

    Parameters
    ----------
    seed
        Of axes and angles.
    qubits, layers
        How many, two qubits at least.
    """
    qubits, generator = whole("qubits", qubits, least=2), torch.Generator().manual_seed(seed)
    circuit = layered(qubits, layers, generator)
    observable = Observable({"ZZ" + "I" * (qubits - 2): 1.0})
    angles = random_angles(len(circuit.rotations), generator)[0]
    return Example(circuit, lambda rows: observable.mean(circuit.state(rows)), angles)


def controlled() -> Example:
    """Two qubits, the second of which is turned about X where the first is 1: angle 1 of three."""
    circuit = Circuit(2, (Gate("Y", (0,)), Gate("X", (1,), control=0), Gate("Y", (1,))))
    observable = Observable({"XI": 0.7, "IZ": 0.7})
    angles = torch.tensor([1.6, 2.2, 0.4], dtype=torch.float64)
    return Example(circuit, lambda rows: observable.mean(circuit.state(rows)), angles)


def along(one: Example, number: int, offsets: Tensor) -> Tensor:
    """Energies (B,) with one of the angles moved by offsets (B,).

    Parameters
    ----------
    one
        Whose energy.
    number
        Of the angle, from 0.
    offsets
        (B,).
    """
    rows = one.angles.repeat(len(offsets), 1)
    rows[:, number] += offsets
    return one.energy(rows)


def errors(one: Example) -> tuple[float, list[float]]:
    """Largest errors of a gradient's entries: of shifts, and of central differences by `STEPS`."""
    circuit, energy, angles = one
    true = reverse_gradient(energy, angles)
    shifted = float((shift_gradient(circuit, energy, angles) - true).abs().max())
    return shifted, [float((central_difference(energy, angles, h) - true).abs().max()) for h in STEPS]


def right_divisor(one: Example) -> list[float]:
    """Largest errors of central differences by `STEPS`, divided by 2 sin h instead of 2 h.

    Parameters
    ----------
    one
        Whose gradient.
    """
    true = reverse_gradient(one.energy, one.angles)
    return [
        float((central_difference(one.energy, one.angles, h) * (h / math.sin(h)) - true).abs().max())
        for h in STEPS
    ]


class Noise(NamedTuple):
    """A slope measured with a number of shots, over and over, by a shift to either side."""

    slope: float
    """The true one."""
    mean: float
    """Of the rule, divided by 2 sin s."""
    deviation: float
    difference: float
    """Mean of the same values divided by 2 s."""


def noise(seed: int, shift: float, qubits: int = 4, layers: int = 4) -> Noise:
    """Slopes of the largest entry of a gradient, as shots give them.

    Parameters
    ----------
    seed
        Of the circuit and of the shots.
    shift
        To either side.
    qubits, layers
        Of the circuit.
    """
    one = example(seed, qubits, layers)
    true = reverse_gradient(one.energy, one.angles)
    number = int(true.abs().argmax())
    values = along(one, number, torch.tensor([shift, -shift], dtype=true.dtype))
    generator = torch.Generator().manual_seed(1000 + seed)
    both = measured_mean(values, SHOTS, REPEATED, generator)
    apart = both[:, 0] - both[:, 1]
    slopes = apart / (2 * math.sin(shift))
    return Noise(
        float(true[number]), float(slopes.mean()), float(slopes.std()), float((apart / (2 * shift)).mean())
    )


def predicted_deviations(seed: int, shifts: Sequence[float], number: int | None = None) -> list[float]:
    """Standard deviations of a measured slope that follow from exact expectations, by shift.

    Parameters
    ----------
    seed
        Of the circuit.
    shifts
        To either side.
    number
        Of the angle, from 0; that of `noise`, the steepest, unless given.
    """
    one = example(seed)
    if number is None:
        number = int(reverse_gradient(one.energy, one.angles).abs().argmax())
    both = torch.as_tensor([*shifts, *(-shift for shift in shifts)], dtype=torch.float64)
    up, down = along(one, number, both).reshape(2, -1).tolist()
    return [slope_deviation(u, d, SHOTS, 2 * math.sin(s)) for u, d, s in zip(up, down, shifts, strict=True)]


def slope_variance(qubits: int, seed: int) -> float:
    """Variance of a slope over circuits and angles drawn at random, each circuit with 4 n layers.

    The slope is that of the mean of Z Z on the first two qubits by the first angle of the second layer.

    Parameters
    ----------
    qubits
        n, at least 2.
    seed
        Of axes and angles.
    """
    slopes = []
    for number in range(DRAWN):
        circuit, energy, _ = example(DRAWN * seed + number, qubits, 4 * qubits)
        generator = torch.Generator().manual_seed(10_000_000 + DRAWN * seed + number)
        angles = random_angles(len(circuit.rotations), generator, TURNED)
        step = torch.zeros(angles.shape[1], dtype=angles.dtype)
        step[circuit.qubits] = math.pi / 2
        slopes.append((energy(angles + step) - energy(angles - step)) / 2)
    return float(torch.cat(slopes).var())


def halvings(variances: Sequence[float], qubits: Sequence[int] = QUBITS) -> float:
    """How often a variance halves with each qubit more: minus the slope of its logarithm, base 2."""
    return float(-np.polyfit(qubits, np.log2(variances), 1)[0])


class Search(NamedTuple):
    """A descent by shifted slopes, as it went."""

    energies: list[float]
    angles: list[float]
    runs: int
    """Circuits run for the slopes."""


def search(observable: Observable, start: float = START, steps: int = SEARCH) -> Search:
    """Turn one qubit by an angle about Y until the mean of an observable is smallest.

    Parameters
    ----------
    observable
        On one qubit.
    start
        The angle.
    steps
        Of length `RATE` times the slope.
    """
    circuit = Circuit(1, (Gate("Y", (0,)),))
    counted = Counted(lambda rows: observable.mean(circuit.state(rows)))
    angle, energies, angles = torch.tensor([start], dtype=torch.float64), [], []
    for _ in range(whole("steps", steps, least=1) + 1):
        energies.append(float(observable.mean(circuit.state(angle))[0]))
        angles.append(float(angle[0]))
        angle = angle - RATE * shifted_slope(counted, angle, 0, two_terms())
    return Search(energies, angles, counted.runs - 2)


def kept_states(one: Example) -> tuple[int, int]:
    """Numbers that backpropagation through the simulated states holds, and numbers in a state."""
    from pdenet.models.measures.memory import saved_numbers

    leaf = one.angles.clone().requires_grad_()
    kept = saved_numbers(lambda: one.energy(leaf.unsqueeze(0)))
    return kept, 2**one.circuit.qubits


def reverse_price(one: Example, repeats: int = 30) -> float:
    """Processor time of backpropagation, in that of one run: least of some repeats of both.

    Parameters
    ----------
    one
        Whose energy.
    repeats
        Of each.
    """

    def least(run: Callable[[], object]) -> float:
        times = []
        for _ in range(whole("repeats", repeats, least=1)):
            started = time.process_time()
            run()
            times.append(time.process_time() - started)
        return min(times)

    row = one.angles.unsqueeze(0)
    return least(lambda: reverse_gradient(one.energy, one.angles)) / least(lambda: one.energy(row))
