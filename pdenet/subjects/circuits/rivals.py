"""Other ways to a gradient, or to a minimum, for as many circuits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import torch

from pdenet.checks.numbers import real, whole
from pdenet.subjects.circuits.measures import SHOTS, Example, example
from pdenet.subjects.circuits.shifts import reverse_gradient, shift_gradient
from pdenet.subjects.circuits.shots import measured

if TYPE_CHECKING:
    from torch import Tensor

    from pdenet.subjects.circuits.shifts import Energy

AT_ONCE = 0.3
"""The shift of all angles at once: of 0.1, 0.3, 0.6 and 1, on six circuits, the one with the least errors."""


def simultaneous_gradient(
    energy: Energy, angles: Tensor, shift: float, draws: int, generator: torch.Generator
) -> Tensor:
    """The gradient (P,) by shifting all angles at once, up or down as a coin says, in the mean over draws.

    Parameters
    ----------
    energy
        Run twice a draw.
    angles
        (P,).
    shift
        Of each angle.
    draws
        How often the coins are thrown.
    generator
        Of the coins.
    """
    shift, draws = real("shift", shift, above=0), whole("draws", draws, least=1)
    coins = torch.randint(2, (draws, len(angles)), generator=generator)
    signs = (2 * coins - 1).to(angles.dtype)
    values = energy(torch.cat([angles + shift * signs, angles - shift * signs])).reshape(2, draws)
    return ((values[0] - values[1])[:, None] * signs).mean(0) / (2 * shift)


def gradient_errors(seed: int, qubits: int = 4, layers: int = 4) -> dict[str, float]:
    """Errors of gradients that spend the same number of shots, of the gradient's length, by way.

    Parameters
    ----------
    seed
        Of the circuit and of the shots.
    qubits, layers
        Of the circuit.
    """
    one: Example = example(seed, qubits, layers)
    true, draws = reverse_gradient(one.energy, one.angles), len(one.angles)
    generator = torch.Generator().manual_seed(2000 + seed)
    found = {
        "each angle shifted": shift_gradient(one.circuit, measured(one.energy, SHOTS, generator), one.angles)
    }
    for name, coins, shots in (
        ("all at once, as many circuits", draws, SHOTS),
        ("all at once, one shot each", draws * SHOTS, 1),
    ):
        energy = measured(one.energy, shots, generator)
        found[name] = simultaneous_gradient(energy, one.angles, AT_ONCE, coins, generator)
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
