r"""Gradients of expectations by running the circuit again with one angle shifted.

Where the generator of a rotation has the eigenvalues -1 and 1, the expectation is a sine of its angle, and
two values determine its slope. A controlled rotation has the eigenvalue 0 too and a second frequency, one
half; four values are needed.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch

from pdenet.checks.numbers import real, whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from pdenet.subjects.circuits.system import Circuit, Gate

    Energy = Callable[[Tensor], Tensor]
    """From angles (B, P) to expectations (B,)."""

FOUR = (
    (math.pi / 2, (math.sqrt(2) + 1) / (4 * math.sqrt(2))),
    (1.5 * math.pi, (1 - math.sqrt(2)) / (4 * math.sqrt(2))),
)
"""Shifts of the rule for controlled rotations, each with the weight of its pair."""


def two_terms(shift: float = math.pi / 2) -> tuple[tuple[float, float], ...]:
    """The rule of two values: a shift, and the weight of the difference of the values there.

    Raises
    ------
    TypeError
        If the shift is no number.
    ValueError
        If it is a multiple of pi: the two values are then the same whatever the slope.
    """
    shift = real("shift", shift)
    if abs(math.sin(shift)) < 1e-12:
        message = f"shift must not be a multiple of pi, where both values agree; got {shift:g}, take pi/2"
        raise ValueError(message)
    return ((shift, 1 / (2 * math.sin(shift))),)


def rule_of(gate: Gate, shift: float = math.pi / 2) -> tuple[tuple[float, float], ...]:
    """The rule that is exact for a gate: two values, or four where it has a control."""
    return two_terms(shift) if gate.control is None else FOUR


def check_two_terms(gate: Gate) -> None:
    """Refuse the rule of two values where it is wrong.

    Raises
    ------
    ValueError
        If the generator of the gate has other eigenvalues than -1 and 1.
    """
    if gate.generator_values != (-1, 1):
        message = (
            f"two values determine a slope if the generator has the eigenvalues -1 and 1; that of {gate} has "
            f"{gate.generator_values}: take the rule of four"
        )
        raise ValueError(message)


def shifted_slope(
    energy: Energy, angles: Tensor, number: int, rule: tuple[tuple[float, float], ...]
) -> Tensor:
    """The slope by one angle that a rule says, whether or not it is the right one for it.

    Parameters
    ----------
    energy
        Run once, on as many rows as the rule has values.
    angles
        (P,).
    number
        Which angle, from 0.
    rule
        Shifts and weights.
    """
    number = whole("number", number, least=0, most=len(angles) - 1)
    step = torch.zeros_like(angles)
    step[number] = 1
    rows = torch.stack([angles + sign * shift * step for shift, _ in rule for sign in (1, -1)])
    values = energy(rows).reshape(len(rule), 2)
    weights = torch.tensor([weight for _, weight in rule], dtype=values.dtype)
    return (weights * (values[:, 0] - values[:, 1])).sum()


def shift_gradient(circuit: Circuit, energy: Energy, angles: Tensor, *, shift: float = math.pi / 2) -> Tensor:
    """The gradient by all angles (P,), each by the rule of its gate.

    Parameters
    ----------
    circuit
        Whose rotations the angles are.
    energy
        What is differentiated.
    angles
        (P,).
    shift
        Of the rule of two values.
    """
    slopes = [
        shifted_slope(energy, angles, number, rule_of(gate, shift))
        for number, gate in enumerate(circuit.rotations)
    ]
    return torch.stack(slopes)


def central_difference(energy: Energy, angles: Tensor, step: float) -> Tensor:
    """The gradient by all angles (P,), as the difference of values a step to either side says."""
    step = real("step", step, above=0)
    steps = step * torch.eye(len(angles), dtype=angles.dtype)
    up, down = energy(angles + steps), energy(angles - steps)
    return (up - down) / (2 * step)


def reverse_gradient(energy: Energy, angles: Tensor) -> Tensor:
    """The gradient (P,) by backpropagation through the simulated states."""
    leaf = angles.clone().requires_grad_()
    (found,) = torch.autograd.grad(energy(leaf.unsqueeze(0)).sum(), leaf)
    return found


class Counted:
    """An energy that counts the circuits it has run.

    Parameters
    ----------
    energy
        What is counted.
    """

    def __init__(self, energy: Energy) -> None:
        self.energy, self.runs = energy, 0

    def __call__(self, angles: Tensor) -> Tensor:
        """The expectations (B,) of angles (B, P); each row is one circuit run."""
        self.runs += len(angles)
        return self.energy(angles)
