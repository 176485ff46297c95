"""Other ways to a gradient, or to a minimum, for as many circuits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import torch

from pdenet.checks.numbers import real, whole
from pdenet.subjects.circuits.measures import SHOTS, Example, example
from pdenet.subjects.circuits.shifts import reverse_gradient, shift_gradient
from pdenet.subjects.circuits.shots import measured, measured_mean

if TYPE_CHECKING:
    from torch import Tensor

    from pdenet.subjects.circuits.shifts import Energy

AT_ONCE = 0.3
"""The shift of all angles at once: of 0.1, 0.3, 0.6 and 1, on six circuits, the one with the least errors."""


def coins(draws: int, count: int, generator: torch.Generator) -> Tensor:
    """Throws of a coin for each angle (draws, count), 1 or -1."""
    thrown = torch.randint(2, (whole("draws", draws, least=1), count), generator=generator)
    return (2 * thrown - 1).to(torch.float64)


def both_sides(energy: Energy, angles: Tensor, shift: float, signs: Tensor) -> Tensor:
    """Energies (2, draws) with all angles shifted at once as the signs say, and the other way."""
    shift = real("shift", shift, above=0)
    return energy(torch.cat([angles + shift * signs, angles - shift * signs])).reshape(2, -1)


def simultaneous_gradient(values: Tensor, shift: float, signs: Tensor) -> Tensor:
    """The gradient (P,) from shifts of all angles at once: their differences correlated with the signs.

    Parameters
    ----------
    values
        What `both_sides` gives, (2, draws).
    shift
        Of each angle.
    signs
        (draws, P).
    """
    return ((values[0] - values[1])[:, None] * signs).mean(0) / (2 * shift)


def gradient_errors(seed: int, qubits: int = 4, layers: int = 4) -> dict[str, float]:
    """Errors of gradients, of the gradient's length, by way: as many shots for each, but for the last two.

    Parameters
    ----------
    seed
        Of the circuit and of the shots.
    qubits, layers
        Of the circuit.
    """
    one: Example = example(seed, qubits, layers)
    true, count = reverse_gradient(one.energy, one.angles), len(one.angles)
    generator = torch.Generator().manual_seed(2000 + seed)
    found = {
        "each angle shifted": shift_gradient(one.circuit, measured(one.energy, SHOTS, generator), one.angles)
    }
    for name, draws, shots in (
        ("all at once, as many circuits", count, SHOTS),
        ("all at once, one shot each", count * SHOTS, 1),
    ):
        signs = coins(draws, count, generator)
        exact = both_sides(one.energy, one.angles, AT_ONCE, signs)
        values = measured_mean(exact, shots, 1, generator)[0]
        found[name] = simultaneous_gradient(values, AT_ONCE, signs)
    found["the same without scatter"] = simultaneous_gradient(exact, AT_ONCE, signs)
    found["no gradient at all"] = torch.zeros_like(true)
    return {name: float((guess - true).norm() / true.norm()) for name, guess in found.items()}


class Lowest(NamedTuple):
    """The lowest point of an energy of one angle."""

    angle: float
    energy: float


def lowest_of_three(energy: Energy) -> Lowest:
    """The minimum of an energy of one angle, which is a sine, from three values.

    Parameters
    ----------
    energy
        From angles (B, 1), of a rotation without control; run on three rows.
    """
    here, quarter, half = energy(
        torch.tensor([[0.0], [math.pi / 2], [math.pi]], dtype=torch.float64)
    ).tolist()
    middle, cosine = (here + half) / 2, (here - half) / 2
    sine = quarter - middle
    return Lowest(math.atan2(-sine, -cosine), middle - math.hypot(cosine, sine))
